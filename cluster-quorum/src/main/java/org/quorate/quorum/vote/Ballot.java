package org.quorate.quorum.vote;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.NodeId;
import org.quorate.QuorumState.NodeState;
import org.quorate.quorum.vote.wire.NodeInfo;

/**
 * Who has how many votes, and whether they are enough. Holds the numbers and computes; knows no messages, no time, no effects.
 *
 * <p>Rule: the quorum is more than half of the highest expected votes among the members and more than half of the votes present, and
 * it never falls unless the caller allows it. Source: votequorum.c 3.1.7 recalculate_quorum, calculate_quorum, are_we_quorate.
 * Differs: the quorum is not cut to 8 bits, so more than 508 votes count right.
 *
 * <p>Bounded by the node ids that the ring delivers messages of, at most 65535; dead nodes stay known.
 */
final class Ballot {
    /** Why the partition may act or may not. */
    enum Ground {
        /** Nothing was evaluated yet. */
        NONE,
        /** The votes reach the quorum. */
        VOTES,
        /** An even split, and this is the chosen half. */
        TIE_BREAKER,
        /** The device gave its vote to one partition alone. */
        MASTER_WINS,
        /** Not all nodes were seen together. */
        WAITING,
        /** Too few votes. */
        TOO_FEW
    }

    /**
     * An answer of {@link #calculate}.
     *
     * @param quorum votes needed
     * @param total votes present, the device's included if it casts here
     */
    record Count(int quorum, int total) {}

    private final SortedMap<NodeId, Voter> voters = new TreeMap<>();
    private final Voter own;
    private VoteOptions options;
    private boolean lastManStanding;
    private int deviceVotes;
    private int quorum;
    private boolean quorate;
    private boolean waiting;
    private Ground ground = Ground.NONE;
    private int expectedBarrier;
    private int trackingBarrier;
    private @Nullable NodeId lowest;
    private @Nullable NodeId highest;
    private List<NodeId> members = List.of();
    private List<NodeId> previous = List.of();

    Ballot(NodeId self, VoteOptions options, int trackedBarrier) {
        this.options = options;
        this.lastManStanding = options.lastManStanding();
        this.trackingBarrier = trackedBarrier;
        this.deviceVotes = options.deviceVotes();
        own = new Voter(self);
        own.state = NodeState.MEMBER;
        own.votes = options.ownVotes();
        own.expected = options.startExpected(trackedBarrier);
        own.flags = NodeInfo.FIRST;
        voters.put(self, own);
        expectedBarrier = own.expected;
        if (options.waitForAll()) waitForAll(true);
        evaluate(false, false);
    }

    /** The nearest int 0..2^31-1. */
    static int clamp(long votes) {
        return (int) Math.min(votes, Integer.MAX_VALUE);
    }

    /**
     * Counts anew and decides.
     *
     * @param mayFall the quorum may become smaller than it was
     * @param byNodes all members shall expect as many votes as there are members
     */
    void evaluate(boolean mayFall, boolean byNodes) {
        long withDevice = votesPresent() + (long) deviceVotes;
        if (withDevice > own.expected) own.expected = clamp(withDevice);
        if (options.tracking()) trackingBarrier = Math.max(trackingBarrier, own.expected);
        int nodes = byNodes ? (int) presentCount() + (deviceVotes != 0 ? 1 : 0) : 0;
        int expected = options.allowDownscale() && mayFall && nodes != 0 ? Math.max(expectedBarrier, nodes) : nodes;
        Count count = calculate(mayFall, expected);
        quorum = count.quorum();
        if (nodes != 0) expectOfMembers(nodes);
        decide(count.total());
    }

    /**
     * The quorum that would follow; changes nothing.
     *
     * @param mayFall it may be smaller than it is now
     * @param expected votes to expect, 0 for the highest expectation among the members
     */
    Count calculate(boolean mayFall, int expected) {
        boolean deviceCasts = own.has(NodeInfo.DEVICE_CASTS);
        int total = clamp(votesPresent() + (deviceCasts ? deviceVotes : 0L));
        long holders = presentCount() + (deviceCasts ? 1 : 0);
        int highestOrGiven = expected > 0 ? expected : highestExpected();
        int needed = Math.max(highestOrGiven / 2, total / 2) + 1;
        if (!mayFall) needed = Math.max(needed, quorum);
        if (options.twoNode() && holders <= 2) needed = 1;
        return new Count(needed, total);
    }

