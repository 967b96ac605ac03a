package org.quorate.core.shell;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.quorate.NodeId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries callbacks from the loop to the application, one at a time and in order, on the application's executor or on a daemon thread
 * {@code cluster-<node>-callbacks}. Thread-safe. What a callback throws is logged and harms nobody.
 *
 * <p>Policy for an application that cannot keep up: {@link #brake} grows with what waits, so that the ring brings less; at a bound
 * ({@link CallbackBounds}) {@link #post} answers false and the node stops, since to leave out a message or a view would break the order that it promises. What
 * ends a wait of the application ({@link #postAlways}) is never refused.
 */
final class CallbackQueue {
    /** How often it is said that a slow application moves. */
    private static final long ALIVE_NANOS = 1_000_000_000L;

    private static final int BATCH = 256;
    private static final Logger LOG = LoggerFactory.getLogger(CallbackQueue.class);

    private record Entry(int bytes, Runnable task) {}

    private final NodeId node;
    private final CallbackBounds bounds;
    private final Executor executor;
    private final @Nullable ThreadPoolExecutor own;
    private final Runnable brakeMoved;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final ArrayDeque<Entry> waiting = new ArrayDeque<>(); // guarded by lock
    private long waitingBytes; // guarded by lock
    private int highWater; // guarded by lock
    private long highWaterBytes; // guarded by lock
    private boolean running; // guarded by lock
    private boolean ending; // guarded by lock
    private long aliveAt; // guarded by lock
    private volatile int brake; // changed under lock
    private volatile @Nullable Thread current;

    /** {@code brakeMoved} is run when {@link #brake} has changed, and once a second while it is on and callbacks end; by any thread. */
    CallbackQueue(NodeId node, CallbackBounds bounds, Optional<Executor> given, Runnable brakeMoved) {
        this.node = node;
        this.bounds = bounds;
        this.brakeMoved = brakeMoved;
        this.own = given.isPresent() ? null : ownThread(node);
        this.executor = own == null ? given.orElseThrow() : own;
    }

    /** Queues a callback that holds a message of {@code bytes}; false if the queue is full. */
    boolean post(int bytes, Runnable task) {
        boolean moved;
        lock.lock();
        try {
            if (!bounds.admits(waiting.size(), waitingBytes, bytes)) return false;
            enqueue(new Entry(bytes, task));
            moved = pressBrake();
        } finally {
            lock.unlock();
        }
        if (moved) brakeMoved.run();
        schedule();
        return true;
    }

    /** Queues a callback whatever is waiting; for the few that a node posts in its life or that answer a bounded number of requests. */
    void postAlways(Runnable task) {
        lock.lock();
        try {
            enqueue(new Entry(0, task));
        } finally {
            lock.unlock();
        }
        schedule();
    }

    /** How much less the ring should bring: 0 for no less, 8 for nothing. */
    int brake() {
        return brake;
    }

    private boolean pressBrake() {
        int wanted = bounds.brake(waiting.size(), waitingBytes);
        if (wanted <= brake) return false;
        brake = wanted;
        aliveAt = System.nanoTime();
        return true;
    }

    /** Half a step later than it was pressed; or it is only said that the application is alive. */
    private boolean easeBrake() {
        if (brake == 0) return false;
        int wanted = bounds.brakeToKeep(waiting.size(), waitingBytes);
        boolean moved = wanted < brake;
        long now = System.nanoTime();
        if (!moved && now - aliveAt < ALIVE_NANOS) return false;
        if (moved) brake = wanted;
        aliveAt = now;
        return true;
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Adds what there is to say. */
    void count(Map<String, Long> counters) {
        lock.lock();
        try {
            counters.put("callbacks.waiting", (long) waiting.size());
            counters.put("callbacks.waiting-bytes", waitingBytes);
            counters.put("callbacks.high-water", (long) highWater);
            counters.put("callbacks.high-water-bytes", highWaterBytes);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the calling thread is running a callback of this node. */
    boolean inCallback() {
        return Thread.currentThread() == current;
    }

    /** Lets the own thread end as soon as nothing waits. Idempotent. */
    void endWhenIdle() {
        lock.lock();
        try {
            ending = true;
            if (own != null && !running && waiting.isEmpty()) own.shutdown();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until nothing waits or runs, at most {@code millis}. A callback that runs longer is interrupted if the thread is the node's
     * own. Called by a callback, does not wait.
     */
    void awaitIdle(long millis) {
        if (inCallback()) return;
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while ((running || !waiting.isEmpty()) && left > 0) left = idle.awaitNanos(left);
            if (!running) return;
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            return;
        } finally {
            lock.unlock();
        }
        LOG.warn("node {}: a callback runs longer than {} ms; it is not waited for", node, millis);
        if (own != null) own.shutdownNow();
    }

    private void enqueue(Entry entry) {
        waiting.add(entry);
        waitingBytes += entry.bytes;
        if (waiting.size() > highWater) highWater = waiting.size();
        if (waitingBytes > highWaterBytes) highWaterBytes = waitingBytes;
    }

    private void schedule() {
        lock.lock();
        try {
            if (running || waiting.isEmpty()) return;
            running = true;
        } finally {
            lock.unlock();
        }
        submit();
    }

    private void submit() {
        try {
            executor.execute(this::runBatch);
        } catch (RejectedExecutionException ended) {
            LOG.warn(
                    "node {}: the callback executor takes no more tasks; the last callbacks run on a thread of their own",
                    node);
            Thread last = new Thread(this::runRest, "cluster-" + node + "-callbacks");
            last.setDaemon(true);
            last.start();
        }
    }

    private void runRest() {
        while (runSome()) Thread.onSpinWait();
    }

    private void runBatch() {
        if (runSome()) submit();
    }

    /** Runs one batch; true if there is more, which the caller then has to see to. */
    private boolean runSome() {
        current = Thread.currentThread();
        for (int i = 0; i < BATCH; i++) {
            Entry entry = next();
            if (entry == null) return false;
            run(entry.task);
        }
        current = null;
        return true;
    }

    private @Nullable Entry next() {
        boolean moved = false;
        lock.lock();
        try {
            Entry entry = waiting.poll();
            if (entry != null) {
                waitingBytes -= entry.bytes;
                moved = easeBrake();
            } else {
                current = null;
                running = false;
                idle.signalAll();
                if (ending && own != null) own.shutdown();
            }
            return entry;
        } finally {
            lock.unlock();
            if (moved) brakeMoved.run();
        }
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error thrown) {
            LOG.warn("node {}: a callback of the application threw", node, thrown);
        }
    }

    private static ThreadPoolExecutor ownThread(NodeId node) {
        return new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "cluster-" + node + "-callbacks");
            thread.setDaemon(true);
            return thread;
        });
    }
}
