package org.quorate.knet.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;
import org.quorate.spi.TransportSettings.Peer;
import org.quorate.spi.TransportSettings.PeerLink;

/** Sessions on real sockets of the loopback interface: both kinds of sockets, what can go wrong with addresses, and bad neighbours. */
@Timeout(60)
class KnetSessionTest {
    private static final byte[] KEY = new byte[256];

    private final List<TransportSession> open = new ArrayList<>();

    /** Keeps what it hears. */
    private static final class Ear implements TransportListener {
        final ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
        volatile Runnable onMessage = () -> {};

        @Override
        public void received(NodeId from, ByteBuffer message) {
            heard.add(from + ": " + message.remaining());
            onMessage.run();
        }

        @Override
        public void peerChanged(NodeId peer, boolean reachable, String why) {
            heard.add(peer + (reachable ? " reachable" : " unreachable"));
        }

        @Override
        public void failed(Throwable cause) {
            heard.add("failed: " + cause.getMessage());
        }
    }

    @AfterEach
    void closeAll() {
        open.forEach(TransportSession::close);
    }

    private static InetSocketAddress at(String host, int port) throws Exception {
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }

    /** An address that nobody uses at the moment. */
    private static InetSocketAddress free(String host) throws Exception {
        try (DatagramSocket socket = new DatagramSocket(at(host, 0))) {
            return at(host, socket.getLocalPort());
        }
    }

