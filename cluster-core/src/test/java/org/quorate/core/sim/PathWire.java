package org.quorate.core.sim;

import java.util.List;
import java.util.function.Consumer;
import org.quorate.NodeId;
import org.quorate.core.NodeInput;
import org.quorate.sim.SimNetwork;

/** The cheap wire: whole packets over the lowest open path, as if a transport knew at once which paths are fit. */
final class PathWire implements NodeWire {
    private final SimNetwork network;
    private final NodeId self;
    private final List<NodeId> others;
    private final Consumer<NodeInput> node;
    private boolean discarding;
    private int discarded;

    PathWire(SimNetwork network, NodeId self, List<NodeId> others, Consumer<NodeInput> node) {
        this.network = network;
        this.self = self;
        this.others = List.copyOf(others);
        this.node = node;
    }

    @Override
    public void send(long nowNanos, NodeId target, byte[] packet) {
        network.send(self.value(), target.value(), packet);
    }

    @Override
    public void sendToOthers(long nowNanos, byte[] packet) {
        for (NodeId other : others) send(nowNanos, other, packet);
    }

    @Override
    public void sendToAll(long nowNanos, byte[] packet) {
        sendToOthers(nowNanos, packet);
        send(nowNanos, self, packet);
    }

    @Override
    public void received(long nowNanos, int from, int path, byte[] message) {
        if (discarding) discarded++;
        else node.accept(new NodeInput.Packet(message));
    }

    @Override
    public void tick(long nowNanos) {}

    @Override
    public long deadlineNanos() {
        return Long.MAX_VALUE;
    }

    @Override
    public void beginDiscard() {
        discarding = true;
        discarded = 0;
    }

    @Override
    public int endDiscard() {
        discarding = false;
        return discarded;
    }

    @Override
    public void close() {}
}
