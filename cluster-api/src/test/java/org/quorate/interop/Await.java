package org.quorate.interop;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for a condition of the outside world, and says what the world looked like when it did not come true. */
public final class Await {
    private static final long POLL_NANOS = Duration.ofMillis(50).toNanos();

    private Await() {}

    /**
     * Polls {@code condition} every 50 ms until it holds.
     *
     * @param what names the condition in the failure
     * @param state asked once, when the deadline passes
     * @return the time it took
     * @throws AssertionError with {@code what} and {@code state} when it does not hold in time
     */
    public static Duration until(Duration limit, String what, Supplier<String> state, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > limit.toNanos())
                throw new AssertionError("after " + limit.toMillis() + " ms still not: " + what + "\n" + state.get());
            pause(POLL_NANOS);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /**
     * Polls {@code probe} every 50 ms until its value satisfies {@code wanted}, and returns that value.
     *
     * @throws AssertionError with {@code what}, the last value seen and {@code state} when none does in time
     */
    public static <T> T value(
            Duration limit, String what, Supplier<String> state, Supplier<Optional<T>> probe, Predicate<T> wanted) {
        long start = System.nanoTime();
        while (true) {
            Optional<T> seen = probe.get();
            if (seen.isPresent() && wanted.test(seen.get())) return seen.get();
            if (System.nanoTime() - start > limit.toNanos())
                throw new AssertionError("after " + limit.toMillis() + " ms still not: " + what + "\nlast seen: "
                        + seen.map(Object::toString).orElse("nothing") + "\n" + state.get());
            pause(POLL_NANOS);
        }
    }

    /**
     * Watches that {@code condition} holds all the time for {@code span}.
     *
     * @throws AssertionError with {@code what} and {@code state} at the first poll at which it does not
     */
    public static void holds(Duration span, String what, Supplier<String> state, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < span.toNanos()) {
            if (!condition.getAsBoolean()) throw new AssertionError("no longer: " + what + "\n" + state.get());
            pause(POLL_NANOS);
        }
    }

    /** Lets time go by where time itself is wanted: between the messages of a sender, while something is measured. Never instead of a condition. */
    public static void pass(Duration span) {
        pause(span.toNanos());
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) LockSupport.parkNanos(left);
    }
}
