package org.quorate.sim;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** One thing that goes wrong at one time; see {@link FaultPlan}. */
public sealed interface Fault {
    /** When it begins. */
    long atNanos();

    /** How long it lasts. */
    long nanos();

    /** {@code side} hears nothing from the others, and they nothing from it. */
    record Partition(long atNanos, long nanos, SortedSet<Integer> side) implements Fault {
        /** Takes a copy. */
        public Partition {
            side = Collections.unmodifiableSortedSet(new TreeSet<>(side));
        }

        /** The same of any set. */
        public Partition(long atNanos, long nanos, Set<Integer> side) {
            this(atNanos, nanos, new TreeSet<>(side));
        }
    }

    /** {@code to} hears nothing from {@code from}, over any path. */
    record OneWayCut(long atNanos, long nanos, int from, int to) implements Fault {}

    /** Two nodes do not hear each other over one path; where that is the only one, over none. */
    record DeadLink(long atNanos, long nanos, int a, int b, int path) implements Fault {}

    /** One path is of this quality, between all nodes. */
    record BadLink(long atNanos, long nanos, int path, LinkQuality quality) implements Fault {}

    /** The node's process gets no processor. */
    record Freeze(long atNanos, long nanos, int node) implements Fault {}

    /** The node's process dies, and is started again at the end. */
    record Crash(long atNanos, long nanos, int node) implements Fault {}

    /** The node's disk takes {@code writeNanos} for each write. */
    record SlowStore(long atNanos, long nanos, int node, long writeNanos) implements Fault {}

    /** The whole network is of this quality. */
    record Weather(long atNanos, long nanos, LinkQuality quality) implements Fault {}
}
