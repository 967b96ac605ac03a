package org.quorate.examples.status;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.ClusterStatus.MemberStatus;
import org.quorate.ClusterStatus.MissingNode;
import org.quorate.LinkStatus;
import org.quorate.LinkStatus.Heartbeats;
import org.quorate.LinkStatus.Latency;
import org.quorate.NodeId;
import org.quorate.PeerStatus;
import org.quorate.QuorumExplanation;
import org.quorate.QuorumState;
import org.quorate.View;
import org.quorate.examples.json.JsonObject;

/**
 * Reports on a node as JSON objects with {@code "schema": 1}. Times are ISO 8601 in UTC, durations whole microseconds, node ids numbers.
 * What is unknown is null, never left out.
 */
public final class StatusJson {
    private static final String DROP = "drop.";

    private StatusJson() {}

    /** Everything. */
    public static JsonObject status(ClusterStatus status) {
        JsonObject counters = new JsonObject();
        new TreeMap<>(status.counters()).forEach(counters::put);
        return JsonObject.withSchema()
                .put("state", status.state().name())
                .put(
                        "cluster",
                        new JsonObject()
                                .put("name", status.clusterName())
                                .put("configVersion", status.configVersion())
                                .put("transport", status.transport())
                                .put("secure", status.secure()))
                .put("date", status.date())
                .put("nodeId", status.self().value())
                .putText("ringId", status.view().map(View::ringId))
                .put("nodes", status.members().size())
                .put("quorate", status.quorum().quorate())
                .put("quorum", quorum(status.quorum()).put("provider", status.quorumProvider()))
                .putAll(whyNot(status))
                .put("members", memberList(status))
                .put("missing", missingList(status))
                .put("links", linkList(status))
                .put("counters", counters)
                .put("peers", peerList(status));
    }

    /** Of a node that is in no cluster: the fields of {@link #status}, with {@code state} {@code STANDALONE} and {@code why}. */
    public static JsonObject standalone(String name, String why) {
        return JsonObject.withSchema()
                .put("state", ClusterManager.State.STANDALONE.name())
                .put("why", why)
                .put("name", name)
                .putNull("cluster")
                .putNull("date")
                .putNull("nodeId")
                .putNull("ringId")
                .put("nodes", 0)
                .put("quorate", false)
                .putNull("quorum")
                .put("members", List.of())
                .put("missing", List.of())
                .put("links", List.of())
                .put("counters", new JsonObject())
                .put("peers", List.of());
    }

    /** The members of the current view. */
    public static JsonObject nodes(ClusterStatus status) {
        return JsonObject.withSchema()
                .putText("ringId", status.view().map(View::ringId))
                .put("nodes", memberList(status));
    }

    /** Every node of the node list, present or missing, with the quorum decision. */
    public static JsonObject members(ClusterStatus status) {
        return JsonObject.withSchema()
                .putText("ringId", status.view().map(View::ringId))
                .put("quorate", status.quorum().quorate())
                .put("reason", status.quorum().reason())
                .putAll(whyNot(status))
                .put("members", memberList(status))
                .put("missing", missingList(status));
    }

    /** Every link to every peer, the peers, and how much was dropped by reason. */
    public static JsonObject links(ClusterStatus status) {
        JsonObject drops = new JsonObject();
        new TreeMap<>(status.counters()).forEach((name, count) -> {
            if (name.startsWith(DROP)) drops.put(name.substring(DROP.length()), count);
        });
        return JsonObject.withSchema()
                .put("links", linkList(status))
                .put("date", status.date())
                .put("nodeId", status.self().value())
                .put("peers", peerList(status))
                .put("drops", drops);
    }

    /** A quorum decision with its numbers. */
    public static JsonObject quorum(QuorumState quorum) {
        List<String> flags = Stream.of(QuorumState.Flag.values())
                .filter(quorum.flags()::contains)
                .map(QuorumState.Flag::word)
                .toList();
        List<JsonObject> votes = quorum.votes().stream()
                .map(v -> new JsonObject()
                        .put("nodeId", v.node().value())
                        .put("votes", v.votes())
                        .put("expectedVotes", v.expectedVotes())
                        .put("state", v.state().name()))
                .toList();
        return new JsonObject()
                .put("quorate", quorum.quorate())
                .put("expectedVotes", quorum.expectedVotes())
                .put("highestExpected", quorum.highestExpected())
                .put("totalVotes", quorum.totalVotes())
                .put("quorum", quorum.quorum())
                .put("flags", flags)
                .put("votes", votes)
                .put("reason", quorum.reason());
    }

    /** A membership with its quorum decision. */
    public static JsonObject view(View view) {
        return new JsonObject()
                .put("ringId", view.ringId().toString())
                .put("members", ids(view.members()))
                .put("joined", ids(view.joined()))
                .put("left", ids(view.left()))
                .put("quorate", view.quorum().quorate())
                .put("quorum", quorum(view.quorum()));
    }

