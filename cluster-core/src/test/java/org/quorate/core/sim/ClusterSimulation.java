package org.quorate.core.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.quorate.NodeId;
import org.quorate.RingId;
import org.quorate.View;
import org.quorate.core.sim.SimulatedNode.DiskLoss;
import org.quorate.quorum.VoteQuorum;
import org.quorate.sim.FaultPlan;
import org.quorate.sim.SimNetwork;
import org.quorate.sim.Simulation;
import org.quorate.sim.SimulationFailure;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumProvider.RuleDecision;

/**
 * One run of a whole cluster from one seed: nodes as {@link Scenario} draws them, under load, with faults for
 * {@link Options#faultNanos}. Then everything is mended and the cluster has to come together: within {@link #togetherNanos} all nodes share
 * one view, quorate, and within {@link #QUIET_NANOS} after the load has ended every message has been heard, and one more of everybody by
 * everybody.
 */
public final class ClusterSimulation {
    /** Longest time from the last message sent to the last one heard. */
    public static final long QUIET_NANOS = 5_000_000_000L;
    /** More events than this in a run count as a storm. */
    public static final long MAX_EVENTS = 20_000_000;

    private static final long LOAD_AFTERWARDS_NANOS = 300_000_000L;
    private static final long REST_NANOS = 200_000_000L;
    private static final long MEAN_STAY_NANOS = 500_000_000L;
    private static final int LONGEST_BYTES = 300_000;

    /**
     * What is to be run.
     *
     * @param nodes 2..384, or 0 to draw it
     * @param links 1..3, or 0 to draw it
     * @param wire what carries packets, empty to draw it
     * @param allowed kinds of fault that may be drawn
     * @param sabotage what the harness breaks on purpose
     * @param damagedPackets whether nodes believe damaged packets, as without authentication; the checker cannot watch such a run
     * @param faultNanos how long things go wrong
     * @param longLivedRings whether all rings have numbers near their wrap, which is drawn otherwise
     */
    public record Options(
            int nodes,
            int links,
            Optional<Scenario.Wire> wire,
            Set<FaultPlan.Kind> allowed,
            Sabotage sabotage,
            boolean damagedPackets,
            long faultNanos,
            boolean longLivedRings) {
        /** Every kind of fault for four seconds. */
        public static final Options ALL =
                new Options(0, 0, Optional.empty(), FaultPlan.all(), Sabotage.NONE, false, 4_000_000_000L, false);

        /** The same with something broken. */
        public Options with(Sabotage broken) {
            return new Options(nodes, links, wire, allowed, broken, damagedPackets, faultNanos, longLivedRings);
        }

        /** The same with only these kinds of fault. */
        public Options withFaults(Set<FaultPlan.Kind> only) {
            return new Options(nodes, links, wire, only, sabotage, damagedPackets, faultNanos, longLivedRings);
        }

        /** The same with another length. */
        public Options withFaultNanos(long nanos) {
            return new Options(nodes, links, wire, allowed, sabotage, damagedPackets, nanos, longLivedRings);
        }

        /** The same with so many nodes and links, 0 to draw them. */
        public Options withNodes(int count, int linkCount) {
            return new Options(count, linkCount, wire, allowed, sabotage, damagedPackets, faultNanos, longLivedRings);
        }

        /** The same over this wire. */
        public Options over(Scenario.Wire only) {
            return new Options(
                    nodes, links, Optional.of(only), allowed, sabotage, damagedPackets, faultNanos, longLivedRings);
        }

        /** The same with rings whose numbers are near their wrap. */
        public Options withLongLivedRings() {
            return new Options(nodes, links, wire, allowed, sabotage, damagedPackets, faultNanos, true);
        }

        /** The same with nodes that believe damaged packets. */
        public Options withDamagedPackets() {
            return new Options(nodes, links, wire, allowed, sabotage, true, faultNanos, longLivedRings);
        }
    }

    /**
     * What a run did.
     *
     * @param seed it followed from
     * @param nodes how many there were
     * @param hash of everything that happened
     * @param events that happened
     * @param deliveries at all nodes together
     * @param rings that somebody installed
     * @param togetherNanos time from the mending to one view of all
     * @param damaged packets that were damaged on the way
     */
    public record Result(
            long seed,
            int nodes,
            long hash,
            long events,
            long deliveries,
            int rings,
            long togetherNanos,
            long damaged) {}

