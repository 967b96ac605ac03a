package org.quorate.examples.status;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.ClusterStatus.MemberStatus;
import org.quorate.ClusterStatus.MissingNode;
import org.quorate.LinkDiagnosis;
import org.quorate.LinkStatus;
import org.quorate.LinkStatus.Heartbeats;
import org.quorate.LinkStatus.Latency;
import org.quorate.LinkStatus.Mtu;
import org.quorate.LinkStatus.MtuSource;
import org.quorate.LinkStatus.State;
import org.quorate.LinkStatus.Traffic;
import org.quorate.NodeId;
import org.quorate.PeerStatus;
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
                ClusterManager.State.MEMBER,
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
                        new PeerStatus(TWO, true, Duration.ofSeconds(25), "link 0 is up: answered 3 pings", List.of(0)),
                        new PeerStatus(TEN, false, Duration.ofSeconds(30), "no link to it was up yet", List.of())),
                links(),
                Map.of("drop.signature", 4L, "sent", 1000L));
    }

    /** A sound link and one that was never up. */
    static List<LinkStatus> links() {
        LinkStatus sound = LinkStatus.of(TWO, 0, "10.77.0.1:5405", "10.77.0.2:5405")
                .withState(new State(true, true, Duration.ofSeconds(25), "answered 3 pings"))
                .withDiagnosis(LinkDiagnosis.SOUND)
                .withHeartbeats(new Heartbeats(
                        28,
                        27,
                        1,
                        OptionalDouble.of(1 / 28.0),
                        Optional.of(Duration.ofMillis(120)),
                        Optional.of(Duration.ofMillis(130)),
                        Optional.of(new Latency(
                                Duration.ofNanos(183_400), Duration.ofNanos(171_000), Duration.ofNanos(912_000), 27))))
                .withMtu(new Mtu(1397, MtuSource.DISCOVERED, "IP packets of 1500 bytes pass"))
                .withTraffic(new Traffic(1000, 141_000), new Traffic(990, 140_000));
        LinkStatus never = LinkStatus.of(TEN, 0, "10.77.0.1:5405", "10.77.0.10:5405")
                .withState(new State(false, false, Duration.ofSeconds(30), "no answer yet"));
        return List.of(sound, never);
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
                ClusterManager.State.MEMBER,
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
                List.of(),
                Map.of());
    }

    /** Started a moment ago. */
    public static ClusterStatus withoutView() {
        return new ClusterStatus(
                ClusterManager.State.JOINING,
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
                List.of(),
                Map.of());
    }
}
