package org.quorate.examples.measure;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Year;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.quorate.examples.interop.JvmNode;
import org.quorate.examples.interop.SteadyTraffic;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;

/**
 * How long a ring of three with default timers and two links is without what it needs: Corosync daemons and JVM nodes in turn, on the
 * same networks, with the same configuration. {@code start}: from the start of the first process to the view of three that the last of
 * them logs. {@code kill}: SIGKILL of node 3, to the view of two that the last survivor logs. {@code leave}: the same for SIGTERM.
 * {@code cut}: all three send small and large messages every 10 ms; the cable of the preferred link is taken out of node 3; the longest
 * time between two deliveries at any node. One line of JSON a run, then the medians.
 *
 * <pre>{@code
 * mvn -q -DskipTests -pl examples -am package
 * java -cp 'examples/target/test-classes:cluster-api/target/test-classes:examples/target/classes:examples/target/lib/*' \
 *     org.quorate.examples.measure.FailOver [RUNS] [WHAT...]
 * }</pre>
 */
public final class FailOver {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int NODES = 3;
    /** A link that came up just now tolerates longer silence than an older one. */
    private static final Duration UNTIL_STRICT = Duration.ofSeconds(12);

    private static final Duration STREAM = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final DateTimeFormatter DAEMON_TIME =
            DateTimeFormatter.ofPattern("yyyy MMM dd HH:mm:ss.SSS", Locale.ENGLISH);

    private FailOver() {}

    /** Runs as often as the first argument says on each side, three times without one; all, or what the others name. */
    public static void main(String[] args) {
        int runs = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        List<String> wanted = args.length > 1
                ? Arrays.asList(args).subList(1, args.length)
                : List.of("start", "kill", "leave", "cut");
        Map<String, List<Duration>> results = new LinkedHashMap<>();
        for (int run = 0; run < runs; run++) {
            for (String what : wanted) {
                for (boolean jvm : new boolean[] {false, true}) {
                    Duration took = measure(what, jvm);
                    String name = what + (jvm ? " jvm" : " corosync");
                    System.out.println(JsonObject.withSchema().put("what", name).put("millis", took.toMillis()));
                    results.computeIfAbsent(name, each -> new ArrayList<>()).add(took);
                }
            }
        }
        results.forEach((name, all) -> System.out.println(JsonObject.withSchema()
                .put("what", name)
                .put("runs", all.size())
                .put("medianMillis", median(all))));
    }

    private static Duration measure(String what, boolean jvm) {
        ClusterLayout layout = ClusterLayout.of(NODES).withLinks(2).withDaemons();
        try (CorosyncCluster cluster = CorosyncCluster.start(layout)) {
            if (what.equals("cut")) return cut(cluster, jvm);
            Instant start = Instant.now();
            List<Member> members = new ArrayList<>();
            for (int host = 1; host <= NODES; host++) members.add(jvm ? jvm(cluster, host) : daemon(cluster, host));
            Instant together = last(cluster, members, NODES, start);
            if (what.equals("start")) return Duration.between(start, together);
            pass(cluster, UNTIL_STRICT);
            Instant signalled = Instant.now();
            members.get(NODES - 1).process().signal(what.equals("kill") ? "KILL" : "TERM");
            Instant view = last(cluster, members.subList(0, NODES - 1), NODES - 1, signalled);
            return Duration.between(signalled, view);
        }
    }

    private static Duration cut(CorosyncCluster cluster, boolean jvm) {
        List<Integer> daemons = jvm ? List.of() : List.of(1, 2, 3);
        if (!jvm) daemons.forEach(cluster::startDaemon);
        SteadyTraffic traffic = SteadyTraffic.start(cluster, daemons, STREAM, PAUSE);
        traffic.awaitAllSend();
        Await.until(LIMIT, "both links are up", () -> cluster.report(20), () -> traffic.allUp(0, 1));
        pass(cluster, UNTIL_STRICT);
        cluster.cut(NODES, 0);
        String ignored = traffic.awaitResults();
        return traffic.longestSilence();
    }

    /** A process, and when it logged a view of so many nodes for the first time after a moment. */
    private record Member(HostProcess process, ViewTime views) {}

    private interface ViewTime {
        Optional<Instant> of(int nodes, Instant after);
    }

    private static Member daemon(CorosyncCluster cluster, int host) {
        HostProcess daemon = cluster.startDaemon(host);
        return new Member(
                daemon,
                (nodes, after) -> first(
                        daemon.lines().stream()
                                .filter(line -> line.contains("[QUORUM] Members[" + nodes + "]"))
                                .map(FailOver::daemonTime)
                                .toList(),
                        after));
    }

    private static Member jvm(CorosyncCluster cluster, int host) {
        JvmNode node = JvmNode.start(cluster, host);
        Function<JsonObject, Integer> size = view -> (int) view.object("quorum")
                .orElseGet(JsonObject::new)
                .number("totalVotes")
                .orElse(0);
        return new Member(
                node.process(),
                (nodes, after) -> first(
                        node.events("view").stream()
                                .filter(view -> size.apply(view) == nodes)
                                .flatMap(view -> view.text("time").stream())
                                .map(Instant::parse)
                                .toList(),
                        after));
    }

    private static Optional<Instant> first(List<Instant> times, Instant after) {
        // the daemon's clock has ticks of 4 ms
        return times.stream().filter(time -> time.isAfter(after.minusMillis(5))).findFirst();
    }

    private static Instant daemonTime(String line) {
        String time = Year.now(ZoneId.systemDefault()) + " " + line.substring(0, "Nov 22 16:24:00.567".length());
        return LocalDateTime.parse(time, DAEMON_TIME)
                .atZone(ZoneId.systemDefault())
                .toInstant();
    }

    private static Instant last(CorosyncCluster cluster, List<Member> members, int nodes, Instant after) {
        Await.until(
                LIMIT,
                "a view of " + nodes,
                () -> cluster.report(20),
                () -> members.stream()
                        .allMatch(member -> member.views().of(nodes, after).isPresent()));
        return Collections.max(members.stream()
                .flatMap(member -> member.views().of(nodes, after).stream())
                .toList());
    }

    private static void pass(CorosyncCluster cluster, Duration time) {
        Instant end = Instant.now().plus(time);
        BooleanSupplier over = () -> Instant.now().isAfter(end);
        Await.until(LIMIT, time + " are over", () -> cluster.report(20), over);
    }

    private static long median(List<Duration> durations) {
        return durations.stream().sorted().toList().get(durations.size() / 2).toMillis();
    }
}
