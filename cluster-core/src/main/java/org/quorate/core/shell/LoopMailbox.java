package org.quorate.core.shell;

import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quorate.core.NodeInput;
import org.quorate.spi.EventLoop;

/**
 * Requests of user threads on their way to the loop, in order. Before the loop is there they wait; after the end they are dropped,
 * since whoever waits for an answer was told of the end. Thread-safe.
 */
final class LoopMailbox {
    private interface Request {
        void runOn(NodeDriver driver);
    }

    private final ReentrantLock lock = new ReentrantLock();
    /** Bounded by what may be asked for at all: {@link Sends}, {@link Answers}, the number of groups. */
    private final ArrayDeque<Request> early = new ArrayDeque<>(); // guarded by lock

    private @Nullable EventLoop loop; // guarded by lock
    private @Nullable NodeDriver driver; // guarded by lock
    private boolean closed; // guarded by lock

    /** Runs {@code task} on the loop; what it throws stops the node. */
    void post(Runnable task) {
        add(driver -> driver.run(task));
    }

    /** Gives the engine an input. */
    void give(NodeInput input) {
        add(driver -> driver.give(input));
    }

    /** Gives the engine an input that is made on the loop. */
    void give(Supplier<NodeInput> input) {
        add(driver -> driver.give(input.get()));
    }

    /** The loop is there: what waited goes first. */
    void open(EventLoop eventLoop, NodeDriver nodeDriver) {
        lock.lock();
        try {
            loop = eventLoop;
            driver = nodeDriver;
            for (Request request; (request = early.poll()) != null; ) forward(request, eventLoop, nodeDriver);
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            early.clear();
        } finally {
            lock.unlock();
        }
    }

    private void add(Request request) {
        lock.lock();
        try {
            if (closed) return;
            if (loop == null || driver == null) early.add(request);
            else forward(request, loop, driver);
        } finally {
            lock.unlock();
        }
    }

    private static void forward(Request request, EventLoop loop, NodeDriver driver) {
        loop.execute(() -> request.runOn(driver));
    }
}
