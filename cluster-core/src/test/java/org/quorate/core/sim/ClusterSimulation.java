package org.quorate.core.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.quorate.ClusterConfig;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.RingId;
import org.quorate.TotemConfig;
import org.quorate.View;
import org.quorate.quorum.VoteQuorum;
import org.quorate.sim.FaultPlan;
import org.quorate.sim.SimNetwork;
import org.quorate.sim.Simulation;
import org.quorate.sim.SimulationFailure;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumProvider.RuleDecision;

/**
 * One run of a whole cluster from one seed: three to five nodes under load, faults for {@link Options#faultNanos}, then everything is
 * mended and the cluster has to come together: within {@link #TOGETHER_NANOS} all nodes share one quorate view, and within
 * {@link #QUIET_NANOS} after the load has ended every message has been heard.
 */
public final class ClusterSimulation {
    /** Longest time from the mending of all faults to one view of all nodes: about twenty token timeouts. */
    public static final long TOGETHER_NANOS = 8_000_000_000L;
    /** Longest time from the last message sent to the last one heard. */
    public static final long QUIET_NANOS = 5_000_000_000L;
    /** More events than this in a run count as a storm. */
    public static final long MAX_EVENTS = 20_000_000;

    private static final Duration TOKEN = Duration.ofMillis(300);
    private static final Duration TOKEN_COEFFICIENT = Duration.ofMillis(50);
    private static final long LOAD_AFTERWARDS_NANOS = 1_000_000_000L;

    /**
     * What is to be run.
     *
     * @param nodes 3..5, or 0 to draw it
     * @param allowed kinds of fault that may be drawn
     * @param sabotage what the harness breaks on purpose
     * @param damagedPackets whether nodes believe damaged packets, as without authentication; the checker cannot watch such a run
     * @param faultNanos how long things go wrong
     */
    public record Options(
            int nodes, Set<FaultPlan.Kind> allowed, Sabotage sabotage, boolean damagedPackets, long faultNanos) {
        /** Every kind of fault for six seconds. */
        public static final Options ALL = new Options(0, FaultPlan.all(), Sabotage.NONE, false, 6_000_000_000L);

        /** The same with something broken. */
        public Options with(Sabotage broken) {
            return new Options(nodes, allowed, broken, damagedPackets, faultNanos);
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
    private final FaultPlan plan;
    private final EvsChecker checker = new EvsChecker();
    private final Map<Integer, SimulatedNode> nodes = new TreeMap<>();
    private final long meanGapNanos;
    private final int bigPerMille;
    private boolean loading = true;

    /** A run, not begun. */
    public ClusterSimulation(long seed, Options options) {
        this.options = options;
        simulation = new Simulation(seed);
        simulation.trace().describePayloads(Packets::describe);
        network = new SimNetwork(simulation, 1);
        random = simulation.random("cluster");
        int drawn = 3 + random.nextInt(3);
        int count = options.nodes == 0 ? drawn : options.nodes;
        List<Integer> ids = IntStream.rangeClosed(1, count).boxed().toList();
        plan = FaultPlan.draw(
                simulation.random("faults"), options.allowed, ids, 1, options.faultNanos, TOKEN.toNanos());
        meanGapNanos = new long[] {3_000_000, 20_000_000, 100_000_000, 1_000_000_000}[random.nextInt(4)];
        bigPerMille = random.nextInt(3) == 0 ? 20 : 0;
        ClusterConfig config = config(count);
        QuorumProvider provider = provider(options.sabotage);
        NodeObserver ears =
                options.damagedPackets ? new NodeObserver() {} : new SabotagedEars(checker, options.sabotage);
        for (int id : ids)
            nodes.put(
                    id,
                    new SimulatedNode(
                            simulation,
                            network,
                            config,
                            NodeId.of(id),
                            provider,
                            plan.clockPpmOf(id),
                            options.damagedPackets,
                            ears));
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

    /** Runs it. */
    public Result run() {
        for (SimulatedNode node : nodes.values()) simulation.at(random.nextLong(500_000_000), node::start);
        for (SimulatedNode node : nodes.values()) load(node);
        plan.schedule(simulation, network, List.copyOf(nodes.keySet()), new Faults());
        simulation.runTo(plan.healAtNanos());
        if (options.damagedPackets) return result(0);
        long together = simulation.runUntil(
                "one quorate view of all nodes", this::isTogether, this::standing, TOGETHER_NANOS, MAX_EVENTS);
        simulation.runFor(LOAD_AFTERWARDS_NANOS);
        loading = false;
        simulation.runUntil(
                "all messages heard", () -> isTogether() && checker.outstanding() == 0, QUIET_NANOS, MAX_EVENTS);
        // what would still come, comes
        simulation.runFor(LOAD_AFTERWARDS_NANOS / 2);
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

    private static ClusterConfig config(int count) {
        ClusterConfig.Builder builder = ClusterConfig.builder("simulated")
                .totem(TotemConfig.DEFAULT.withToken(TOKEN, TOKEN_COEFFICIENT))
                .quorumProvider(VoteQuorum.NAME);
        for (int id = 1; id <= count; id++) builder.node(NodeConfig.of(id, "node" + id, "192.0.2." + id));
        return builder.build();
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
        simulation.after(random.nextLong(2 * meanGapNanos), () -> {
            if (!loading) return;
            int burst = random.nextInt(20) == 0 ? 1 + random.nextInt(30) : 1;
            for (int i = 0; i < burst; i++) node.send(size());
            load(node);
        });
    }

    private int size() {
        if (random.nextInt(1000) < bigPerMille) return 1 + random.nextInt(200_000);
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
            if (random.nextInt(5) == 0) node(node).leave();
            else node(node).crash();
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

    /** Prints the results of seeds {@code from} to {@code to}, one line each; a third argument prints the whole trace of one. */
    public static void main(String[] args) {
        long from = Long.parseLong(args[0]);
        long to = args.length > 1 ? Long.parseLong(args[1]) : from;
        for (long seed = from; seed <= to; seed++) {
            ClusterSimulation cluster = new ClusterSimulation(seed, Options.ALL);
            if (args.length > 2) cluster.follow(System.out::println);
            try {
                System.out.println(cluster.run());
            } catch (SimulationFailure e) {
                System.out.println("seed " + seed + ": " + (from == to ? e.getMessage() : e.why()));
            }
        }
    }
}
