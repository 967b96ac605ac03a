package org.quorate.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One thread, one queue, one seed: the same seed gives the same events at the same instants, byte for byte. Time is simulated
 * nanoseconds from 0 and moves only from event to event; events of one instant happen in the order in which they were planned.
 *
 * <p>Everything random must come from {@link #random}: one stream for each purpose, so that a change in one part of a test does not
 * change what the others draw. Engines are run by {@link EngineDriver}.
 */
public final class Simulation {
    /** More events than this at one instant count as a loop that never ends. */
    public static final int MAX_EVENTS_AT_ONE_INSTANT = 100_000;

    /** So many trace events are printed with a failure. */
    public static final int PRINTED_EVENTS = 100;

    private record Event(long atNanos, long order, Runnable action) {}

    private record Invariant(String name, Runnable check) {}

    private final PriorityQueue<Event> queue =
            new PriorityQueue<>(Comparator.comparingLong(Event::atNanos).thenComparingLong(Event::order));
    private final List<Invariant> invariants = new ArrayList<>();
    private final Trace trace = new Trace();
    private final long seed;
    private long nowNanos;
    private long planned;
    private long eventCount;
    private int eventsAtThisInstant;

    /** An empty simulation at instant 0. */
    public Simulation(long seed) {
        this.seed = seed;
    }

    /** What everything random follows from. */
    public long seed() {
        return seed;
    }

    /** The current instant. */
    public long nowNanos() {
        return nowNanos;
    }

    /** Events that have happened. */
    public long eventCount() {
        return eventCount;
    }

    /** What happened. */
    public Trace trace() {
        return trace;
    }

    /** A new random stream that follows from the seed and {@code purpose}; the same purpose gives the same stream again. */
    public RandomGenerator random(String purpose) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + purpose.hashCode());
    }

    /** Plans {@code action} for {@code atNanos}; an instant that has passed means now. */
    public void at(long atNanos, Runnable action) {
        queue.add(new Event(Math.max(atNanos, nowNanos), planned++, action));
    }

    /** Plans {@code action} in {@code delayNanos}. */
    public void after(long delayNanos, Runnable action) {
        at(nowNanos + delayNanos, action);
    }

    /** Runs {@code check} after every event; it throws to say that the invariant is broken. */
    public void invariant(String name, Runnable check) {
        invariants.add(new Invariant(name, check));
    }

    /** Lets everything happen that is planned up to {@code untilNanos}, and moves the time there. */
    public void runTo(long untilNanos) {
        for (Event next = queue.peek(); next != null && next.atNanos <= untilNanos; next = queue.peek()) happen();
        nowNanos = Math.max(nowNanos, untilNanos);
    }

    /** {@link #runTo} for the next {@code nanos}. */
    public void runFor(long nanos) {
        runTo(nowNanos + nanos);
    }

    /**
     * Runs until {@code goal} holds, and says after how many nanoseconds it did.
     *
     * @throws SimulationFailure if it does not hold within {@code withinNanos} or within {@code maxEvents}, or nothing is planned
     */
    public long runUntil(String goalName, BooleanSupplier goal, long withinNanos, long maxEvents) {
        return runUntil(goalName, goal, () -> "not there yet", withinNanos, maxEvents);
    }

    /** The same; {@code standing} says for the failure how far things are. */
    public long runUntil(
            String goalName, BooleanSupplier goal, Supplier<String> standing, long withinNanos, long maxEvents) {
        long startNanos = nowNanos;
        long startCount = eventCount;
        while (!goal.getAsBoolean()) {
            Event next = queue.peek();
            if (next == null)
                throw failure("nothing is left to happen, but not: " + goalName + "; " + standing.get(), null);
            if (next.atNanos > startNanos + withinNanos)
                throw failure(
                        "not within " + withinNanos / 1_000_000 + " ms: " + goalName + "; " + standing.get(), null);
            if (eventCount - startCount >= maxEvents)
                throw failure("not within " + maxEvents + " events: " + goalName + "; " + standing.get(), null);
            happen();
        }
        return nowNanos - startNanos;
    }

    /** A failure with the seed, the instant and the last events. */
    public SimulationFailure failure(String why, @Nullable Throwable cause) {
        String message = why + "\n  seed " + seed + ", " + nowNanos / 1_000_000 + " ms, event " + eventCount
                + ", last events:\n" + String.join("\n", trace.last(PRINTED_EVENTS));
        return new SimulationFailure(seed, why, message, cause);
    }

    private void happen() {
        Event next = queue.remove();
        eventsAtThisInstant = next.atNanos == nowNanos ? eventsAtThisInstant + 1 : 0;
        nowNanos = next.atNanos;
        eventCount++;
        if (eventsAtThisInstant > MAX_EVENTS_AT_ONE_INSTANT) throw failure("the time stands still", null);
        String doing = "event";
        try {
            next.action.run();
            for (Invariant invariant : invariants) {
                doing = invariant.name;
                invariant.check.run();
            }
        } catch (SimulationFailure e) {
            throw e;
        } catch (RuntimeException | AssertionError e) {
            throw failure(doing + ": " + e, e);
        }
    }
}
