package org.quorate.knet.link;

import java.util.BitSet;

/**
 * Tells the messages of one host that are new from those that were delivered before, whichever link they came over. Also remembers which
 * fragmented messages have been begun.
 *
 * <p>Rule: sequence numbers are 16 bits and wrap. The window covers the newest number seen, {@link #reference}, and the 4095 before it. A
 * newer number moves the window. A number that is exactly 4096 behind counts as delivered. One that is further behind, or as far ahead, is
 * taken for a host that started over: the window forgets everything and begins there.
 *
 * <p>Source: docs/protocol/knet.md 2.4 (libknet 1.25). Differs: 4096 behind shares a slot with the reference there, so that it is new as long as
 * the reference itself has not been delivered; and the unset window is a state of its own, not number 0.
 */
final class SequenceWindow {
    /** How many numbers are remembered. */
    static final int SIZE = 4096;

    private final BitSet delivered = new BitSet(SIZE);
    private final BitSet begun = new BitSet(SIZE);
    private boolean set;
    private int reference;

    /** Looks {@code sequence} up, moving the window to it if it is ahead. True if it has not been delivered. */
    boolean admit(int sequence) {
        if (!set) resetTo(sequence);
        int ahead = (short) (sequence - reference);
        if (ahead > SIZE || ahead < -SIZE) {
            resetTo(sequence);
            return true;
        }
        if (ahead > 0) {
            forgetSlotsAfterReference(ahead);
            reference = sequence;
            return true;
        }
        return ahead != -SIZE && !delivered.get(slot(sequence));
    }

    /** Remembers that the message {@code sequence}, which was admitted, has been delivered. */
    void markDelivered(int sequence) {
        if (covers(sequence)) delivered.set(slot(sequence));
    }

    /** Remembers that a fragmented message, which was admitted, has been begun. True the first time. */
    boolean begin(int sequence) {
        if (!covers(sequence) || begun.get(slot(sequence))) return false;
        begun.set(slot(sequence));
        return true;
    }

    /** Forgets everything; the next number admitted starts the window. */
    void reset() {
        delivered.clear();
        begun.clear();
        set = false;
        reference = 0;
    }

    /** Forgets everything and starts at {@code sequence}, itself not delivered. */
    void resetTo(int sequence) {
        reset();
        set = true;
        reference = sequence;
    }

    /** The newest number seen; 0 if there is none. */
    int reference() {
        return reference;
    }

    /** How many numbers before the newest one {@code sequence} is; negative if it is ahead. */
    int age(int sequence) {
        return (short) (reference - sequence);
    }

    private boolean covers(int sequence) {
        int age = age(sequence);
        return set && age >= 0 && age < SIZE;
    }

    private void forgetSlotsAfterReference(int count) {
        int from = slot(reference + 1);
        int firstPart = Math.min(count, SIZE - from);
        delivered.clear(from, from + firstPart);
        begun.clear(from, from + firstPart);
        delivered.clear(0, count - firstPart);
        begun.clear(0, count - firstPart);
    }

    private static int slot(int sequence) {
        return sequence & (SIZE - 1);
    }
}
