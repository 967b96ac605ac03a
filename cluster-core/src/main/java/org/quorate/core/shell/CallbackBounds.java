package org.quorate.core.shell;

/**
 * How much may wait for the application, and from where on the ring is slowed down. Bytes follow the heap: a bound that the heap cannot
 * hold is none. Callbacks do not: 65,536 small ones take about 10 MiB, and 32,000 can still come after the brake's last step.
 *
 * @param maxBytes of messages that may wait
 */
record CallbackBounds(long maxBytes) {
    /** Callbacks that may wait. */
    static final int MAX_WAITING = 65_536;
    /** The least that {@link #ofHeap} gives: what still comes after the last step, 6.4 MiB, has room behind it. */
    static final long LEAST_BYTES = 16L << 20;
    /** The most that it gives, for heaps from 512 MiB. */
    static final long MOST_BYTES = 128L << 20;

    private static final int EASY_WAITING = 8192;
    private static final int STEP_WAITING = 2048;
    private static final int MAX_BRAKE = 8;

    /** Refuses fewer than 128 bytes. */
    CallbackBounds {
        if (maxBytes < 128) throw new IllegalArgumentException("at most " + maxBytes + " bytes");
    }

    /** A quarter of a heap of at most {@code heapBytes}, between the least and the most. */
    static CallbackBounds ofHeap(long heapBytes) {
        return new CallbackBounds(Math.max(LEAST_BYTES, Math.min(MOST_BYTES, heapBytes / 4)));
    }

    /** Whether another callback may wait beside those. */
    boolean admits(int callbacks, long bytes, int more) {
        return callbacks < MAX_WAITING && bytes + more <= maxBytes;
    }

    /** How much less the ring should bring: 0 for no less, 8 for nothing. */
    int brake(int callbacks, long bytes) {
        long byCount = callbacks < EASY_WAITING ? 0 : 1 + (callbacks - EASY_WAITING) / STEP_WAITING;
        long byBytes = bytes < easyBytes() ? 0 : 1 + (bytes - easyBytes()) / stepBytes();
        return (int) Math.min(MAX_BRAKE, Math.max(byCount, byBytes));
    }

    /** The same as if half a step more were waiting: a brake is let go later than it was pressed. */
    int brakeToKeep(int callbacks, long bytes) {
        return brake(callbacks + STEP_WAITING / 2, bytes + stepBytes() / 2);
    }

    /** Bytes at which nothing more should come: 58 of 128 MiB, 7.25 of 16. */
    long lastStepBytes() {
        return easyBytes() + (MAX_BRAKE - 1) * stepBytes();
    }

    private long easyBytes() {
        return maxBytes / 8;
    }

    private long stepBytes() {
        return maxBytes * 3 / 64;
    }
}
