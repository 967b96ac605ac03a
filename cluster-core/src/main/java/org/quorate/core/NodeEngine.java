package org.quorate.core;

import java.util.Map;
import org.quorate.ClusterConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.engine.Effects;
import org.quorate.engine.Engine;
import org.quorate.spi.QuorumEngine;

/**
 * A whole node above its transport as one pure engine: ring, packing, synchronisation, services, groups, quorum. Under construction.
 */
public final class NodeEngine implements Engine<NodeInput, NodeEffect> {
    /** A node that has not started. */
    public NodeEngine(ClusterConfig config, NodeId self, QuorumEngine quorum) {
        throw new IllegalStateException("under construction: " + config + self + quorum);
    }

    @Override
    public void step(long nowNanos, NodeInput input, Effects<NodeEffect> out) {}

    @Override
    public void tick(long nowNanos, Effects<NodeEffect> out) {}

    @Override
    public long deadlineNanos() {
        return Long.MAX_VALUE;
    }

    /** Counters by name. */
    public Map<String, Long> counters() {
        return Map.of();
    }

    /** The newest quorum decision. */
    public QuorumState quorum() {
        return QuorumState.UNKNOWN;
    }
}
