package org.quorate.engine;

/**
 * A protocol as a function of its history. Confined to its owner's event loop; not thread-safe.
 *
 * <p>Time is passed in, in nanoseconds since an arbitrary start, and never decreases from call to call. Effects are to be performed
 * in the order in which they were added.
 *
 * @param <I> what the engine is told
 * @param <E> what the engine asks its host to do
 */
public interface Engine<I, E> {
    /** Applies one input at {@code nowNanos}. */
    void step(long nowNanos, I input, Effects<E> out);

    /** Fires every deadline at or before {@code nowNanos}; without one due, does nothing. */
    void tick(long nowNanos, Effects<E> out);

    /** The next instant at which {@link #tick} has work, or {@link Long#MAX_VALUE} for none. */
    long deadlineNanos();
}
