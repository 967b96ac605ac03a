package org.quorate.core.ring;

import org.quorate.RingId;

/**
 * Where the numbers of a ring begin. Real ones begin at 0, and all members must know the same; a test lets them begin elsewhere, so that a ring comes to
 * the numbers of one that has lasted for days. A function of the ring id alone. Source: totem.md 1.10.
 */
@FunctionalInterface
public interface RingNumbers {
    /** Those of every real ring. */
    RingNumbers FROM_ZERO = ring -> Begin.ZERO;

    /** The beginning for one ring. */
    Begin of(RingId ring);

    /**
     * Unsigned numbers that roll over.
     *
     * @param message the one before the number of the first message
     * @param token of the first token
     */
    record Begin(int message, int token) {
        /** What a real ring begins with. */
        public static final Begin ZERO = new Begin(0, 0);
    }
}
