package org.quorate.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.View;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumSettings;

/**
 * Whole node engines with members in groups, in simulated time, on a network that loses what it is told to lose. One seed, one run.
 */
final class GroupLab {
    private static final long HOP_NANOS = 2_000_000;
    /** Only long packets are lost, so that no run waits for a token to be sent again. */
    private static final int LOST_FROM_BYTES = 300;

    private static final QuorumProvider MAJORITY =
            QuorumProvider.of("majority", in -> QuorumProvider.RuleDecision.quorate("always"));

    private final TimeLine time = new TimeLine();
    private final Map<Integer, Host> hosts = new TreeMap<>();
    private final ClusterConfig config;
    final Random random;
    private final double loss;

    /** What is heard on a node. */
    interface Ears {
        default void message(String group, GroupMember sender, byte[] payload, long ticket) {}

        default void change(String group, Change change) {}

        default void failed(long ticket, ClusterException.Reason reason) {
            throw new AssertionError(reason);
        }
    }

    /** Nodes 1 to {@code nodes}, none of them started. */
    GroupLab(int nodes, long seed, double loss) {
        ClusterConfig.Builder builder = ClusterConfig.builder("lab");
        for (int id = 1; id <= nodes; id++) builder.node(NodeConfig.of(id, "node" + id, "192.0.2." + id));
        this.config = builder.build();
        this.random = new Random(seed);
        this.loss = loss;
    }

    Host start(int id, Ears ears) {
        Host host = new Host(id, ears);
        hosts.put(id, host);
        host.input(new NodeInput.Start(0));
        return host;
    }

    /** The process dies. */
    void crash(int id) {
        hosts.remove(id);
    }

    long nowNanos() {
        return time.nowNanos();
    }

    void at(long delayNanos, Runnable action) {
        time.at(delayNanos, action);
    }

    void runFor(long nanos) {
        time.pass(nanos);
    }

    /** Runs until something is so; how long that took, in nanoseconds. */
    long runUntil(String what, long limitNanos, BooleanSupplier goal) {
        return time.runUntil(what, limitNanos, goal, () -> hosts.values().toString());
    }

    /** Whether all running nodes are in one view of their own. */
    boolean isTogether() {
        return hosts.values().stream()
                .allMatch(h -> h.view != null
                        && h.view.members().stream().map(NodeId::value).toList().equals(List.copyOf(hosts.keySet())));
    }

    /** One node; its effects become events. */
    final class Host extends BareHost {
        final int id;
        private final NodeEngine engine;
        private final Ears ears;
        final List<String> notes = new ArrayList<>();

        @Nullable
        View view;

        private long wakeAt = Long.MAX_VALUE;
        private boolean stepping;
        private final List<NodeInput> waiting = new ArrayList<>();

        Host(int id, Ears ears) {
            this.id = id;
            this.ears = ears;
            QuorumSettings settings =
                    new QuorumSettings(NodeId.of(id), config.nodes(), new TreeMap<>(), new TreeMap<>());
            engine = new NodeEngine(config, NodeId.of(id), MAJORITY.open(settings), 1000 * id, random);
        }

        Map<String, Long> counters() {
            return new HashMap<>(engine.counters());
        }

        /** Gives an input; one given while effects are performed is taken afterwards. */
        void input(NodeInput input) {
            waiting.add(input);
            if (stepping) return;
            stepping = true;
            while (!waiting.isEmpty()) {
                NodeInput next = waiting.remove(0);
                List<NodeEffect> effects = new ArrayList<>();
                engine.step(nowNanos(), next, effects::add);
                for (NodeEffect effect : effects) effect.applyTo(this);
            }
            stepping = false;
            arm();
        }

        private void arm() {
            long deadline = engine.deadlineNanos();
            if (deadline == Long.MAX_VALUE || deadline == wakeAt) return;
            wakeAt = deadline;
            at(Math.max(0, deadline - nowNanos()), this::wake);
        }

        private void wake() {
            if (hosts.get(id) != this || engine.deadlineNanos() > nowNanos()) return;
            List<NodeEffect> effects = new ArrayList<>();
            engine.tick(nowNanos(), effects::add);
            for (NodeEffect effect : effects) effect.applyTo(this);
            arm();
        }

        private void deliver(int target, byte[] packet) {
            if (target != id && packet.length >= LOST_FROM_BYTES && random.nextDouble() < loss) return;
            byte[] copy = packet.clone();
            at(HOP_NANOS, () -> {
                Host host = hosts.get(target);
                if (host != null) host.input(new NodeInput.Packet(copy));
            });
        }

        @Override
        public void send(NodeId target, byte[] packet) {
            deliver(target.value(), packet);
        }

        @Override
        public void sendToAll(byte[] packet) {
            for (int target : hosts.keySet()) deliver(target, packet);
        }

        @Override
        public void sendToOthers(byte[] packet) {
            for (int target : hosts.keySet()) if (target != id) deliver(target, packet);
        }

        @Override
        public void discardPending() {
            input(new NodeInput.Discarded(0));
        }

        @Override
        public void viewInstalled(View installed) {
            view = installed;
        }

        @Override
        public void groupChanged(String group, Change change) {
            ears.change(group, change);
        }

        @Override
        public void groupMessage(String group, GroupMember sender, byte[] payload, long ticket) {
            ears.message(group, sender, payload, ticket);
        }

        @Override
        public void sendFailed(long ticket, ClusterException.Reason reason, String why) {
            ears.failed(ticket, reason);
        }

        @Override
        public void note(boolean warning, String sentence) {
            notes.add(sentence);
        }

        @Override
        public void left() {
            hosts.remove(id);
        }

        @Override
        public String toString() {
            return id + ": " + view + " " + notes;
        }
    }
}
