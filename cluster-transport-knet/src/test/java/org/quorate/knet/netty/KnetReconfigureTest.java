package org.quorate.knet.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.spi.EventLoop;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;
import org.quorate.spi.TransportSettings.Peer;
import org.quorate.spi.TransportSettings.PeerLink;

/** Sessions on loopback sockets whose links change while messages flow. */
@Timeout(120)
class KnetReconfigureTest {
    private static final byte[] KEY = new byte[200];

    private final List<Node> open = new ArrayList<>();

    /** A session that numbers its messages, and the numbers that it has heard. */
    private final class Node implements TransportListener {
        final int id;
        final TransportSession session;
        final ConcurrentLinkedQueue<Integer> heard = new ConcurrentLinkedQueue<>();
        final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
        private volatile boolean talking;
        private int sent;

        Node(int id, Sockets kind, Map<Integer, InetSocketAddress> own, Peer... peers) {
            this.id = id;
            this.session = KnetSession.open(settings(id, own, peers), this, kind);
            open.add(this);
        }

        @Override
        public void received(NodeId from, ByteBuffer message) {
            heard.add(message.getInt(message.position()));
        }

        @Override
        public void peerChanged(NodeId peer, boolean reachable, String why) {
            said.add(peer + (reachable ? " reachable" : " unreachable"));
        }

        @Override
        public void failed(Throwable cause) {
            said.add("failed " + cause);
        }

        void reconfigure(Map<Integer, InetSocketAddress> own, Peer... peers) {
            onLoop(() -> {
                session.reconfigure(settings(id, own, peers));
                return true;
            });
        }

        <T> T onLoop(Supplier<T> question) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            session.loop().execute(() -> {
                try {
                    answer.complete(question.get());
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
            return answer.orTimeout(20, TimeUnit.SECONDS).join();
        }

        /** Sends a number to {@code peer} every millisecond until {@link #stopTalking}. */
        void talkTo(int peer) {
            talking = true;
            EventLoop loop = session.loop();
            EventLoop.Alarm[] alarm = new EventLoop.Alarm[1];
            loop.execute(() -> {
                alarm[0] = loop.newAlarm(() -> {
                    if (!talking) return;
                    session.send(NodeId.of(peer), ByteBuffer.allocate(500).putInt(0, ++sent));
                    alarm[0].setAt(loop.nowNanos() + 1_000_000);
                });
                alarm[0].setAt(loop.nowNanos());
            });
        }

        /** Returns how many numbers were sent. */
        int stopTalking() {
            return onLoop(() -> {
                talking = false;
                return sent;
            });
        }

        List<LinkStatus> links() {
            return onLoop(session::links);
        }
    }

    @AfterEach
    void closeAll() {
        open.forEach(node -> node.session.close());
        for (Node node : open) assertThat(node.said).noneMatch(line -> line.startsWith("failed"));
    }

    private static TransportSettings settings(int self, Map<Integer, InetSocketAddress> own, Peer... peers) {
        return new TransportSettings(
                NodeId.of(self),
                new TreeMap<>(own),
                List.of(peers),
                CryptoConfig.DEFAULT,
                KEY.clone(),
                LinkMode.PASSIVE,
                Duration.ofSeconds(30),
                0);
    }

    private static InetSocketAddress at(String host, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static InetSocketAddress free(String host) throws Exception {
        try (DatagramSocket socket = new DatagramSocket(at(host, 0))) {
            return at(host, socket.getLocalPort());
        }
    }

    private static Peer peer(int id, Map<Integer, InetSocketAddress> addresses) {
        TreeMap<Integer, PeerLink> links = new TreeMap<>();
        addresses.forEach((number, address) ->
                links.put(number, new PeerLink(address, 1, Duration.ofMillis(200), Duration.ofMillis(1000), 2048, 1)));
        return new Peer(NodeId.of(id), links);
    }

    private static void await(String what, BooleanSupplier goal, Node... nodes) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        while (!goal.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                StringBuilder state = new StringBuilder("waited in vain: " + what);
                for (Node node : nodes)
                    state.append("; node ")
                            .append(node.id)
                            .append(' ')
                            .append(node.said)
                            .append(node.links());
                throw new AssertionError(state);
            }
            for (Node node : nodes) node.onLoop(() -> true);
        }
    }

    private static void awaitMeeting(Node... nodes) {
        for (Node one : nodes)
            for (Node other : nodes)
                if (one != other)
                    await(one.id + " reaches " + other.id, () -> one.said.contains(other.id + " reachable"), one);
    }

