package org.quorate.examples.measure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.quorate.examples.bench.GroupNode;
import org.quorate.examples.interop.CpgTraffic;
import org.quorate.examples.json.JsonFormatException;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;

/**
 * Ordered messages of Corosync daemons with clients of libcpg and of JVM nodes, in turn, in the same kind of network with the same
 * configuration: throughput, processor time and latency. One line of JSON a measurement, then one for each cell with medians and ratios.
 *
 * <pre>{@code
 * mvn -q -DskipTests -pl examples -am package
 * cd examples && java -cp 'target/test-classes:../cluster-api/target/test-classes:target/classes:target/lib/*' \
 *     org.quorate.examples.measure.RingBesideCorosync [rounds=3] [nodes=2,3] [sizes=64,1024,8192,65536,1047552] [senders=1,all]
 *     [latency=yes] [warmup=8] [seconds=4]
 * }</pre>
 */
public final class RingBesideCorosync {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Pattern FIGURE = Pattern.compile("([a-z0-9_]+)=([0-9.]+)");
    private static final AtomicInteger LOGS = new AtomicInteger();
    private static final int IDLE_GAP_MICROS = 50_000;

    /** One kind of measurement. */
    private record Cell(String mode, int nodes, int senders, int bytes, int gapMicros) {
        JsonObject json() {
            return new JsonObject()
                    .put("mode", mode)
                    .put("nodes", nodes)
                    .put("senders", senders)
                    .put("bytes", bytes)
                    .put("gapMicros", gapMicros);
        }
    }

    /** What came of one. Times in microseconds; zero where it has no meaning. */
    private record Figures(
            double perSecond, double cpuMicros, double p50, double p99, double p999, double longestGapMillis) {
        JsonObject json() {
            return new JsonObject()
                    .put("perSecond", Math.round(perSecond))
                    .put("cpuMicros", rounded(cpuMicros))
                    .put("p50Micros", rounded(p50))
                    .put("p99Micros", rounded(p99))
                    .put("p999Micros", rounded(p999))
                    .put("longestGapMillis", rounded(longestGapMillis));
        }
    }

    private final Map<String, String> settings;
    private final Path program = CpgTraffic.compile("cpg_load", "-lcpg", "-lquorum");

    private RingBesideCorosync(Map<String, String> settings) {
        this.settings = settings;
    }

