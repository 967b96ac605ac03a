package org.quorate.core.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.ClusterConfig;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.ConfigurationSource.Fresh;
import org.quorate.Group;
import org.quorate.IpVersion;
import org.quorate.LinkConfig;
import org.quorate.LinkStatus;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.ReloadReport;
import org.quorate.RingId;
import org.quorate.TotemConfig;
import org.quorate.knet.KnetTransport;

/** Whole nodes on loopback sockets whose links are changed by reloads while messages flow: nothing is lost, the ring stays. */
@Timeout(180)
class ReloadedLinksTest {
    private static final Duration PING = Duration.ofMillis(50);
    private static final Duration PING_TIMEOUT = Duration.ofSeconds(1);

    private final int[] ports = {freePort(), freePort()};
    private final Map<Integer, Node> nodes = new TreeMap<>();

    @AfterEach
    void closeAll() {
        for (Node node : nodes.values()) node.talking = false;
        for (Node node : nodes.values()) node.manager.close();
    }

    /** One node, what is in its file, and what it has heard. */
    private static final class Node {
        final int id;
        final ClusterManager manager;
        final Group group;
        final List<String> heard = new CopyOnWriteArrayList<>();
        final CompletableFuture<Void> silence = new CompletableFuture<>();
        final AtomicInteger sent = new AtomicInteger();
        volatile Fresh file;
        volatile boolean talking = true;

        Node(int id, ClusterConfig config) {
            this.id = id;
            this.file = new Fresh(config, new byte[128]);
            manager = ClusterManager.builder(config, NodeId.of(id))
                    .transport(new KnetTransport())
                    .key(new byte[128])
                    .source(() -> new Fresh(file.config(), file.key().clone()))
                    .build();
            group = manager.group(
                    "fruit",
                    (sender, payload) -> heard.add(sender.node() + ":" + new String(payload, StandardCharsets.UTF_8)));
            manager.start();
        }

        /** One message after the other until told otherwise. */
        void talk() {
            if (!talking) {
                silence.complete(null);
                return;
            }
            CompletionStage<Void> on =
                    group.send(Integer.toString(sent.incrementAndGet()).getBytes(StandardCharsets.UTF_8));
            on.whenComplete((done, failure) -> {
                if (failure != null) silence.completeExceptionally(failure);
                else talk();
            });
        }

        ClusterStatus status() {
            return get(manager.status());
        }

        boolean isWithAll() {
            // the members of a group may be known before the view that they belong to
            return status().view().filter(view -> view.members().size() == 3).isPresent()
                    && group.members().size() == 3
                    && linksUp().equals(Set.of(0));
        }

        RingId ring() {
            return status().view().orElseThrow().ringId();
        }

        /** Numbers of the links that are up to all peers. */
        Set<Integer> linksUp() {
            Set<Integer> up = new HashSet<>();
            List<LinkStatus> links = status().links();
            for (LinkStatus link : links)
                if (links.stream().filter(l -> l.link() == link.link()).allMatch(LinkStatus::up)) up.add(link.link());
            return up;
        }

        boolean uses(int number) {
            return status().links().stream().allMatch(link -> link.active() == (link.link() == number));
        }

        ReloadReport reload() {
            return get(manager.reload());
        }
    }

