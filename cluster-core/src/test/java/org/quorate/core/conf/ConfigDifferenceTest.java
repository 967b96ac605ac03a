package org.quorate.core.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.CompressionConfig;
import org.quorate.IpVersion;
import org.quorate.LinkConfig;
import org.quorate.LinkMode;
import org.quorate.NodeConfig;
import org.quorate.NodeId;

/** What a running node takes of a configuration that was read again: the node list, links, votes; and what stays until it is started again. */
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
    void compressionStaysAndTheQuorumProviderHearsOfNodesVotesAndOptions() {
        ClusterConfig.Builder fresh = config("10.9.0")
                .node(NodeConfig.of(2, "n2", "10.9.0.2").withVotes(3))
                .node(NodeConfig.of(4, "n4", "10.9.0.4"))
                .quorumOption("wait_for_all", "1")
                .compression(new CompressionConfig(CompressionConfig.Model.ZLIB, 100, 1));
        ConfigDifference found = between(config("10.1.0"), fresh);
        assertThat(found.inForce())
                .isEqualTo(fresh.compression(CompressionConfig.OFF).build());
        assertThat(found.quorum()).isTrue();
        assertThat(found.report().applied())
                .contains(
                        "votes of nodes", "options of the quorum section, those that the provider takes while it runs");
        assertThat(found.report().applied())
                .startsWith("node 4 (n4) added", "token timeout 4300 ms and what depends on it");
        assertThat(found.report().notApplied()).containsExactly("compression");
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
    void aNodeThatIsNotListedAnyMoreIsRemovedAndALinkMayComeInTheSameReload() {
        ClusterConfig.Builder fresh = ClusterConfig.builder("orchard")
                .node(NodeConfig.of(1, "n1", "10.9.0.1", "10.2.0.1"))
                .node(NodeConfig.of(2, "n2", "10.9.0.2", "10.2.0.2"));
        ConfigDifference found = between(config("10.1.0"), fresh);
        assertThat(found.inForce()).isEqualTo(fresh.build());
        assertThat(found.removed()).containsExactly(NodeId.of(3));
        assertThat(found.quorum()).isTrue();
        assertThat(found.report().applied())
                .containsExactly("node 3 (n3) removed", "token timeout 3000 ms and what depends on it");
        assertThat(found.report().notApplied()).isEmpty();
    }

    @Test
    void nodesComeAndGoOverTheLinksThatStay() {
        ClusterConfig present = config("10.1.0").build();
        ClusterConfig.Builder fresh = ClusterConfig.builder("orchard")
                .node(NodeConfig.of(1, "n1", "10.9.0.1", "10.2.0.1"))
                .node(NodeConfig.of(2, "n2", "10.9.0.2", "10.2.0.2"))
                .node(NodeConfig.of(4, "n4", "10.9.0.4", "10.2.0.4").withVotes(2));
        ConfigDifference kept = between(config("10.1.0"), fresh).keepingLinksOf(present, "the port is busy");
        assertThat(kept.inForce().nodes())
                .containsExactly(
                        NodeConfig.of(1, "n1", "10.1.0.1"),
                        NodeConfig.of(2, "n2", "10.1.0.2"),
                        NodeConfig.of(4, "n4", "10.9.0.4").withVotes(2));
        assertThat(kept.removed()).containsExactly(NodeId.of(3));
        assertThat(kept.report().applied()).containsExactly("node 4 (n4) added", "node 3 (n3) removed");
        assertThat(kept.report().notApplied()).containsExactly("links (the port is busy)");
    }

    /** Link 0 becomes link 1, which cannot be had; the new node has no address for the link that stays. */
    @Test
    void theNodeListStaysWhereANewNodeHasNoAddressForTheLinksThatStay() {
        ClusterConfig present = config("10.1.0").build();
        ClusterConfig.Builder fresh = ClusterConfig.builder("orchard");
        for (int n = 1; n <= 4; n++)
            fresh.node(new NodeConfig(NodeId.of(n), "n" + n, 2, new TreeMap<>(Map.of(1, "10.2.0." + n)), Map.of()));
        ConfigDifference kept = between(config("10.1.0"), fresh).keepingLinksOf(present, "the port is busy");
        assertThat(kept.inForce().nodes())
                .isEqualTo(
                        present.nodes().stream().map(node -> node.withVotes(2)).toList());
        assertThat(kept.removed()).isEmpty();
        assertThat(kept.report().notApplied()).containsExactly("nodes in the node list", "links (the port is busy)");
    }

    @Test
    void aNodeThatIsTakenOutOfItsOwnListHearsSo() {
        ClusterConfig.Builder fresh = ClusterConfig.builder("orchard").node(NodeConfig.of(2, "n2", "10.1.0.2"));
        assertThatThrownBy(() -> between(config("10.1.0"), fresh))
                .isInstanceOfSatisfying(
                        ClusterException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(ClusterException.Reason.NODE_NOT_LISTED))
                .hasMessageStartingWith("node 1 is not in its node list any more");
    }

    @Test
    void theLinksOfAnotherTransportMeanNothingHere() {
        ConfigDifference found = between(config("10.1.0"), config("10.9.0").transport("other"));
        assertThat(found.inForce()).isEqualTo(config("10.1.0").build());
        assertThat(found.report().notApplied()).containsExactly("transport");
    }
}
