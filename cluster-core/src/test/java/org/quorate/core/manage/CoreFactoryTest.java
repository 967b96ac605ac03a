package org.quorate.core.manage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterManager;
import org.quorate.ClusterManager.State;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.core.shell.EmbeddedClusterManager;

/** The API finds this module by itself, and building a node checks it without touching the host. */
class CoreFactoryTest {
    private static final ClusterConfig CONFIG = ClusterConfig.builder("orchard")
            .node(NodeConfig.of(1, "apple", "192.0.2.1"))
            .node(NodeConfig.of(2, "pear", "192.0.2.2"))
            .build();

    @Test
    void theApiFindsTheCore() {
        try (ClusterManager node = ClusterManager.builder(CONFIG, NodeId.of(1)).build()) {
            assertThat(node).isInstanceOf(EmbeddedClusterManager.class);
            assertThat(node.self().id()).isEqualTo(NodeId.of(1));
            assertThat(node.state()).isEqualTo(State.NEW);
        }
    }

    @Test
    void aNodeThatIsNotListedIsRefused() {
        assertThatThrownBy(() -> ClusterManager.builder(CONFIG, NodeId.of(3)).build())
                .isInstanceOf(ClusterException.class)
                .hasMessage("node 3 is not in the node list, which has 1, 2; list it, or choose one of these");
    }
}
