package org.quorate.core;

import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Simulated time and what happens in it: things of the same instant in the order in which they were planned. Confined to one thread. */
final class TimeLine {
    private record Event(long at, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> planned = new PriorityQueue<>();
    private long nowNanos;
    private long events;

    long nowNanos() {
        return nowNanos;
    }

    /** Plans something for so much later. */
    void at(long delayNanos, Runnable action) {
        planned.add(new Event(nowNanos + delayNanos, events++, action));
    }

    /** Lets so much time go by. */
    void pass(long nanos) {
        long end = nowNanos + nanos;
        while (!planned.isEmpty() && planned.element().at() <= end) next();
        nowNanos = end;
    }

    /**
     * Runs until something is so.
     *
     * @param state what to tell if it is not so in time
     * @return how long that took, in nanoseconds
     */
    long runUntil(String what, long limitNanos, BooleanSupplier goal, Supplier<String> state) {
        long begin = nowNanos;
        while (!goal.getAsBoolean()) {
            if (planned.isEmpty() || planned.element().at() > begin + limitNanos)
                throw new AssertionError(what + ": not within " + limitNanos / 1_000_000 + " ms; " + state.get());
            next();
        }
        return nowNanos - begin;
    }

    private void next() {
        Event next = planned.remove();
        nowNanos = next.at();
        next.action().run();
    }
}
