package org.quorate.knet.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.NodeId;
import org.quorate.knet.KnetTransport;
import org.quorate.spi.AddressRule;
import org.quorate.spi.EventLoop;
import org.quorate.spi.LinkProbes;
import org.quorate.spi.LinkProbes.Window;
import org.quorate.spi.ProbeSession;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;
import org.quorate.spi.TransportSettings.Peer;
import org.quorate.spi.TransportSettings.PeerLink;
import org.quorate.testkit.FreePort;

/** Links between a joiner's own sockets and those of sessions that work, on loopback. */
@Timeout(120)
class ProbedLinksTest {
    private static final byte[] KEY = {
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
        31, 32
    };
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final int[] ports = {FreePort.udp(), FreePort.udp()};
    private final List<Runnable> open = new ArrayList<>();

    @AfterEach
    void closeAll() {
        open.forEach(Runnable::run);
    }

    private InetSocketAddress address(int node, int link) {
        try {
            return new InetSocketAddress(InetAddress.getByName("127.0." + (80 + link) + "." + (node + 1)), ports[link]);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private SortedMap<Integer, InetSocketAddress> addresses(int node) {
        return new TreeMap<>(Map.of(0, address(node, 0), 1, address(node, 1)));
    }

    private Window window(int self, int... others) {
        TreeMap<Integer, SortedMap<Integer, InetSocketAddress>> all = new TreeMap<>();
        for (int other : others) all.put(other, addresses(other));
        return new Window(self, KEY, all, LIMIT);
    }

    private TransportSettings settings(int self, CryptoConfig crypto, int... peers) {
        List<Peer> all = new ArrayList<>();
        for (int peer : peers) {
            TreeMap<Integer, PeerLink> links = new TreeMap<>();
            addresses(peer)
                    .forEach((link, address) -> links.put(
                            link, new PeerLink(address, 1, Duration.ofMillis(50), Duration.ofSeconds(2), 2048, 2)));
            all.add(new Peer(NodeId.of(peer), links));
        }
        return new TransportSettings(
                NodeId.of(self),
                addresses(self),
                all,
                crypto,
                new byte[200],
                LinkMode.PASSIVE,
                Duration.ofSeconds(30),
                0);
    }

    private TransportSession member(TransportSettings settings) {
        TransportSession session = new KnetTransport().open(settings, (from, message) -> {});
        open.add(session::close);
        session.loop();
        return session;
    }

    private ProbeSession joiner() {
        ProbeSession session = new KnetTransport().openProbes(addresses(0)).orElseThrow();
        open.add(session::close);
        return session;
    }

    private static <T> T on(EventLoop loop, Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static long open(LinkProbes probes, EventLoop loop, Window window) {
        return on(loop, () -> probes.openProbes(window));
    }

    private static void until(BooleanSupplier condition, Supplier<Object> state) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) throw new AssertionError("not in time: " + state.get());
            LockSupport.parkNanos(2_000_000);
        }
    }

    private static void awaitGood(LinkProbes probes, EventLoop loop, long window, int paths) {
        Supplier<List<LinkProbes.Path>> report = () -> on(loop, () -> probes.probes(window));
        until(
                () -> report.get().size() == paths
                        && report.get().stream()
                                .allMatch(path -> path.forward()
                                        && path.back()
                                        && path.settled()
                                        && path.largestBytes() == 1472
                                        && path.rttNanos().isPresent()),
                report::get);
    }

    private void aJoinerIsSeenByTwoMembersThatTalkToEachOther(CryptoConfig crypto) {
        TransportSession one = member(settings(1, crypto, 2));
        TransportSession two = member(settings(2, crypto, 1));
        until(() -> on(one.loop(), one::links).stream().allMatch(link -> link.up()), () -> on(one.loop(), one::links));
        ProbeSession joiner = joiner();
        long there = open(joiner, joiner.loop(), window(0, 1, 2));
        long first = open((LinkProbes) one, one.loop(), window(1, 0));
        long second = open((LinkProbes) two, two.loop(), window(2, 0));
        awaitGood(joiner, joiner.loop(), there, 4);
        awaitGood((LinkProbes) one, one.loop(), first, 2);
        awaitGood((LinkProbes) two, two.loop(), second, 2);
        assertThat(on(one.loop(), one::links)).allMatch(link -> link.up());
        assertThat(on(one.loop(), one::counters).get("probe.answers")).isPositive();
        on(one.loop(), () -> {
            ((LinkProbes) one).closeProbes(first);
            return true;
        });
        assertThat(on(one.loop(), () -> ((LinkProbes) one).probes(first))).isEmpty();
        long strangers = strangers(one);
        until(() -> strangers(one) > strangers, () -> on(one.loop(), one::counters));
    }

