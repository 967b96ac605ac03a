package org.quorate.examples.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.PeerLink;
import org.quorate.interop.QuorumToolStatus;

/** Hosts of which some have a JVM node and the others a daemon; and what tests wait for. */
final class MixedRing implements AutoCloseable {
    /** Token timeout of three nodes with default settings: 3000 ms and 650 ms for each node beyond two. */
    static final Duration TOKEN = Duration.ofMillis(3650);
    /** For anything that needs a token or two to be lost and a new ring to form. */
    static final Duration SOON = Duration.ofSeconds(30);
    /** Data bytes in one frame of an Ethernet link with aes256 and sha256. */
    static final int MTU = 1397;

    /** A link that came up just now tolerates long silence; after so many answers it is at its normal timeout. */
    private static final int PONGS_UNTIL_STRICT = 13;

    private final CorosyncCluster cluster;
    private final List<JvmNode> nodes;
    private final List<Integer> daemonHosts;

    private MixedRing(CorosyncCluster cluster, List<JvmNode> nodes, List<Integer> daemonHosts) {
        this.cluster = cluster;
        this.nodes = nodes;
        this.daemonHosts = daemonHosts;
    }

    /** Starts three hosts with default settings; does not wait for a ring. */
    static MixedRing start(Integer... jvmHosts) {
        return start(ClusterLayout.of(3), jvmHosts);
    }

    /** Starts the hosts of a layout, with daemons where there is no JVM node; does not wait for a ring. */
    static MixedRing start(ClusterLayout layout, Integer... jvmHosts) {
        List<Integer> jvms = List.of(jvmHosts);
        List<Integer> daemons = IntStream.rangeClosed(1, layout.hosts())
                .boxed()
                .filter(host -> !jvms.contains(host))
                .toList();
        CorosyncCluster cluster = CorosyncCluster.start(layout.withDaemons(daemons.toArray(Integer[]::new)));
        return new MixedRing(
                cluster, jvms.stream().map(host -> JvmNode.start(cluster, host)).toList(), daemons);
    }

    CorosyncCluster cluster() {
        return cluster;
    }

    /** The JVM node on the lowest of the hosts that have one. */
    JvmNode node() {
        return nodes.get(0);
    }

    List<JvmNode> nodes() {
        return nodes;
    }

    List<Integer> daemonHosts() {
        return daemonHosts;
    }

    /** The daemon or agent of a host. */
    HostProcess process(int host) {
        return jvmOn(host).map(JvmNode::process).orElseGet(() -> cluster.daemon(host));
    }

    /** Starts the daemon or agent of a host again, after its end. */
    void restart(int host) {
        jvmOn(host).ifPresentOrElse(JvmNode::restart, () -> cluster.startDaemon(host));
    }

    private Optional<JvmNode> jvmOn(int host) {
        return nodes.stream().filter(node -> node.host() == host).findFirst();
    }

    /** Whether all hosts are in one ring and say the same about it now. */
    boolean agreed() {
        Set<Integer> all = Set.of(allHosts());
        List<Optional<QuorumToolStatus>> said = statements(all);
        return said.stream().distinct().count() == 1
                && said.get(0)
                        .filter(status -> status.votes().keySet().equals(all))
                        .isPresent();
    }

    private Integer[] allHosts() {
        return IntStream.rangeClosed(1, cluster.layout().hosts()).boxed().toArray(Integer[]::new);
    }

    /** Waits until all hosts are in one ring and say the same about it; returns what they say. */
    QuorumToolStatus together() {
        return agreement(SOON, allHosts());
    }

    /**
     * Waits until the hosts {@code members} are in one ring of their own and say the same about it, twice: daemons show the members of a new ring a
     * moment before they have counted its votes.
     */
    QuorumToolStatus agreement(Duration limit, Integer... members) {
        Set<Integer> wanted = Set.of(members);
        return Await.value(
                limit,
                "the hosts " + List.of(members) + " agree on a ring of their own",
                () -> statements(wanted) + "\n" + cluster.report(40),
                () -> {
                    List<Optional<QuorumToolStatus>> all = statements(wanted);
                    boolean settled = all.stream().distinct().count() == 1 && all.equals(statements(wanted));
                    return settled ? all.get(0) : Optional.empty();
                },
                status -> status.votes().keySet().equals(wanted));
    }