    private final Options options;
    private final Simulation simulation;
    private final SimNetwork network;
    private final RandomGenerator random;
    private final RandomGenerator rumours;
    private final Scenario scenario;
    private final FaultPlan plan;
    private final EvsChecker checker;
    private final Map<Integer, SimulatedNode> nodes = new TreeMap<>();
    private boolean loading = true;

    /** A run, not begun. */
    public ClusterSimulation(long seed, Options options) {
        this.options = options;
        simulation = new Simulation(seed);
        simulation.trace().describePayloads(Packets::describe);
        random = simulation.random("cluster");
        rumours = simulation.random("rumours");
        scenario = Scenario.draw(
                simulation.random("scenario"), options.nodes, options.links, options.wire, options.longLivedRings);
        network = new SimNetwork(simulation, scenario.links());
        checker = new EvsChecker(scenario.twoQuorateAllowed());
        plan = FaultPlan.draw(
                simulation.random("faults"),
                options.allowed,
                scenario.ids(),
                scenario.links(),
                options.faultNanos,
                scenario.tokenNanos(),
                scenario.calm());
        QuorumProvider provider = provider(options.sabotage);
        NodeObserver ears =
                options.damagedPackets ? new NodeObserver() {} : new SabotagedEars(checker, options.sabotage);
        for (int id : scenario.ids())
            nodes.put(
                    id,
                    new SimulatedNode(
                            simulation,
                            network,
                            scenario,
                            NodeId.of(id),
                            provider,
                            plan.clockPpmOf(id),
                            options.damagedPackets,
                            ears,
                            options.sabotage));
        if (options.sabotage == Sabotage.LYING_DISK)
            nodes.values().forEach(node -> node.store().lie());
    }

    /**
     * Runs one seed.
     *
     * @throws SimulationFailure if a promise was broken or the cluster did not come together
     */
    public static Result run(long seed, Options options) {
        return new ClusterSimulation(seed, options).run();
    }

    /** What goes wrong in this run. */
    public FaultPlan plan() {
        return plan;
    }

    /** What the cluster is like. */
    Scenario scenario() {
        return scenario;
    }

    /**
     * Longest time from the mending of all faults to one view of all nodes. Links come up again after three answered pings on a grid of
     * 200 ms, and may first have to notice that they are down; then some rounds of gathering, each of which lasts a consensus timeout and a
     * token timeout at most. See docs/internals/simulation.md.
     */
    public long togetherNanos() {
        return 4_000_000_000L + 12 * scenario.tokenNanos();
    }

    /** Runs it. */
    public Result run() {
        for (SimulatedNode node : nodes.values()) simulation.at(random.nextLong(500_000_000), node::start);
        for (SimulatedNode node : nodes.values()) load(node);
        plan.schedule(simulation, network, List.copyOf(nodes.keySet()), new Faults());
        for (SimulatedNode node : nodes.values()) for (String group : otherGroups()) comeAndGo(node, group);
        simulation.runTo(plan.healAtNanos());
        if (options.damagedPackets) return result(0);
        long together = simulation.runUntil(
                "one quorate view of all nodes", this::isTogether, this::standing, togetherNanos(), MAX_EVENTS);
        simulation.runFor(LOAD_AFTERWARDS_NANOS);
        loading = false;
        simulation.runUntil(
                "all messages heard",
                () -> isTogether() && checker.outstanding() == 0,
                this::standing,
                QUIET_NANOS,
                MAX_EVENTS);
        List<MessageId> last = new ArrayList<>();
        nodes.forEach((id, node) -> last.add(
                new MessageId(id, node.life(), node.send(SimulatedNode.GROUPS.get(0), MessageId.LEAST_BYTES))));
        simulation.runUntil(
                "one more message of everybody heard by everybody",
                () -> nodes.keySet().stream().allMatch(id -> last.stream().allMatch(m -> checker.hasHeard(id, m))),
                this::standing,
                QUIET_NANOS,
                MAX_EVENTS);
        // what would still come, comes
        simulation.runFor(REST_NANOS);
        try {
            checker.finish();
        } catch (AssertionError e) {
            throw simulation.failure("at the end: " + e.getMessage(), e);
        }
        return result(together);
    }

