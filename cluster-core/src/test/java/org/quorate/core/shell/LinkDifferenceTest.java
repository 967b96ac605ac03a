package org.quorate.core.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterConfig;
import org.quorate.CryptoConfig;
import org.quorate.LinkConfig;
import org.quorate.LinkMode;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.TotemConfig;
import org.quorate.spi.TransportSettings;

/** What a transport has to change is said once for each link and kind of change, and nothing is said of what stays. */
class LinkDifferenceTest {
    private static ClusterConfig.Builder three(String second) {
        return ClusterConfig.builder("orchard")
                .node(NodeConfig.of(1, "apple", "192.0.2.1"))
                .node(NodeConfig.of(2, "pear", second))
                .node(NodeConfig.of(3, "plum", "192.0.2.3"));
    }

    private static ClusterConfig.Builder two(int nodes, int thirdOctet, int links) {
        ClusterConfig.Builder config = ClusterConfig.builder("orchard");
        for (int n = 1; n <= nodes; n++)
            config.node(
                    links == 1
                            ? NodeConfig.of(n, "n" + n, "192.0." + thirdOctet + "." + n)
                            : NodeConfig.of(n, "n" + n, "192.0." + thirdOctet + "." + n, "198.51.100." + n));
        return config;
    }

    private static List<String> difference(ClusterConfig.Builder before, ClusterConfig.Builder after) {
        return new LinkDifference(settings(before, 1), settings(after, 2)).phrases();
    }

    private static TransportSettings settings(ClusterConfig.Builder config, int key) {
        return new TransportPlan(config.build(), NodeId.of(1), NodeParts::resolve).settings(new byte[] {(byte) key});
    }

    private static List<String> with(UnaryOperator<ClusterConfig.Builder> change) {
        return difference(two(3, 2, 2), change.apply(two(3, 2, 2)));
    }

    @Test
    void keyAndCipherAreNoneOfItsBusiness() {
        assertThat(with(config -> config)).isEmpty();
        assertThat(with(config -> config.crypto(CryptoConfig.NONE))).isEmpty();
    }

    @Test
    void aLinkComesAndGoes() {
        assertThat(difference(two(3, 2, 1), two(3, 2, 2))).containsExactly("link 1 added");
        assertThat(difference(two(3, 2, 2), two(3, 2, 1))).containsExactly("link 1 removed");
    }

    @Test
    void addressesAreSpeltOutForAFew() {
        assertThat(difference(three("192.0.2.2"), three("192.0.2.9")))
                .containsExactly("addresses of link 0: node 2 192.0.2.9:5405");
        assertThat(difference(two(2, 2, 1), two(2, 3, 1)))
                .containsExactly("addresses of link 0: this node 192.0.3.1:5405 and node 2 192.0.3.2:5405");
        assertThat(difference(two(200, 2, 1), two(200, 3, 1)))
                .singleElement()
                .satisfies(phrase -> assertThat(phrase).endsWith("and node 4 192.0.3.4:5405 and 196 more"));
    }

    @Test
    void anotherPortIsAnotherAddress() {
        assertThat(with(config -> config.link(LinkConfig.of(1).withPort(7000))))
                .containsExactly("addresses of link 1: this node 198.51.100.1:7000 and node 2 198.51.100.2:7000"
                        + " and node 3 198.51.100.3:7000");
    }

    @Test
    void settingsOfALinkAreSaidOnce() {
        assertThat(with(config -> config.link(LinkConfig.of(1).withPriority(7))))
                .containsExactly("priority 7 of link 1");
        assertThat(with(config ->
                        config.link(LinkConfig.of(0).withPings(Duration.ofMillis(300), Duration.ofMillis(900)))))
                .containsExactly("heartbeats of link 0 every 300 ms with timeout 900 ms");
        LinkConfig plain = LinkConfig.of(1);
        assertThat(with(config -> config.link(new LinkConfig(
                        1, plain.port(), 1, plain.pingInterval(), plain.pingTimeout(), 99, plain.pongCount()))))
                .hasSize(1);
    }

    @Test
    void heartbeatsFollowTheToken() {
        assertThat(with(config -> config.totem(TotemConfig.DEFAULT.withToken(Duration.ofSeconds(8), Duration.ZERO))))
                .containsExactly(
                        "heartbeats of link 0 every 2000 ms with timeout 4000 ms",
                        "heartbeats of link 1 every 2000 ms with timeout 4000 ms");
    }

    @Test
    void whatGoesForAllLinksComesLast() {
        assertThat(with(config -> config.linkMode(LinkMode.RR)
                        .pmtudInterval(Duration.ofSeconds(60))
                        .manualMtu(1400)
                        .link(LinkConfig.of(0).withPriority(3))))
                .containsExactly("priority 3 of link 0", "link_mode rr", "knet_pmtud_interval 60 s", "knet_mtu 1400");
    }
}
