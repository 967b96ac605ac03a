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
import org.quorate.LinkDiagnosis.Kind;
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
                List.of(),
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

    /** The same nodes with links of which only one is sound. */
    static ClusterStatus troubled() {
        ClusterStatus whole = quorate();
        LinkStatus sound = links().get(0);
        LinkStatus oneWay = LinkStatus.of(TWO, 1, "[fd00:77:1:2:3:4:5:1]:5406", "[fd00:77:1:2:3:4:5:2]:5406")
                .withState(new State(false, false, Duration.ofMinutes(75), "no pong for 1999 ms, allowed 1825 ms"))
                .withDiagnosis(new LinkDiagnosis(
                        Kind.ONE_WAY,
                        "node 2 hears nothing from us on link 1 although its packets arrive: its pings come, but none of"
                                + " our last 4496 pings was answered, so ours are lost on the way",
                        Duration.ofMinutes(74)))
                .withHeartbeats(new Heartbeats(
                        9000,
                        4504,
                        4494,
                        OptionalDouble.of(1),
                        Optional.empty(),
                        Optional.of(Duration.ofMillis(730)),
                        Optional.empty()));
        LinkStatus lossy = LinkStatus.of(TEN, 0, "10.77.0.1:5405", "10.77.0.10:5405")
                .withState(new State(true, true, Duration.ofHours(51), "sends data and answered a ping"))
                .withDiagnosis(new LinkDiagnosis(
                        Kind.LOSSY, "link 0 to node 10 has lost 9 of the last 64 pings", Duration.ofSeconds(40)))
                .withHeartbeats(new Heartbeats(
                        200_000,
                        199_100,
                        899,
                        OptionalDouble.of(9 / 64.0),
                        Optional.of(Duration.ofMillis(400)),
                        Optional.of(Duration.ofMillis(20)),
                        Optional.of(new Latency(
                                Duration.ofNanos(12_183_400),
                                Duration.ofNanos(8_171_000),
                                Duration.ofNanos(1_190_912_000),
                                220))))
                .withMtu(new Mtu(1397, MtuSource.DISCOVERED, "IP packets of 1500 bytes pass"))
                .withTraffic(new Traffic(44_000_000_000L, 50_000_000_000_000L), new Traffic(990, 140_000));
        LinkStatus noMtu = LinkStatus.of(TEN, 1, "10.78.0.1:5406", "10.78.0.10:5406")
                .withState(new State(true, false, Duration.ofSeconds(59), "answered 3 pings"))
                .withDiagnosis(LinkDiagnosis.of(Kind.NO_MTU, "link 1 to node 10 is up but carries no data"))
                .withPriority(200)
                .withMtu(new Mtu(0, MtuSource.NONE, "no probe was answered, not even of 560 bytes"));
        return new ClusterStatus(
                whole.state(),
                whole.clusterName(),
                whole.configVersion(),
                whole.transport(),
                whole.secure(),
                whole.date(),
                whole.quorumProvider(),
                whole.quorumWarnings(),
                whole.self(),
                whole.view(),
                whole.quorum(),
                whole.members(),
                whole.missing(),
                List.of(
                        new PeerStatus(TWO, true, Duration.ofSeconds(25), "link 0 is up: answered 3 pings", List.of(0)),
                        new PeerStatus(
                                TEN,
                                true,
                                Duration.ofHours(51),
                                "link 0 is up: sends data and answered a ping",
                                List.of(0))),
                List.of(sound, oneWay, lossy, noMtu),
                Map.of("drop.not-authentic", 4L, "drop.wrong-address", 0L, "drop.duplicate", 123_456L, "sent", 1000L));
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
                List.of(),
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
                List.of(),
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
