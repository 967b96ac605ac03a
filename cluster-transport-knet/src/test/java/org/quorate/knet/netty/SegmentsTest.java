package org.quorate.knet.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;
import org.quorate.spi.TransportSettings.Peer;
import org.quorate.spi.TransportSettings.PeerLink;

/** Runs of datagrams that the kernel cuts apart and joins: nothing changes its order, and a kernel that refuses them loses nothing. */
@Timeout(60)
class SegmentsTest {
    private static final byte[] KEY = new byte[256];

    private final List<TransportSession> open = new ArrayList<>();
    private final Queue<Integer> heard = new ConcurrentLinkedQueue<>();
    private final AtomicInteger reachable = new AtomicInteger();

    @BeforeEach
    void onlyWhereTheKernelCanDoThis() {
        assumeThat(Sockets.best().sendsSegments()).isTrue();
    }

    @AfterEach
    void closeAll() {
        open.forEach(TransportSession::close);
    }

    /** Epoll sockets on a kernel that refuses the first runs, all of them if there is no limit; counts them. */
    private static final class Refusing implements Sockets {
        /** Longer than any UDP payload, so that the kernel says no. */
        private static final int TOO_LONG = 66_000;

        final AtomicInteger runs = new AtomicInteger();
        private final Sockets epoll = Sockets.best();
        private final int refused;

        Refusing(int refused) {
            this.refused = refused;
        }

        @Override
        public DatagramPacket segmented(ByteBuf datagrams, int segmentBytes, InetSocketAddress to) {
            boolean heartbeats = datagrams.readableBytes() < 1000;
            if (heartbeats || runs.incrementAndGet() > refused) return epoll.segmented(datagrams, segmentBytes, to);
            datagrams.release();
            return new DatagramPacket(Unpooled.directBuffer(TOO_LONG).writeZero(TOO_LONG), to);
        }

        @Override
        public String name() {
            return epoll.name();
        }

        @Override
        public IoHandlerFactory handlerFactory() {
            return epoll.handlerFactory();
        }

        @Override
        public DatagramChannel newChannel(boolean ipv6) {
            return epoll.newChannel(ipv6);
        }

        @Override
        public boolean forbidFragments(DatagramChannel channel, boolean ipv6) {
            return epoll.forbidFragments(channel, ipv6);
        }

        @Override
        public int readInBatches(DatagramChannel channel, int datagramBytes) {
            return epoll.readInBatches(channel, datagramBytes);
        }

        @Override
        public boolean sendsSegments() {
            return true;
        }

        @Override
        public int segmentBytes(DatagramPacket packet) {
            return epoll.segmentBytes(packet);
        }
    }

    private final class Ear implements TransportListener {
        @Override
        public void received(NodeId from, ByteBuffer message) {
            heard.add(message.remaining());
        }

        @Override
        public void peerChanged(NodeId peer, boolean isReachable, String why) {
            reachable.addAndGet(isReachable ? 1 : -1);
        }
    }

    private static PeerLink link(InetSocketAddress address) {
        return new PeerLink(address, 1, Duration.ofMillis(200), Duration.ofMillis(1000), 2048, 1);
    }

    /** Node 1 on {@code first}, node 2 on usual sockets, with one link for each pair of hosts. */
    private TransportSession couple(Sockets first, String... hosts) throws Exception {
        Map<Integer, InetSocketAddress> ones = new TreeMap<>();
        Map<Integer, InetSocketAddress> twos = new TreeMap<>();
        for (int i = 0; i < hosts.length; i++) {
            ones.put(i, free(hosts[i]));
            twos.put(i, free(hosts[i]));
        }
        open.add(KnetSession.open(settings(1, ones, 2, twos), new Ear(), first));
        open.add(KnetSession.open(settings(2, twos, 1, ones), new Ear(), Sockets.best()));
        for (TransportSession session : open) session.loop();
        await(() -> reachable.get() == 2);
        return open.get(0);
    }

    private static void await(Callable<Boolean> goal) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!goal.call()) {
            assertThat(System.nanoTime()).as("waited in vain").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static InetSocketAddress free(String host) throws Exception {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(host), 0))) {
            return new InetSocketAddress(InetAddress.getByName(host), socket.getLocalPort());
        }
    }

    private static TransportSettings settings(
            int self, Map<Integer, InetSocketAddress> own, int other, Map<Integer, InetSocketAddress> theirs) {
        TreeMap<Integer, PeerLink> links = new TreeMap<>();
        theirs.forEach((number, address) -> links.put(number, link(address)));
        return new TransportSettings(
                NodeId.of(self),
                new TreeMap<>(own),
                List.of(new Peer(NodeId.of(other), links)),
                CryptoConfig.DEFAULT,
                KEY,
                LinkMode.PASSIVE,
                Duration.ofSeconds(30),
                0);
    }

    /** Sizes up to 400 fit one frame even before the MTU is found. */
    private static void send(TransportSession session, List<Integer> sizes) {
        session.loop().execute(() -> {
            for (int size : sizes) session.send(NodeId.of(2), ByteBuffer.allocate(size));
        });
    }

    @Test
    void messagesOfAllSizesArriveInTheOrderInWhichTheyWereSent() throws Exception {
        long seed = Long.getLong("segments.seed", System.nanoTime());
        System.out.println("segments.seed=" + seed);
        Random random = new Random(seed);
        List<Integer> sizes = new ArrayList<>();
        while (sizes.size() < 2000) {
            int size = random.nextInt(20) == 0 ? 1 + random.nextInt(9000) : 1 + random.nextInt(200);
            for (int n = random.nextInt(90); n >= 0; n--) sizes.add(size);
        }
        Refusing counting = new Refusing(0);
        send(couple(counting, "127.0.0.1"), sizes);
        await(() -> heard.size() >= sizes.size());
        assertThat(heard).containsExactlyElementsOf(sizes);
        assertThat(counting.runs.get()).isPositive();
    }

    @Test
    void whatTheKernelRefusesAsARunArrivesDatagramByDatagram() throws Exception {
        Refusing refusing = new Refusing(2);
        TransportSession one = couple(refusing, "127.0.0.1");
        for (int round = 1; round <= 4; round++) {
            send(one, List.of(400, 400, 400, 300));
            int expected = 4 * round;
            await(() -> heard.size() >= expected);
        }
        assertThat(heard).hasSize(16);
        assertThat(refusing.runs).hasValue(4);
    }

    @Test
    void afterFourRefusedRunsSingleDatagramsAreSent() throws Exception {
        Refusing refusing = new Refusing(Integer.MAX_VALUE);
        TransportSession one = couple(refusing, "127.0.0.1");
        for (int round = 1; round <= 7; round++) {
            send(one, List.of(400, 400, 400));
            int expected = 3 * round;
            await(() -> heard.size() >= expected);
        }
        assertThat(heard).hasSize(21);
        assertThat(refusing.runs).hasValue(4);
    }

    @Test
    void linksOfBothAddressFamiliesServeOnePeer() throws Exception {
        TransportSession one = couple(Sockets.best(), "127.0.0.1", "::1");
        await(() -> {
            CompletableFuture<Boolean> both = new CompletableFuture<>();
            one.loop()
                    .execute(() -> both.complete(
                            one.links().size() == 2 && one.links().stream().allMatch(LinkStatus::up)));
            return both.get();
        });
        send(one, List.of(60_000, 70, 70, 70));
        await(() -> heard.size() == 4);
    }
}
