package org.quorate.sim;

/**
 * A node's own clock: nanoseconds since the node started, running a little fast or slow.
 *
 * @param startNanos simulated instant at which the clock showed 0
 * @param ratePpm parts per million that it runs fast (or slow, if negative), -500,000..500,000
 */
public record SimClock(long startNanos, int ratePpm) {
    private static final long MILLION = 1_000_000;

    /** Checks the rate. */
    public SimClock {
        if (ratePpm < -500_000 || ratePpm > 500_000)
            throw new IllegalArgumentException("clock rate of " + ratePpm + " ppm is not in -500000..500000");
    }

    /** What the clock shows at {@code simNanos}. */
    public long local(long simNanos) {
        return scale(simNanos - startNanos, MILLION + ratePpm, MILLION);
    }

    /** The first instant at which the clock shows at least {@code localNanos}; {@link Long#MAX_VALUE} stays what it is. */
    public long instantOf(long localNanos) {
        if (localNanos == Long.MAX_VALUE) return Long.MAX_VALUE;
        long guess = startNanos + scale(localNanos, MILLION, MILLION + ratePpm);
        while (local(guess) < localNanos) guess++;
        return guess;
    }

    private static long scale(long nanos, long numerator, long denominator) {
        return nanos / denominator * numerator + nanos % denominator * numerator / denominator;
    }
}