    private void decide(int total) {
        if (options.waitForAll() && waiting) {
            if (total != own.expected) {
                ground = Ground.WAITING;
                return;
            }
            waitForAll(false);
        }
        ground = Ground.TOO_FEW;
        if (quorum <= total) {
            ground = Ground.VOTES;
            lowest = extreme(true);
            highest = extreme(false);
        } else if (winsTie(total)) {
            ground = Ground.TIE_BREAKER;
        } else if (masterWins()) {
            ground = Ground.MASTER_WINS;
        }
        quorate = ground != Ground.TOO_FEW;
        own.set(NodeInfo.QUORATE, quorate);
        if (options.waitForAll()) waitForAll(!quorate);
    }

    private boolean winsTie(int total) {
        if (!options.tieBreaker().on() || total != own.expected / 2) return false;
        if (previous.size() - members.size() >= quorum) return false;
        return switch (options.tieBreaker().kind()) {
            case OFF -> false;
            case LOWEST -> lowestIsPresent();
            case HIGHEST -> isPresent(highest);
            case LIST -> options.tieBreaker().winsByList(members, previous);
        };
    }

    private boolean masterWins() {
        return own.has(NodeInfo.DEVICE_MASTER_WINS)
                && voters.values().stream()
                        .anyMatch(v -> v.present() && v.has(NodeInfo.DEVICE_MASTER_WINS | NodeInfo.DEVICE_CASTS));
    }

    private @Nullable NodeId extreme(boolean low) {
        NodeId found = null;
        for (Voter voter : voters.values()) {
            if (!voter.present()) continue;
            found = voter.id;
            if (low) break;
        }
        return found;
    }

    private boolean isPresent(@Nullable NodeId id) {
        Voter voter = id == null ? null : voters.get(id);
        return voter != null && voter.present();
    }

    /** Whether the lowest node id of the last majority is a member now. */
    boolean lowestIsPresent() {
        return isPresent(lowest);
    }

    /** A new ring: who is gone is dead, who came has to speak first. Answers whether somebody is gone. */
    boolean ring(List<NodeId> newMembers) {
        if (newMembers.size() > 1) own.set(NodeInfo.FIRST, false);
        boolean lost = false;
        for (NodeId id : members) {
            if (newMembers.contains(id)) continue;
            lost = true;
            Voter voter = voters.get(id);
            if (voter != null) voter.state = NodeState.DEAD;
        }
        previous = members;
        members = List.copyOf(newMembers);
        return lost;
    }

    /** What is sent about the device. */
    NodeInfo deviceInfo() {
        return new NodeInfo(NodeInfo.DEVICE, deviceVotes, 0, 0);
    }

    /** Expected votes as all members agreed: for every member, and as the floor of an orderly downscale. */
    void agreeOnExpected(int votes) {
        if (votes != 0) expectOfMembers(votes);
        expectedBarrier = votes;
        if (options.tracking()) own.expected = Math.max(own.expected, trackingBarrier);
        evaluate(true, false);
    }

    /** The record of a node, made when it is new. */
    Voter voter(NodeId id) {
        return voters.computeIfAbsent(id, Voter::new);
    }

    @Nullable
    Voter find(NodeId id) {
        return voters.get(id);
    }

    Collection<Voter> all() {
        return Collections.unmodifiableCollection(voters.values());
    }

    /** Other options after the start: votes, two_node and the tie-breaker may have changed. */
    void reload(VoteOptions changed) {
        options = changed;
        if (!changed.waitForAll()) waitForAll(false);
        own.votes = changed.ownVotes();
        own.expected = changed.startExpected(trackingBarrier);
        if (changed.deviceConfigured()) deviceVotes = changed.deviceVotes();
    }

    void expectOfMembers(int votes) {
        for (Voter voter : voters.values()) if (voter.present()) voter.expected = votes;
    }

    void waitForAll(boolean now) {
        waiting = now;
        own.set(NodeInfo.WAITING, now);
    }

    void deviceVotes(int votes) {
        deviceVotes = votes;
    }

    void lastManStandingOff() {
        lastManStanding = false;
    }

    boolean lastManStanding() {
        return lastManStanding;
    }

    private long votesPresent() {
        long sum = 0;
        for (Voter voter : voters.values()) if (voter.present()) sum += voter.votes;
        return sum;
    }

    private long presentCount() {
        return voters.values().stream().filter(Voter::present).count();
    }

    int highestExpected() {
        return voters.values().stream()
                .filter(Voter::present)
                .mapToInt(v -> v.expected)
                .max()
                .orElse(0);
    }

    VoteOptions options() {
        return options;
    }

    Voter own() {
        return own;
    }

    List<NodeId> members() {
        return members;
    }

    int deviceVotes() {
        return deviceVotes;
    }

    int quorum() {
        return quorum;
    }

    boolean quorate() {
        return quorate;
    }

    Ground ground() {
        return ground;
    }

    int trackingBarrier() {
        return trackingBarrier;
    }
}
