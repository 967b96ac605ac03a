package org.quorate.core.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/**
 * Answers of one kind that users wait for. None is forgotten: what is not answered when the node ends fails then. Thread-safe.
 *
 * @param <T> what they wait for
 */
final class Answers<T> {
    /** Users who may wait at once; the next one fails. */
    static final int MAX_WAITING = 4096;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<CompletableFuture<T>> waiting = new ArrayList<>(); // guarded by lock
    private @Nullable ClusterException over; // guarded by lock

    /** A new one to wait for; it has failed already if the node is over or too many wait. */
    CompletableFuture<T> open() {
        CompletableFuture<T> answer = new CompletableFuture<>();
        lock.lock();
        try {
            if (over != null) answer.completeExceptionally(over);
            else if (waiting.size() >= MAX_WAITING)
                answer.completeExceptionally(new ClusterException(
                        Reason.QUEUE_FULL, MAX_WAITING + " callers wait for the same answer; ask again later"));
            else waiting.add(answer);
        } finally {
            lock.unlock();
        }
        return answer;
    }

    /** Takes one off the list, to be completed by the caller; false if it is not on it any more. */
    boolean take(CompletableFuture<T> answer) {
        lock.lock();
        try {
            return waiting.removeIf(each -> each == answer);
        } finally {
            lock.unlock();
        }
    }

    /** Takes all off the list, to be completed by the caller. */
    List<CompletableFuture<T>> takeAll() {
        lock.lock();
        try {
            List<CompletableFuture<T>> all = List.copyOf(waiting);
            waiting.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Fails all there are, through {@code later}, and at once all that come after. */
    void end(ClusterException why, Consumer<Runnable> later) {
        lock.lock();
        try {
            over = why;
        } finally {
            lock.unlock();
        }
        for (CompletableFuture<T> each : takeAll()) later.accept(() -> each.completeExceptionally(why));
    }
}
