package org.quorate.core.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.ClusterConfig;
import org.quorate.ConfigurationSource.Fresh;
import org.quorate.IpVersion;
import org.quorate.LinkConfig;
import org.quorate.LinkStatus;
import org.quorate.NodeConfig;
import org.quorate.ReloadReport;
import org.quorate.RingId;
import org.quorate.TotemConfig;
import org.quorate.testkit.FreePort;

/** Whole nodes on loopback sockets whose links are changed by reloads while messages flow: nothing is lost, the ring stays. */
@Timeout(180)
class ReloadedLinksTest {
    private static final Duration PING = Duration.ofMillis(50);
    private static final Duration PING_TIMEOUT = Duration.ofSeconds(1);

    private final int[] ports = {FreePort.udp(), FreePort.udp()};
    private final Map<Integer, TalkingNode> nodes = new TreeMap<>();

    @AfterEach
    void closeAll() {
        for (TalkingNode node : nodes.values()) node.stopTalking();
        for (TalkingNode node : nodes.values()) node.manager.close();
    }

    private TalkingNode node(int id) {
        return Objects.requireNonNull(nodes.get(id));
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

    private void until(String what, BooleanSupplier condition) {
        TalkingNode.until(nodes.values(), what, condition);
    }

    private static boolean isWithAll(TalkingNode node) {
        return node.isWith(3) && linksUp(node).equals(Set.of(0));
    }

    private static RingId ring(TalkingNode node) {
        return node.status().view().orElseThrow().ringId();
    }

    /** Numbers of the links that are up to all peers. */
    private static Set<Integer> linksUp(TalkingNode node) {
        Set<Integer> up = new HashSet<>();
        List<LinkStatus> links = node.status().links();
        for (LinkStatus link : links)
            if (links.stream().filter(l -> l.link() == link.link()).allMatch(LinkStatus::up)) up.add(link.link());
        return up;
    }

    private static boolean uses(TalkingNode node, int number) {
        return node.status().links().stream().allMatch(link -> link.active() == (link.link() == number));
    }

    private boolean all(Predicate<TalkingNode> is) {
        return nodes.values().stream().allMatch(is);
    }

    private RingId startAll() {
        for (int id = 1; id <= 3; id++)
            nodes.put(id, new TalkingNode(id, config(1).build()));
        until("three are together", () -> all(ReloadedLinksTest::isWithAll));
        for (TalkingNode node : nodes.values()) node.talk();
        return ring(node(1));
    }

    private void writeFiles(ClusterConfig config, byte[] key) {
        for (TalkingNode node : nodes.values()) node.file = new Fresh(config, key);
    }

    /** Some more messages of everybody get through. */
    private void moreMessages() {
        Map<Integer, Integer> before = new ConcurrentSkipListMap<>();
        nodes.forEach((id, node) -> before.put(id, node.sent.get()));
        until("traffic goes on", () -> all(n -> n.sent.get() > before.getOrDefault(n.id, 0) + 50));
    }

    private void assertNothingLost(RingId ring) {
        for (TalkingNode node : nodes.values()) node.stopTalking();
        for (TalkingNode node : nodes.values()) node.awaitSilence();
        int sent = nodes.values().stream().mapToInt(n -> n.sent.get()).sum();
        until("all has arrived", () -> all(n -> n.heard.size() >= sent));
        for (TalkingNode node : nodes.values()) {
            assertThat(node.heard).isEqualTo(node(1).heard).hasSize(sent);
            assertThat(ring(node)).isEqualTo(ring);
            assertThat(node(2).heard.stream().filter(m -> m.startsWith(node.id + ":")))
                    .containsExactlyElementsOf(node.said());
        }
    }

    @Test
    void aLinkIsAddedUsedMovedAndRemovedUnderTraffic() {
        RingId ring = startAll();
        writeFiles(config(2).build(), new byte[128]);
        assertThat(node(1).reload()).isEqualTo(new ReloadReport(List.of("link 1 added"), List.of()));
        until("link 1 is up and used", () -> all(n -> linksUp(n).equals(Set.of(0, 1)) && uses(n, 1)));
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
        until("link 0 alone is there", () -> all(n -> n.status().links().size() == 2 && uses(n, 0)));
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
        until("link 1 is up and used", () -> all(n -> linksUp(n).equals(Set.of(0, 1)) && uses(n, 1)));
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
