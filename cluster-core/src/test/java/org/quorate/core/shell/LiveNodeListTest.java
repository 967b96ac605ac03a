package org.quorate.core.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterManager.State;
import org.quorate.ConfigurationSource.Fresh;
import org.quorate.LinkConfig;
import org.quorate.NodeConfig;
import org.quorate.ReloadReport;
import org.quorate.TotemConfig;
import org.quorate.testkit.FreePort;

/** Whole nodes on loopback sockets whose node list is changed by reloads while messages flow. */
@Timeout(180)
class LiveNodeListTest {
    private static final Duration PING = Duration.ofMillis(50);
    private static final Duration PING_TIMEOUT = Duration.ofSeconds(1);

    private final int[] ports = {FreePort.udp(), FreePort.udp()};
    private final Map<Integer, TalkingNode> nodes = new TreeMap<>();

    @AfterEach
    void closeAll() {
        for (TalkingNode node : nodes.values()) node.manager.close();
    }

    private TalkingNode node(int id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    private static String address(int node, int link) {
        return "127.0." + (70 + link) + "." + node;
    }

    private ClusterConfig.Builder config(int links, int... ids) {
        ClusterConfig.Builder config = ClusterConfig.builder("orchard")
                .transport("knet")
                .totem(TotemConfig.DEFAULT.withToken(Duration.ofSeconds(3), Duration.ofMillis(100)));
        for (int id : ids)
            config.node(
                    links == 1
                            ? NodeConfig.of(id, "n" + id, address(id, 0))
                            : NodeConfig.of(id, "n" + id, address(id, 0), address(id, 1)));
        for (int link = 0; link < links; link++)
            config.link(LinkConfig.of(link).withPort(ports[link]).withPings(PING, PING_TIMEOUT));
        return config;
    }

    private void until(String what, BooleanSupplier condition) {
        TalkingNode.until(nodes.values(), what, condition);
    }

    private void start(int id, ClusterConfig.Builder config) {
        nodes.put(id, new TalkingNode(id, config.build()));
        int count = nodes.size();
        until(count + " are together", () -> nodes.values().stream().allMatch(n -> n.isWith(count)));
    }

    private void writeFiles(ClusterConfig.Builder config) {
        for (TalkingNode node : nodes.values()) node.file = new Fresh(config.build(), new byte[128]);
    }

    private void moreMessages(int... of) {
        for (int id : of) {
            int before = node(id).sent.get();
            until("messages of node " + id, () -> node(id).sent.get() > before + 50);
        }
    }

    @Test
    void oneNodeBecomesTwoAndThreeAndTwoAgainUnderTraffic() {
        start(1, config(1, 1));
        node(1).talk();
        assertThat(node(1).quorum()).containsExactly(true, 1, 1, 1);

        writeFiles(config(1, 1, 2));
        assertThat(node(1).reload().applied()).startsWith("node 2 (n2) added");
        until("half a cluster is blocked", () -> node(1).quorum().equals(List.of(false, 2, 1, 2)));
        assertThat(node(1).status().missing())
                .singleElement()
                .satisfies(missing -> assertThat(missing.name()).isEqualTo("n2"));
        moreMessages(1);
        start(2, config(1, 1, 2));
        until("two are quorate", () -> node(1).quorum().equals(List.of(true, 2, 2, 2)));
        until("both say so", () -> node(2).quorum().equals(List.of(true, 2, 2, 2)));

        writeFiles(config(1, 1, 2, 3));
        assertThat(node(2).reload().applied())
                .startsWith("node 3 (n3) added", "token timeout 3100 ms and what depends on it");
        start(3, config(1, 1, 2, 3));
        until(
                "three are quorate",
                () -> nodes.values().stream().allMatch(n -> n.quorum().equals(List.of(true, 3, 3, 2))));
        node(3).talk();
        moreMessages(1, 3);

        writeFiles(config(1, 1, 2));
        assertThat(node(1).reload().applied()).startsWith("node 3 (n3) removed");
        until("the removed node has stopped", () -> node(3).manager.state() == State.FAILED);
        until(
                "and says why",
                () -> node(3).states
                        .get(node(3).states.size() - 1)
                        .startsWith("FAILED: node 3 is not in its node list any more"));
        assertThatThrownBy(() -> TalkingNode.get(node(3).manager.reload()))
                .rootCause()
                .isInstanceOfSatisfying(
                        ClusterException.class,
                        over -> assertThat(over.reason()).isEqualTo(Reason.NODE_NOT_LISTED));
        TalkingNode removed = Objects.requireNonNull(nodes.remove(3));
        removed.manager.close();
        until("two are together", () -> node(1).isWith(2) && node(2).isWith(2));
        until(
                "two are quorate",
                () -> nodes.values().stream().allMatch(n -> n.quorum().equals(List.of(true, 2, 2, 2))));
        assertThat(node(1).status().missing()).isEmpty();
        assertThat(node(1).status().peers()).hasSize(1);
        moreMessages(1);
        node(1).stopTalking();
        node(1).awaitSilence();
        until(
                "all has arrived",
                () -> node(2).heard
                        .get(node(2).heard.size() - 1)
                        .equals("1:" + node(1).sent.get()));
        assertThat(node(1).heard.stream().filter(m -> m.startsWith("1:"))).containsExactlyElementsOf(node(1).said());
        List<String> first = List.copyOf(node(1).heard);
        assertThat(first.subList(first.size() - node(2).heard.size(), first.size()))
                .as("node 2 heard the same since it came")
                .isEqualTo(node(2).heard);
    }

    /** Its own file has the old list: it goes on alone, is not heard by the others, and comes back when they list it again. */
    @Test
    void aRemovedNodeThatDoesNotKnowIsRefusedAndTakenBackByAnotherReload() {
        for (int id = 1; id <= 3; id++)
            nodes.put(id, new TalkingNode(id, config(1, 1, 2, 3).build()));
        until("three are together", () -> nodes.values().stream().allMatch(n -> n.isWith(3)));
        for (int id = 1; id <= 2; id++)
            node(id).file = new Fresh(config(1, 1, 2).build(), new byte[128]);
        node(2).reload();
        until("1 and 2 are together, 3 is alone", () -> node(1).isWith(2) && node(2).isWith(2) && node(3).isWith(1));
        until("1 is quorate", () -> node(1).quorum().equals(List.of(true, 2, 2, 2)));
        until("3 is not", () -> node(3).quorum().equals(List.of(false, 3, 1, 2)));
        until("what it sends is counted", () -> refused(1) > 0 && refused(2) > 0);
        long before = refused(1);
        until("its pings go on", () -> refused(1) > before + 3);
        assertThat(node(1).isWith(2)).isTrue();
        writeFiles(config(1, 1, 2, 3));
        node(1).reload();
        until("three are together", () -> nodes.values().stream().allMatch(n -> n.isWith(3)));
        until(
                "three are quorate",
                () -> nodes.values().stream().allMatch(n -> n.quorum().equals(List.of(true, 3, 3, 2))));
    }

    private long refused(int id) {
        return node(id).status().counters().getOrDefault("drop.unknown-host", 0L)
                + node(id).status().counters().getOrDefault("drop.stranger", 0L);
    }

    /** A link comes with the third node, and one node cannot have it: it talks to the new node over the link that it has. */
    @Test
    void aNodeIsAddedAllTheSameWhereItsNewLinkCannotBeHad() throws Exception {
        for (int id = 1; id <= 2; id++)
            nodes.put(id, new TalkingNode(id, config(1, 1, 2).build()));
        until("two are together", () -> nodes.values().stream().allMatch(n -> n.isWith(2)));
        try (DatagramSocket busy =
                new DatagramSocket(new InetSocketAddress(InetAddress.getByName(address(2, 1)), ports[1]))) {
            writeFiles(config(2, 1, 2, 3));
            ReloadReport report = node(2).reload();
            assertThat(busy.isBound()).isTrue();
            assertThat(report.applied()).contains("node 3 (n3) added");
            assertThat(report.notApplied())
                    .singleElement()
                    .satisfies(why -> assertThat(why).startsWith("links (").doesNotContain("does not talk"));
            start(3, config(2, 1, 2, 3));
            until(
                    "three are quorate",
                    () -> nodes.values().stream().allMatch(n -> n.quorum().equals(List.of(true, 3, 3, 2))));
            assertThat(node(2).status().links()).hasSize(2);
        }
        assertThat(node(2).reload()).isEqualTo(new ReloadReport(List.of("link 1 added"), List.of()));
        until(
                "link 1 is up",
                () -> node(2).status().links().stream()
                                .filter(link -> link.up())
                                .count()
                        == 4);
    }

    /** The new node has a name that nobody can resolve: its vote is expected, but nothing is sent to it. */
    @Test
    void aNewNodeWithoutAnAddressThatIsKnownIsExpectedButNotTalkedTo() {
        nodes.put(1, new TalkingNode(1, config(1, 1).build()));
        until("one", () -> node(1).isWith(1));
        ClusterConfig.Builder fresh = config(1, 1).node(NodeConfig.of(2, "n2", "no-such-host.invalid"));
        writeFiles(fresh);
        ReloadReport report = node(1).reload();
        assertThat(report.applied()).startsWith("node 2 (n2) added");
        assertThat(report.notApplied())
                .singleElement()
                .satisfies(why -> assertThat(why).contains("no-such-host.invalid", "it does not talk to nodes [2]"));
        until("half a cluster is blocked", () -> node(1).quorum().equals(List.of(false, 2, 1, 2)));
        assertThat(node(1).status().peers()).isEmpty();
        writeFiles(config(1, 1, 2));
        assertThat(node(1).reload().notApplied()).isEmpty();
        start(2, config(1, 1, 2));
        until("two are quorate", () -> node(1).quorum().equals(List.of(true, 2, 2, 2)));
        writeFiles(config(1, 1));
        assertThat(node(1).reload().applied()).startsWith("node 2 (n2) removed");
        until("one is quorate", () -> node(1).quorum().equals(List.of(true, 1, 1, 1)));
        assertThat(node(1).status().missing()).isEmpty();
    }
}
