package org.quorate.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.quorate.engine.Effects;
import org.quorate.engine.Engine;

/** The simulator itself: order, time, replay, liveness; and the driver's treatment of engines. */
class SimulationTest {
    /** Says "tick" every ten milliseconds of its own time and repeats what it is told. */
    private static final class Metronome implements Engine<String, String> {
        private long next = 10_000_000;

        @Override
        public void step(long nowNanos, String input, Effects<String> out) {
            out.add(input + " at " + nowNanos / 1_000_000);
            out.add("after " + input);
        }

        @Override
        public void tick(long nowNanos, Effects<String> out) {
            if (nowNanos < next) return;
            out.add("tick at " + nowNanos / 1_000_000);
            while (next <= nowNanos) next += 10_000_000;
        }

        @Override
        public long deadlineNanos() {
            return next;
        }
    }

    private final Simulation simulation = new Simulation(1);
    private final List<String> heard = new ArrayList<>();

    @Test
    void eventsHappenAtTheirInstantsAndThoseOfOneInstantInTheirOrder() {
        simulation.at(20, () -> heard.add("c" + simulation.nowNanos()));
        simulation.at(10, () -> heard.add("a" + simulation.nowNanos()));
        simulation.at(10, () -> heard.add("b" + simulation.nowNanos()));
        simulation.at(30, () -> simulation.at(5, () -> heard.add("late" + simulation.nowNanos())));
        simulation.runTo(25);
        assertThat(heard).containsExactly("a10", "b10", "c20");
        assertThat(simulation.nowNanos()).isEqualTo(25);
        simulation.runTo(100);
        assertThat(heard).endsWith("late30");
        assertThat(simulation.eventCount()).isEqualTo(5);
    }

    @Test
    void theSameSeedGivesTheSameHashAndAnotherSeedAnother() {
        assertThat(hashOfARun(5)).isEqualTo(hashOfARun(5));
        assertThat(hashOfARun(5)).isNotEqualTo(hashOfARun(6));
    }

    @Test
    void randomStreamsFollowFromSeedAndPurpose() {
        long first = simulation.random("a").nextLong();
        assertThat(new Simulation(1).random("a").nextLong()).isEqualTo(first);
        assertThat(new Simulation(1).random("b").nextLong()).isNotEqualTo(first);
        assertThat(new Simulation(2).random("a").nextLong()).isNotEqualTo(first);
    }

    @Test
    void aGoalThatIsNotReachedIsAFailureWithTheSeedAndTheTrace() {
        simulation.at(1, this::again);
        assertThatThrownBy(() -> simulation.runUntil("never", () -> false, 1_000_000, 1000))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("not within 1 ms: never")
                .hasMessageContaining("seed 1")
                .hasMessageContaining("again");
        assertThatThrownBy(() -> simulation.runUntil("never", () -> false, Long.MAX_VALUE / 2, 10))
                .hasMessageContaining("not within 10 events");
        assertThatThrownBy(() -> new Simulation(3).runUntil("never", () -> false, 1, 1))
                .hasMessageContaining("nothing is left to happen");
    }

    @Test
    void theTimeToTheGoalIsTold() {
        simulation.at(500, () -> heard.add("x"));
        assertThat(simulation.runUntil("x", () -> !heard.isEmpty(), 1000, 10)).isEqualTo(500);
    }

    @Test
    void aBrokenInvariantStopsTheRunAtTheEventThatBrokeIt() {
        simulation.invariant("at most one", () -> {
            if (heard.size() > 1) throw new IllegalStateException("two");
        });
        simulation.at(1, () -> heard.add("one"));
        simulation.at(2, () -> heard.add("two"));
        simulation.at(3, () -> heard.add("three"));
        assertThatThrownBy(() -> simulation.runTo(10))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("at most one");
        assertThat(heard).containsExactly("one", "two");
    }

    @Test
    void timeThatStandsStillIsAFailure() {
        simulation.at(1, this::atOnceAgain);
        assertThatThrownBy(() -> simulation.runTo(10)).hasMessageContaining("the time stands still");
    }

    @Test
    void anEngineIsWokenAtItsDeadlinesAndToldItsInputs() {
        EngineDriver<String, String> driver = driver(0);
        simulation.at(15_000_000, () -> driver.deliver("hello"));
        simulation.runTo(30_000_000);
        assertThat(heard).containsExactly("tick at 10", "hello at 15", "after hello", "tick at 20", "tick at 30");
    }

    @Test
    void aFastClockWakesItsEngineEarlier() {
        driver(500_000);
        simulation.runTo(20_000_000);
        assertThat(heard).containsExactly("tick at 10", "tick at 20", "tick at 30");
    }

