package org.quorate.sim;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.spi.EventLoop;

/** An {@link EventLoop} on one daemon thread of its own, with nothing but a queue and alarms. */
final class MemoryLoop implements EventLoop {
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final long startNanos = System.nanoTime();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>(); // guarded by lock
    private final TreeSet<MemoryAlarm> alarms =
            new TreeSet<>(Comparator.comparingLong((MemoryAlarm a) -> a.deadlineNanos)
                    .thenComparingLong(a -> a.number)); // confined to the loop
    private final Consumer<Throwable> onFailure;
    private final Thread thread;
    private boolean ended; // guarded by lock
    private int backlog; // tasks that late alarms wait for; guarded by lock
    private long alarmCount;

    MemoryLoop(String name, Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    @Override
    public long nowNanos() {
        return System.nanoTime() - startNanos;
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void execute(Runnable task) {
        lock.lock();
        try {
            if (ended) return;
            tasks.add(task);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Alarm newAlarm(Runnable action) {
        return new MemoryAlarm(action, alarmCount++);
    }

    /** Ends the thread after the task that it runs now, and waits for that unless called by the loop itself. Idempotent. */
    void end() {
        lock.lock();
        try {
            ended = true;
            tasks.clear();
            changed.signal();
        } finally {
            lock.unlock();
        }
        if (inLoop()) return;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private void run() {
        while (true) {
            Runnable task = next();
            if (task == null) return;
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                onFailure.accept(e);
            }
        }
    }

    /** The next task or due alarm, in turn, waiting for one; null at the end. */
    private @Nullable Runnable next() {
        lock.lock();
        try {
            while (!ended) {
                MemoryAlarm first = alarms.isEmpty() ? null : alarms.first();
                long waitNanos = first == null ? Long.MAX_VALUE : first.deadlineNanos - nowNanos();
                if (waitNanos < -LATE_NANOS && backlog == 0) backlog = tasks.size() + 1;
                if (backlog > 0 && --backlog > 0) return tasks.poll();
                if (first != null && waitNanos <= 0) {
                    alarms.remove(first);
                    first.deadlineNanos = Long.MAX_VALUE;
                    Runnable queued = tasks.poll();
                    if (queued == null) return first.action;
                    return () -> {
                        first.action.run();
                        queued.run();
                    };
                }
                Runnable task = tasks.poll();
                if (task != null) return task;
                if (first == null) changed.await();
                else changed.awaitNanos(Math.min(waitNanos, TimeUnit.SECONDS.toNanos(60)));
            }
            return null;
        } catch (InterruptedException e) {
            return ended ? null : () -> {};
        } finally {
            lock.unlock();
        }
    }

    private final class MemoryAlarm implements Alarm {
        private final Runnable action;
        private final long number;
        private long deadlineNanos = Long.MAX_VALUE;

        MemoryAlarm(Runnable action, long number) {
            this.action = action;
            this.number = number;
        }

        @Override
        public void setAt(long newDeadlineNanos) {
            if (!inLoop()) throw new IllegalStateException("an alarm is set on its loop only");
            if (deadlineNanos != Long.MAX_VALUE) alarms.remove(this);
            deadlineNanos = newDeadlineNanos;
            if (newDeadlineNanos != Long.MAX_VALUE) alarms.add(this);
        }
    }
}
