package org.quorate.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/**
 * Everything that goes wrong in one run, drawn from a seed: some kinds of fault are off, some mild, some extreme. At
 * {@code healAtNanos} all of it ends: the network is whole and quiet, frozen nodes go on, dead ones are started.
 *
 * @param healAtNanos when all faults are over
 * @param faults by beginning
 * @param clockPpm how fast the nodes' clocks run, in parts per million, for those that are not exact
 * @param calm what the network is like without faults
 */
public record FaultPlan(long healAtNanos, List<Fault> faults, SortedMap<Integer, Integer> clockPpm, LinkQuality calm) {
    /** Kinds of fault that can be drawn. */
    public enum Kind {
        /** Messages are lost. */
        LOSS,
        /** Messages arrive twice. */
        DUPLICATION,
        /** Messages overtake each other. */
        REORDERING,
        /** Messages take long. */
        DELAY,
        /** Bits flip. */
        CORRUPTION,
        /** A hears B, B does not hear A. */
        ONE_WAY_CUT,
        /** Two nodes lose one path between them. */
        DEAD_LINK,
        /** The network falls into two halves. */
        PARTITION,
        /** A process stands still for a while. */
        FREEZE,
        /** A process dies and comes back. */
        CRASH,
        /** A disk is slow. */
        SLOW_STORE,
        /** Clocks run at different rates. */
        CLOCK_RATE,
        /** One path loses or delays much, the others nothing. */
        BAD_LINK
    }

    /** What can be done to nodes; each call may be void if the node is in no state for it. */
    public interface Nodes {
        /** Stops the node's process for a while. */
        void freeze(int node);

        /** Lets it go on. */
        void thaw(int node);

        /** Ends the node's process; what was not durable is lost. */
        void crash(int node);

        /** Starts a new process. */
        void restart(int node);

        /** Makes the node's disk take {@code nanos} for each write. */
        void storeTakes(int node, long nanos);
    }

    private static final long MILLIS = 1_000_000;
    private static final long QUICK_STORE_NANOS = 500_000;

    /** Takes copies. */
    public FaultPlan {
        faults =
                faults.stream().sorted(Comparator.comparingLong(Fault::atNanos)).toList();
        clockPpm = Collections.unmodifiableSortedMap(new TreeMap<>(clockPpm));
    }

    /** A plan on a local network. */
    public FaultPlan(long healAtNanos, List<Fault> faults, SortedMap<Integer, Integer> clockPpm) {
        this(healAtNanos, faults, clockPpm, LinkQuality.LAN);
    }

    /** A plan in which nothing goes wrong. */
    public static FaultPlan none(long healAtNanos) {
        return new FaultPlan(healAtNanos, List.of(), new TreeMap<>());
    }

    /**
     * Draws a plan.
     *
     * @param allowed kinds that may occur; each of them does in two plans of five
     * @param nodes ids of the nodes, ascending
     * @param paths of the network
     * @param healAtNanos when all faults are over
     * @param tokenNanos the time that separates a hiccup from a failure; freezes and cuts last from a tenth to five times this
     */
    public static FaultPlan draw(
            RandomGenerator random,
            Set<Kind> allowed,
            List<Integer> nodes,
            int paths,
            long healAtNanos,
            long tokenNanos) {
        return draw(random, allowed, nodes, paths, healAtNanos, tokenNanos, LinkQuality.LAN);
    }

    /** The same for a network that is {@code calm} where nothing goes wrong. */
    public static FaultPlan draw(
            RandomGenerator random,
            Set<Kind> allowed,
            List<Integer> nodes,
            int paths,
            long healAtNanos,
            long tokenNanos,
            LinkQuality calm) {
        Draw draw = new Draw(nodes, paths, healAtNanos, tokenNanos, calm);
        for (Kind kind : Kind.values()) {
            // drawn even if not allowed, so that forbidding one kind does not change the others
            boolean happens = random.nextInt(100) < 40;
            boolean extreme = random.nextInt(4) == 0;
            long before = random.nextLong();
            if (happens && allowed.contains(kind)) draw.add(kind, extreme, new SplittableRandom(before));
        }
        return new FaultPlan(healAtNanos, draw.faults, draw.clocks, calm);
    }

