package org.quorate.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.NodeId;
import org.quorate.spi.TransportSettings.Peer;
import org.quorate.spi.TransportSettings.PeerLink;

/** What is wrong with settings is said in words, all of it at once. */
class SettingsCheckTest {
    private static InetSocketAddress at(String ip, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(ip), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static InetSocketAddress linkLocal(int last, int scope) {
        byte[] ip = new byte[16];
        ip[0] = (byte) 0xfe;
        ip[1] = (byte) 0x80;
        ip[15] = (byte) last;
        try {
            return new InetSocketAddress(Inet6Address.getByAddress(null, ip, scope), 5405);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static PeerLink link(InetSocketAddress address) {
        return new PeerLink(address, 1, Duration.ofMillis(500), Duration.ofMillis(1000), 2048, 2);
    }

    private static Peer peer(int id, Map<Integer, PeerLink> links) {
        return new Peer(NodeId.of(id), new TreeMap<>(links));
    }

    private static TransportSettings settings(Map<Integer, InetSocketAddress> own, Peer... peers) {
        return settings(30, 0, own, peers);
    }

    private static TransportSettings settings(
            int pmtudSeconds, int mtu, Map<Integer, InetSocketAddress> own, Peer... peers) {
        return new TransportSettings(
                NodeId.of(1),
                new TreeMap<>(own),
                List.of(peers),
                CryptoConfig.NONE,
                new byte[0],
                LinkMode.PASSIVE,
                Duration.ofSeconds(pmtudSeconds),
                mtu);
    }

    @Test
    void whatWorksIsNotComplainedAbout() {
        assertThat(settings(
                                Map.of(0, at("10.0.0.1", 5405), 1, at("10.0.0.1", 5406), 7, at("fd00::1", 5412)),
                                peer(2, Map.of(0, link(at("10.0.0.2", 5405)), 7, link(at("fd00::2", 5412)))),
                                peer(3, Map.of(1, link(at("10.0.1.3", 5406)))))
                        .problems())
                .isEmpty();
        assertThat(settings(Map.of(0, linkLocal(1, 3)), peer(2, Map.of(0, link(linkLocal(2, 3)))))
                        .problems())
                .isEmpty();
    }

    @Test
    void everythingIsSaidAtOnce() {
        PeerLink odd = new PeerLink(at("10.0.0.2", 0), 256, Duration.ofMillis(300), Duration.ofMillis(199), 0, 0);
        TransportSettings settings = settings(
                0,
                575,
                Map.of(8, at("10.0.0.1", 5405)),
                peer(1, Map.of()),
                peer(2, Map.of(-1, odd)),
                peer(2, Map.of()));
        assertThat(settings.problems())
                .containsExactlyInAnyOrder(
                        "link number 8 of this node is not in 0..7",
                        "node 1 is listed as its own peer",
                        "link number -1 of node 2 is not in 0..7",
                        "priority 256 of link -1 of node 2 is not in 0..255",
                        "ping timeout 199 ms of link -1 of node 2 is below 200 ms",
                        "ping interval 300 ms of link -1 of node 2 is above its ping timeout 199 ms, so the link would go down between two pings",
                        "ping precision 0 of link -1 of node 2 is below 1",
                        "pong count 0 of link -1 of node 2 is below 1",
                        "link -1 of node 2 has no port",
                        "node 2 is listed twice",
                        "the path MTU interval PT0S is below one second",
                        "the MTU 575 is neither 0 (discover it) nor in 576..65535");
        assertThatThrownBy(settings::requireValid)
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIGURATION_INVALID))
                .hasMessageContaining("link number 8 of this node is not in 0..7; node 1");
    }

    @Test
    void anAddressAndPortBelongsToOneLink() {
        assertThat(settings(
                                Map.of(0, at("10.0.0.1", 5405), 1, at("10.0.0.1", 5405)),
                                peer(2, Map.of(0, link(at("10.0.0.2", 5405)))),
                                peer(3, Map.of(0, link(at("10.0.0.2", 5405)))))
                        .problems())
                .containsExactly(
                        "link 0 of this node and link 1 of this node have the same address and port 10.0.0.1:5405",
                        "link 0 of node 2 and link 0 of node 3 have the same address and port 10.0.0.2:5405");
        assertThat(settings(Map.of(0, at("127.0.0.1", 0), 1, at("127.0.0.1", 0)))
                        .problems())
                .as("the system chooses different ports")
                .isEmpty();
    }

    @Test
    void addressesThatCannotBeSentToAreRefused() {
        assertThat(settings(
                                Map.of(0, at("10.0.0.1", 5405), 1, linkLocal(1, 3), 2, linkLocal(1, 0)),
                                peer(2, Map.of(0, link(at("fd00::2", 5405)), 1, link(linkLocal(2, 4)))),
                                peer(3, Map.of(0, link(InetSocketAddress.createUnresolved("nowhere", 5405)))),
                                peer(4, Map.of(0, link(at("239.1.2.3", 5405)), 2, link(linkLocal(9, 0)))),
                                peer(5, Map.of(0, link(at("0.0.0.0", 5405)))))
                        .problems())
                .containsExactly(
                        "link 2 of this node has the link-local address [fe80:0:0:0:0:0:0:1%0]:5405 without its interface; write it like fe80::1%eth0, or better use another address",
                        "link 0 of node 2 has [fd00:0:0:0:0:0:0:2]:5405 and this node has 10.0.0.1:5405 there; a link is either IPv4 or IPv6",
                        "link 1 of node 2 has [fe80:0:0:0:0:0:0:2%4]:5405 and this node has [fe80:0:0:0:0:0:0:1%3]:5405 there; both have to name the same interface",
                        "link 0 of node 3 has the address nowhere, which cannot be resolved",
                        "link 0 of node 4 has the multicast address 239.1.2.3:5405",
                        "link 2 of node 4 has the link-local address [fe80:0:0:0:0:0:0:9%0]:5405 without its interface; write it like fe80::1%eth0, or better use another address",
                        "link 0 of node 5 has the address 0.0.0.0:5405, which means any");
    }
}
