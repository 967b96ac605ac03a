package org.quorate.examples.sites;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterException;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.RingId;
import org.quorate.spi.QuorumEngine;
import org.quorate.spi.QuorumEngine.Input;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumSettings;
import org.quorate.spi.contract.QuorumProviderContract;

/** The example keeps the contract of all providers, and its own rule. */
class TwoOfThreeSitesTest extends QuorumProviderContract {
    private static final Map<String, String> SEVEN_NODES =
            Map.of("site_attic", "4 5 6", "site_cellar", "1, 2, 3", "site_shed", "7");

    @Override
    protected QuorumProvider provider() {
        return new TwoOfThreeSites();
    }

    /** Nodes in turn to three sites. */
    @Override
    protected QuorumSettings settings(NodeId self, int nodes) {
        TreeMap<String, String> options = new TreeMap<>();
        for (int id = 1; id <= nodes; id++) options.merge("site_" + id % 3, "" + id, (a, b) -> a + " " + b);
        QuorumSettings plain = super.settings(self, nodes);
        return new QuorumSettings(self, plain.nodes(), options, Map.of());
    }

    @Test
    void twoSitesOfThreeMayActAndOneMayNot() {
        assertThat(decided(1, 2, 3, 7).reason()).isEqualTo("2 of 3 sites [cellar, shed], 2 needed");
        assertThat(decided(1, 2, 3, 7).quorate()).isTrue();
        assertThat(decided(1, 2, 3).reason()).isEqualTo("not quorate: 1 of 3 sites [cellar], 2 needed");
        assertThat(decided(1, 2, 3).quorate()).isFalse();
    }

    @Test
    void aSiteIsHeldByMoreThanHalfOfItsNodes() {
        assertThat(decided(1, 2, 4, 5).quorate()).isTrue();
        assertThat(decided(1, 4, 5, 6).quorate()).isFalse();
    }

    @Test
    void fourNodesOfSevenAreNotEnoughIfTheyAreOfTheWrongSites() {
        assertThat(decided(3, 4, 5, 6).quorate()).isFalse();
        assertThat(decided(1, 2, 7).quorate()).isTrue();
    }

    @Test
    void contradictionsAreRefusedWithASentence() {
        assertThatThrownBy(() -> open(Map.of()))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("it needs at least one option such as site_north: 1 2");
        assertThatThrownBy(() -> open(Map.of("site_a", "1 2 3 4 5 6")))
                .hasMessageContaining("node 7 is in 0 sites; put it into one");
        assertThatThrownBy(() -> open(Map.of("site_a", "1 2 3 4 5 6 7", "site_b", "7")))
                .hasMessageContaining("node 7 is in 2 sites");
        assertThatThrownBy(() -> open(Map.of("site_a", "1 2 3 4 5 6 7", "site_b", "8")))
                .hasMessageContaining("site b has nodes [8], of which the node list has only []");
    }

    @Test
    void whatCanLeaveNobodyQuorateIsWarnedOf() {
        assertThat(provider().warnings(seven(1, SEVEN_NODES))).isEmpty();
        assertThat(provider().warnings(seven(1, Map.of("site_a", "1 2 3", "site_b", "4 5 6 7"))))
                .containsExactly(
                        "2 sites: with an even number a split between sites can leave nobody quorate",
                        "site b has 4 nodes: a split through its middle leaves it to nobody");
    }

    private static QuorumState decided(int... members) {
        QuorumEngine engine = new TwoOfThreeSites().open(seven(members[0], SEVEN_NODES));
        var nodes = IntStream.of(members).mapToObj(NodeId::of).toList();
        engine.step(0, new Input.ViewStarted(new RingId(members[0], 4), nodes, nodes), effect -> {});
        engine.step(0, new Input.SyncDone(), effect -> {});
        return engine.state();
    }

    private static QuorumEngine open(Map<String, String> options) {
        return new TwoOfThreeSites().open(seven(1, options));
    }

    private static QuorumSettings seven(int self, Map<String, String> options) {
        return new QuorumSettings(
                NodeId.of(self),
                IntStream.rangeClosed(1, 7)
                        .mapToObj(id -> NodeConfig.of(id, "node" + id, "192.0.2." + id))
                        .toList(),
                new TreeMap<>(options),
                Map.of());
    }
}
