package org.quorate.knet.link;

/**
 * Decides which datagrams from addresses of no peer are worth a look. None of them can be accepted; a few are opened all the same, to tell
 * the operator what they are (another key, an unlisted node, a peer with another address). The rest of a flood costs no cipher work.
 */
final class Strangers {
    /** Datagrams that are opened in a second. */
    static final int OPENED_A_SECOND = 100;

    private static final long SECOND_NANOS = 1_000_000_000L;

    private long secondBegan = Long.MIN_VALUE;
    private int opened;

    /** Whether this one is to be opened. */
    boolean isWorthALook(long nowNanos) {
        if (secondBegan == Long.MIN_VALUE || nowNanos - secondBegan >= SECOND_NANOS) {
            secondBegan = nowNanos;
            opened = 0;
        }
        return opened++ < OPENED_A_SECOND;
    }
}
