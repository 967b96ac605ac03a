package org.quorate.spi;

/**
 * The one thread of a node: all its engines run here, one task at a time. The transport owns it, since sockets are read on it.
 *
 * <p>{@link #execute} and {@link #inLoop} may be called by any thread, the rest on the loop only.
 */
public interface EventLoop {
    /** Monotonic nanoseconds since the loop began; never decreases. */
    long nowNanos();

    /** Whether the calling thread is the loop. */
    boolean inLoop();

    /** Runs {@code task} on the loop after all tasks posted before. Dropped without a trace once the loop has ended. */
    void execute(Runnable task);

    /** An alarm that runs {@code action} on the loop; not set at first. */
    Alarm newAlarm(Runnable action);

    /** One wake-up that can be moved at no great cost. */
    interface Alarm {
        /**
         * Sets the alarm to {@code deadlineNanos} (in terms of {@link EventLoop#nowNanos}), replacing any earlier setting.
         * {@link Long#MAX_VALUE} switches it off; an instant that has passed fires soon, but never inside this call.
         *
         * <p>An alarm that is late by more than 20 ms, because the process did not run or was busy, runs after what had arrived by then
         * was delivered, unless that is more than a tenth of a second's work: nobody is to be accused of a silence that was ours.
         */
        void setAt(long deadlineNanos);
    }
}
