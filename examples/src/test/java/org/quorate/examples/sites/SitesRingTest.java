package org.quorate.examples.sites;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.ClusterConfig;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.LinkConfig;
import org.quorate.NodeBuilder;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.TotemConfig;
import org.quorate.interop.Await;
import org.quorate.sim.MemoryNetwork;
import org.quorate.sim.MemoryTransport;
import org.quorate.spi.LinkTransport;
import org.quorate.testkit.FreePort;

/** The example at work in rings: over a network in memory, and over encrypted UDP on loopback, found by its name both times. */
@Timeout(120)
class SitesRingTest {
    private final List<ClusterManager> nodes = new ArrayList<>();

    @AfterEach
    void closeAll() {
        nodes.forEach(ClusterManager::close);
    }

    @Test
    void decidesInARingInMemory() {
        MemoryNetwork network = new MemoryNetwork(1);
        decides(config().transport("memory").build(), id -> Optional.of(new MemoryTransport(network)));
    }

    @Test
    void decidesInARingOverUdp() {
        decides(config().link(LinkConfig.of(0).withPort(FreePort.udp())).build(), id -> Optional.empty());
    }

    /** One node in each of three sites: two are quorate, one is not, and says so. */
    private void decides(ClusterConfig config, Function<Integer, Optional<LinkTransport>> transport) {
        for (int id = 1; id <= 3; id++) {
            NodeBuilder builder = ClusterManager.builder(config, NodeId.of(id)).key(new byte[256]);
            transport.apply(id).ifPresent(builder::transport);
            ClusterManager node = builder.build();
            nodes.add(node);
            node.start();
        }
        await("three of three sites", 0, "3 of 3 sites [a, b, c], 2 needed");
        assertThat(status(1).quorum().quorate()).isTrue();
        nodes.get(2).leave().toCompletableFuture().join();
        await("two of three sites", 0, "2 of 3 sites [a, b], 2 needed");
        nodes.get(1).leave().toCompletableFuture().join();
        await("one of three sites", 0, "not quorate: 1 of 3 sites [a], 2 needed");
        assertThat(status(0).quorum().quorate()).isFalse();
        assertThat(status(0).quorumProvider()).isEqualTo("two_of_three_sites");
    }

    private void await(String what, int node, String reason) {
        Await.until(
                Duration.ofSeconds(60),
                what,
                () -> status(node).toString(),
                () -> status(node).quorum().reason().equals(reason));
    }

    private ClusterStatus status(int node) {
        return nodes.get(node).status().toCompletableFuture().join();
    }

    private static ClusterConfig.Builder config() {
        return ClusterConfig.builder("sites")
                .totem(TotemConfig.DEFAULT.withToken(Duration.ofSeconds(1), Duration.ZERO))
                .quorumProvider("two_of_three_sites")
                .quorumOption("site_a", "1")
                .quorumOption("site_b", "2")
                .quorumOption("site_c", "3")
                .node(NodeConfig.of(1, "n1", "127.0.0.1"))
                .node(NodeConfig.of(2, "n2", "127.0.0.2"))
                .node(NodeConfig.of(3, "n3", "127.0.0.3"));
    }
}
