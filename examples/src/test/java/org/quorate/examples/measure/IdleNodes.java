package org.quorate.examples.measure;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;

/**
 * What a node costs that has nothing to do: three Corosync daemons and three agents in turn, in one ring without messages. Processor time in
 * percent of one core, all threads, after a time to settle; and resident memory, each the mean of the three. One line of JSON a run.
 *
 * <pre>{@code
 * mvn -q -DskipTests -pl examples -am package
 * java -cp 'examples/target/test-classes:cluster-api/target/test-classes:examples/target/classes:examples/target/lib/*' \
 *     org.quorate.examples.measure.IdleNodes [SECONDS [RUNS [SETTLE_SECONDS]]]
 * }</pre>
 */
public final class IdleNodes {
    private static final int NODES = 3;
    private static final Duration LIMIT = Duration.ofMinutes(1);
    /** Of the times in /proc, per second. */
    private static final double TICKS = 100;

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    private IdleNodes() {}

    /** Sixty seconds, two runs, thirty seconds to settle without arguments. */
    public static void main(String[] args) {
        long seconds = args.length > 0 ? Long.parseLong(args[0]) : 60;
        int runs = args.length > 1 ? Integer.parseInt(args[1]) : 2;
        long settle = args.length > 2 ? Long.parseLong(args[2]) : 30;
        for (int run = 0; run < runs; run++) for (Side side : Side.values()) run(side, seconds, settle);
    }

    private static void run(Side side, long seconds, long settle) {
        try (CorosyncCluster cluster =
                CorosyncCluster.start(ClusterLayout.of(NODES).withDaemons())) {
            Instant start = Instant.now();
            List<HostProcess> processes = new ArrayList<>();
            for (int host = 1; host <= NODES; host++) processes.add(side.start(cluster, host));
            Await.until(
                    LIMIT,
                    "one ring",
                    () -> cluster.report(10),
                    () -> processes.stream()
                            .allMatch(node -> side.inRingOf(NODES, node, start).isPresent()));
            pass(settle);
            long before = System.nanoTime();
            long ticks = ticks(cluster, processes);
            pass(seconds);
            long spent = ticks(cluster, processes) - ticks;
            double passed = (System.nanoTime() - before) / 1e9;
            long resident = processes.stream()
                    .mapToLong(node -> residentKilobytes(cluster, node))
                    .sum();
            System.out.println(JsonObject.withSchema()
                    .put("side", side.name().toLowerCase(Locale.ROOT))
                    .put("seconds", seconds)
                    .put("cpuPercent", Math.round(spent / TICKS / passed / NODES * 10_000) / 100.0)
                    .put("residentMegabytes", resident / NODES / 1000));
        }
    }

    private static void pass(long seconds) {
        Await.pass(Duration.ofSeconds(seconds));
    }

    /** Processor time of all of them since their start. */
    private static long ticks(CorosyncCluster cluster, List<HostProcess> processes) {
        long sum = 0;
        for (HostProcess process : processes) {
            String stat = file(cluster, process, "stat");
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            sum += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return sum;
    }

    private static long residentKilobytes(CorosyncCluster cluster, HostProcess process) {
        Matcher resident = RESIDENT.matcher(file(cluster, process, "status"));
        if (!resident.find()) throw new IllegalStateException("no VmRSS of process " + process.pid());
        return Long.parseLong(resident.group(1));
    }

    private static String file(CorosyncCluster cluster, HostProcess process, String name) {
        String path = "/proc/" + process.pid() + "/" + name;
        return cluster.in(process.host(), "cat", path).outputOrFail(path);
    }
}