    /** One link to one peer. */
    public static JsonObject link(LinkStatus link) {
        Heartbeats beats = link.heartbeats();
        return new JsonObject()
                .put("peer", link.peer().value())
                .put("link", link.link())
                .put("up", link.up())
                .put("active", link.active())
                .put("why", link.why())
                .put("localAddress", link.localAddress())
                .put("peerAddress", link.peerAddress())
                .putNumber("latencyMicros", micros(beats.latency().map(Latency::mean)))
                .putNumber("lastPongAgeMicros", micros(beats.lastPong()))
                .put("mtu", link.mtu().bytes())
                .put("priority", link.priority())
                .put("stateAgeMicros", micros(link.state().age()))
                .put("diagnosis", link.diagnosis().kind().name())
                .put("trouble", link.diagnosis().kind().isTrouble())
                .put("diagnosisText", link.diagnosis().sentence())
                .put("diagnosisAgeMicros", micros(link.diagnosis().age()))
                .putNumber("latencyP50Micros", micros(beats.latency().map(Latency::p50)))
                .putNumber("latencyP99Micros", micros(beats.latency().map(Latency::p99)))
                .put("latencySamples", beats.latency().map(Latency::samples).orElse(0))
                .putNumber("lastPingAgeMicros", micros(beats.lastPing()))
                .put("pingsSent", beats.sent())
                .put("pingsAnswered", beats.answered())
                .put("pingsLost", beats.lost())
                .putFraction("recentLoss", beats.recentLoss())
                .put("mtuSource", link.mtu().source().name())
                .put("mtuWhy", link.mtu().why())
                .put("sentPackets", link.sent().packets())
                .put("sentBytes", link.sent().bytes())
                .put("receivedPackets", link.received().packets())
                .put("receivedBytes", link.received().bytes());
    }

    /** One peer. */
    public static JsonObject peer(PeerStatus peer) {
        return new JsonObject()
                .put("peer", peer.id().value())
                .put("reachable", peer.reachable())
                .put("ageMicros", micros(peer.age()))
                .put("why", peer.why())
                .put("dataLinks", peer.carriers());
    }

    /** Node ids as numbers. */
    public static List<Integer> ids(List<NodeId> nodes) {
        return nodes.stream().map(NodeId::value).toList();
    }

    private static JsonObject whyNot(ClusterStatus status) {
        QuorumExplanation found = status.explanation();
        JsonObject fields =
                new JsonObject().putText("whyNotQuorate", found.advice().map(a -> found.reason()));
        if (found.advice().isEmpty()) return fields.putNull("restoreQuorum");
        return fields.put(
                "restoreQuorum",
                new JsonObject()
                        .put("votesNeeded", found.votesNeeded())
                        .put(
                                "candidates",
                                ids(found.candidates().stream()
                                        .map(MissingNode::id)
                                        .toList()))
                        .put("advice", found.advice().get()));
    }

    /** Why the node is quorate or not. */
    public static JsonObject explanation(ClusterStatus status) {
        QuorumExplanation found = status.explanation();
        return JsonObject.withSchema()
                .put("quorate", found.quorate())
                .put("reason", found.reason())
                .put("basis", found.basis().name())
                .put("missing", missingList(status))
                .put("votesToSpare", found.votesToSpare())
                .putAll(whyNot(status))
                .put("warnings", found.warnings());
    }

    private static List<JsonObject> memberList(ClusterStatus status) {
        return status.members().stream().map(StatusJson::member).toList();
    }

    private static JsonObject member(MemberStatus member) {
        return new JsonObject()
                .put("nodeId", member.id().value())
                .put("name", member.name())
                .put("votes", member.votes())
                .put("address", member.address())
                .put("local", member.local());
    }

    private static List<JsonObject> missingList(ClusterStatus status) {
        return status.missing().stream().map(StatusJson::missing).toList();
    }

    private static JsonObject missing(MissingNode node) {
        JsonObject fields = new JsonObject()
                .put("nodeId", node.id().value())
                .put("name", node.name())
                .put("votes", node.votes());
        return node.since().isPresent() ? fields.put("since", node.since().get()) : fields.putNull("since");
    }

    private static List<JsonObject> linkList(ClusterStatus status) {
        return status.links().stream().map(StatusJson::link).toList();
    }

    private static List<JsonObject> peerList(ClusterStatus status) {
        return status.peers().stream().map(StatusJson::peer).toList();
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }

    private static OptionalLong micros(Optional<Duration> duration) {
        return duration.isPresent() ? OptionalLong.of(micros(duration.get())) : OptionalLong.empty();
    }
}
