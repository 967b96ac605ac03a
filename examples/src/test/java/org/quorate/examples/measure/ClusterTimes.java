package org.quorate.examples.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.quorate.ChangeOptions;
import org.quorate.ClusterManager;
import org.quorate.JoinOptions;
import org.quorate.Link;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.Await;
import org.quorate.testkit.FreePort;

/**
 * How long the steps in the life of a cluster take, nodes in this JVM on the loopback with two links, default timers, real files: {@code create}
 * until the node is quorate, {@code join} of a second and of a third node by token until they are quorate (credentials, checks, links tried in both directions, files, start), {@code remove} of a node that has ended,
 * with its certificate and the key, {@code leave} until the node is standalone and the others are told. One line of JSON a run, then the medians in milliseconds. The
 * first run loads classes and does not count.
 *
 * <pre>{@code
 * mvn -q -DskipTests -pl examples -am package
 * java -cp 'examples/target/test-classes:cluster-api/target/test-classes:examples/target/classes:examples/target/lib/*' \
 *     org.quorate.examples.measure.ClusterTimes [RUNS]
 * }</pre>
 */
public final class ClusterTimes {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final Path folder;
    private final int[] ports;
    private final Map<String, Long> millis = new TreeMap<>();

    private ClusterTimes(Path folder, int... ports) {
        this.folder = folder;
        this.ports = ports;
    }

    /** Five runs without an argument. */
    public static void main(String[] args) throws IOException {
        int runs = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        Map<String, List<Long>> all = new TreeMap<>();
        for (int run = 0; run <= runs; run++) {
            Path folder = Files.createTempDirectory("cluster-times");
            try {
                Map<String, Long> times =
                        new ClusterTimes(folder, FreePort.udp(), FreePort.udp(), FreePort.tcp()).run();
                System.out.println(figures(times).put("run", run));
                if (run > 0)
                    times.forEach((step, time) ->
                            all.computeIfAbsent(step, s -> new ArrayList<>()).add(time));
            } finally {
                remove(folder);
            }
        }
        Map<String, Long> medians = new TreeMap<>();
        all.forEach((step, times) ->
                medians.put(step, times.stream().sorted().toList().get(times.size() / 2)));
        System.out.println(figures(medians).put("runs", runs));
        System.exit(0);
    }

    private static JsonObject figures(Map<String, Long> times) {
        JsonObject figures = JsonObject.withSchema();
        times.forEach((step, time) -> figures.put(step + "Millis", time));
        return figures;
    }

    private Map<String, Long> run() {
        try (ClusterManager apple = open("apple", 1);
                ClusterManager pear = open("pear", 2);
                ClusterManager plum = open("plum", 3)) {
            time("create", () -> {
                apple.create("orchard");
                apple.awaitQuorum().toCompletableFuture().join();
            });
            time("joinSecond", () -> join(pear, apple));
            time("joinThird", () -> join(plum, apple));
            together(3, apple, pear, plum);
            time(
                    "leave",
                    () -> plum.changes().leaveCluster(ChangeOptions.DEFAULT).join());
            together(2, apple, pear);
            time("joinAgain", () -> join(plum, apple));
            together(3, apple, pear, plum);
            end(plum);
            together(2, apple, pear);
            time(
                    "remove",
                    () -> apple.changes()
                            .removeNode("plum", ChangeOptions.DEFAULT)
                            .join());
        }
        return millis;
    }

    private void join(ClusterManager node, ClusterManager member) {
        var ignored = node.join(
                JoinOptions.by(member.joinInfo()).port(ports[2]).token(member.createJoinToken(Duration.ofMinutes(5))));
    }

    private static void end(ClusterManager node) {
        node.close();
    }

    private void time(String step, Runnable task) {
        long start = System.nanoTime();
        task.run();
        millis.put(step, Duration.ofNanos(System.nanoTime() - start).toMillis());
    }

    private static void together(int count, ClusterManager... nodes) {
        Await.until(
                LIMIT,
                "one ring of " + count,
                () -> "",
                () -> Stream.of(nodes)
                        .allMatch(node -> node.status()
                                        .toCompletableFuture()
                                        .join()
                                        .members()
                                        .size()
                                == count));
    }

    private ClusterManager open(String name, int number) {
        return ClusterManager.builder()
                .nodeName(name)
                .dataDir(folder.resolve(name))
                .link(Link.udp(0, "127.0.2." + number, ports[0]))
                .link(Link.udp(1, "127.0.3." + number, ports[1]))
                .joinPort(ports[2])
                .start();
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
        }
    }
}
