package org.quorate.core.ring;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.quorate.core.ring.wire.Mcast;

/**
 * The messages of one ring by sequence number: a window of {@link #SIZE} numbers behind the last one released. Numbers wrap; all
 * comparisons are distances from the released number.
 */
final class MessageWindow {
    /** Numbers that fit; a sender never gets further ahead of the slowest receiver. Source: totem.md 2.1 (queue window). */
    static final int SIZE = 16_384;

    private final @Nullable Mcast[] slots = new Mcast[SIZE];
    private final byte[] misses = new byte[SIZE];
    private int released;

    /** The window of a new ring, whose first message comes after number {@code before}. */
    MessageWindow(int before) {
        released = before;
    }

    /** The last number that was let go; the window is (released, released + SIZE]. */
    int released() {
        return released;
    }

    /** Whether {@code seq} is one of the numbers that fit now. */
    boolean fits(int seq) {
        int distance = seq - released;
        return distance > 0 && distance <= SIZE;
    }

    boolean has(int seq) {
        return fits(seq) && slots[slot(seq)] != null;
    }

    /** The message at {@code seq}, null if it is not there. */
    @Nullable
    Mcast get(int seq) {
        return fits(seq) ? slots[slot(seq)] : null;
    }

    /** Keeps {@code message} at {@code seq}; false if it does not fit or the slot is taken. */
    boolean put(int seq, Mcast message) {
        if (!fits(seq) || slots[slot(seq)] != null) return false;
        slots[slot(seq)] = message;
        return true;
    }

    /** Lets go of everything up to {@code seq}; earlier numbers than the released one do nothing. */
    void releaseTo(int seq) {
        int count = seq - released;
        if (count <= 0) return;
        if (count >= SIZE) {
            Arrays.fill(slots, null);
            Arrays.fill(misses, (byte) 0);
        } else {
            for (int i = 1; i <= count; i++) {
                slots[slot(released + i)] = null;
                misses[slot(released + i)] = 0;
            }
        }
        released = seq;
    }

    /** Counts one more token visit that showed {@code seq} to be missing; saturates at 127. */
    int countMiss(int seq) {
        int slot = slot(seq);
        if (misses[slot] < Byte.MAX_VALUE) misses[slot]++;
        return misses[slot];
    }

    /** The last number of the unbroken run that follows {@code from}. */
    int runFrom(int from) {
        int seq = from;
        while (has(seq + 1)) seq++;
        return seq;
    }

    private static int slot(int seq) {
        return seq & (SIZE - 1);
    }
}
