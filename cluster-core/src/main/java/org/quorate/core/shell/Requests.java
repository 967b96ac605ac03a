package org.quorate.core.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/**
 * Those who asked the node for something and wait for its answer. Thread-safe.
 *
 * @param <T> what they are told
 */
final class Requests<T> {
    /** Who may wait at once. */
    static final int MAX_WAITING = 64;

    private final String what;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, CompletableFuture<T>> byTicket = new TreeMap<>(); // guarded by lock
    private long nextTicket; // guarded by lock
    private @Nullable ClusterException over; // guarded by lock

    /** Of one kind, such as {@code a reload}. */
    Requests(String what) {
        this.what = what;
    }

    /**
     * The ticket of a new one.
     *
     * @throws ClusterException with {@link Reason#QUEUE_FULL} at the bound, or with what ended the node
     */
    long open(CompletableFuture<T> ended) {
        lock.lock();
        try {
            if (over != null) throw over;
            if (byTicket.size() >= MAX_WAITING)
                throw new ClusterException(
                        Reason.QUEUE_FULL,
                        MAX_WAITING + " callers wait for " + what + " already; wait for one of them");
            byTicket.put(nextTicket, ended);
            return nextTicket++;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a ticket: what to complete, or null if there is no such ticket. */
    @Nullable
    CompletableFuture<T> close(long ticket) {
        lock.lock();
        try {
            return byTicket.remove(ticket);
        } finally {
            lock.unlock();
        }
    }

    /** Ends every ticket; there are no new ones after {@code why}. */
    List<CompletableFuture<T>> closeAll(ClusterException why) {
        lock.lock();
        try {
            if (over == null) over = why;
            List<CompletableFuture<T>> all = new ArrayList<>(byTicket.values());
            byTicket.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }
}
