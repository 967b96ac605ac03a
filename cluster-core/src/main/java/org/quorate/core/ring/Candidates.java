package org.quorate.core.ring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.quorate.core.ring.wire.Join;
import org.quorate.core.ring.wire.RingMessages;

/**
 * Who could be in the next ring: the processes known of, those given up, and those that said exactly the same.
 * Source: totem.md 2.6; in the Totem papers my_proc_set, my_fail_set and consensus. Differs from Corosync: a join whose failed list is not
 * believed, and that says nothing else, changes nothing. Corosync starts the agreement over at each of them, and nodes that have given
 * up different others keep each other from ever reaching the consensus timeout that would free them.
 */
final class Candidates {
    /** Largest union of node ids; more than that would stop a Corosync node. */
    static final int MAX_NODES = RingMessages.MAX_NODES;

    private final int self;
    private final TreeSet<Integer> known = new TreeSet<>();
    private final TreeSet<Integer> failed = new TreeSet<>();
    private final TreeSet<Integer> consensus = new TreeSet<>();

    Candidates(int self) {
        this.self = self;
        known.add(self);
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
        TreeSet<Integer> theirKnown = new TreeSet<>(join.procs());
        TreeSet<Integer> theirFailed = new TreeSet<>(join.failed());
        if (theirKnown.equals(known) && theirFailed.equals(failed)) {
            if (!join.isLeave()) consensus.add(join.systemFrom());
            return Verdict.SAME;
        }
        if (known.containsAll(theirKnown) && failed.containsAll(theirFailed)) return Verdict.NOTHING_NEW;
        // own lists only grow, so what says more in this node's name is forged; believed, it could give up this node
        // itself, for ever
        if (join.systemFrom() == self || failed.contains(join.systemFrom())) return Verdict.NOTHING_NEW;
        boolean grew = known.addAll(theirKnown);
        if (theirFailed.contains(self)) grew |= failed.add(join.systemFrom());
        else if (oldMembers.contains(join.systemFrom())) grew |= failed.addAll(theirFailed);
        return grew ? Verdict.CHANGED : Verdict.NOTHING_NEW;
    }

    /** Whether {@code join} would make the union of node ids too large. */
    boolean wouldOverflow(Join join) {
        TreeSet<Integer> union = new TreeSet<>(known);
        union.addAll(failed);
        union.addAll(join.procs());
        union.addAll(join.failed());
        return union.size() > MAX_NODES;
    }

    /** Whether {@code node} can be added without making the union of node ids too large. */
    boolean hasRoomFor(int node) {
        TreeSet<Integer> union = new TreeSet<>(known);
        union.addAll(failed);
        union.add(node);
        return union.size() <= MAX_NODES;
    }

    /** Known and not given up, ascending. */
    NavigableSet<Integer> alive() {
        TreeSet<Integer> alive = new TreeSet<>(known);
        alive.removeAll(failed);
        return alive;
    }

    /** Whether everybody alive said the same. */
    boolean isAgreed() {
        return consensus.containsAll(alive());
    }

    /** Gives up everybody who did not say the same; returns who that was. */
    List<Integer> giveUpSilent() {
        List<Integer> silent = new ArrayList<>(known);
        silent.removeAll(consensus);
        silent.removeAll(failed);
        failed.addAll(silent);
        return silent;
    }

    /** Adds a process heard of; false if it was known. */
    boolean add(int node) {
        return known.add(node);
    }

    void fail(int node) {
        failed.add(node);
    }

    /** Nobody but this node has agreed yet. */
    void startConsensus() {
        known.add(self);
        consensus.clear();
        consensus.add(self);
    }

    void clearConsensus() {
        consensus.clear();
    }

    /** A ring of {@code members} was formed; nobody has failed. */
    void reset(Collection<Integer> members) {
        known.clear();
        known.addAll(members);
        failed.clear();
    }

    /** Known processes, ascending. */
    List<Integer> known() {
        return List.copyOf(known);
    }

    /** Given up, ascending. */
    List<Integer> failed() {
        return List.copyOf(failed);
    }

    @Override
    public String toString() {
        return "known " + known + " failed " + failed + " consensus " + consensus;
    }
}
