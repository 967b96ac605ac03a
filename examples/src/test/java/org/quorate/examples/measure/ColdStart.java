package org.quorate.examples.measure;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Year;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.quorate.examples.interop.JvmNode;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;

/**
 * How long three nodes need from nothing to one quorate ring: Corosync daemons and JVM nodes in turn, on the same
 * networks, with the same configuration. Two figures a run: {@code millis} from the start of the first process to the
 * moment at which the last of the three has logged the ring of three, the start of the JVM included; {@code protocolMillis}
 * from the moment at which the last of the three began to look for others. One line of JSON a run, then one for each side.
 *
 * <pre>{@code
 * mvn -q -DskipTests -pl examples -am package
 * java -cp 'examples/target/test-classes:cluster-api/target/test-classes:examples/target/classes:examples/target/lib/*' \
 *     org.quorate.examples.measure.ColdStart [RUNS]
 * }</pre>
 */
public final class ColdStart {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int NODES = 3;
    private static final DateTimeFormatter DAEMON_TIME =
            DateTimeFormatter.ofPattern("yyyy MMM dd HH:mm:ss.SSS", Locale.ENGLISH);

    private ColdStart() {}

    /** Runs as often as the argument says on each side; three times without one. */
    public static void main(String[] args) {
        int runs = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        List<Run> daemons = new ArrayList<>();
        List<Run> jvms = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            daemons.add(report("corosync", daemons()));
            jvms.add(report("jvm", jvms()));
        }
        summary("corosync", daemons);
        summary("jvm", jvms);
    }

    private record Run(Duration total, Duration protocol) {}

    /** The moment at which a node wrote something down; empty while it has not. */
    private interface Moment {
        Optional<Instant> get();
    }

    private static Run daemons() {
        try (CorosyncCluster cluster =
                CorosyncCluster.start(ClusterLayout.of(NODES).withDaemons())) {
            Instant start = Instant.now();
            List<HostProcess> started = new ArrayList<>();
            for (int host = 1; host <= NODES; host++) started.add(cluster.startDaemon(host));
            Instant ring = last(
                    cluster,
                    started.stream()
                            .<Moment>map(daemon -> () -> logged(daemon, "[QUORUM] Members[" + NODES + "]"))
                            .toList());
            Instant looking = last(
                    cluster,
                    started.stream()
                            .<Moment>map(daemon -> () -> logged(daemon, "totemknet initialized"))
                            .toList());
            return new Run(Duration.between(start, ring), Duration.between(looking, ring));
        }
    }

    private static Run jvms() {
        try (CorosyncCluster cluster =
                CorosyncCluster.start(ClusterLayout.of(NODES).withDaemons())) {
            Instant start = Instant.now();
            List<JvmNode> started = new ArrayList<>();
            for (int host = 1; host <= NODES; host++) started.add(JvmNode.start(cluster, host));
            Instant ring = last(
                    cluster,
                    started.stream().<Moment>map(node -> () -> inRing(node)).toList());
            Instant looking = last(
                    cluster,
                    started.stream().<Moment>map(node -> () -> joining(node)).toList());
            return new Run(Duration.between(start, ring), Duration.between(looking, ring));
        }
    }

    private static Instant last(CorosyncCluster cluster, List<Moment> moments) {
        Await.until(
                LIMIT,
                "one ring of " + NODES,
                () -> cluster.report(20),
                () -> moments.stream().allMatch(moment -> moment.get().isPresent()));
        return Collections.max(
                moments.stream().flatMap(moment -> moment.get().stream()).toList());
    }

    private static Optional<Instant> logged(HostProcess daemon, String text) {
        return daemon.lines().stream()
                .filter(line -> line.contains(text))
                .findFirst()
                .map(line -> Year.now(ZoneId.systemDefault()) + " " + line.substring(0, "Nov 22 16:24:00.567".length()))
                .map(time -> LocalDateTime.parse(time, DAEMON_TIME)
                        .atZone(ZoneId.systemDefault())
                        .toInstant());
    }

    private static Optional<Instant> inRing(JvmNode node) {
        return node.events("view").stream()
                .filter(view -> view.isTrue("quorate"))
                .filter(view -> view.object("quorum")
                                .orElseGet(JsonObject::new)
                                .number("totalVotes")
                                .orElse(0)
                        == NODES)
                .findFirst()
                .flatMap(view -> view.text("time"))
                .map(Instant::parse);
    }

    private static Optional<Instant> joining(JvmNode node) {
        return node.events("state").stream()
                .filter(state -> state.text("state").equals(Optional.of("JOINING")))
                .findFirst()
                .flatMap(state -> state.text("time"))
                .map(Instant::parse);
    }

    private static Run report(String side, Run run) {
        System.out.println(JsonObject.withSchema()
                .put("side", side)
                .put("millis", run.total().toMillis())
                .put("protocolMillis", run.protocol().toMillis()));
        return run;
    }

    private static void summary(String side, List<Run> runs) {
        System.out.println(JsonObject.withSchema()
                .put("side", side)
                .put("runs", runs.size())
                .put("medianMillis", median(runs.stream().map(Run::total).toList()))
                .put(
                        "medianProtocolMillis",
                        median(runs.stream().map(Run::protocol).toList())));
    }

    private static long median(List<Duration> durations) {
        return durations.stream().sorted().toList().get(durations.size() / 2).toMillis();
    }
}
