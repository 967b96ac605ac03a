package org.quorate.examples.measure;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.quorate.ClusterConfig;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.Group;
import org.quorate.LinkConfig;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.Await;

/**
 * How a ring grows: so many nodes in this JVM, each with an address of its own on the loopback, one link, aes256 and sha256, default timers.
 * For each number of nodes one line of JSON: {@code formedMillis} from the first start to the ring of all at all; without messages, the
 * processor time of a node in percent of a core; then with one sender of 1 KiB messages and with all nodes sending, messages per second that
 * every node has heard, the mean time of a token rotation, and a node's processor time; {@code heapMegabytes} is what a node keeps after a
 * collection. All nodes share the machine's cores: what limits them together is one machine, not the ring.
 *
 * <pre>{@code
 * mvn -q -DskipTests -pl examples -am package
 * java -cp 'examples/target/test-classes:cluster-api/target/test-classes:examples/target/classes:examples/target/lib/*' \
 *     org.quorate.examples.measure.NodesInOneJvm [SECONDS [NODES...] | form NODES]
 * }</pre>
 */
public final class NodesInOneJvm implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int MESSAGE_BYTES = 1024;
    /** Messages of a sender that are on their way at a time. */
    private static final int WINDOW = 256;

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final List<ClusterManager> nodes = new ArrayList<>();
    private final List<Group> groups = new ArrayList<>();
    private final List<AtomicLong> heard = new ArrayList<>();

    private NodesInOneJvm(int count) throws SocketException {
        int port;
        try (DatagramSocket free = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            port = free.getLocalPort();
        }
        byte[] key = new byte[256];
        new SecureRandom().nextBytes(key);
        ClusterConfig.Builder config =
                ClusterConfig.builder("scale").link(LinkConfig.of(0).withPort(port));
        for (int node = 1; node <= count; node++) config.node(NodeConfig.of(node, "n" + node, "127.0.1." + node));
        ClusterConfig whole = config.build();
        for (int node = 1; node <= count; node++)
            nodes.add(ClusterManager.builder(whole, NodeId.of(node)).key(key).build());
    }

    /** Five seconds for each phase and 2, 4, 8, 16 and 32 nodes without arguments. */
    public static void main(String[] args) throws SocketException {
        if (args.length == 2 && args[0].equals("form")) {
            form(Integer.parseInt(args[1]));
            return;
        }
        long seconds = args.length > 0 ? Long.parseLong(args[0]) : 5;
        List<Integer> counts = new ArrayList<>();
        for (int i = 1; i < args.length; i++) counts.add(Integer.valueOf(args[i]));
        if (counts.isEmpty()) counts.addAll(List.of(2, 4, 8, 16, 32));
        for (int count : counts) measure(count, seconds);
        System.exit(0);
    }

    /** Forms a ring, says when it was there, and ends. */
    private static void form(int count) throws SocketException {
        try (NodesInOneJvm ring = new NodesInOneJvm(count)) {
            ring.form();
            System.out.println(Instant.now());
        }
    }

    private static void measure(int count, long seconds) throws SocketException {
        try (NodesInOneJvm ring = new NodesInOneJvm(count)) {
            JsonObject figures = JsonObject.withSchema().put("nodes", count);
            figures.put("formedMillis", ring.form().toMillis());
            ring.join();
            pass(seconds);
            Span idle = ring.watch(seconds);
            figures.put("idleCpuPercent", idle.cpuPercent());
            ring.load(1, seconds, "one", figures);
            ring.load(count, seconds, "all", figures);
            System.gc();
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            System.out.println(figures.put("heapMegabytes", round(heap / 1e6 / count)));
        }
    }

    private record Span(double cpuPercent, double messagesPerSecond, double rotationMillis) {}

    private Duration form() {
        long start = System.nanoTime();
        for (ClusterManager node : nodes) {
            var ignored = node.start();
        }
        Await.until(
                LIMIT,
                "one ring of " + nodes.size(),
                () -> "",
                () -> nodes.stream().allMatch(this::isInRingOfAll));
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private boolean isInRingOfAll(ClusterManager node) {
        return status(node)
                .view()
                .filter(view -> view.members().size() == nodes.size())
                .isPresent();
    }

    private void join() {
        for (ClusterManager node : nodes) {
            AtomicLong counter = new AtomicLong();
            heard.add(counter);
            groups.add(node.group("scale", (sender, payload) -> counter.incrementAndGet()));
        }
        Await.until(
                LIMIT,
                "all are in the group",
                () -> "",
                () -> groups.stream().allMatch(group -> group.members().size() == nodes.size()));
    }

    /** With so many senders: twice the time, of which the second half counts. */
    private void load(int senders, long seconds, String name, JsonObject figures) {
        List<Thread> threads = new ArrayList<>();
        for (Group group : groups.subList(0, senders)) {
            Thread thread = new Thread(() -> send(group), "sender");
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        pass(seconds);
        Span span = watch(seconds);
        threads.forEach(Thread::interrupt);
        figures.put(name + "MessagesPerSecond", Math.round(span.messagesPerSecond()))
                .put(name + "RotationMillis", span.rotationMillis())
                .put(name + "CpuPercent", span.cpuPercent());
        long quiet = slowest();
        Await.until(LIMIT, "the last messages have come", () -> "", () -> slowest() == fastest() && slowest() >= quiet);
    }

    private static void send(Group group) {
        Semaphore window = new Semaphore(WINDOW);
        byte[] payload = new byte[MESSAGE_BYTES];
        try {
            while (true) {
                window.acquire();
                group.send(payload).whenComplete((done, failure) -> window.release());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the end
        }
    }

    private Span watch(long seconds) {
        long start = System.nanoTime();
        long cpu = SYSTEM.getProcessCpuTime();
        long messages = slowest();
        long tokens = tokens();
        pass(seconds);
        double spent = System.nanoTime() - start;
        long visits = tokens() - tokens;
        return new Span(
                round((SYSTEM.getProcessCpuTime() - cpu) / spent / nodes.size() * 100),
                (slowest() - messages) / spent * 1e9,
                visits == 0 ? 0 : round(spent / 1e6 / visits));
    }

    private long tokens() {
        return status(nodes.get(0)).counters().getOrDefault("ring.tokens", 0L);
    }

    private static ClusterStatus status(ClusterManager node) {
        return node.status().toCompletableFuture().join();
    }

    private long slowest() {
        return heard.stream().mapToLong(AtomicLong::get).min().orElse(0);
    }

    private long fastest() {
        return heard.stream().mapToLong(AtomicLong::get).max().orElse(0);
    }

    private static void pass(long seconds) {
        Await.pass(Duration.ofSeconds(seconds));
    }

    private static double round(double value) {
        return Math.round(value * 100) / 100.0;
    }

    /** Ends all nodes. */
    @Override
    public void close() {
        nodes.forEach(ClusterManager::close);
    }
}