    @Test
    void clockAndInstantsAgreeAtEveryRate() {
        for (int ppm : new int[] {-500_000, -137, 0, 1, 99_999, 500_000}) {
            SimClock clock = new SimClock(12_345, ppm);
            for (long local = 0; local < 5_000_000_000L; local += 333_333_333) {
                long instant = clock.instantOf(local);
                assertThat(clock.local(instant)).isGreaterThanOrEqualTo(local);
                assertThat(clock.local(instant - 2)).isLessThan(local);
            }
            assertThat(clock.instantOf(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void heldEffectsWaitAndKeepTheirOrder() {
        List<EngineDriver<String, String>> self = new ArrayList<>();
        EngineDriver<String, String> driver = new EngineDriver<>(
                simulation,
                new Metronome(),
                effect -> {
                    heard.add(effect);
                    if (effect.startsWith("save")) self.get(0).hold();
                },
                new SimClock(0, 0),
                1000);
        self.add(driver);
        driver.deliver("save");
        driver.deliver("more");
        assertThat(heard).containsExactly("save at 0");
        driver.release();
        assertThat(heard).containsExactly("save at 0", "after save", "more at 0", "after more");
    }

    @Test
    void aFrozenEngineSleepsThroughItsDeadlinesAndItsInputsWait() {
        for (boolean timersFirst : new boolean[] {true, false}) {
            heard.clear();
            Simulation own = new Simulation(1);
            EngineDriver<String, String> driver =
                    new EngineDriver<>(own, new Metronome(), heard::add, new SimClock(0, 0), 1000);
            driver.freeze();
            own.at(15_000_000, () -> driver.enqueue("a"));
            own.at(16_000_000, () -> driver.enqueue("b"));
            own.runTo(44_000_000);
            assertThat(heard).isEmpty();
            driver.thaw(timersFirst);
            own.runTo(45_000_000);
            if (timersFirst)
                assertThat(heard).containsExactly("tick at 44", "a at 44", "after a", "b at 44", "after b");
            else assertThat(heard).containsExactly("a at 44", "after a", "tick at 44", "b at 44", "after b");
        }
    }

    @Test
    void queuedInputsCanBeDiscardedAndAreBounded() {
        EngineDriver<String, String> driver = driver(0);
        driver.freeze();
        for (int i = 0; i < EngineDriver.MAX_QUEUED_INPUTS + 5; i++) driver.enqueue("x");
        assertThat(driver.droppedInputs()).isEqualTo(5);
        assertThat(driver.discardQueued()).isEqualTo(EngineDriver.MAX_QUEUED_INPUTS);
        driver.thaw(true);
        simulation.runTo(5_000_000);
        assertThat(heard).isEmpty();
    }

    @Test
    void aStoppedEngineDoesNothingMore() {
        EngineDriver<String, String> driver = driver(0);
        driver.enqueue("a");
        driver.enqueue("waits for the first to be served");
        driver.stop();
        driver.deliver("b");
        simulation.runTo(50_000_000);
        assertThat(heard).containsExactly("a at 0", "after a");
        assertThat(driver.isStopped()).isTrue();
    }

    @Test
    void theTracePrintsItsLastEventsOnly() {
        Trace trace = new Trace();
        for (int i = 0; i < Trace.KEPT_EVENTS + 10; i++) trace.add(i, 1, "event", i, new byte[] {1, 2});
        assertThat(trace.count()).isEqualTo(Trace.KEPT_EVENTS + 10);
        assertThat(trace.last(2)).hasSize(2);
        assertThat(trace.last(2).get(1))
                .contains("event")
                .contains("0102")
                .contains(String.valueOf(Trace.KEPT_EVENTS + 9));
        assertThat(trace.last(Integer.MAX_VALUE)).hasSize(Trace.KEPT_EVENTS);
    }

    @Test
    void everyPartOfAnEventCountsForTheHash() {
        List<Long> hashes = new ArrayList<>();
        hashes.add(hash(1, 1, "a", 1, 1));
        hashes.add(hash(2, 1, "a", 1, 1));
        hashes.add(hash(1, 2, "a", 1, 1));
        hashes.add(hash(1, 1, "b", 1, 1));
        hashes.add(hash(1, 1, "a", 2, 1));
        hashes.add(hash(1, 1, "a", 1, 2));
        assertThat(hashes).doesNotHaveDuplicates();
    }

    private static long hash(long at, int node, String kind, long number, int payload) {
        Trace trace = new Trace();
        trace.add(at, node, kind, number, new byte[] {(byte) payload});
        return trace.hash();
    }

    private void again() {
        simulation.trace().add(simulation.nowNanos(), 1, "again", 0);
        simulation.after(1000, this::again);
    }

    private void atOnceAgain() {
        simulation.after(0, this::atOnceAgain);
    }

    private EngineDriver<String, String> driver(int ppm) {
        return new EngineDriver<>(simulation, new Metronome(), heard::add, new SimClock(0, ppm), 1000);
    }

    private static long hashOfARun(long seed) {
        Simulation own = new Simulation(seed);
        SimNetwork network = new SimNetwork(own, 1);
        network.quality(LinkQuality.LAN.withLoss(100).withDuplicates(100).withReordering(100, 1_000_000));
        RandomGenerator random = own.random("load");
        for (int node = 1; node <= 3; node++) network.attach(node, (from, path, message, damaged) -> {});
        for (int i = 0; i < 200; i++)
            own.at(
                    random.nextLong(1_000_000_000),
                    () -> network.send(
                            1 + random.nextInt(3), 1 + random.nextInt(3), new byte[] {(byte) random.nextInt()}));
        own.runTo(2_000_000_000);
        return own.trace().hash();
    }
}
