package org.quorate.examples.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.quorate.examples.json.JsonFormatException;
import org.quorate.examples.json.JsonObject;

/** Nodes on loopback, each a process of its own with one member of one group: how fast they deliver in one order. */
public final class GroupBench {
    private static final int KEY_BYTES = 256;
    private static final Duration GRACE = Duration.ofSeconds(60);

    /**
     * What to measure.
     *
     * @param members nodes
     * @param senders how many of them send, from node 1 on; only node 1 if {@code latency}
     * @param bytes size of a message
     * @param latency one message at a time instead of as many as possible
     * @param warmUp before each measurement
     * @param measured length of each measurement
     * @param gap between one message and the next if {@code latency}
     * @param count how many messages of each sender are measured, instead of for how long; 0 for by time
     */
    public record Plan(
            int members,
            int senders,
            int bytes,
            boolean latency,
            Duration warmUp,
            Duration measured,
            Duration gap,
            long count) {
        private GroupLoad load() {
            GroupLoad.Mode mode = latency ? GroupLoad.Mode.LATENCY : GroupLoad.Mode.THROUGHPUT;
            return new GroupLoad(mode, members, latency ? 1 : senders, bytes, warmUp, measured, gap, count);
        }
    }

    private final GroupLoad load;
    private final Path folder;

    private GroupBench(GroupLoad load, Path folder) {
        this.load = load;
        this.folder = folder;
    }

    /**
     * Runs one measurement.
     *
     * @param errors what goes wrong, for a person to read
     * @return one object with what each node saw, and all of it together
     * @throws IllegalArgumentException if the plan cannot be
     */
    public static JsonObject run(Plan plan, PrintWriter errors) {
        GroupLoad load = plan.load();
        try {
            Path folder = Files.createTempDirectory("quorate-bench");
            try {
                return new GroupBench(load, folder).measure(errors);
            } finally {
                delete(folder);
            }
        } catch (IOException e) {
            throw new BenchFailure("cannot use a temporary folder: " + e.getMessage());
        }
    }

    /** The command that runs a node. */
    static List<String> command(Path conf, Path dataDir, int node, GroupLoad load) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                GroupNode.class.getName(),
                conf.toString(),
                dataDir.toString(),
                Integer.toString(node)));
        command.addAll(load.arguments());
        return command;
    }

    private JsonObject measure(PrintWriter errors) throws IOException {
        Path conf = configuration();
        List<Process> nodes = new ArrayList<>();
        try {
            for (int node = 1; node <= load.members(); node++) {
                Path data = Files.createDirectory(folder.resolve("node" + node));
                nodes.add(new ProcessBuilder(command(conf, data, node, load))
                        .redirectErrorStream(true)
                        .redirectOutput(output(node).toFile())
                        .start());
            }
            Duration limit = load.limit().plus(GRACE);
            long end = System.nanoTime() + limit.toNanos();
            for (Process node : nodes)
                if (!node.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS))
                    throw new BenchFailure("a node did not end within " + limit.toSeconds() + " s");
            return summary(errors);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted");
        } finally {
            nodes.forEach(Process::destroyForcibly);
        }
    }

    private Path output(int node) {
        return folder.resolve("output" + node);
    }

    private Path configuration() throws IOException {
        Path key = folder.resolve("authkey");
        byte[] secret = new byte[KEY_BYTES];
        new java.security.SecureRandom().nextBytes(secret);
        Files.write(key, secret);
        StringBuilder text = new StringBuilder("totem {\n  version: 2\n  cluster_name: bench\n  transport: knet\n")
                .append("  crypto_cipher: aes256\n  crypto_hash: sha256\n  keyfile: ")
                .append(key)
                .append("\n  interface {\n    linknumber: 0\n    mcastport: ")
                .append(freePort())
                .append("\n  }\n}\nquorum {\n  provider: corosync_votequorum\n}\nnodelist {\n");
        for (int node = 1; node <= load.members(); node++)
            text.append(String.format(
                    Locale.ROOT,
                    "  node {%n    nodeid: %d%n    name: n%d%n    ring0_addr: 127.0.0.%d%n  }%n",
                    node,
                    node,
                    node));
        return Files.writeString(folder.resolve("corosync.conf"), text.append("}\n"));
    }

    /** A port that nobody has now; the nodes have addresses of their own and use the same. */
    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private JsonObject summary(PrintWriter errors) throws IOException {
        List<JsonObject> nodes = new ArrayList<>();
        for (int node : IntStream.rangeClosed(1, load.members()).toArray()) {
            for (String line : Files.readAllLines(output(node))) {
                if (line.startsWith("{")) nodes.add(parse(line));
                else errors.println("node " + node + ": " + line);
            }
        }
        errors.flush();
        if (nodes.size() < load.members()) throw new BenchFailure("only " + nodes.size() + " nodes came to an end");
        boolean sameOrder =
                nodes.stream().map(node -> node.text("order")).distinct().count() == 1;
        long cpu = nodes.stream()
                .mapToLong(node -> node.number("cpuNanos").orElse(0))
                .sum();
        long messages = Math.max(1, nodes.get(0).number("messages").orElse(0));
        return JsonObject.withSchema()
                .put("benchmark", "group")
                .put("members", load.members())
                .put("senders", load.senders())
                .put("bytes", load.bytes())
                .put("count", load.count())
                .put("mode", load.mode().name().toLowerCase(Locale.ROOT))
                .put("sameOrder", sameOrder)
                .put(
                        "messagesPerSecond",
                        nodes.get(0).number("messagesPerSecond").orElse(0))
                .put("cpuMicrosPerMessage", Math.round(cpu / 10.0 / messages) / 100.0)
                .put("nodes", nodes);
    }

    private static JsonObject parse(String line) {
        try {
            return JsonObject.parse(line);
        } catch (JsonFormatException e) {
            throw new BenchFailure("a node wrote what cannot be read: " + line);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}
