package org.quorate.core.ring;

import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import org.quorate.core.ring.wire.Join;
import org.quorate.core.ring.wire.RingMessages;

/**
 * Who could be in the next ring: the processes known of, those given up, and those that said exactly the same.
 * Source: totem.md 2.6; in the Totem papers my_proc_set, my_fail_set and consensus. Differs from Corosync: a join whose failed list is not
 * believed, and that says nothing else, changes nothing. Corosync starts the agreement over at each of them, and nodes that have given
 * up different others keep each other from ever reaching the consensus timeout that would free them.
 *
 * <p>Nodes are the bits of sets: every join of every candidate is compared with these lists, and a large ring forms from hundreds of thousands of joins.
 * Only ids from 1 to {@link org.quorate.NodeId#MAX} come here.
 */
final class Candidates {
    /** Largest union of node ids; more than that would stop a Corosync node. */
    static final int MAX_NODES = RingMessages.MAX_NODES;

    private final int self;
    private final BitSet known = new BitSet();
    private final BitSet failed = new BitSet();
    private final BitSet consensus = new BitSet();

    Candidates(int self) {
        this.self = self;
        known.set(self);
    }

    /** What a join message meant for these lists. */
    enum Verdict {
        /** The sender agrees with everything. */
        SAME,
        /** It said nothing new. */
        NOTHING_NEW,
        /** The lists grew; everybody has to agree again. */
        CHANGED
    }

    /**
     * Compares a join message with the lists and takes over what is new in it.
     *
     * @param oldMembers members of the last operational ring: only they are believed when they call others failed
     */
    Verdict consider(Join join, Collection<Integer> oldMembers) {
        BitSet theirKnown = setOf(join.procs());
        BitSet theirFailed = setOf(join.failed());
        if (theirKnown.equals(known) && theirFailed.equals(failed)) {
            if (!join.isLeave()) consensus.set(join.systemFrom());
            return Verdict.SAME;
        }
        if (containsAll(known, theirKnown) && containsAll(failed, theirFailed)) return Verdict.NOTHING_NEW;
        // own lists only grow, so what says more in this node's name is forged; believed, it could give up this node
        // itself, for ever
        if (join.systemFrom() == self || failed.get(join.systemFrom())) return Verdict.NOTHING_NEW;
        int before = known.cardinality() + failed.cardinality();
        known.or(theirKnown);
        if (theirFailed.get(self)) failed.set(join.systemFrom());
        else if (oldMembers.contains(join.systemFrom())) failed.or(theirFailed);
        boolean grew = known.cardinality() + failed.cardinality() > before;
        return grew ? Verdict.CHANGED : Verdict.NOTHING_NEW;
    }

    /** Whether {@code join} would make the union of node ids too large. */
    boolean wouldOverflow(Join join) {
        BitSet union = heardOf();
        join.procs().forEach(union::set);
        join.failed().forEach(union::set);
        return union.cardinality() > MAX_NODES;
    }

    /** Whether {@code node} can be added without making the union of node ids too large. */
    boolean hasRoomFor(int node) {
        BitSet union = heardOf();
        union.set(node);
        return union.cardinality() <= MAX_NODES;
    }

    private BitSet heardOf() {
        BitSet union = copyOf(known);
        union.or(failed);
        return union;
    }

    /** Known and not given up, ascending. */
    List<Integer> alive() {
        return listOf(aliveSet());
    }

    private BitSet aliveSet() {
        BitSet alive = copyOf(known);
        alive.andNot(failed);
        return alive;
    }

    /** Whether everybody alive said the same. */
    boolean isAgreed() {
        return containsAll(consensus, aliveSet());
    }

    /** Gives up everybody who did not say the same; returns who that was, ascending. */
    List<Integer> giveUpSilent() {
        BitSet silent = aliveSet();
        silent.andNot(consensus);
        failed.or(silent);
        return listOf(silent);
    }

    /** Adds a process heard of; false if it was known. */
    boolean add(int node) {
        boolean added = !known.get(node);
        known.set(node);
        return added;
    }

    void fail(int node) {
        failed.set(node);
    }

    /** Nobody but this node has agreed yet. */
    void startConsensus() {
        known.set(self);
        consensus.clear();
        consensus.set(self);
    }

    void clearConsensus() {
        consensus.clear();
    }

    /** A ring of {@code members} was formed; nobody has failed. */
    void reset(Collection<Integer> members) {
        known.clear();
        members.forEach(known::set);
        failed.clear();
    }

    /** Known processes, ascending. */
    List<Integer> known() {
        return listOf(known);
    }

    /** Given up, ascending. */
    List<Integer> failed() {
        return listOf(failed);
    }

    private static BitSet setOf(Collection<Integer> nodes) {
        BitSet set = new BitSet();
        nodes.forEach(set::set);
        return set;
    }

    private static BitSet copyOf(BitSet set) {
        BitSet copy = new BitSet();
        copy.or(set);
        return copy;
    }

    private static boolean containsAll(BitSet all, BitSet some) {
        BitSet more = copyOf(some);
        more.andNot(all);
        return more.isEmpty();
    }

    private static List<Integer> listOf(BitSet set) {
        return set.stream().boxed().toList();
    }

    @Override
    public String toString() {
        return "known " + known + " failed " + failed + " consensus " + consensus;
    }
}
