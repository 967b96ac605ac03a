package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.Await;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.QuorumToolStatus;

/**
 * All hosts of a cluster send checked messages to each other all the time: C programs on hosts with a daemon, JVM nodes on the others.
 * And what tests ask of such a ring.
 */
public final class SteadyTraffic {
    private static final Duration MARGIN = Duration.ofMinutes(2);
    private static final Pattern RESULT =
            Pattern.compile("received=(\\d+) bytes=\\d+ wrong=(\\d+) again=\\d+ order=([0-9a-f]+)");
    private static final Pattern DAEMON_LINK = Pattern.compile("host: \\d+ link: \\d+ is (?:up|down)");
    private static final Pattern DAEMON_SENT =
            Pattern.compile("stats\\.knet\\.node\\d+\\.link(\\d+)\\.tx_data_packets \\(\\w+\\) = (\\d+)");
    private static final List<String> DAEMON_COUNTERS =
            List.of("mcast_tx", "mcast_retx", "rx_msg_dropped", "gather_entered", "recovery_entered");
    private static final List<String> NODE_COUNTERS = List.of(
            "sent.messages",
            "ring.retransmitted",
            "ring.retransmit-requested",
            "ring.tokens",
            "ring.token-retransmits",
            "ring.token-duplicates",
            "ring.gathers",
            "drop.not-reachable",
            "drop.no-route",
            "drop.duplicate",
            "drop.send-failed");

    private final CorosyncCluster cluster;
    private final List<Integer> daemons;
    private final int messages;
    private final Duration limit;
    private final Map<Integer, JvmNode> nodes = new TreeMap<>();
    private final List<HostProcess> senders = new ArrayList<>();

    private SteadyTraffic(CorosyncCluster cluster, List<Integer> daemons, int messages, Duration limit) {
        this.cluster = cluster;
        this.daemons = daemons;
        this.messages = messages;
        this.limit = limit;
    }

    /** Starts senders, and JVM nodes on hosts that have no daemon; each sends for {@code span} at least, with {@code pause} between messages. */
    public static SteadyTraffic start(CorosyncCluster cluster, List<Integer> daemons, Duration span, Duration pause) {
        int messages = Math.toIntExact(span.dividedBy(pause));
        SteadyTraffic traffic = new SteadyTraffic(
                cluster, daemons, messages, span.multipliedBy(2).plus(MARGIN));
        Path program = CpgTraffic.compile();
        int hosts = cluster.layout().hosts();
        for (int host = 1; host <= hosts; host++) {
            if (daemons.contains(host)) {
                traffic.senders.add(
                        CpgTraffic.start(cluster, program, host, host - 1, messages, hosts, pause, traffic.limit));
            } else {
                JvmNode node = JvmNode.withTraffic(
                        cluster,
                        host,
                        "traffic",
                        Integer.toString(host - 1),
                        Integer.toString(messages),
                        Integer.toString(hosts),
                        Integer.toString(hosts),
                        Long.toString(traffic.limit.toSeconds()),
                        Long.toString(pause.toMillis()));
                traffic.nodes.put(host, node);
                traffic.senders.add(node.process());
            }
        }
        return traffic;
    }

    CorosyncCluster cluster() {
        return cluster;
    }

    /** The JVM node on the lowest of the hosts that have one. */
    JvmNode node() {
        return nodes.values().iterator().next();
    }

    /** Waits until a daemon's host has heard all senders. */
    public void awaitAllSend() {
        HostProcess receiver = senders.get(daemons.isEmpty() ? 0 : daemons.get(0) - 1);
        Await.until(
                CpgTraffic.LIMIT,
                "all send",
                this::report,
                () -> receiver.lines().stream()
                                .filter(line -> line.endsWith("has begun"))
                                .count()
                        == senders.size());
    }

    /** Whether nobody has all messages yet. */
    boolean goesOn() {
        return senders.stream()
                .noneMatch(sender -> sender.lines().stream().anyMatch(line -> line.startsWith("received=")));
    }