    private Result result(long together) {
        return new Result(
                simulation.seed(),
                nodes.size(),
                simulation.trace().hash(),
                simulation.eventCount(),
                checker.deliveries(),
                checker.rings(),
                together,
                network.counts().corrupted());
    }

    private static QuorumProvider provider(Sabotage sabotage) {
        if (sabotage != Sabotage.COUNT_A_VOTE_TWICE) return new VoteQuorum();
        return QuorumProvider.of("twice", input -> {
            int all = input.settings().nodes().size();
            int counted = input.present().size() + 1;
            return 2 * counted > all ? RuleDecision.quorate("a vote was counted twice") : RuleDecision.inquorate("few");
        });
    }

    private void load(SimulatedNode node) {
        simulation.after(random.nextLong(2 * scenario.load().meanGapNanos()), () -> {
            if (!loading) return;
            int burst = random.nextInt(40) == 0 ? 1 + random.nextInt(30) : 1;
            for (int i = 0; i < burst; i++) {
                List<String> groups = List.copyOf(node.groups());
                if (!groups.isEmpty()) node.send(groups.get(random.nextInt(groups.size())), size());
            }
            load(node);
        });
    }

    private List<String> otherGroups() {
        return SimulatedNode.GROUPS.subList(1, scenario.load().groups());
    }

    private void comeAndGo(SimulatedNode node, String group) {
        simulation.after(random.nextLong(2 * MEAN_STAY_NANOS), () -> {
            if (!loading) return;
            if (node.groups().contains(group)) node.leave(group);
            else node.join(group);
            comeAndGo(node, group);
        });
    }

    private int size() {
        int kind = random.nextInt(1000);
        if (kind < scenario.load().longPerMille()) return 1 + random.nextInt(LONGEST_BYTES);
        if (kind >= 1000 - scenario.load().tinyPerMille()) return random.nextInt(MessageId.LEAST_BYTES);
        return MessageId.LEAST_BYTES + random.nextInt(random.nextInt(10) == 0 ? 3000 : 200);
    }

    private boolean isTogether() {
        RingId ring = null;
        for (SimulatedNode node : nodes.values()) {
            View view = node.view();
            if (view == null
                    || view.members().size() != nodes.size()
                    || !node.quorum().quorate()) return false;
            if (ring != null && !ring.equals(view.ringId())) return false;
            ring = view.ringId();
        }
        return true;
    }

    private String standing() {
        List<String> lines = new ArrayList<>();
        for (SimulatedNode node : nodes.values()) {
            View view = node.view();
            String why = node.stoppedBecause();
            lines.add(node.id() + ": "
                    + (view == null
                            ? "no view"
                            : view.ringId() + " " + view.members() + " "
                                    + node.quorum().quorate())
                    + (why == null ? "" : ", stopped once because " + why));
        }
        return String.join("; ", lines);
    }

    /** Carries the plan out. */
    private final class Faults implements FaultPlan.Nodes {
        @Override
        public void freeze(int node) {
            node(node).freeze();
        }

        @Override
        public void thaw(int node) {
            node(node).thaw(random.nextBoolean());
        }

        @Override
        public void crash(int node) {
            // one in five goes in order, as in a planned restart
            int kind = random.nextInt(5);
            if (kind == 0) {
                node(node).leave();
                return;
            }
            node(node).crash(kind <= 2 ? DiskLoss.SOME : kind == 3 ? DiskLoss.ALL : DiskLoss.NONE);
            // some hear of it from the network, sooner or later, even if the node is back by then
            for (SimulatedNode other : nodes.values())
                if (rumours.nextInt(2) == 0)
                    simulation.after(rumours.nextLong(600_000_000), () -> other.peerGone(node));
        }

        @Override
        public void restart(int node) {
            node(node).start();
        }

        @Override
        public void storeTakes(int node, long nanos) {
            node(node).store().writeNanos(nanos);
        }

        private SimulatedNode node(int id) {
            SimulatedNode node = nodes.get(id);
            if (node == null) throw new IllegalArgumentException("no node " + id);
            return node;
        }
    }

    /** Every event from now on, as a line. */
    public void follow(Consumer<String> lines) {
        simulation.trace().follow(lines);
    }
}