    private static void assertOnce(Node hearer, int sent) {
        await("all " + sent + " messages", () -> hearer.heard.size() >= sent, hearer);
        assertThat(hearer.heard)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, sent).boxed().toList());
    }

    private static void awaitFree(InetSocketAddress address, Node node) {
        await(
                address + " is free",
                () -> {
                    try {
                        new DatagramSocket(address).close();
                        return true;
                    } catch (BindException e) {
                        return false;
                    } catch (java.net.SocketException e) {
                        throw new AssertionError(e);
                    }
                },
                node);
    }

    private static boolean isUpAt(Node node, InetSocketAddress own) {
        return node.links().stream()
                .anyMatch(link -> link.up()
                        && link.localAddress().equals(own.getAddress().getHostAddress() + ":" + own.getPort()));
    }

    @Test
    void theOnlyLinkMovesUnderTrafficAndNothingIsLost() throws Exception {
        for (Sockets kind : List.of(Sockets.best(), new NioSockets())) {
            InetSocketAddress before = free("127.0.0.1");
            InetSocketAddress after = free("127.0.0.3");
            InetSocketAddress other = free("127.0.0.2");
            Node one = new Node(1, kind, Map.of(0, before), peer(2, Map.of(0, other)));
            Node two = new Node(2, kind, Map.of(0, other), peer(1, Map.of(0, before)));
            awaitMeeting(one, two);
            one.talkTo(2);
            two.talkTo(1);
            one.reconfigure(Map.of(0, after), peer(2, Map.of(0, other)));
            await("both go on", () -> one.heard.size() > 500 && two.heard.size() > 500, one, two);
            assertThat(one.links()).singleElement().satisfies(link -> {
                assertThat(link.up()).isTrue();
                assertThat(link.localAddress()).contains("127.0.0.1");
                assertThat(link.why()).contains("moves to 127.0.0.3:" + after.getPort());
            });
            two.reconfigure(Map.of(0, other), peer(1, Map.of(0, after)));
            await("node 1 has moved", () -> isUpAt(one, after), one, two);
            await("node 2 has followed", () -> two.links().get(0).peerAddress().contains("127.0.0.3"), one, two);
            int heard = one.heard.size();
            await("both go on", () -> one.heard.size() > heard + 500, one, two);
            assertOnce(two, one.stopTalking());
            assertOnce(one, two.stopTalking());
            assertThat(one.said).containsExactly("2 reachable");
            assertThat(two.said).containsExactly("1 reachable");
            awaitFree(before, one);
            one.session.close();
            two.session.close();
        }
    }

    @Test
    void linksThatStayLoseNothingWhenOthersComeAndGo() throws Exception {
        InetSocketAddress[] a = {free("127.0.0.1"), free("127.0.0.1"), free("127.0.0.1")};
        InetSocketAddress[] b = {free("127.0.0.2"), free("127.0.0.2"), free("127.0.0.2")};
        Node one = new Node(1, Sockets.best(), Map.of(0, a[0], 1, a[1]), peer(2, Map.of(0, b[0], 1, b[1])));
        Node two = new Node(2, new NioSockets(), Map.of(0, b[0], 1, b[1]), peer(1, Map.of(0, a[0], 1, a[1])));
        awaitMeeting(one, two);
        await("both links are up", () -> one.links().stream().allMatch(LinkStatus::up), one, two);
        await("both links are up", () -> two.links().stream().allMatch(LinkStatus::up), one, two);
        one.talkTo(2);
        two.talkTo(1);
        one.reconfigure(Map.of(1, a[1], 2, a[2]), peer(2, Map.of(1, b[1], 2, b[2]))); // the peer still sends on link 0
        await("both go on", () -> one.heard.size() > 300 && two.heard.size() > 300, one, two);
        two.reconfigure(Map.of(1, b[1], 2, b[2]), peer(1, Map.of(1, a[1], 2, a[2])));
        await("the new link is up", () -> isUpAt(one, a[2]), one, two);
        one.reconfigure(Map.of(2, a[2]), peer(2, Map.of(2, b[2])));
        two.reconfigure(Map.of(2, b[2]), peer(1, Map.of(2, a[2])));
        int heard = one.heard.size();
        await("both go on", () -> one.heard.size() > heard + 300, one, two);
        assertOnce(two, one.stopTalking());
        assertOnce(one, two.stopTalking());
        assertThat(one.said).containsExactly("2 reachable");
        assertThat(two.said).containsExactly("1 reachable");
    }

    @Test
    void aBusyPortRefusesTheWholeChange() throws Exception {
        for (Sockets kind : List.of(Sockets.best(), new NioSockets())) {
            InetSocketAddress own = free("127.0.0.1");
            InetSocketAddress other = free("127.0.0.2");
            InetSocketAddress moved = free("127.0.0.3");
            Node one = new Node(1, kind, Map.of(0, own), peer(2, Map.of(0, other)));
            Node two = new Node(2, kind, Map.of(0, other), peer(1, Map.of(0, own)));
            awaitMeeting(one, two);
            List<LinkStatus> before = one.links();
            try (DatagramSocket busy = new DatagramSocket(at("127.0.0.1", 0))) {
                InetSocketAddress taken = at("127.0.0.1", busy.getLocalPort());
                assertThatThrownBy(() -> one.reconfigure(Map.of(0, moved, 1, taken)))
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                ClusterException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.PORT_BUSY))
                        .hasMessageContaining("link 1 cannot use 127.0.0.1 port " + busy.getLocalPort());
                awaitFree(moved, one);
                assertThatThrownBy(() -> one.reconfigure(Map.of(0, moved, 1, at("192.0.2.77", 5405))))
                        .cause()
                        .isInstanceOfSatisfying(
                                ClusterException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.ADDRESS_NOT_LOCAL));
            }
            awaitFree(moved, one);
            assertThat(one.links())
                    .extracting(LinkStatus::localAddress)
                    .containsExactlyElementsOf(
                            before.stream().map(LinkStatus::localAddress).toList());
            one.talkTo(2);
            two.talkTo(1);
            await("they still talk", () -> one.heard.size() > 50 && two.heard.size() > 50, one, two);
            assertThat(one.said).containsExactly("2 reachable");
            one.session.close();
            two.session.close();
        }
    }

    @Test
    void peersMayHaveDifferentLinks() throws Exception {
        InetSocketAddress[] a = {free("127.0.0.1"), free("127.0.0.1"), free("127.0.0.1")};
        InetSocketAddress[] b = {free("127.0.0.2"), free("127.0.0.2")};
        InetSocketAddress[] c = {free("127.0.0.3"), free("127.0.0.3")};
        Node one = new Node(
                1,
                Sockets.best(),
                Map.of(0, a[0], 1, a[1], 2, a[2]),
                peer(2, Map.of(0, b[0], 1, b[1])),
                peer(3, Map.of(1, c[0], 2, c[1])));
        Node two = new Node(
                2,
                Sockets.best(),
                Map.of(0, b[0], 1, b[1]),
                peer(1, Map.of(0, a[0], 1, a[1])),
                peer(3, Map.of(1, c[0])));
        Node three = new Node(
                3,
                Sockets.best(),
                Map.of(1, c[0], 2, c[1]),
                peer(1, Map.of(1, a[1], 2, a[2])),
                peer(2, Map.of(1, b[1])));
        awaitMeeting(one, two, three);
        for (Node node : List.of(one, two, three))
            await("every link is up", () -> node.links().stream().allMatch(LinkStatus::up), node);
        assertThat(one.links())
                .extracting(link -> link.peer() + "/" + link.link())
                .containsExactly("2/0", "2/1", "3/1", "3/2");
        assertThat(three.links())
                .extracting(link -> link.peer() + "/" + link.link())
                .containsExactly("1/1", "1/2", "2/1");
    }

    @Test
    void whatWaitsOnALinkThatIsRemovedIsStillSent() throws Exception {
        for (Sockets kind : List.of(Sockets.best(), new NioSockets())) {
            InetSocketAddress own = free("127.0.0.1");
            InetSocketAddress other = free("127.0.0.2");
            Node one = new Node(1, kind, Map.of(0, own), peer(2, Map.of(0, other)));
            Node two = new Node(2, kind, Map.of(0, other), peer(1, Map.of(0, own)));
            awaitMeeting(one, two);
            one.onLoop(() -> {
                for (int i = 1; i <= 40; i++)
                    one.session.send(NodeId.of(2), ByteBuffer.allocate(500).putInt(0, i));
                one.session.reconfigure(settings(1, Map.of()));
                return true;
            });
            assertOnce(two, 40);
            awaitFree(own, one);
            one.session.close();
            two.session.close();
        }
    }

    @Test
    void aPeerWhoseProcessDiesIsLostByWhatTheNetworkReports() throws Exception {
        for (Sockets kind : List.of(Sockets.best(), new NioSockets())) {
            InetSocketAddress own = free("127.0.0.1");
            InetSocketAddress other = free("127.0.0.2");
            Node one = new Node(1, kind, Map.of(0, own), peer(2, Map.of(0, other)));
            Node two = new Node(2, kind, Map.of(0, other), peer(1, Map.of(0, own)));
            awaitMeeting(one, two);
            two.session.close(); // as if killed: nothing says goodbye
            await("node 2 is lost", () -> one.said.contains("2 unreachable"), one);
            assertThat(one.links().get(0).why()).isEqualTo("the network reports: nobody listens at the peer's port");
            Node again = new Node(2, kind, Map.of(0, other), peer(1, Map.of(0, own)));
            await("node 2 is back", () -> one.links().get(0).up(), one, again);
            one.session.close();
            again.session.close();
        }
    }

    @Test
    void anOwnAddressThatNobodyUsesIsClosedAtOnceAndMayComeBack() throws Exception {
        InetSocketAddress own = free("127.0.0.1");
        InetSocketAddress extra = free("127.0.0.4");
        Node one = new Node(1, Sockets.best(), Map.of(0, own));
        for (int i = 0; i < 3; i++) {
            one.reconfigure(Map.of(0, own, 5, extra));
            assertThatThrownBy(() -> new DatagramSocket(extra)).isInstanceOf(BindException.class);
            one.reconfigure(Map.of(0, own));
            awaitFree(extra, one);
        }
    }
}