    /** Every kind. */
    public static Set<Kind> all() {
        return EnumSet.allOf(Kind.class);
    }

    /** Rate of a node's clock in parts per million. */
    public int clockPpmOf(int node) {
        return clockPpm.getOrDefault(node, 0);
    }

    /** Plans all of it, and the healing at the end. */
    public void schedule(Simulation simulation, SimNetwork network, List<Integer> all, Nodes nodes) {
        network.quality(calm);
        for (Fault fault : faults) {
            simulation.at(fault.atNanos(), () -> {
                simulation.trace().add(simulation.nowNanos(), 0, "fault " + fault, 0);
                Runnable end = begin(fault, network, all, nodes);
                simulation.at(Math.min(fault.atNanos() + fault.nanos(), healAtNanos), () -> {
                    simulation.trace().add(simulation.nowNanos(), 0, "end of " + fault, 0);
                    end.run();
                });
            });
        }
        simulation.at(healAtNanos, () -> {
            simulation.trace().add(simulation.nowNanos(), 0, "all is mended", 0);
            network.mendAll();
            network.quality(calm);
            for (int node : all) {
                nodes.storeTakes(node, QUICK_STORE_NANOS);
                nodes.thaw(node);
                nodes.restart(node);
            }
        });
    }

    private Runnable begin(Fault fault, SimNetwork network, List<Integer> all, Nodes nodes) {
        if (fault instanceof Fault.Partition p) {
            Set<Integer> rest = new TreeSet<>(all);
            rest.removeAll(p.side());
            return network.partition(p.side(), rest);
        }
        if (fault instanceof Fault.OneWayCut c) return network.cut(c.from(), c.to());
        if (fault instanceof Fault.DeadLink d) {
            Runnable there = network.cut(d.a(), d.b(), d.path());
            Runnable back = network.cut(d.b(), d.a(), d.path());
            return () -> {
                there.run();
                back.run();
            };
        }
        if (fault instanceof Fault.BadLink b) {
            everyWay(all, (from, to) -> network.quality(from, to, b.path(), b.quality()));
            return () -> everyWay(all, (from, to) -> network.resetQuality(from, to, b.path()));
        }
        if (fault instanceof Fault.Freeze f) {
            nodes.freeze(f.node());
            return () -> nodes.thaw(f.node());
        }
        if (fault instanceof Fault.Crash c) {
            nodes.crash(c.node());
            return () -> nodes.restart(c.node());
        }
        if (fault instanceof Fault.SlowStore s) {
            nodes.storeTakes(s.node(), s.writeNanos());
            return () -> nodes.storeTakes(s.node(), QUICK_STORE_NANOS);
        }
        network.quality(((Fault.Weather) fault).quality());
        return () -> network.quality(calm);
    }

    private static void everyWay(List<Integer> all, BiConsumer<Integer, Integer> what) {
        for (int from : all) for (int to : all) if (from != to) what.accept(from, to);
    }

    private static final class Draw {
        private final List<Fault> faults = new ArrayList<>();
        private final SortedMap<Integer, Integer> clocks = new TreeMap<>();
        private final List<Integer> nodes;
        private final int paths;
        private final long horizon;
        private final long token;
        private final LinkQuality calm;
        private LinkQuality quality;

        Draw(List<Integer> nodes, int paths, long horizon, long token, LinkQuality calm) {
            this.calm = calm;
            this.quality = calm;
            this.nodes = nodes;
            this.paths = paths;
            this.horizon = horizon;
            this.token = token;
        }

