package org.quorate.core.ring;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The ring's deadlines: one instant per timer. */
final class RingDeadlines {
    /** The timers, in the order in which simultaneous ones fire. Source: totem.md sections 2.4 and 3. */
    enum Timer {
        /** No token for so long: it is lost. */
        TOKEN,
        /** The token is late enough for a warning. */
        TOKEN_WARNING,
        /** Send the last token again. */
        RETRANSMIT,
        /** The token is late on a busy ring: try the other links. */
        ELSEWHERE,
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

    private static final long OFF = Long.MAX_VALUE;

    private final EnumMap<Timer, Long> due = new EnumMap<>(Timer.class);

    void set(Timer timer, long atNanos) {
        due.put(timer, atNanos);
    }

    void cancel(Timer timer) {
        due.remove(timer);
    }

    /** Makes a timer that is set due so much later. */
    void putOff(Timer timer, long nanos) {
        due.computeIfPresent(timer, (which, at) -> at + nanos);
    }

    void clear() {
        due.clear();
    }

    boolean isSet(Timer timer) {
        return due.containsKey(timer);
    }

    long earliest() {
        long earliest = OFF;
        for (long at : due.values()) earliest = Math.min(earliest, at);
        return earliest;
    }

    /** Switches off and returns the timer that is due first at {@code nowNanos}; empty if none is. */
    Optional<Timer> takeDue(long nowNanos) {
        Optional<Timer> first = due.entrySet().stream()
                .filter(e -> e.getValue() <= nowNanos)
                .min(Comparator.comparing((Map.Entry<Timer, Long> e) -> e.getValue())
                        .thenComparing(Map.Entry::getKey))
                .map(Map.Entry::getKey);
        first.ifPresent(due::remove);
        return first;
    }
}
