package org.quorate.examples.status;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.quorate.ClusterManager.State;
import org.quorate.ClusterStatus;
import org.quorate.ClusterStatus.MemberStatus;
import org.quorate.ClusterStatus.MissingNode;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.QuorumState.Flag;
import org.quorate.QuorumState.NodeState;
import org.quorate.QuorumState.NodeVotes;
import org.quorate.RingId;
import org.quorate.View;

/** Snapshots made by hand. */
public final class Samples {
    static final Instant DATE = Instant.parse("2026-01-02T10:20:30Z");

    private static final NodeId ONE = NodeId.of(1);
    private static final NodeId TWO = NodeId.of(2);
    private static final NodeId TEN = NodeId.of(10);

    private Samples() {}

    /** Nodes 1, 2 and 10, all present. */
    public static ClusterStatus quorate() {
        QuorumState quorum = new QuorumState(
                true,
                3,
                3,
                3,
                2,
                Set.of(Flag.WAIT_FOR_ALL, Flag.QUORATE),
                List.of(
                        new NodeVotes(ONE, 1, 3, NodeState.MEMBER),
                        new NodeVotes(TWO, 1, 3, NodeState.MEMBER),
                        new NodeVotes(TEN, 1, 3, NodeState.MEMBER)),
                "3 of 3 votes are present and 2 are needed");
        return new ClusterStatus(
                State.MEMBER,
                "orchard",
                2,
                "knet",
                true,
                DATE,
                "corosync_votequorum",
                ONE,
                Optional.of(new View(new RingId(1, 26), List.of(ONE, TWO, TEN), List.of(TEN), List.of(), quorum)),
                quorum,
                List.of(
                        new MemberStatus(ONE, "apple", 1, "10.77.0.1", true),
                        new MemberStatus(TWO, "pear", 1, "10.77.0.2", false),
                        new MemberStatus(TEN, "plum", 1, "10.77.0.10", false)),
                List.of(),
                List.of(
                        new LinkStatus(
                                TWO,
                                0,
                                "10.77.0.1:5405",
                                "10.77.0.2:5405",
                                true,
                                true,
                                "answered 3 pings",
                                5_000_000_000L,
                                Optional.of(Duration.ofMillis(120)),
                                Optional.of(Duration.ofNanos(183_400)),
                                1397,
                                1),
                        new LinkStatus(
                                TEN,
                                0,
                                "10.77.0.1:5405",
                                "10.77.0.10:5405",
                                false,
                                false,
                                "no answer yet",
                                0,
                                Optional.empty(),
                                Optional.empty(),
                                0,
                                1)),
                Map.of("drop.signature", 4L, "sent", 1000L));
    }

    /** Node 2 alone of three. */
    public static ClusterStatus inquorate() {
        QuorumState quorum = new QuorumState(
                false,
                3,
                3,
                1,
                2,
                Set.of(),
                List.of(
                        new NodeVotes(ONE, 1, 3, NodeState.DEAD),
                        new NodeVotes(TWO, 1, 3, NodeState.MEMBER),
                        new NodeVotes(TEN, 1, 0, NodeState.DEAD)),
                "1 of 3 votes is present and 2 are needed; nodes 1 and 10 are missing");
        return new ClusterStatus(
                State.MEMBER,
                "orchard",
                2,
                "knet",
                false,
                DATE,
                "corosync_votequorum",
                TWO,
                Optional.of(new View(new RingId(2, 30), List.of(TWO), List.of(), List.of(ONE), quorum)),
                quorum,
                List.of(new MemberStatus(TWO, "", 1, "10.77.0.2", true)),
                List.of(
                        new MissingNode(ONE, "apple", 1, Optional.of(DATE.minusSeconds(75))),
                        new MissingNode(TEN, "plum", 1, Optional.empty())),
                List.of(),
                Map.of());
    }

    /** Started a moment ago. */
    public static ClusterStatus withoutView() {
        return new ClusterStatus(
                State.JOINING,
                "orchard",
                0,
                "knet",
                true,
                DATE,
                "corosync_votequorum",
                ONE,
                Optional.empty(),
                QuorumState.UNKNOWN,
                List.of(),
                List.of(new MissingNode(TWO, "pear", 1, Optional.empty())),
                List.of(),
                Map.of());
    }
}