    /** What all hosts say about their ring, which is the same. */
    QuorumToolStatus ring() {
        List<Optional<QuorumToolStatus>> said = new ArrayList<>();
        for (int host : daemons) said.add(cluster.quorum(host));
        nodes.values().forEach(node -> said.add(node.quorum()));
        List<QuorumToolStatus> all = said.stream()
                .map(status -> status.map(QuorumToolStatus::seenByAll).orElseThrow(() -> new AssertionError(report())))
                .distinct()
                .toList();
        assertThat(all).as(this::report).hasSize(1);
        assertThat(all.get(0).votes().keySet())
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, cluster.layout().hosts())
                                .boxed()
                                .toList());
        return all.get(0);
    }

    /** How many memberships each host has had. */
    Map<Integer, Long> memberships() {
        Map<Integer, Long> all = new TreeMap<>();
        for (int host : daemons)
            all.put(host, count(cluster.daemon(host), Pattern.compile("A new membership \\(\\S+\\) was formed")));
        nodes.forEach((host, node) -> all.put(host, (long) node.events("view").size()));
        return all;
    }

    /** How often each host has reported a link up or down. */
    Map<Integer, Long> linkChanges() {
        Map<Integer, Long> all = new TreeMap<>();
        for (int host : daemons) all.put(host, count(cluster.daemon(host), DAEMON_LINK));
        nodes.forEach((host, node) -> all.put(host, (long) node.events("link").size()));
        return all;
    }

    private static long count(HostProcess process, Pattern pattern) {
        return process.lines().stream()
                .filter(line -> pattern.matcher(line).find())
                .count();
    }

    /** Whether all hosts see these links up, to all others. */
    public boolean allUp(int... links) {
        int peers = cluster.layout().hosts() - 1;
        for (int number : links) {
            for (int host : daemons)
                if (cluster.peerLinks(host).stream()
                                .filter(link -> link.link() == number && link.connected())
                                .count()
                        != peers) return false;
            for (JvmNode node : nodes.values())
                if (node.links().stream()
                                .filter(link -> link.number("link").orElse(-1) == number && link.isTrue("up"))
                                .count()
                        != peers) return false;
        }
        return true;
    }

    /** Whether no host knows a link of this number any more. */
    boolean noneHas(int number) {
        return daemons.stream()
                        .noneMatch(host -> cluster.peerLinks(host).stream().anyMatch(link -> link.link() == number))
                && nodes.values().stream()
                        .noneMatch(node -> node.links().stream()
                                .anyMatch(link -> link.number("link").orElse(-1) == number));
    }

    /** Packets that each host has sent to all others, by host and link. */
    Map<Integer, Map<Integer, Long>> sentPackets() {
        Map<Integer, Map<Integer, Long>> all = new TreeMap<>();
        for (int host : daemons) {
            Map<Integer, Long> byLink = new TreeMap<>();
            Matcher counter = DAEMON_SENT.matcher(cluster.in(host, "corosync-cmapctl", "-m", "stats", "stats.knet.")
                    .output());
            while (counter.find())
                byLink.merge(Integer.valueOf(counter.group(1)), Long.valueOf(counter.group(2)), Long::sum);
            all.put(host, byLink);
        }
        nodes.forEach((host, node) -> {
            Map<Integer, Long> byLink = new TreeMap<>();
            for (JsonObject link : node.links())
                byLink.merge(
                        (int) link.number("link").orElse(-1),
                        link.number("sentPackets").orElse(0),
                        Long::sum);
            all.put(host, byLink);
        });
        return all;
    }

    /** Whether every host has sent so many packets more over a link between two answers. */
    static boolean allSentOver(
            int link, long packets, Map<Integer, Map<Integer, Long>> before, Map<Integer, Map<Integer, Long>> after) {
        return after.keySet().stream().allMatch(host -> {
            Map<Integer, Long> first = before.getOrDefault(host, Map.of());
            Map<Integer, Long> last = after.getOrDefault(host, Map.of());
            return last.getOrDefault(link, 0L) - first.getOrDefault(link, 0L) >= packets;
        });
    }

    /** What was sent, sent again and lost, for people. */
    String figures() {
        StringBuilder text = new StringBuilder();
        for (int host : daemons) {
            text.append("host ").append(host).append(", daemon:");
            for (String name : DAEMON_COUNTERS)
                text.append(' ').append(name).append('=').append(cluster.counter(host, "stats.srp." + name));
            text.append('\n');
        }
        nodes.forEach((host, node) -> text.append("host ")
                .append(host)
                .append(", JVM node:")
                .append(NODE_COUNTERS.stream()
                        .map(name -> " " + name + "=" + node.counter(name))
                        .collect(Collectors.joining()))
                .append('\n'));
        return text.toString();
    }

    /**
     * Waits until everybody has everything and checks that it is the same: all messages undamaged, in one order. Says how many, and the
     * hash of the order.
     */
    public String awaitResults() {
        List<String> results = new ArrayList<>();
        for (HostProcess sender : senders)
            results.add(Await.value(
                    limit,
                    "the sender on host " + sender.host() + " has all",
                    this::report,
                    () -> result(sender),
                    said -> true));
        assertThat(results).as(this::report).allMatch(results.get(0)::equals);
        assertThat(results.get(0)).startsWith((long) messages * senders.size() + " messages, 0 wrong,");
        return results.get(0);
    }

    /** The longest time between two messages that any host has noticed while all were sending; to be asked after {@link #awaitResults}. */
    public Duration longestSilence() {
        return senders.stream()
                .flatMap(sender -> sender.lines().stream())
                .filter(line -> line.startsWith("silence="))
                .map(line -> Duration.ofMillis(Long.parseLong(line.substring("silence=".length()))))
                .max(Duration::compareTo)
                .orElseThrow(() -> new AssertionError(report()));
    }

    private static Optional<String> result(HostProcess sender) {
        Matcher result = RESULT.matcher(String.join("\n", sender.lines()));
        return result.find()
                ? Optional.of(result.group(1) + " messages, " + result.group(2) + " wrong, order " + result.group(3))
                : Optional.empty();
    }

    /** State of all hosts and the ends of their logs. */
    String report() {
        return nodes.values().stream().map(JvmNode::links).toList() + "\n" + cluster.report(60);
    }
}
