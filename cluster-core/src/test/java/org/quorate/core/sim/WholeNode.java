package org.quorate.core.sim;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.core.NodeEffect;
import org.quorate.core.NodeEngine;
import org.quorate.core.NodeInput;
import org.quorate.engine.Effects;
import org.quorate.engine.Engine;

/** A node and its wire as one engine, as one event loop runs them. */
final class WholeNode implements Engine<WholeNode.Input, NodeEffect> {
    /** What the loop is told. */
    sealed interface Input {}

    /** Something came over the network. */
    record Datagram(int from, int path, byte[] bytes) implements Input {}

    /** A request to the node. */
    record Request(NodeInput input) implements Input {}

    private final NodeEngine node;
    private final PacketFilter filter;
    private final Queue<NodeInput> waiting = new ArrayDeque<>();
    private @Nullable NodeWire wire;
    private @Nullable Effects<NodeEffect> out;
    private long nowNanos;

    WholeNode(NodeEngine node, PacketFilter filter) {
        this.node = node;
        this.filter = filter;
    }

    /** The wire, which was made with {@link #accept}; once. */
    void attach(NodeWire made) {
        wire = made;
    }

    /** What the wire has for the node: for now if the loop is running an engine, else for its next turn. */
    void accept(NodeInput input) {
        if (out == null) waiting.add(input);
        else give(input, out);
    }

    @Override
    public void step(long now, Input input, Effects<NodeEffect> effects) {
        nowNanos = now;
        out = effects;
        serveWaiting(effects);
        if (input instanceof Datagram datagram) {
            if (wire != null) wire.received(now, datagram.from, datagram.path, datagram.bytes);
        } else if (input instanceof Request request) {
            give(request.input, effects);
        }
        out = null;
    }

    @Override
    public void tick(long now, Effects<NodeEffect> effects) {
        nowNanos = now;
        out = effects;
        serveWaiting(effects);
        if (wire != null && wire.deadlineNanos() <= now) wire.tick(now);
        if (node.deadlineNanos() <= now) node.tick(now, effects);
        out = null;
    }

    @Override
    public long deadlineNanos() {
        if (!waiting.isEmpty()) return nowNanos;
        return Math.min(wire == null ? Long.MAX_VALUE : wire.deadlineNanos(), node.deadlineNanos());
    }

    Map<String, Long> counters() {
        return new TreeMap<>(node.counters());
    }

    private void serveWaiting(Effects<NodeEffect> effects) {
        for (NodeInput input; (input = waiting.poll()) != null; ) give(input, effects);
    }

    private void give(NodeInput input, Effects<NodeEffect> effects) {
        if (input instanceof NodeInput.Packet packet) {
            byte[] kept = filter.received(packet.bytes());
            if (kept == null) return;
            if (kept != packet.bytes()) {
                node.step(nowNanos, new NodeInput.Packet(kept), effects);
                return;
            }
        }
        node.step(nowNanos, input, effects);
    }
}
