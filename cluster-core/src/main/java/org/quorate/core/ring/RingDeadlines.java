package org.quorate.core.ring;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** The ring's deadlines: one instant per timer, {@link Long#MAX_VALUE} for off. */
final class RingDeadlines {
    /** The timers, in the order in which simultaneous ones fire. Source: totem.md sections 2.4 and 3. */
    enum Timer {
        /** No token for so long: it is lost. */
        TOKEN,
        /** The token is late enough for a warning. */
        TOKEN_WARNING,
        /** Send the last token again. */
        RETRANSMIT,
        /** Let go of a token held on an idle ring. */
        HOLD,
        /** Announce an idle ring to others. */
        MERGE,
        /** Repeat the join message. */
        JOIN,
        /** Give up those who did not agree. */
        CONSENSUS,
        /** Note that this process is running. */
        PAUSE_STAMP
    }

    private static final Timer[] TIMERS = Timer.values();
    private static final long OFF = Long.MAX_VALUE;

    private final long[] due = new long[TIMERS.length];

    RingDeadlines() {
        clear();
    }

    void set(Timer timer, long atNanos) {
        due[timer.ordinal()] = atNanos;
    }

    void cancel(Timer timer) {
        due[timer.ordinal()] = OFF;
    }

    void clear() {
        Arrays.fill(due, OFF);
    }

    boolean isSet(Timer timer) {
        return due[timer.ordinal()] != OFF;
    }

    long earliest() {
        long earliest = OFF;
        for (long at : due) earliest = Math.min(earliest, at);
        return earliest;
    }

    /** Switches off and returns the timer that is due first at {@code nowNanos}; null if none is. */
    @org.jspecify.annotations.Nullable
    Timer takeDue(long nowNanos) {
        int first = -1;
        for (int i = 0; i < due.length; i++) if (due[i] <= nowNanos && (first < 0 || due[i] < due[first])) first = i;
        if (first < 0) return null;
        due[first] = OFF;
        return TIMERS[first];
    }

    /** For traces. */
    Map<Timer, Long> pending() {
        Map<Timer, Long> pending = new EnumMap<>(Timer.class);
        for (Timer timer : TIMERS) if (isSet(timer)) pending.put(timer, due[timer.ordinal()]);
        return pending;
    }
}
