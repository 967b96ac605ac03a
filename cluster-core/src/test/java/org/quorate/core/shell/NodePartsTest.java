package org.quorate.core.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterManager;
import org.quorate.NodeBuilder;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.engine.Effects;
import org.quorate.spi.QuorumEngine;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumSettings;

/** A quorum provider cannot take the place of one of the node's own services; what a node may take of the heap. */
class NodePartsTest {
    private record Engine(int number) implements QuorumEngine {
        @Override
        public OptionalInt service() {
            return OptionalInt.of(number);
        }

        @Override
        public QuorumState state() {
            return QuorumState.UNKNOWN;
        }

        @Override
        public void step(long nowNanos, Input input, Effects<Effect> out) {}

        @Override
        public void tick(long nowNanos, Effects<Effect> out) {}

        @Override
        public long deadlineNanos() {
            return Long.MAX_VALUE;
        }
    }

    private record Provider(int service) implements QuorumProvider {
        @Override
        public String name() {
            return "mine";
        }

        @Override
        public QuorumEngine open(QuorumSettings settings) {
            return new Engine(service);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 2, 4, 6, 31, 64, 65_535})
    void aServiceThatIsTakenIsRefused(int service) {
        assertThatThrownBy(() -> open(service))
                .isInstanceOf(ClusterException.class)
                .hasMessage("the quorum provider mine wants service " + service
                        + " of the ring; 5 is votequorum's and 32..63 are free for others");
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 32, 63})
    void aServiceThatIsFreeIsTaken(int service) throws IOException {
        assertThat(open(service).service()).hasValue(service);
    }

    @ParameterizedTest
    @CsvSource({"16, 2", "64, 4", "1024, 64", "8796093022207, 64"})
    void messagesInPiecesTakeASixteenthOfTheHeap(long heapMib, int mib) {
        assertThat(NodeParts.partialBytes(heapMib << 20)).isEqualTo(mib << 20);
    }

    private static QuorumEngine open(int service) throws IOException {
        ClusterConfig config = ClusterConfig.builder("c")
                .node(NodeConfig.of(1, "n1", "127.0.0.1"))
                .build();
        NodeBuilder settings = ClusterManager.builder(config, NodeId.of(1)).quorumProvider(new Provider(service));
        return NodeParts.quorum(settings, new HeapStateStore(), warnings -> {});
    }
}