    private Node node(int id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    private static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        } catch (SocketException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String address(int node, int link) {
        return "127.0." + (60 + link) + "." + node;
    }

    private ClusterConfig.Builder config(int links) {
        ClusterConfig.Builder config = ClusterConfig.builder("orchard")
                .transport("knet")
                .totem(TotemConfig.DEFAULT.withToken(Duration.ofSeconds(3), Duration.ZERO));
        for (int n = 1; n <= 3; n++)
            config.node(
                    links == 1
                            ? NodeConfig.of(n, "n" + n, address(n, 0))
                            : NodeConfig.of(n, "n" + n, address(n, 0), address(n, 1)));
        for (int link = 0; link < links; link++)
            config.link(LinkConfig.of(link)
                    .withPort(ports[link])
                    .withPriority(1 + link)
                    .withPings(PING, PING_TIMEOUT));
        return config;
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                StringBuilder state = new StringBuilder("not in time: " + what);
                for (Node node : nodes.values()) state.append('\n').append(node.status());
                throw new AssertionError(state.toString());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private boolean all(Predicate<Node> is) {
        return nodes.values().stream().allMatch(is);
    }

    private RingId startAll() {
        for (int id = 1; id <= 3; id++) nodes.put(id, new Node(id, config(1).build()));
        until("three are together", () -> all(Node::isWithAll));
        for (Node node : nodes.values()) node.talk();
        return node(1).ring();
    }

    private void writeFiles(ClusterConfig config, byte[] key) {
        for (Node node : nodes.values()) node.file = new Fresh(config, key);
    }

    /** Some more messages of everybody get through. */
    private void moreMessages() {
        Map<Integer, Integer> before = new ConcurrentSkipListMap<>();
        nodes.forEach((id, node) -> before.put(id, node.sent.get()));
        until("traffic goes on", () -> all(n -> n.sent.get() > before.getOrDefault(n.id, 0) + 50));
    }

    private void assertNothingLost(RingId ring) {
        for (Node node : nodes.values()) node.talking = false;
        for (Node node : nodes.values()) get(node.silence);
        int sent = nodes.values().stream().mapToInt(n -> n.sent.get()).sum();
        until("all has arrived", () -> all(n -> n.heard.size() >= sent));
        for (Node node : nodes.values()) {
            assertThat(node.heard).isEqualTo(node(1).heard).hasSize(sent);
            assertThat(node.ring()).isEqualTo(ring);
            List<String> own = new ArrayList<>();
            for (int i = 1; i <= node.sent.get(); i++) own.add(node.id + ":" + i);
            assertThat(node(2).heard.stream().filter(m -> m.startsWith(node.id + ":")))
                    .containsExactlyElementsOf(own);
        }
    }

    @Test
    void aLinkIsAddedUsedMovedAndRemovedUnderTraffic() {
        RingId ring = startAll();
        writeFiles(config(2).build(), new byte[128]);
        assertThat(node(1).reload()).isEqualTo(new ReloadReport(List.of("link 1 added"), List.of()));
        until("link 1 is up and used", () -> all(n -> n.linksUp().equals(Set.of(0, 1)) && n.uses(1)));
        moreMessages();

        String moved = "127.0.62.2";
        ClusterConfig.Builder other = config(2).node(NodeConfig.of(2, "n2", address(2, 0), moved));
        writeFiles(other.build(), new byte[128]);
        assertThat(node(3).reload().applied()).containsExactly("addresses of link 1: node 2 " + moved + ":" + ports[1]);
        until(
                "node 2 is used at its new address",
                () -> all(n -> n.status().links().stream()
                        .filter(link -> link.link() == 1)
                        .filter(link -> n.id == 2 || link.peer().value() == 2)
                        .allMatch(link -> link.up()
                                && link.active()
                                && (n.id == 2 ? link.localAddress() : link.peerAddress()).startsWith(moved)
                                && !link.why().contains("moves to"))));
        moreMessages();

        writeFiles(config(1).build(), new byte[128]);
        assertThat(node(2).reload()).isEqualTo(new ReloadReport(List.of("link 1 removed"), List.of()));
        until("link 0 alone is there", () -> all(n -> n.status().links().size() == 2 && n.uses(0)));
        moreMessages();
        assertNothingLost(ring);
    }

    @Test
    void aBusyPortLeavesOneNodeItsLinksAndTheKeyIsChangedAllTheSame() throws SocketException, UnknownHostException {
        RingId ring = startAll();
        byte[] otherKey = new byte[128];
        otherKey[5] = 1;
        try (DatagramSocket busy =
                new DatagramSocket(new InetSocketAddress(InetAddress.getByName(address(2, 1)), ports[1]))) {
            writeFiles(config(2).build(), otherKey);
            ReloadReport report = node(2).reload();
            assertThat(busy.isBound()).isTrue();
            assertThat(report.applied()).containsExactly("another key");
            assertThat(report.notApplied())
                    .singleElement()
                    .satisfies(why -> assertThat(why).startsWith("links (").contains(address(2, 1), "" + ports[1]));
            assertThat(node(2).status().links()).hasSize(2);
            until(
                    "1 and 3 have link 1",
                    () -> node(1).status().links().size() == 4
                            && node(1).status().links().stream()
                                    .anyMatch(l -> l.link() == 1 && l.peer().value() == 3 && l.active()));
            moreMessages();
        }
        assertThat(node(2).reload()).isEqualTo(new ReloadReport(List.of("link 1 added"), List.of()));
        until("link 1 is up and used", () -> all(n -> n.linksUp().equals(Set.of(0, 1)) && n.uses(1)));
        moreMessages();
        assertNothingLost(ring);
    }

    @Test
    void anAddressThatIsNotLocalOrMakesNoSenseIsRefusedAndEverythingIsAsBefore() {
        RingId ring = startAll();
        List<LinkStatus> before = node(2).status().links();
        ClusterConfig.Builder elsewhere = config(2).node(NodeConfig.of(2, "n2", address(2, 0), "192.0.2.77"));
        node(2).file = new Fresh(elsewhere.build(), new byte[128]);
        ReloadReport report = node(2).reload();
        assertThat(report.applied()).isEmpty();
        assertThat(report.notApplied())
                .singleElement()
                .satisfies(why -> assertThat(why).startsWith("links (").contains("192.0.2.77"));
        ClusterConfig.Builder twice = config(2).node(NodeConfig.of(3, "n3", address(3, 0), address(1, 1)));
        node(2).file = new Fresh(twice.build(), new byte[128]);
        assertThat(node(2).reload().notApplied())
                .singleElement()
                .satisfies(why -> assertThat(why).contains("have the same address and port"));
        ClusterConfig.Builder families =
                config(2).ipVersion(IpVersion.IPV6_4).node(NodeConfig.of(3, "n3", address(3, 0), "::1"));
        node(2).file = new Fresh(families.build(), new byte[128]);
        assertThat(node(2).reload().notApplied())
                .singleElement()
                .satisfies(why -> assertThat(why).contains(address(1, 1) + " of node 1 on link 1 cannot be resolved"));
        assertThat(node(2).status().links())
                .extracting(LinkStatus::link, LinkStatus::localAddress, LinkStatus::peerAddress)
                .isEqualTo(before.stream()
                        .map(l -> tuple(l.link(), l.localAddress(), l.peerAddress()))
                        .toList());
        moreMessages();
        assertNothingLost(ring);
    }
}
