package org.quorate.examples.measure;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.examples.json.JsonObject;
import org.quorate.spi.LinkTransport;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;

/**
 * What a flood of datagrams that nobody can open does to a node: round trips of its heartbeats, lost ones, changes of its link, heap and
 * processor time before, during and after. Three processes on loopback: node 1, which is looked at, node 2, and the attacker, which sends as
 * fast as it can, first from an address of nobody, then from the address of node 2. One line of JSON for each phase.
 *
 * <pre>{@code
 * mvn -q -DskipTests -pl examples -am package
 * java -cp 'examples/target/test-classes:cluster-api/target/test-classes:examples/target/classes:examples/target/lib/*' \
 *     org.quorate.examples.measure.Flood [SECONDS-A-PHASE]
 * }</pre>
 */
public final class Flood {
    private static final int PORT = 51_505;
    private static final Duration PING = Duration.ofMillis(200);
    private static final Duration TIMEOUT = Duration.ofMillis(1500);
    private static final int STRANGER = 9;

    private Flood() {}

    /** The length of a phase in seconds, 20 without one; other arguments are for the processes that this one starts. */
    public static void main(String[] args) throws Exception {
        if (args.length > 1 && args[0].equals("peer")) {
            TransportSession session = open(2, new Ear());
            session.loop();
            Thread.sleep(TimeUnit.MINUTES.toMillis(30));
        } else if (args.length > 1) {
            attack(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
        } else {
            victim(args.length > 0 ? Integer.parseInt(args[0]) : 20);
        }
    }

    private static void victim(int seconds) throws Exception {
        Process peer = start("peer", "2");
        Ear ear = new Ear();
        try (TransportSession session = open(1, ear)) {
            session.loop();
            ear.reachable.get(30, TimeUnit.SECONDS);
            Thread.sleep(TimeUnit.SECONDS.toMillis(12)); // the link's timeout has come down to what is configured
            phase(session, ear, "before", seconds);
            for (int size : new int[] {80, 1400}) {
                flood(session, ear, "from an address of nobody, " + size + " bytes", STRANGER, size, seconds);
                flood(session, ear, "from the address of the peer, " + size + " bytes", 2, size, seconds);
            }
            phase(session, ear, "after", seconds);
        } finally {
            peer.destroy();
        }
    }

    private static void flood(TransportSession session, Ear ear, String name, int from, int size, int seconds)
            throws Exception {
        Process attacker = start("attack", Integer.toString(from), Integer.toString(size));
        try {
            Thread.sleep(2000);
            phase(session, ear, name, seconds);
        } finally {
            attacker.destroy();
            attacker.waitFor();
        }
    }

    private static void phase(TransportSession session, Ear ear, String name, int seconds) throws Exception {
        Thread.sleep(100);
        com.sun.management.OperatingSystemMXBean process =
                ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        Snapshot begin = Snapshot.of(session);
        int changes = ear.changes.get();
        long cpu = process.getProcessCpuTime();
        Thread.sleep(TimeUnit.SECONDS.toMillis(seconds));
        Snapshot end = Snapshot.of(session);
        cpu = process.getProcessCpuTime() - cpu;
        System.gc();
        LinkStatus.Latency latency = end.link.heartbeats().latency().orElseThrow();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        System.out.println(new JsonObject()
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
                .put("cpuPercent", cpu / (seconds * 10_000_000L)));
    }

    /** The link and the counters at one moment. */
    private record Snapshot(LinkStatus link, Map<String, Long> counters) {
        static Snapshot of(TransportSession session) throws Exception {
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

    private static TransportSession open(int self, TransportListener listener) {
        int other = 3 - self;
        TreeMap<Integer, InetSocketAddress> own = new TreeMap<>();
        own.put(0, address(self));
        TreeMap<Integer, TransportSettings.PeerLink> links = new TreeMap<>();
        links.put(0, new TransportSettings.PeerLink(address(other), 1, PING, TIMEOUT, 2048, 2));
        LinkTransport knet = ServiceLoader.load(LinkTransport.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(transport -> transport.name().equals("knet"))
                .findFirst()
                .orElseThrow();
        return knet.open(
                new TransportSettings(
                        NodeId.of(self),
                        own,
                        List.of(new TransportSettings.Peer(NodeId.of(other), links)),
                        CryptoConfig.DEFAULT,
                        new byte[256],
                        LinkMode.PASSIVE,
                        Duration.ofSeconds(30),
                        0),
                listener);
    }

    private static InetSocketAddress address(int host) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) host}), PORT);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends random bytes to node 1 until it is ended. */
    private static void attack(int from, int size) throws IOException {
        byte[] junk = new byte[size];
        new Random(1).nextBytes(junk);
        ByteBuffer datagram = ByteBuffer.allocateDirect(size).put(junk).flip();
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.bind(new InetSocketAddress(address(from).getAddress(), 0)).connect(address(1));
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
                Flood.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).inheritIO().start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return process;
    }
}
