package org.quorate.examples.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;

/**
 * Many nodes on one machine, each a process of its own in its own network namespace: how long they need to form one ring, and how long the
 * others need after the death of one. Corosync daemons and agents in turn, same networks, same configuration. {@code lookedMillis} is from the
 * start of the first process to the moment at which the last one began to look for others, {@code formedMillis} from the
 * start of the first process to the moment at which the last one has logged the ring of all, {@code deathMillis} from SIGKILL to the moment at
 * which the last survivor has logged the ring without it. After each run of agents the same number of nodes is formed in one JVM on the loopback, whose
 * start counts. One line of JSON a run, then the medians of each side.
 *
 * <pre>{@code
 * mvn -q -DskipTests -pl examples -am package
 * java -cp 'examples/target/test-classes:cluster-api/target/test-classes:examples/target/classes:examples/target/lib/*' \
 *     org.quorate.examples.measure.ManyProcesses [NODES [RUNS [COROSYNC|JVM]]]
 * }</pre>
 */
public final class ManyProcesses {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private ManyProcesses() {}

    /** Sixteen nodes and two runs without arguments. */
    public static void main(String[] args) {
        int nodes = args.length > 0 ? Integer.parseInt(args[0]) : 16;
        int runs = args.length > 1 ? Integer.parseInt(args[1]) : 2;
        Map<Side, List<Run>> all = new EnumMap<>(Side.class);
        List<Duration> inOneJvm = new ArrayList<>();
        for (int run = 0; run < runs; run++)
            for (Side side : args.length > 2 ? List.of(Side.valueOf(args[2])) : List.of(Side.values())) {
                all.computeIfAbsent(side, s -> new ArrayList<>()).add(run(side, nodes));
                if (side == Side.JVM) inOneJvm.add(inOneJvm(nodes));
            }
        all.forEach((side, figures) -> System.out.println(figures(side, nodes)
                .put("runs", runs)
                .put(
                        "medianFormedMillis",
                        median(figures.stream().map(Run::formed).toList()))
                .put(
                        "medianDeathMillis",
                        median(figures.stream().map(Run::death).toList()))));
        if (!inOneJvm.isEmpty())
            System.out.println(JsonObject.withSchema()
                    .put("side", "one jvm")
                    .put("nodes", nodes)
                    .put("medianFormedMillis", median(inOneJvm)));
    }

    private static Duration inOneJvm(int nodes) {
        try {
            Instant start = Instant.now();
            Process process = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            NodesInOneJvm.class.getName(),
                            "form",
                            Integer.toString(nodes))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String moment = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            Duration formed = Duration.between(start, Instant.parse(moment));
            System.out.println(JsonObject.withSchema()
                    .put("side", "one jvm")
                    .put("nodes", nodes)
                    .put("formedMillis", formed.toMillis()));
            return formed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Run(Duration lookedForOthers, Duration formed, Duration death) {}

    private static Run run(Side side, int nodes) {
        try (CorosyncCluster cluster =
                CorosyncCluster.start(ClusterLayout.of(nodes).withDaemons())) {
            Instant start = Instant.now();
            List<HostProcess> processes = new ArrayList<>();
            for (int host = 1; host <= nodes; host++) processes.add(side.start(cluster, host));
            Instant formed = last(cluster, side, nodes, processes, start);
            Instant looked = processes.stream()
                    .flatMap(process -> side.lookingForOthers(process).stream())
                    .max(Instant::compareTo)
                    .orElseThrow();
            HostProcess victim = processes.remove(nodes / 2);
            Instant killed = Instant.now();
            victim.signal("KILL");
            Instant without = last(cluster, side, nodes - 1, processes, killed);
            Run run = new Run(
                    Duration.between(start, looked),
                    Duration.between(start, formed),
                    Duration.between(killed, without));
            System.out.println(figures(side, nodes)
                    .put("lookedMillis", run.lookedForOthers().toMillis())
                    .put("formedMillis", run.formed().toMillis())
                    .put("deathMillis", run.death().toMillis()));
            return run;
        }
    }

    private static JsonObject figures(Side side, int nodes) {
        return JsonObject.withSchema()
                .put("side", side.name().toLowerCase(java.util.Locale.ROOT))
                .put("nodes", nodes);
    }

    /** When the last of them wrote down a ring of so many; a node that has is not asked again. */
    private static Instant last(
            CorosyncCluster cluster, Side side, int members, List<HostProcess> processes, Instant since) {
        List<HostProcess> waiting = new ArrayList<>(processes);
        List<Instant> moments = new ArrayList<>();
        Await.until(LIMIT, "one ring of " + members, () -> cluster.report(10), () -> {
            while (!waiting.isEmpty()) {
                Optional<Instant> moment = side.inRingOf(members, waiting.get(0), since);
                if (moment.isEmpty()) return false;
                moments.add(moment.get());
                waiting.remove(0);
            }
            return true;
        });
        return moments.stream().max(Instant::compareTo).orElseThrow();
    }

    private static long median(List<Duration> durations) {
        return durations.stream().sorted().toList().get(durations.size() / 2).toMillis();
    }
}
