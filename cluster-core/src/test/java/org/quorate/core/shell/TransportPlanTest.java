package org.quorate.core.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.IpVersion;
import org.quorate.LinkConfig;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.spi.TransportSettings;

/** Host names become addresses of one family on each link, the same on every node. */
class TransportPlanTest {
    private static final Map<String, List<String>> DNS = new TreeMap<>(Map.of(
            "apple", List.of("192.0.2.1", "2001:db8::1"),
            "pear", List.of("2001:db8::2", "192.0.2.2"),
            "plum", List.of("192.0.2.3")));

    private static List<InetAddress> resolve(String name) {
        return DNS.getOrDefault(name, List.of(name)).stream()
                .filter(a -> a.matches("[0-9.]+|.*:.*"))
                .flatMap(a -> NodeParts.resolve(a).stream())
                .toList();
    }

    private static TransportSettings settings(IpVersion version, String... addresses) {
        ClusterConfig.Builder config = ClusterConfig.builder("orchard").ipVersion(version);
        for (int i = 0; i < addresses.length; i++) config.node(NodeConfig.of(i + 1, "n" + (i + 1), addresses[i]));
        config.link(LinkConfig.of(0).withPort(6000));
        return new TransportPlan(config.build(), NodeId.of(1), TransportPlanTest::resolve).settings(new byte[0]);
    }

    private static List<String> resolved(IpVersion version, String... addresses) {
        TransportSettings settings = settings(version, addresses);
        TreeMap<Integer, InetSocketAddress> all = new TreeMap<>();
        settings.localAddresses().values().forEach(a -> all.put(1, a));
        settings.peers().forEach(p -> p.links().values().forEach(l -> all.put(p.id().value(), l.address())));
        assertThat(all.values()).allMatch(a -> a.getPort() == 6000);
        return all.values().stream().map(a -> a.getAddress().getHostAddress()).toList();
    }

    @Test
    void namesFollowTheIpVersion() {
        assertThat(resolved(IpVersion.IPV4, "apple", "pear")).containsExactly("192.0.2.1", "192.0.2.2");
        assertThat(resolved(IpVersion.IPV4_6, "apple", "pear")).containsExactly("192.0.2.1", "192.0.2.2");
        assertThat(resolved(IpVersion.IPV6, "apple", "pear"))
                .containsExactly("2001:db8:0:0:0:0:0:1", "2001:db8:0:0:0:0:0:2");
        assertThat(resolved(IpVersion.IPV6_4, "apple", "pear"))
                .containsExactly("2001:db8:0:0:0:0:0:1", "2001:db8:0:0:0:0:0:2");
    }

    @Test
    void theOtherFamilyWillDoUnlessItIsExcluded() {
        assertThat(resolved(IpVersion.IPV6_4, "plum")).containsExactly("192.0.2.3");
        assertThatThrownBy(() -> resolved(IpVersion.IPV6, "plum"))
                .isInstanceOf(ClusterException.class)
                .hasMessage("the address plum of node 1 on link 0 cannot be resolved (ip_version ipv6);"
                        + " add it to DNS or the hosts file, or write the address in digits");
    }

    @Test
    void anAddressInDigitsDecidesForTheWholeLink() {
        assertThat(resolved(IpVersion.IPV6_4, "apple", "192.0.2.9")).containsExactly("192.0.2.1", "192.0.2.9");
        assertThat(resolved(IpVersion.IPV4, "apple", "2001:db8::9"))
                .containsExactly("2001:db8:0:0:0:0:0:1", "2001:db8:0:0:0:0:0:9");
    }

    @Test
    void aNameThatNobodyKnowsIsSaid() {
        assertThatThrownBy(() -> settings(IpVersion.IPV4_6, "quince"))
                .isInstanceOf(ClusterException.class)
                .hasMessageStartingWith("the address quince of node 1 on link 0 cannot be resolved");
    }
}
