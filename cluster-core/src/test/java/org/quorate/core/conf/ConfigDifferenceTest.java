package org.quorate.core.conf;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterConfig;
import org.quorate.CompressionConfig;
import org.quorate.IpVersion;
import org.quorate.LinkConfig;
import org.quorate.LinkMode;
import org.quorate.NodeConfig;
import org.quorate.NodeId;

/** Links are taken from what was read for the nodes that go on; the node list itself, votes and quorum stay. */
class ConfigDifferenceTest {
    private static final NodeId SELF = NodeId.of(1);

    private static ClusterConfig.Builder config(String... namesOfLinks) {
        ClusterConfig.Builder config = ClusterConfig.builder("orchard");
        for (int n = 1; n <= 3; n++) {
            String[] addresses = new String[namesOfLinks.length];
            for (int i = 0; i < addresses.length; i++) addresses[i] = namesOfLinks[i] + "." + n;
            config.node(NodeConfig.of(n, "n" + n, addresses));
        }
        return config;
    }

    private static ConfigDifference between(ClusterConfig.Builder present, ClusterConfig.Builder fresh) {
        return ConfigDifference.between(SELF, present.build(), fresh.build(), false);
    }

    @Test
    void everythingThatATransportGetsIsTaken() {
        ClusterConfig.Builder fresh = config("10.1.0", "10.2.0")
                .ipVersion(IpVersion.IPV4)
                .linkMode(LinkMode.ACTIVE)
                .pmtudInterval(Duration.ofSeconds(60))
                .manualMtu(1400)
                .link(LinkConfig.of(1).withPriority(9));
        ConfigDifference found = between(config("10.1.0"), fresh);
        assertThat(found.inForce()).isEqualTo(fresh.build());
        assertThat(found.report().notApplied()).isEmpty();
        assertThat(found.withLinks(List.of("link 1 added")).report().applied()).containsExactly("link 1 added");
    }

    @Test
    void linksThatAreRefusedStayAndTheRestIsTaken() {
        ClusterConfig.Builder fresh =
                config("10.1.0", "10.2.0").configVersion(5).linkMode(LinkMode.RR);
        ClusterConfig present = config("10.1.0").build();
        ConfigDifference kept = between(config("10.1.0"), fresh).keepingLinksOf(present, "the port is busy");
        assertThat(kept.inForce()).isEqualTo(config("10.1.0").configVersion(5).build());
        assertThat(kept.report().applied()).containsExactly("config_version 5");
        assertThat(kept.report().notApplied()).containsExactly("links (the port is busy)");
    }

    @Test
    void theNodeListAndCompressionStayAndTheQuorumProviderHearsOfTheRest() {
        ClusterConfig.Builder fresh = config("10.9.0")
                .node(NodeConfig.of(2, "n2", "10.9.0.2").withVotes(3))
                .node(NodeConfig.of(4, "n4", "10.9.0.4"))
                .quorumOption("wait_for_all", "1")
                .compression(new CompressionConfig(CompressionConfig.Model.ZLIB, 100, 1));
        ConfigDifference found = between(config("10.1.0"), fresh);
        assertThat(found.inForce())
                .isEqualTo(config("10.9.0")
                        .node(NodeConfig.of(2, "n2", "10.9.0.2").withVotes(3))
                        .quorumOption("wait_for_all", "1")
                        .build());
        assertThat(found.quorum()).isTrue();
        assertThat(found.report().applied())
                .contains(
                        "votes of nodes", "options of the quorum section, those that the provider takes while it runs");
        assertThat(found.report().notApplied()).containsExactly("compression", "nodes in the node list");
    }

    @Test
    void theOptionsOfAnotherProviderMeanNothingHere() {
        ConfigDifference found = between(
                config("10.1.0"), config("10.1.0").quorumProvider("sites").quorumOption("sites", "3"));
        assertThat(found.inForce()).isEqualTo(config("10.1.0").build());
        assertThat(found.quorum()).isFalse();
        assertThat(found.report().notApplied()).containsExactly("quorum.provider");
    }

    @Test
    void aNodeThatIsNotListedAnyMoreKeepsItsAddresses() {
        ClusterConfig.Builder fresh = ClusterConfig.builder("orchard")
                .node(NodeConfig.of(1, "n1", "10.9.0.1"))
                .node(NodeConfig.of(2, "n2", "10.9.0.2"));
        ConfigDifference found = between(config("10.1.0"), fresh);
        assertThat(found.inForce().nodes())
                .containsExactly(
                        NodeConfig.of(1, "n1", "10.9.0.1"),
                        NodeConfig.of(2, "n2", "10.9.0.2"),
                        NodeConfig.of(3, "n3", "10.1.0.3"));
        assertThat(found.report().notApplied()).containsExactly("nodes in the node list");
    }

    @Test
    void aLinkIsNotAddedInTheReloadThatTakesANodeOutOfTheList() {
        ClusterConfig.Builder fresh = ClusterConfig.builder("orchard")
                .node(NodeConfig.of(1, "n1", "10.1.0.1", "10.2.0.1"))
                .node(NodeConfig.of(2, "n2", "10.1.0.2", "10.2.0.2"));
        ConfigDifference found = between(config("10.1.0"), fresh);
        assertThat(found.inForce()).isEqualTo(config("10.1.0").build());
        assertThat(found.report().notApplied())
                .hasSize(2)
                .last()
                .satisfies(why -> assertThat(why)
                        .startsWith(
                                "links (they do not fit the nodes that this node goes on with, node 3 has addresses for"
                                        + " links [0] but node 1 for links [0, 1]")
                        .endsWith("; change the node list when no link is added or removed)"));
    }

    @Test
    void theLinksOfAnotherTransportMeanNothingHere() {
        ConfigDifference found = between(config("10.1.0"), config("10.9.0").transport("other"));
        assertThat(found.inForce()).isEqualTo(config("10.1.0").build());
        assertThat(found.report().notApplied()).containsExactly("transport");
    }
}
