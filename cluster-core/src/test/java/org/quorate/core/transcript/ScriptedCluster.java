package org.quorate.core.transcript;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.core.NodeEngine;
import org.quorate.core.NodeInput;
import org.quorate.core.ring.wire.Decoded;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.ring.wire.RingMessages;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumProvider.RuleDecision;
import org.quorate.spi.QuorumSettings;

/**
 * Three nodes with default timers in simulated time, over a network that takes {@link #HOP_NANOS} and loses nothing but what a script
 * says. A node that stands still keeps what arrives; when it goes on, that is handled before its timers, as {@link
 * org.quorate.spi.EventLoop.Alarm} promises.
 */
final class ScriptedCluster {
    static final int NODES = 3;
    static final String GROUP = "g";
    private static final long HOP_NANOS = 100_000;
    private static final long LOOPBACK_NANOS = 10_000;
    private static final QuorumProvider MAJORITY = QuorumProvider.of(
            "majority",
            in -> in.present().size() * 2 > in.settings().nodes().size()
                    ? RuleDecision.quorate("majority")
                    : RuleDecision.inquorate("minority"));

    private record Event(long at, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    final Timeline timeline = new Timeline();
    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    private final Map<Integer, ScriptedNode> nodes = new TreeMap<>();
    private final Map<Integer, byte[]> disks = new TreeMap<>();
    private final List<TreeSet<Integer>> parts = new ArrayList<>();
    private final Map<Integer, Integer> toLose = new TreeMap<>();
    private long now;
    private long order;

    long now() {
        return now;
    }

    void note(int node, String what) {
        timeline.event(now, node, what);
    }

    ScriptedNode node(int id) {
        ScriptedNode node = nodes.get(id);
        if (node == null) throw new IllegalArgumentException("node " + id + " does not run");
        return node;
    }

    Map<Integer, ScriptedNode> nodes() {
        return nodes;
    }

    void start(int id) {
        ClusterConfig.Builder config = ClusterConfig.builder("scripted");
        for (int i = 1; i <= NODES; i++) config.node(NodeConfig.of(i, "node" + i, "10.0.0." + i));
        ClusterConfig built = config.build();
        QuorumSettings settings = new QuorumSettings(NodeId.of(id), built.nodes(), built.quorumOptions(), Map.of());
        NodeEngine engine = new NodeEngine(built, NodeId.of(id), MAJORITY.open(settings), id, new Random(id));
        ScriptedNode node = new ScriptedNode(this, id, engine, disks);
        nodes.put(id, node);
        note(id, "starts");
        node.begin();
    }

    /** The process ends without a word. */
    void kill(int id) {
        note(id, "is killed");
        end(id);
    }

    void end(int id) {
        node(id).end();
        nodes.remove(id);
    }

    /** These nodes have links to each other, and to nobody else. */
    void connect(List<Integer> ids) {
        for (int a : ids) {
            for (int b : ids) {
                if (a == b || reaches(a, b)) continue;
                ScriptedNode node = nodes.get(a);
                if (node != null) after(1_000, () -> node.give(new NodeInput.PeerReachable(NodeId.of(b))));
            }
        }
        parts.forEach(part -> part.removeAll(ids));
        parts.add(new TreeSet<>(ids));
    }

    private boolean reaches(int from, int to) {
        return parts.stream().anyMatch(part -> part.contains(from) && part.contains(to));
    }

    /** The next {@code count} ordinary messages of other nodes get lost on their way to node {@code to}. */
    void lose(int to, int count) {
        toLose.put(to, count);
    }

    void send(int from, @Nullable Integer to, byte[] packet, boolean toItself) {
        timeline.frame(now, from, to == null ? "*" : String.valueOf(to), packet);
        for (int target = 1; target <= NODES; target++) {
            if (to != null && to != target) continue;
            boolean self = target == from;
            if (self ? to == null && !toItself : !reaches(from, target) || isLost(target, packet)) continue;
            int id = target;
            byte[] copy = packet.clone();
            after(self ? LOOPBACK_NANOS : HOP_NANOS, () -> {
                ScriptedNode node = nodes.get(id);
                if (node != null) node.arrive(copy);
            });
        }
    }

    private boolean isLost(int to, byte[] packet) {
        int left = toLose.getOrDefault(to, 0);
        if (left == 0 || !(((Decoded.Ok) RingMessages.decode(packet.clone())).message() instanceof Mcast)) return false;
        toLose.put(to, left - 1);
        return true;
    }

    void after(long nanos, Runnable action) {
        at(now + nanos, action);
    }

    void at(long nanos, Runnable action) {
        queue.add(new Event(Math.max(now, nanos), order++, action));
    }

    void run(long nanos) {
        long end = now + nanos;
        while (!queue.isEmpty() && queue.peek().at() <= end) step();
        now = end;
    }

    /** Runs until {@code goal}, at most so long; whether it came true. */
    boolean runUntil(BooleanSupplier goal, long nanos) {
        long end = now + nanos;
        while (!goal.getAsBoolean()) {
            if (queue.isEmpty() || queue.peek().at() > end) return false;
            step();
        }
        return true;
    }

    private void step() {
        Event event = queue.remove();
        now = event.at();
        event.action().run();
    }
}
