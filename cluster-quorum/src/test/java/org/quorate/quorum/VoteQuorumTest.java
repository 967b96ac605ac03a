package org.quorate.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterException;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.spi.QuorumEngine;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumSettings;

/** The provider is found by its name, makes engines and says what is wrong with settings. */
class VoteQuorumTest {
    private static final List<NodeConfig> NODES = List.of(NodeConfig.of(1, "a"), NodeConfig.of(2, "b"));

    @Test
    void isFoundByName() {
        assertThat(ServiceLoader.load(QuorumProvider.class).stream()
                        .map(p -> p.get().name()))
                .contains("corosync_votequorum");
    }

    @Test
    void opensAnEngineThatTalksOnServiceFive() {
        QuorumEngine engine = new VoteQuorum().open(settings(Map.of()));
        assertThat(engine.service()).hasValue(5);
        assertThat(engine.state()).isEqualTo(QuorumState.UNKNOWN);
        assertThat(engine.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void refusesWhatContradictsItself() {
        assertThatThrownBy(() -> new VoteQuorum().open(settings(Map.of("two_node", "1", "device.model", "net"))))
                .isInstanceOfSatisfying(
                        ClusterException.class,
                        e -> assertThat(e.reason()).isEqualTo(ClusterException.Reason.CONFIGURATION_INVALID));
    }

    @Test
    void warnsOfTwoNodesWithoutWaiting() {
        assertThat(new VoteQuorum().warnings(settings(Map.of("two_node", "1", "wait_for_all", "0"))))
                .anyMatch(w -> w.contains("acts alone"));
        assertThat(new VoteQuorum().warnings(settings(Map.of())))
                .singleElement()
                .asString()
                .contains("two nodes without two_node");
    }

    private static QuorumSettings settings(Map<String, String> options) {
        return new QuorumSettings(NodeId.of(1), NODES, new TreeMap<>(options), Map.of());
    }
}
