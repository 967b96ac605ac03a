package org.quorate.knet.netty;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.spi.EventLoop;

/**
 * The loop of one node: Netty's, with a clock that starts at zero and alarms that may be moved for every packet.
 *
 * <p>An alarm that is {@link #LATE_NANOS} late does not run before what has arrived meanwhile was handled: if this process did not run
 * for a while, the answer whose absence the alarm would complain of lies in a socket.
 */
final class NettyLoop implements EventLoop {
    /** From here on an alarm is so late that the process may have stood still. */
    static final long LATE_NANOS = 20_000_000L;

    /** Sees to it that what has arrived is handled. */
    interface Backlog {
        /** Runs {@code then}, later, when that is done. */
        void whenRead(Runnable then);
    }

    private final io.netty.channel.EventLoop loop;
    private final Consumer<Throwable> fatal;
    private final long startNanos = System.nanoTime();
    private Backlog backlog = Runnable::run; // confined to the loop once it is in use
    private volatile boolean ended;

    /** A view of {@code loop}; what tasks throw is given to {@code fatal}. */
    NettyLoop(io.netty.channel.EventLoop loop, Consumer<Throwable> fatal) {
        this.loop = loop;
        this.fatal = fatal;
    }

    @Override
    public long nowNanos() {
        return System.nanoTime() - startNanos;
    }

    @Override
    public boolean inLoop() {
        return loop.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        if (ended) return;
        try {
            loop.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            ended = true; // it ended just now
        }
    }

    private void run(Runnable task) {
        if (ended) return;
        try {
            task.run();
        } catch (Throwable e) { // the loop's last line
            fatal.accept(e);
        }
    }

    /** What a late alarm waits for; before the first alarm is set. */
    void readBeforeLateAlarms(Backlog sockets) {
        backlog = sockets;
    }

    /** Runs nothing more. */
    void end() {
        ended = true;
    }

    @Override
    public Alarm newAlarm(Runnable action) {
        return new LoopAlarm(action);
    }

    /** Leaves a wake-up that is too early where it is and looks again when it fires: moving a deadline back costs nothing. */
    private final class LoopAlarm implements Alarm {
        /** Stands for a wake-up that waits for the backlog: nothing is earlier. */
        private static final long AFTER_BACKLOG = Long.MIN_VALUE;

        private final Runnable action;
        private final Runnable wake = this::wake;
        private long deadline = Long.MAX_VALUE;
        private long wakeAt = Long.MAX_VALUE;
        private @Nullable ScheduledFuture<?> wakeUp;

        LoopAlarm(Runnable action) {
            this.action = action;
        }

        @Override
        public void setAt(long deadlineNanos) {
            deadline = deadlineNanos;
            if (deadlineNanos < wakeAt) arm();
        }

        private void arm() {
            if (ended) return;
            if (wakeUp != null) wakeUp.cancel(false);
            wakeUp = null;
            wakeAt = deadline;
            long delay = deadline - nowNanos();
            try {
                if (delay <= 0) loop.execute(wake);
                else wakeUp = loop.schedule(wake, delay, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                ended = true;
            }
        }

        private void wake() {
            wakeAt = Long.MAX_VALUE;
            wakeUp = null;
            if (deadline == Long.MAX_VALUE || ended) return;
            long late = nowNanos() - deadline;
            if (late >= LATE_NANOS) {
                wakeAt = AFTER_BACKLOG;
                backlog.whenRead(() -> NettyLoop.this.run(this::caughtUp));
            } else if (late >= 0) {
                fire();
            } else {
                arm();
            }
        }

        private void caughtUp() {
            wakeAt = Long.MAX_VALUE;
            if (deadline == Long.MAX_VALUE || ended) return;
            if (deadline > nowNanos()) arm();
            else fire();
        }

        private void fire() {
            deadline = Long.MAX_VALUE;
            NettyLoop.this.run(action);
        }
    }
}
