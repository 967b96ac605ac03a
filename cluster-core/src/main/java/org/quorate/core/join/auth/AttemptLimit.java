package org.quorate.core.join.auth;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows guesses down: for each source the third failure in a row and each later one doubles a delay in which nothing is tried, from 1 s to 15 min;
 * and all sources together have 30 wrong passwords a minute. An attempt counts as failed until it has succeeded. 1024 sources are remembered; the one that
 * was not heard of for longest is forgotten. Has no clock; times are nanoseconds that never fall. Not thread-safe.
 */
public final class AttemptLimit {
    /** Sources that are remembered. */
    public static final int MAX_SOURCES = 1024;
    /** Wrong passwords of all sources in {@link #WINDOW}. */
    public static final int MAX_IN_WINDOW = 30;
    /** Time over which they are counted. */
    public static final Duration WINDOW = Duration.ofMinutes(1);

    private static final int FREE_FAILURES = 2;
    private static final long FIRST_DELAY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST_DELAY_NANOS = Duration.ofMinutes(15).toNanos();
    /** A source that was quiet for so long begins anew. */
    private static final long FORGET_NANOS = Duration.ofHours(1).toNanos();

    private record Failures(int count, long lastNanos) {
        long delayNanos() {
            int doublings = Math.min(count - FREE_FAILURES - 1, 20);
            return doublings < 0 ? 0 : Math.min(FIRST_DELAY_NANOS << doublings, LONGEST_DELAY_NANOS);
        }
    }

    private final Map<String, Failures> sources = new LinkedHashMap<>(16, 0.75f, true);
    private final Deque<Long> passwords = new ArrayDeque<>();

    /** None so far. */
    public AttemptLimit() {}

    /**
     * Begins an attempt, if it is allowed.
     *
     * @param source where it comes from
     * @param password whether it is one with a password
     * @return 0 if it may go on; else how long to wait, in nanoseconds
     */
    public long begin(String source, boolean password, long nowNanos) {
        Failures before = sources.get(source);
        if (before != null && nowNanos - before.lastNanos() > FORGET_NANOS) before = null;
        if (before != null) {
            long wait = before.lastNanos() + before.delayNanos() - nowNanos;
            if (wait > 0) return wait;
        }
        if (password) {
            while (!passwords.isEmpty() && nowNanos - passwords.peekFirst() >= WINDOW.toNanos()) passwords.pollFirst();
            if (passwords.size() >= MAX_IN_WINDOW) return passwords.peekFirst() + WINDOW.toNanos() - nowNanos;
            passwords.addLast(nowNanos);
        }
        sources.put(source, new Failures(before == null ? 1 : before.count() + 1, nowNanos));
        if (sources.size() > MAX_SOURCES)
            sources.remove(sources.keySet().iterator().next());
        return 0;
    }

    /** The attempt that {@code source} began was right: it has no failures any more. */
    public void succeeded(String source, boolean password) {
        sources.remove(source);
        if (password) passwords.pollLast();
    }

    /** How many sources are remembered. */
    int sources() {
        return sources.size();
    }
}
