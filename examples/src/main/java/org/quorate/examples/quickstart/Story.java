package org.quorate.examples.quickstart;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** The clock of the example: times since the JVM began, and the moment by which everything has to be over. */
final class Story {
    private static final Duration LIMIT = Duration.ofSeconds(55);

    private final long startNanos;

    /** Begins when the JVM began, as the operating system knows it to 10 ms, or now if it does not. */
    Story() {
        Duration age = ProcessHandle.current()
                .info()
                .startInstant()
                .map(start -> Duration.between(start, Instant.now()))
                .filter(d -> !d.isNegative() && d.compareTo(LIMIT) < 0)
                .orElse(Duration.ZERO);
        startNanos = System.nanoTime() - age.toNanos();
    }

    /** Time since the beginning. */
    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /** The instant, in terms of {@link System#nanoTime}, until which to wait for something that may take {@code limit}. */
    long deadlineNanos(Duration limit) {
        return Math.min(System.nanoTime() + limit.toNanos(), startNanos + LIMIT.toNanos());
    }

    /** {@code +1.234 s}. */
    String now() {
        return "+" + seconds(elapsed());
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.3f s", duration.toNanos() / 1e9);
    }
}
