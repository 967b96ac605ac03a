package org.quorate.examples.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.quorate.CryptoConfig;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.examples.json.JsonObject;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;

/**
 * What a flood of datagrams that nobody can open does to a node: round trips of its heartbeats, lost ones, changes of its link, heap and
 * processor time before, during and after. Three processes on loopback: node 1, which is looked at, node 2, and the attacker, which sends as
 * fast as it can, in turn from an address of nobody and from the address of node 2, short datagrams and long ones.
 */
public final class FloodNode {
    private static final Pair PAIR =
            new Pair(51_505, CryptoConfig.DEFAULT, Duration.ofMillis(200), Duration.ofMillis(1500));
    private static final int STRANGER = 9;
    /** After so long a link is not forgiven longer silence than configured. */
    private static final int SETTLING_SECONDS = 12;

    private FloodNode() {}

    /** For the processes that {@link #run} starts. */
    public static void main(String[] args) throws Exception {
        if (args[0].equals("peer")) {
            PAIR.open(2, new Ear()).loop();
            Thread.currentThread().join();
        } else {
            attack(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
        }
    }

    /** Runs all phases, each so many seconds long, and hands out an object for each. */
    public static void run(int seconds, Consumer<JsonObject> out) {
        try {
            victim(seconds, out);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | ExecutionException | TimeoutException e) {
            throw new BenchFailure("the flood could not be measured: " + e);
        }
    }

    private static void victim(int seconds, Consumer<JsonObject> out)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Process peer = start("peer");
        Ear ear = new Ear();
        try (TransportSession session = PAIR.open(1, ear)) {
            session.loop();
            ear.reachable.get(30, TimeUnit.SECONDS);
            TimeUnit.SECONDS.sleep(SETTLING_SECONDS);
            out.accept(phase(session, ear, "before", seconds));
            for (int size : new int[] {80, 1400}) {
                out.accept(
                        flood(session, ear, "from an address of nobody, " + size + " bytes", STRANGER, size, seconds));
                out.accept(flood(session, ear, "from the address of the peer, " + size + " bytes", 2, size, seconds));
            }
            out.accept(phase(session, ear, "after", seconds));
        } finally {
            peer.destroy();
        }
    }

    private static JsonObject flood(TransportSession session, Ear ear, String name, int from, int size, int seconds)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Process attacker = start("attack", Integer.toString(from), Integer.toString(size));
        try {
            TimeUnit.SECONDS.sleep(2);
            return phase(session, ear, name, seconds);
        } finally {
            attacker.destroy();
            attacker.waitFor();
        }
    }

    private static JsonObject phase(TransportSession session, Ear ear, String name, int seconds)
            throws InterruptedException, ExecutionException, TimeoutException {
        com.sun.management.OperatingSystemMXBean process =
                ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        Snapshot begin = Snapshot.of(session);
        int changes = ear.changes.get();
        long cpu = process.getProcessCpuTime();
        TimeUnit.SECONDS.sleep(seconds);
        Snapshot end = Snapshot.of(session);
        cpu = process.getProcessCpuTime() - cpu;
        System.gc();
        LinkStatus.Latency latency = end.link.heartbeats().latency().orElseThrow();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return JsonObject.withSchema()
                .put("phase", name)
                .put("linkChanges", ear.changes.get() - changes)
                .put(
                        "pings",
                        end.link.heartbeats().sent() - begin.link.heartbeats().sent())
                .put(
                        "lostPings",
                        end.link.heartbeats().lost() - begin.link.heartbeats().lost())
                .put("samples", latency.samples())
                .put("p50Micros", latency.p50().toNanos() / 1000)
                .put("p99Micros", latency.p99().toNanos() / 1000)
                .put("droppedPerSecond", (end.dropped() - begin.dropped()) / seconds)
                .put("unopenedPerSecond", (end.counter("drop.stranger") - begin.counter("drop.stranger")) / seconds)
                .put("heapKilobytes", heap / 1024)
                .put("cpuPercent", cpu / (seconds * 10_000_000L));
    }

    /** The link and the counters at one moment. */
    private record Snapshot(LinkStatus link, Map<String, Long> counters) {
        static Snapshot of(TransportSession session) throws InterruptedException, ExecutionException, TimeoutException {
            CompletableFuture<Snapshot> taken = new CompletableFuture<>();
            session.loop()
                    .execute(() -> taken.complete(new Snapshot(session.links().get(0), session.counters())));
            return taken.get(30, TimeUnit.SECONDS);
        }

        long counter(String name) {
            return counters.getOrDefault(name, 0L);
        }

        long dropped() {
            return counters.entrySet().stream()
                    .filter(each -> each.getKey().startsWith("drop."))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }
    }

    private static final class Ear implements TransportListener {
        final CompletableFuture<Boolean> reachable = new CompletableFuture<>();
        final AtomicInteger changes = new AtomicInteger();

        @Override
        public void received(NodeId from, ByteBuffer message) {}

        @Override
        public void linkChanged(LinkStatus link) {
            changes.incrementAndGet();
        }

        @Override
        public void peerChanged(NodeId peer, boolean isReachable, String why) {
            if (isReachable) reachable.complete(true);
        }
    }

    /** Sends random bytes to node 1 until it is ended. */
    private static void attack(int from, int size) throws IOException {
        byte[] junk = new byte[size];
        new Random(1).nextBytes(junk);
        ByteBuffer datagram = ByteBuffer.allocateDirect(size).put(junk).flip();
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.bind(new InetSocketAddress(PAIR.address(from).getAddress(), 0))
                    .connect(PAIR.address(1));
            while (true) channel.write(datagram.rewind());
        }
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                FloodNode.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).inheritIO().start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return process;
    }
}