    private static long strangers(TransportSession session) {
        Map<String, Long> counters = on(session.loop(), session::counters);
        return counters.getOrDefault("drop.stranger", 0L)
                + counters.getOrDefault("drop.not-authentic", 0L)
                + counters.getOrDefault("drop.bad-version", 0L);
    }

    @Test
    void linksToSessionsThatEncryptAreTried() {
        aJoinerIsSeenByTwoMembersThatTalkToEachOther(CryptoConfig.DEFAULT);
    }

    @Test
    void linksToSessionsWithoutEncryptionAreTried() {
        aJoinerIsSeenByTwoMembersThatTalkToEachOther(CryptoConfig.NONE);
    }

    @Test
    void anAllowListRejectsProbesToo() {
        TreeMap<Integer, List<AddressRule>> lists = new TreeMap<>();
        lists.put(
                1,
                List.of(
                        AddressRule.reject(address(0, 1).getAddress().getHostAddress()),
                        AddressRule.accept("127.0.0.0/8")));
        TransportSession one = member(settings(1, CryptoConfig.DEFAULT, 2).withAllowLists(lists));
        ProbeSession joiner = joiner();
        long there = open(joiner, joiner.loop(), window(0, 1));
        long here = open((LinkProbes) one, one.loop(), window(1, 0));
        assertThat(here).isPositive();
        Supplier<List<LinkProbes.Path>> report = () -> on(joiner.loop(), () -> joiner.probes(there));
        until(() -> report.get().stream().allMatch(LinkProbes.Path::settled), report::get);
        assertThat(report.get().get(0).forward()).isTrue();
        assertThat(report.get().get(1).forward()).isFalse();
        assertThat(report.get().get(1).back()).as("the member asks there").isTrue();
        assertThat(on(one.loop(), one::counters).get("drop.not-allowed")).isPositive();
    }

    @Test
    void junkOnTheSocketsHarmsNobody() throws Exception {
        TransportSession one = member(settings(1, CryptoConfig.DEFAULT, 2));
        TransportSession two = member(settings(2, CryptoConfig.DEFAULT, 1));
        ProbeSession joiner = joiner();
        long there = open(joiner, joiner.loop(), window(0, 1));
        long here = open((LinkProbes) one, one.loop(), window(1, 0));
        long seed = Long.getLong("probes.seed", System.nanoTime());
        System.out.println("junk of -Dprobes.seed=" + seed);
        Random random = new Random(seed);
        try (DatagramSocket junk = new DatagramSocket(new InetSocketAddress(InetAddress.getByName("127.0.80.9"), 0))) {
            for (int i = 0; i < 3000; i++) {
                byte[] octets = new byte[random.nextInt(2000)];
                random.nextBytes(octets);
                if (i % 3 != 0 && octets.length >= 8) ByteBuffer.wrap(octets).putLong(0x51756f50726f6201L);
                junk.send(new DatagramPacket(octets, octets.length, address(i % 2, random.nextInt(2))));
            }
        }
        awaitGood(joiner, joiner.loop(), there, 2);
        awaitGood((LinkProbes) one, one.loop(), here, 2);
        until(() -> on(two.loop(), two::links).stream().allMatch(link -> link.up()), () -> on(two.loop(), two::links));
    }

    @Test
    void aBusyPortIsSaidBeforeAnythingIsSent() throws Exception {
        try (DatagramSocket busy = new DatagramSocket(address(0, 1))) {
            assertThat(busy.isBound()).isTrue();
            assertThatThrownBy(() -> new KnetTransport().openProbes(addresses(0)))
                    .isInstanceOfSatisfying(
                            ClusterException.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.PORT_BUSY));
        }
        ProbeSession joiner = joiner();
        joiner.close();
        joiner.close();
        TransportListener nobody = (from, message) -> {};
        TransportSession free = new KnetTransport().open(settings(0 + 1, CryptoConfig.NONE), nobody);
        open.add(free::close);
    }
}
