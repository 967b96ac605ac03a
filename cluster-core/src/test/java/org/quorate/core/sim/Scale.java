package org.quorate.core.sim;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.quorate.NodeId;
import org.quorate.View;
import org.quorate.quorum.VoteQuorum;
import org.quorate.sim.SimNetwork;
import org.quorate.sim.Simulation;

/**
 * How a cluster without faults grows with the number of its nodes, in simulated time: Corosync's default timers, one knet link, 200 to 300 microseconds
 * from node to node, 10 microseconds of a node for each datagram.
 */
final class Scale {
    private static final long SECOND = 1_000_000_000L;
    private static final long LONGEST_NANOS = 600 * SECOND;
    private static final long MOST_EVENTS = 200_000_000;
    private static final long START_NANOS = SECOND / 2;
    private static final long REST_NANOS = 2 * SECOND;
    private static final long LOAD_NANOS = SECOND;
    private static final int MESSAGE_BYTES = 1024;
    private static final int WAITING = 8;
    private static final int ROTATIONS_TO_SETTLE = 5;
    private static final int ROTATIONS = 20;

    private final PrintWriter out;
    private final Duration sendJoin;

    /** {@code sendJoin} is the longest random delay of a join. */
    Scale(PrintWriter out, Duration sendJoin) {
        this.out = out;
        this.sendJoin = sendJoin;
    }

    /** Prints a table with a row for each number of nodes. */
    void run(List<Integer> counts) {
        out.println(
                "| nodes | formed, s | packets in/node until then | one more, s | rotation without messages, ms | rotation under load, ms | 1 KiB messages/s"
                        + " | packets in/s and node at rest | under load | heartbeats/s and node |");
        out.println("|---|---|---|---|---|---|---|---|---|---|");
        for (int count : counts) {
            out.println(row(count));
            out.flush();
        }
    }

    private String row(int count) {
        Run run = new Run(count, sendJoin);
        double formed = run.form(count - 1);
        long packets = run.network.counts().arrived() / (count - 1);
        double grown = run.form(count);
        Rates rest = run.over(REST_NANOS);
        double rotation = run.rotationMillis();
        run.load();
        run.over(LOAD_NANOS / 2);
        Rates loaded = run.over(LOAD_NANOS);
        return String.format(
                Locale.ROOT,
                "| %d | %.2f | %d | %.2f | %.1f | %.1f | %.0f | %.0f | %.0f | %.1f |",
                count,
                formed,
                packets,
                grown,
                rotation,
                loaded.rotationMillis,
                loaded.messages,
                rest.packets,
                loaded.packets,
                run.heartbeats());
    }

    /**
     * What happened, by second.
     *
     * @param rotationMillis of the token
     * @param messages delivered at one node
     * @param packets that arrived at a node
     */
    private record Rates(double rotationMillis, double messages, double packets) {}

    private static final class Run implements NodeObserver {
        private final Simulation simulation = new Simulation(1);
        private final SimNetwork network = new SimNetwork(simulation, 1);
        private final Scenario scenario;
        private final Map<Integer, SimulatedNode> nodes = new TreeMap<>();
        private final int count;
        private long delivered;
        private boolean loading;

        Run(int count, Duration sendJoin) {
            this.count = count;
            scenario = Scenario.plain(count, sendJoin);
            VoteQuorum provider = new VoteQuorum();
            for (int id : scenario.ids())
                nodes.put(
                        id,
                        new SimulatedNode(
                                simulation, network, scenario, NodeId.of(id), provider, 0, false, this, Sabotage.NONE));
        }

        /** Starts the nodes that are missing up to {@code upTo}; the time until they are one ring, in seconds. */
        double form(int upTo) {
            long begin = simulation.nowNanos();
            long step = START_NANOS / count;
            nodes.forEach((id, node) -> {
                if (id <= upTo && !node.isAlive()) simulation.after(step * id, node::start);
            });
            simulation.runUntil("one ring of " + upTo, () -> isOne(upTo), LONGEST_NANOS, MOST_EVENTS);
            return (simulation.nowNanos() - begin) / 1e9;
        }

        private boolean isOne(int upTo) {
            for (int id = 1; id <= upTo; id++) {
                View view = node(id).view();
                if (view == null || view.members().size() != upTo) return false;
            }
            return true;
        }

        private SimulatedNode node(int id) {
            SimulatedNode node = nodes.get(id);
            if (node == null) throw new IllegalArgumentException("no node " + id);
            return node;
        }

        Rates over(long nanos) {
            long tokens = tokens();
            long arrived = network.counts().arrived();
            long heard = delivered;
            simulation.runFor(nanos);
            double seconds = nanos / 1e9;
            return new Rates(
                    seconds * 1000 / Math.max(1, tokens() - tokens),
                    (delivered - heard) / seconds,
                    (network.counts().arrived() - arrived) / seconds / count);
        }

        /** A message wakes the ring; what the token then takes for a round with nothing to carry. */
        double rotationMillis() {
            node(1).send(SimulatedNode.GROUPS.get(0), MESSAGE_BYTES);
            waitForTokens(ROTATIONS_TO_SETTLE);
            return waitForTokens(ROTATIONS) / 1e6 / ROTATIONS;
        }

        private long waitForTokens(int more) {
            long wanted = tokens() + more;
            return simulation.runUntil(more + " rotations", () -> tokens() >= wanted, LONGEST_NANOS, MOST_EVENTS);
        }

        private long tokens() {
            return node(1).counters().getOrDefault("ring.tokens", 0L);
        }

        /** Every node keeps some messages waiting for the token. */
        void load() {
            loading = true;
            for (SimulatedNode node : nodes.values())
                for (int i = 0; i < WAITING; i++) node.send(SimulatedNode.GROUPS.get(0), MESSAGE_BYTES);
        }

        double heartbeats() {
            return 2.0 * (count - 1) / (scenario.tokenNanos() / 4e9);
        }

        @Override
        public void delivered(
                int node, String group, org.quorate.Group.GroupMember sender, byte[] payload, long ticket) {
            if (node == 1) delivered++;
            if (loading && ticket >= 0)
                simulation.after(0, () -> node(node).send(SimulatedNode.GROUPS.get(0), MESSAGE_BYTES));
        }
    }
}
