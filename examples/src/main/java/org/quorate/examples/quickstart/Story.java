package org.quorate.examples.quickstart;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;

/** The clock of the example: times since the JVM began, and the moment by which everything has to be over. */
final class Story {
    private static final Duration LIMIT = Duration.ofSeconds(55);

    private final long startNanos;

    /** Begins when the JVM began, or now if that was so long ago that the JVM must have had other business. */
    Story() {
        Duration age = Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime());
        startNanos = System.nanoTime() - (age.compareTo(Duration.ofSeconds(5)) < 0 ? age.toNanos() : 0);
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