    /** Takes {@code name=value} words. */
    public static void main(String[] args) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String word : args) settings.put(word.split("=", 2)[0], word.split("=", 2)[1]);
        new RingBesideCorosync(settings).run();
    }

    private void run() {
        int rounds = Integer.parseInt(setting("rounds", "3"));
        for (int nodes : numbers("nodes", "2,3")) {
            for (List<Cell> together : cells(nodes)) {
                Map<Cell, List<Figures>> daemons = new LinkedHashMap<>();
                Map<Cell, List<Figures>> jvms = new LinkedHashMap<>();
                for (int round = 0; round < rounds; round++) {
                    report("corosync", together, daemons(together), daemons);
                    report("quorate", together, jvms(together), jvms);
                }
                for (Cell cell : together) {
                    Figures theirs = medians(daemons.getOrDefault(cell, List.of()));
                    Figures ours = medians(jvms.getOrDefault(cell, List.of()));
                    System.out.println(JsonObject.withSchema()
                            .put("cell", cell.json())
                            .put("corosync", theirs.json())
                            .put("quorate", ours.json())
                            .put("ratio", ratios(ours, theirs)));
                }
            }
        }
    }

    /** Cells that differ in size only are measured one after the other with the same processes. */
    private List<List<Cell>> cells(int nodes) {
        List<List<Cell>> cells = new ArrayList<>();
        for (String senders : setting("senders", "1,all").split(",")) {
            List<Cell> together = new ArrayList<>();
            for (int bytes : numbers("sizes", "64,1024,8192,65536,1047552"))
                together.add(new Cell("throughput", nodes, senders.equals("all") ? nodes : 1, bytes, 0));
            cells.add(together);
        }
        if (setting("latency", "yes").equals("yes")) {
            cells.add(List.of(new Cell("latency", nodes, 1, 64, 0)));
            cells.add(List.of(new Cell("latency", nodes, 1, 64, IDLE_GAP_MICROS)));
        }
        return cells;
    }

    private String setting(String name, String otherwise) {
        return settings.getOrDefault(name, otherwise);
    }

    private int[] numbers(String name, String otherwise) {
        return java.util.Arrays.stream(setting(name, otherwise).split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private int seconds() {
        return Integer.parseInt(setting("seconds", "4"));
    }

    // ---- Corosync

    private List<Figures> daemons(List<Cell> cells) {
        int nodes = cells.get(0).nodes();
        try (CorosyncCluster cluster = CorosyncCluster.start(ClusterLayout.of(nodes))) {
            Integer[] all = IntStream.rangeClosed(1, nodes).boxed().toArray(Integer[]::new);
            for (int host : all) cluster.awaitMembers(host, LIMIT, all);
            return cells.stream()
                    .map(cell ->
                            cell.mode().equals("latency") ? daemonLatency(cluster, cell) : daemonLoad(cluster, cell))
                    .toList();
        }
    }

    private Figures daemonLoad(CorosyncCluster cluster, Cell cell) {
        List<HostProcess> clients = new ArrayList<>();
        for (int host = 1; host <= cell.nodes(); host++) {
            List<String> command = new ArrayList<>(List.of(
                    program.toString(),
                    "load",
                    "-i",
                    "" + host,
                    "-n",
                    "" + cell.nodes(),
                    "-s",
                    "" + cell.bytes(),
                    "-d",
                    "" + seconds(),
                    "-N",
                    "" + cell.senders(),
                    "-p",
                    "" + cluster.daemon(host).pid()));
            if (host <= cell.senders()) command.add("-S");
            clients.add(spawn(cluster, host, command));
        }
        double cpu = 0;
        double messages = 0;
        double perSecond = 0;
        for (HostProcess client : clients) {
            Map<String, Double> figures = figures(client);
            if (figures.get("errors") != 0) throw new IllegalStateException("wrong order or content: " + client.tail());
            cpu += figures.get("own_cpu") + figures.get("pid_cpu");
            messages = figures.get("msgs");
            perSecond = figures.get("msgs_per_s");
        }
        return new Figures(perSecond, cpu * 1e6 / messages, 0, 0, 0, 0);
    }

    private Figures daemonLatency(CorosyncCluster cluster, Cell cell) {
        int count = cell.gapMicros() > 0 ? seconds() * 1_000_000 / cell.gapMicros() : seconds() * 4000;
        HostProcess client = spawn(
                cluster,
                1,
                List.of(
                        program.toString(),
                        "lat",
                        "-i",
                        "1",
                        "-s",
                        "" + cell.bytes(),
                        "-c",
                        "" + count,
                        "-g",
                        "" + cell.gapMicros()));
        Map<String, Double> figures = figures(client);
        return new Figures(0, 0, figures.get("p50"), figures.get("p99"), figures.get("p999"), 0);
    }

    private static HostProcess spawn(CorosyncCluster cluster, int host, List<String> command) {
        return cluster.spawn(
                host,
                cluster.hostFolder(host).resolve("load" + LOGS.incrementAndGet() + ".log"),
                command.toArray(String[]::new));
    }

    private static Map<String, Double> figures(HostProcess client) {
        if (client.awaitExit(LIMIT) != 0) throw new IllegalStateException(client.tail());
        Map<String, Double> figures = new LinkedHashMap<>();
        Matcher matcher = FIGURE.matcher(String.join("\n", client.lines()).replaceAll("/\\d+", ""));
        while (matcher.find()) figures.put(matcher.group(1), Double.valueOf(matcher.group(2)));
        return figures;
    }

    // ---- JVM nodes

    private List<Figures> jvms(List<Cell> cells) {
        Cell first = cells.get(0);
        String sizes = cells.stream().map(cell -> "" + cell.bytes()).collect(Collectors.joining(","));
        try (CorosyncCluster cluster =
                CorosyncCluster.start(ClusterLayout.of(first.nodes()).withDaemons())) {
            List<HostProcess> nodes = new ArrayList<>();
            for (int host = 1; host <= first.nodes(); host++)
                nodes.add(spawn(cluster, host, node(cluster, host, first, sizes)));
            List<List<JsonObject>> results =
                    nodes.stream().map(RingBesideCorosync::results).toList();
            return IntStream.range(0, cells.size())
                    .mapToObj(i ->
                            figures(results.stream().map(lines -> lines.get(i)).toList()))
                    .toList();
        }
    }

    private static Figures figures(List<JsonObject> ofNodes) {
        if (ofNodes.stream().map(each -> each.text("order")).distinct().count() != 1)
            throw new IllegalStateException("different orders: " + ofNodes);
        JsonObject first = ofNodes.get(0);
        double cpu =
                ofNodes.stream().mapToDouble(each -> real(each, "cpuNanos")).sum();
        return new Figures(
                real(first, "messagesPerSecond"),
                cpu / 1e3 / real(first, "messages"),
                real(first, "p50Micros"),
                real(first, "p99Micros"),
                real(first, "p999Micros"),
                real(first, "longestGapMillis"));
    }

    private List<String> node(CorosyncCluster cluster, int host, Cell cell, String sizes) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                GroupNode.class.getName(),
                cluster.configFile(host).toString(),
                cluster.hostFolder(host).resolve("data").toString(),
                "" + host,
                cell.mode(),
                "" + cell.nodes(),
                "" + cell.senders(),
                sizes,
                "" + Integer.parseInt(setting("warmup", "8")) * 1000,
                "" + seconds() * 1000,
                "" + cell.gapMicros(),
                "0");
    }

    private static List<JsonObject> results(HostProcess node) {
        int exit = node.awaitExit(LIMIT.multipliedBy(3));
        if (exit != 0) throw new IllegalStateException("exit " + exit + ": " + node.tail());
        return node.lines().stream()
                .filter(each -> each.startsWith("{"))
                .map(RingBesideCorosync::parsed)
                .toList();
    }

    private static JsonObject parsed(String line) {
        try {
            return JsonObject.parse(line);
        } catch (JsonFormatException e) {
            throw new IllegalStateException(line, e);
        }
    }

    private static double real(JsonObject from, String name) {
        return from.fraction(name).orElse(0);
    }

    // ---- both

    private static void report(String side, List<Cell> cells, List<Figures> figures, Map<Cell, List<Figures>> all) {
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            all.computeIfAbsent(cell, c -> new ArrayList<>()).add(figures.get(i));
            System.out.println(new JsonObject()
                    .put("side", side)
                    .put("cell", cell.json())
                    .put("figures", figures.get(i).json()));
        }
    }

    private static Figures medians(List<Figures> all) {
        return new Figures(
                median(all, Figures::perSecond),
                median(all, Figures::cpuMicros),
                median(all, Figures::p50),
                median(all, Figures::p99),
                median(all, Figures::p999),
                median(all, Figures::longestGapMillis));
    }

    private static double median(List<Figures> all, ToDoubleFunction<Figures> figure) {
        double[] sorted = all.stream().mapToDouble(figure).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static String ratios(Figures ours, Figures theirs) {
        return String.format(
                Locale.ROOT,
                "throughput %.2f, CPU %.2f, p50 %.2f, p99 %.2f, p99.9 %.2f",
                ours.perSecond() / theirs.perSecond(),
                ours.cpuMicros() / theirs.cpuMicros(),
                ours.p50() / theirs.p50(),
                ours.p99() / theirs.p99(),
                ours.p999() / theirs.p999());
    }

    private static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }
}