    /** Waits until {@code address} can be bound again. */
    private static void awaitFree(InetSocketAddress address) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                new DatagramSocket(address).close();
                return;
            } catch (BindException e) {
                if (System.nanoTime() > deadline) throw e;
                Thread.onSpinWait();
            }
        }
    }

    private static PeerLink link(InetSocketAddress address) {
        return new PeerLink(address, 1, Duration.ofMillis(200), Duration.ofMillis(1000), 2048, 1);
    }

    private static TransportSettings settings(
            int self, CryptoConfig crypto, byte[] key, Map<Integer, InetSocketAddress> local, Peer... peers) {
        return new TransportSettings(
                NodeId.of(self),
                new TreeMap<>(local),
                List.of(peers),
                crypto,
                key,
                LinkMode.PASSIVE,
                Duration.ofSeconds(30),
                0);
    }

    private TransportSession open(TransportSettings settings, TransportListener listener, Sockets kind) {
        TransportSession session = KnetSession.open(settings, listener, kind);
        open.add(session);
        return session;
    }

    private static <T> T onLoop(TransportSession session, Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        session.loop().execute(() -> answer.complete(question.get()));
        return answer.orTimeout(20, TimeUnit.SECONDS).join();
    }

    /** Asks again and again on the loop, which also gives the others their turn. */
    private static void await(String what, TransportSession session, BooleanSupplier goal) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!goal.getAsBoolean()) {
            if (System.nanoTime() > deadline)
                throw new AssertionError("waited in vain: " + what + "; " + onLoop(session, session::links) + " "
                        + onLoop(session, session::counters));
            onLoop(session, () -> true);
            Thread.onSpinWait();
        }
    }

    private static InetSocketAddress boundAt(TransportSession session, int link) throws Exception {
        // a session without peers tells its ports to nobody; one that is added shows them
        NodeId stranger = NodeId.of(60_000 + link);
        TreeMap<Integer, PeerLink> links = new TreeMap<>();
        links.put(link, link(at("127.0.0.1", 9)));
        LinkStatus status = onLoop(session, () -> {
            session.putPeer(new Peer(stranger, links));
            LinkStatus found = session.links().stream()
                    .filter(each -> each.peer().equals(stranger))
                    .findFirst()
                    .orElseThrow();
            session.removePeer(stranger);
            return found;
        });
        String text = status.localAddress();
        int colon = text.lastIndexOf(':');
        return at(text.substring(0, colon).replaceAll("[\\[\\]]", ""), Integer.parseInt(text.substring(colon + 1)));
    }

    private static Peer peer(int id, InetSocketAddress... addresses) {
        TreeMap<Integer, PeerLink> links = new TreeMap<>();
        for (int i = 0; i < addresses.length; i++) links.put(i, link(addresses[i]));
        return new Peer(NodeId.of(id), links);
    }

    /** Nodes 1 and 2 with two links on ports that the system chose, introduced to each other while they run. */
    private List<TransportSession> couple(Sockets first, Sockets second, Ear... ears) throws Exception {
        Map<Integer, InetSocketAddress> local = Map.of(0, at("127.0.0.1", 0), 1, at("127.0.0.2", 0));
        TransportSession one = open(settings(1, CryptoConfig.DEFAULT, KEY, local), ears[0], first);
        TransportSession two = open(settings(2, CryptoConfig.DEFAULT, KEY, local), ears[1], second);
        Peer peerOne = peer(1, boundAt(one, 0), boundAt(one, 1));
        Peer peerTwo = peer(2, boundAt(two, 0), boundAt(two, 1));
        one.loop().execute(() -> one.putPeer(peerTwo));
        two.loop().execute(() -> two.putPeer(peerOne));
        await("1 reaches 2", one, () -> ears[0].heard.contains("2 reachable"));
        await("2 reaches 1", two, () -> ears[1].heard.contains("1 reachable"));
        return List.of(one, two);
    }

    @Test
    void epollAndNioUnderstandEachOther() throws Exception {
        for (List<Sockets> kinds : List.of(
                List.<Sockets>of(Sockets.best(), new NioSockets()),
                List.<Sockets>of(new NioSockets(), new NioSockets()))) {
            Ear[] ears = {new Ear(), new Ear()};
            List<TransportSession> both = couple(kinds.get(0), kinds.get(1), ears);
            TransportSession one = both.get(0);
            TransportSession two = both.get(1);
            one.loop().execute(() -> one.sendToAll(ByteBuffer.allocate(65_536)));
            two.loop().execute(() -> two.send(NodeId.of(1), ByteBuffer.allocate(30_000)));
            await("2 hears 1", two, () -> ears[1].heard.contains("1: 65536"));
            await("1 hears 2", one, () -> ears[0].heard.contains("2: 30000"));
            await("1 hears itself", one, () -> ears[0].heard.contains("1: 65536"));
            await(
                    "every link has found its MTU",
                    one,
                    () -> onLoop(one, one::links).stream()
                            .allMatch(link -> link.up() && link.mtu().bytes() > 1000));
            one.close();
            two.close();
        }
    }

    @Test
    void whatWasSentBeforeTheSessionIsClosedByAnotherThreadStillGoesOut() throws Exception {
        for (Sockets kind : List.of(Sockets.best(), new NioSockets())) {
            Ear[] ears = {new Ear(), new Ear()};
            List<TransportSession> both = couple(kind, kind, ears);
            TransportSession one = both.get(0);
            TransportSession two = both.get(1);
            Thread closer = new Thread(two::close, "closer");
            ears[1].onMessage = () -> {
                two.send(NodeId.of(1), ByteBuffer.allocate(777));
                closer.start();
                // The loop goes on only when the other thread is in the middle of closing.
                while (closer.getState() != Thread.State.TIMED_WAITING && closer.getState() != Thread.State.TERMINATED)
                    Thread.onSpinWait();
            };
            one.loop().execute(() -> one.send(NodeId.of(2), ByteBuffer.allocate(5)));
            await("1 hears the last words of 2", one, () -> ears[0].heard.contains("2: 777"));
            closer.join();
            one.close();
        }
    }

    @Test
    void ipv6Works() throws Exception {
        Map<Integer, InetSocketAddress> local = Map.of(0, at("::1", 0));
        Ear[] ears = {new Ear(), new Ear()};
        TransportSession one = open(settings(1, CryptoConfig.NONE, new byte[0], local), ears[0], Sockets.best());
        TransportSession two = open(settings(2, CryptoConfig.NONE, new byte[0], local), ears[1], Sockets.best());
        Peer peerOne = peer(1, boundAt(one, 0));
        Peer peerTwo = peer(2, boundAt(two, 0));
        one.loop().execute(() -> one.putPeer(peerTwo));
        two.loop().execute(() -> two.putPeer(peerOne));
        await("1 reaches 2", one, () -> ears[0].heard.contains("2 reachable"));
        await("2 reaches 1", two, () -> ears[1].heard.contains("1 reachable"));
        one.loop().execute(() -> one.send(NodeId.of(2), ByteBuffer.allocate(5000)));
        await("2 hears 1", two, () -> ears[1].heard.contains("1: 5000"));
    }

    @Test
    void anAddressOfAnotherHostIsRefusedAndTheOwnOnesAreNamed() throws Exception {
        TransportSettings settings = settings(1, CryptoConfig.NONE, new byte[0], Map.of(3, at("192.0.2.77", 0)));
        assertThatThrownBy(() -> open(settings, new Ear(), Sockets.best()))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ADDRESS_NOT_LOCAL))
                .hasMessageContaining("link 3 cannot use 192.0.2.77")
                .hasMessageContaining("127.0.0.1");
    }

    @Test
    void aBusyPortIsRefusedAndTheOtherSocketsAreClosed() throws Exception {
        for (Sockets kind : List.of(Sockets.best(), new NioSockets())) {
            InetSocketAddress free = free("127.0.0.2");
            try (DatagramSocket busy = new DatagramSocket(at("127.0.0.1", 0))) {
                TransportSettings settings = settings(
                        1, CryptoConfig.NONE, new byte[0], Map.of(0, free, 1, at("127.0.0.1", busy.getLocalPort())));
                Ear ear = new Ear();
                assertThatThrownBy(() -> open(settings, ear, kind))
                        .isInstanceOfSatisfying(
                                ClusterException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.PORT_BUSY))
                        .hasMessageContaining("link 1 cannot use 127.0.0.1 port " + busy.getLocalPort());
                assertThat(ear.heard).isEmpty();
            }
            awaitFree(free);
        }
    }

    @Test
    void aKeyOfTheWrongSizeIsRefused() throws Exception {
        TransportSettings settings = settings(1, CryptoConfig.DEFAULT, new byte[127], Map.of(0, at("127.0.0.1", 0)));
        assertThatThrownBy(() -> open(settings, new Ear(), Sockets.best()))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.KEY_UNUSABLE))
                .hasMessageContaining("127 bytes");
    }

    @Test
    void junkFromStrangersAndClosedPortsDoNoHarm() throws Exception {
        Ear[] ears = {new Ear(), new Ear()};
        List<TransportSession> both = couple(Sockets.best(), new NioSockets(), ears);
        InetSocketAddress target = boundAt(both.get(0), 0);
        try (DatagramSocket stranger = new DatagramSocket(at("127.0.0.9", 0))) {
            for (int length : new int[] {0, 1, 7, 26, 80, 1400, 20_000}) {
                byte[] junk = new byte[length];
                Arrays.fill(junk, (byte) length);
                stranger.send(new DatagramPacket(junk, length, target));
            }
        }
        // nobody listens there: the answers of the kernel come back as errors of our socket
        Peer nobody = peer(7, at("127.0.0.1", 9), at("127.0.0.2", 9));
        both.get(0).loop().execute(() -> both.get(0).putPeer(nobody));
        both.get(1).loop().execute(() -> both.get(1).putPeer(nobody));
        await("the junk is counted", both.get(0), () -> {
            Map<String, Long> counters = onLoop(both.get(0), both.get(0)::counters);
            return counters.getOrDefault("drop.not-authentic", 0L) + counters.getOrDefault("drop.too-short", 0L) >= 6;
        });
        both.get(0).loop().execute(() -> both.get(0).send(NodeId.of(2), ByteBuffer.allocate(77)));
        both.get(1).loop().execute(() -> both.get(1).send(NodeId.of(1), ByteBuffer.allocate(78)));
        await("2 hears 1", both.get(1), () -> ears[1].heard.contains("1: 77"));
        await("1 hears 2", both.get(0), () -> ears[0].heard.contains("2: 78"));
        assertThat(ears[0].heard).noneMatch(line -> line.startsWith("failed"));
    }

    @Test
    void whatWaitsInTheSocketsIsDiscardedAndHeartbeatsAreNot() throws Exception {
        Ear[] ears = {new Ear(), new Ear()};
        List<TransportSession> both = couple(Sockets.best(), Sockets.best(), ears);
        TransportSession one = both.get(0);
        TransportSession two = both.get(1);
        CompletableFuture<Void> asleep = new CompletableFuture<>();
        CompletableFuture<Void> awake = new CompletableFuture<>();
        CompletableFuture<Integer> discarded = new CompletableFuture<>();
        two.loop().execute(() -> {
            asleep.complete(null);
            awake.orTimeout(20, TimeUnit.SECONDS).join();
            two.discardPending(discarded::complete);
        });
        asleep.orTimeout(20, TimeUnit.SECONDS).join();
        onLoop(one, () -> {
            for (int i = 0; i < 300; i++) one.send(NodeId.of(2), ByteBuffer.allocate(100 + i));
            return true;
        });
        onLoop(one, () -> true); // flushed
        awake.complete(null);
        assertThat(discarded.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(300);
        one.loop().execute(() -> one.send(NodeId.of(2), ByteBuffer.allocate(5)));
        await("what comes later is delivered", two, () -> ears[1].heard.contains("1: 5"));
        assertThat(ears[1].heard).containsExactly("1 reachable", "1: 5");
    }

    @Test
    void aListenerThatThrowsStopsTheSessionWhichSaysSo() throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        TransportSession session = open(
                settings(1, CryptoConfig.NONE, new byte[0], Map.of(0, at("127.0.0.1", 0))),
                new TransportListener() {
                    @Override
                    public void received(NodeId from, ByteBuffer message) {
                        throw new IllegalStateException("the ring's invariant is broken");
                    }

                    @Override
                    public void failed(Throwable cause) {
                        failure.complete(cause);
                    }
                },
                Sockets.best());
        session.loop().execute(() -> session.send(NodeId.of(1), ByteBuffer.allocate(1)));
        assertThat(failure.orTimeout(20, TimeUnit.SECONDS).join()).hasMessage("the ring's invariant is broken");
    }

    @Test
    void theListenerHearsNothingBeforeOpenHasReturned() throws Exception {
        InetSocketAddress address = free("127.0.0.1");
        TransportSession other = open(
                settings(2, CryptoConfig.NONE, new byte[0], Map.of(0, at("127.0.0.1", 0)), peer(1, address)),
                new Ear(),
                Sockets.best());
        InetSocketAddress otherAddress = boundAt(other, 0);
        AtomicBoolean returned = new AtomicBoolean();
        CompletableFuture<Boolean> first = new CompletableFuture<>();
        TransportSession session = open(
                settings(1, CryptoConfig.NONE, new byte[0], Map.of(0, address), peer(2, otherAddress)),
                new TransportListener() {
                    @Override
                    public void received(NodeId from, ByteBuffer message) {}

                    @Override
                    public void peerChanged(NodeId peer, boolean reachable, String why) {
                        first.complete(returned.get());
                    }
                },
                Sockets.best());
        returned.set(true);
        session.loop(); // what starts it
        assertThat(first.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
    }

    @Test
    void threadsCarryTheNodesNumber() throws Exception {
        TransportSession session = open(
                settings(4711, CryptoConfig.NONE, new byte[0], Map.of(0, at("127.0.0.1", 0))),
                new Ear(),
                Sockets.best());
        Thread thread = onLoop(session, Thread::currentThread);
        assertThat(thread.getName()).isEqualTo("cluster-4711-loop");
        assertThat(thread.isDaemon()).isTrue();
        session.close();
        thread.join(20_000);
        assertThat(thread.isAlive()).isFalse();
    }
}
