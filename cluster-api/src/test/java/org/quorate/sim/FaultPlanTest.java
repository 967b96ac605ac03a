package org.quorate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A plan follows from its seed, stays within what is allowed, is carried out, and ends with everything whole. */
class FaultPlanTest {
    private static final List<Integer> NODES = List.of(1, 2, 3);
    private static final long HEAL = 10_000_000_000L;
    private static final long TOKEN = 300_000_000L;

    /** Writes down what is done to the nodes. */
    private static final class Recorder implements FaultPlan.Nodes {
        private final List<String> calls = new ArrayList<>();

        @Override
        public void freeze(int node) {
            calls.add("freeze " + node);
        }

        @Override
        public void thaw(int node) {
            calls.add("thaw " + node);
        }

        @Override
        public void crash(int node) {
            calls.add("crash " + node);
        }

        @Override
        public void restart(int node) {
            calls.add("restart " + node);
        }

        @Override
        public void storeTakes(int node, long nanos) {
            calls.add("store " + node + " " + nanos);
        }
    }

    @Test
    void theSameSeedDrawsTheSamePlan() {
        assertThat(draw(3, FaultPlan.all())).isEqualTo(draw(3, FaultPlan.all()));
        assertThat(draw(3, FaultPlan.all())).isNotEqualTo(draw(4, FaultPlan.all()));
    }

    @Test
    void everyKindIsDrawnBySomeSeedAndNoneThatIsForbidden() {
        for (FaultPlan.Kind kind : FaultPlan.Kind.values()) {
            int with = 0;
            for (int seed = 0; seed < 100; seed++) {
                FaultPlan plan = draw(seed, EnumSet.of(kind));
                if (!plan.faults().isEmpty() || !plan.clockPpm().isEmpty()) with++;
            }
            assertThat(with).as("%s", kind).isBetween(20, 60);
        }
        assertThat(draw(1, Set.of())).isEqualTo(FaultPlan.none(HEAL));
    }

    @Test
    void faultsBeginBeforeTheEndAndNameRealNodes() {
        Set<Class<?>> kinds = new HashSet<>();
        for (int seed = 0; seed < 300; seed++) {
            for (Fault fault : draw(seed, FaultPlan.all()).faults()) {
                kinds.add(fault.getClass());
                assertThat(fault.atNanos()).isBetween(0L, HEAL - 1);
                assertThat(fault.nanos()).isPositive();
                if (fault instanceof Fault.Partition p) {
                    assertThat(NODES).containsAll(p.side());
                    assertThat(p.side()).hasSizeBetween(1, 2);
                }
                if (fault instanceof Fault.DeadLink d) assertThat(d.a()).isNotEqualTo(d.b());
                if (fault instanceof Fault.OneWayCut c) assertThat(c.from()).isNotEqualTo(c.to());
            }
        }
        assertThat(kinds).hasSize(8);
    }

    @Test
    void forbiddingOneKindDoesNotChangeTheOthers() {
        Set<FaultPlan.Kind> withoutCrash = FaultPlan.all();
        withoutCrash.remove(FaultPlan.Kind.CRASH);
        for (int seed = 0; seed < 50; seed++) {
            List<Fault> all = new ArrayList<>(draw(seed, FaultPlan.all()).faults());
            all.removeIf(Fault.Crash.class::isInstance);
            assertThat(draw(seed, withoutCrash).faults()).isEqualTo(all);
        }
    }

    @Test
    void aPlanIsCarriedOutAndThenMended() {
        Simulation simulation = new Simulation(1);
        SimNetwork network = new SimNetwork(simulation, 1);
        Recorder nodes = new Recorder();
        FaultPlan plan = new FaultPlan(
                1000,
                List.of(
                        new Fault.Partition(100, 100, Set.of(1)),
                        new Fault.OneWayCut(300, 100, 2, 3),
                        new Fault.DeadLink(500, 10_000, 1, 2, 0),
                        new Fault.Freeze(110, 50, 1),
                        new Fault.Crash(120, 50, 2),
                        new Fault.SlowStore(130, 50, 3, 77)),
                new TreeMap<>());
        plan.schedule(simulation, network, NODES, nodes);
        simulation.runTo(150);
        assertThat(network.isOpen(1, 2)).isFalse();
        assertThat(network.isOpen(3, 1)).isFalse();
        assertThat(network.isOpen(2, 3)).isTrue();
        simulation.runTo(350);
        assertThat(network.isOpen(1, 2)).isTrue();
        assertThat(network.isOpen(2, 3)).isFalse();
        assertThat(network.isOpen(3, 2)).isTrue();
        simulation.runTo(600);
        assertThat(network.isOpen(1, 2)).isFalse();
        assertThat(network.isOpen(2, 1)).isFalse();
        assertThat(nodes.calls)
                .containsExactly("freeze 1", "crash 2", "store 3 77", "thaw 1", "restart 2", "store 3 500000");
        simulation.runTo(20_000);
        assertThat(network.isOpen(1, 2)).isTrue();
        assertThat(nodes.calls).contains("thaw 3", "restart 1", "restart 3");
    }

    private static FaultPlan draw(long seed, Set<FaultPlan.Kind> allowed) {
        return FaultPlan.draw(new SplittableRandom(seed), allowed, NODES, 1, HEAL, TOKEN);
    }
}