        void add(Kind kind, boolean extreme, RandomGenerator random) {
            int some = extreme ? 3 + random.nextInt(4) : 1 + random.nextInt(2);
            switch (kind) {
                case LOSS -> weather(quality.withLoss(extreme ? 150 + random.nextInt(250) : 1 + random.nextInt(50)));
                case DUPLICATION -> weather(quality.withDuplicates(extreme ? 500 : 1 + random.nextInt(100)));
                case REORDERING ->
                    weather(quality.withReordering(
                            extreme ? 500 : 1 + random.nextInt(100), (extreme ? 100 : 5) * MILLIS));
                case DELAY -> {
                    long delay = extreme ? token / 20 : 1 + random.nextLong(2 * MILLIS);
                    weather(quality.withDelay(calm.delayNanos() + delay, calm.jitterNanos() + delay));
                }
                case CORRUPTION ->
                    weather(quality.withCorruption(extreme ? 100 + random.nextInt(200) : 1 + random.nextInt(20)));
                case ONE_WAY_CUT ->
                    times(some, random, (at, nanos) -> {
                        int from = node(random);
                        faults.add(new Fault.OneWayCut(at, nanos, from, other(random, from)));
                    });
                case DEAD_LINK ->
                    times(some, random, (at, nanos) -> {
                        int a = node(random);
                        faults.add(new Fault.DeadLink(at, nanos, a, other(random, a), random.nextInt(paths)));
                    });
                case PARTITION ->
                    times(some, random, (at, nanos) -> faults.add(new Fault.Partition(at, nanos, half(random))));
                case FREEZE ->
                    times(some, random, (at, nanos) -> faults.add(new Fault.Freeze(at, nanos, node(random))));
                case CRASH -> times(some, random, (at, nanos) -> faults.add(new Fault.Crash(at, nanos, node(random))));
                case SLOW_STORE ->
                    times(some, random, (at, nanos) -> {
                        long writeNanos = (extreme ? token : token / 10) / 2 + random.nextLong(token / 4 + 1);
                        faults.add(new Fault.SlowStore(at, nanos, node(random), writeNanos));
                    });
                case CLOCK_RATE -> {
                    int most = extreme ? 100_000 : 200;
                    for (int node : nodes) clocks.put(node, random.nextInt(-most, most + 1));
                }
                case BAD_LINK ->
                    times(1, random, (at, nanos) -> {
                        LinkQuality bad = random.nextBoolean()
                                ? calm.withLoss(200 + random.nextInt(700))
                                : calm.withDelay(calm.delayNanos() + token / 10, token / 10);
                        faults.add(new Fault.BadLink(at, 2 * nanos, random.nextInt(paths), bad));
                    });
            }
        }

        /** The kinds of bad weather add up and last until the end. */
        private void weather(LinkQuality worse) {
            quality = worse;
            faults.removeIf(Fault.Weather.class::isInstance);
            faults.add(new Fault.Weather(0, horizon, worse));
        }

        private interface Incident {
            void at(long atNanos, long nanos);
        }

        private void times(int times, RandomGenerator random, Incident incident) {
            for (int i = 0; i < times; i++) {
                long at = horizon / 20 + random.nextLong(horizon * 4 / 5);
                // short, about as long as the timeout, or long: each kind of length finds other faults
                long longest = (long) (token * new double[] {0.3, 1.5, 5}[random.nextInt(3)]);
                incident.at(at, longest / 10 + random.nextLong(longest));
            }
        }

        private int node(RandomGenerator random) {
            return nodes.get(random.nextInt(nodes.size()));
        }

        private int other(RandomGenerator random, int node) {
            int offset = 1 + random.nextInt(nodes.size() - 1);
            return nodes.get((nodes.indexOf(node) + offset) % nodes.size());
        }

        private Set<Integer> half(RandomGenerator random) {
            Set<Integer> side = new TreeSet<>();
            for (int node : nodes) if (random.nextBoolean()) side.add(node);
            if (side.isEmpty() || side.size() == nodes.size()) return Set.of(node(random));
            return side;
        }
    }
}