    /** Waits until each of the hosts {@code members} is in a ring of just these; returns what each says, without its own id, ascending by host. */
    List<QuorumToolStatus> opinions(Duration limit, Integer... members) {
        Set<Integer> wanted = Set.of(members);
        return Await.value(
                        limit,
                        "the hosts " + List.of(members) + " are in a ring of their own",
                        () -> statements(wanted) + "\n" + cluster.report(40),
                        () -> {
                            List<Optional<QuorumToolStatus>> all = statements(wanted);
                            boolean settled = all.equals(statements(wanted));
                            return settled ? Optional.of(all) : Optional.empty();
                        },
                        all -> all.stream()
                                .allMatch(said -> said.filter(status ->
                                                status.votes().keySet().equals(wanted))
                                        .isPresent()))
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** What each of the hosts says about its ring, without its own id. */
    private List<Optional<QuorumToolStatus>> statements(Set<Integer> hosts) {
        List<Optional<QuorumToolStatus>> all = new ArrayList<>();
        for (int host : new TreeSet<>(hosts))
            all.add(jvmOn(host).map(JvmNode::quorum).orElseGet(() -> cluster.quorum(host)));
        return all.stream().map(said -> said.map(QuorumToolStatus::seenByAll)).toList();
    }

    /** Waits until the links between a daemon and a host are all up, or those of {@code downLinks} down and the others up. */
    void awaitDaemonLinks(int daemonHost, int peer, Integer... downLinks) {
        List<Integer> down = List.of(downLinks);
        Await.until(
                SOON,
                "the daemon of host " + daemonHost + " sees links " + down + " to host " + peer + " down, others up",
                () -> cluster.report(30),
                () -> {
                    List<PeerLink> links = cluster.peerLinks(daemonHost).stream()
                            .filter(link -> link.peer() == peer)
                            .toList();
                    return links.size() == cluster.layout().links()
                            && links.stream().allMatch(link -> link.connected() != down.contains(link.link()));
                });
    }

    /** Waits until all links of a JVM node to its peers are as said: up, or down if their number is in {@code downLinks}. */
    void awaitNodeLinks(JvmNode node, Integer... downLinks) {
        List<Integer> down = List.of(downLinks);
        Await.until(
                SOON,
                "the JVM node of host " + node.host() + " sees links " + down + " down, others up",
                () -> node.links() + "\n" + cluster.report(30),
                () -> node.links().size()
                                == (cluster.layout().hosts() - 1)
                                        * cluster.layout().links()
                        && node.links().stream()
                                .allMatch(link -> link.isTrue("up")
                                        != down.contains(
                                                (int) link.number("link").orElse(-1))));
    }

    /** Waits until the daemons' links to a host are no longer in the patient time that follows each link's start. */
    void awaitStrictLinks(int peer) {
        String counter = "stats.knet.node" + peer + ".link0.rx_pong_packets";
        long before = cluster.counter(daemonHosts.get(0), counter);
        Await.until(
                SOON,
                PONGS_UNTIL_STRICT + " pongs from host " + peer,
                () -> cluster.report(30),
                () -> cluster.counter(daemonHosts.get(0), counter) >= before + PONGS_UNTIL_STRICT);
    }

    /** Link numbers that carry a node's data to its peers. */
    static Set<Long> activeLinks(JvmNode node) {
        return node.links().stream()
                .filter(link -> link.isTrue("active"))
                .map(link -> link.number("link").orElse(-1))
                .collect(Collectors.toSet());
    }

    /** Names of the nodes that a node misses. */
    static Set<String> missing(JsonObject status) {
        return status.objects("missing").stream()
                .map(missing -> missing.text("name").orElse("?"))
                .collect(Collectors.toSet());
    }

    /** Sequence number of a ring id as printed. */
    static long sequence(QuorumToolStatus status) {
        return Long.parseUnsignedLong(status.ringId().substring(status.ringId().indexOf('.') + 1), 16);
    }

    /** How many lines of a host's daemon log contain {@code text}. */
    long logged(int host, String text) {
        return cluster.daemon(host).lines().stream()
                .filter(line -> line.contains(text))
                .count();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
