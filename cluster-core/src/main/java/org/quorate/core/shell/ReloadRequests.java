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
import org.quorate.ReloadReport;

/** Those who asked for a reload here and wait for its end. Thread-safe. */
final class ReloadRequests {
    /** Who may wait at once. */
    static final int MAX_WAITING = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, CompletableFuture<ReloadReport>> byTicket = new TreeMap<>(); // guarded by lock
    private long nextTicket; // guarded by lock
    private @Nullable ClusterException over; // guarded by lock

    /**
     * The ticket of a new one.
     *
     * @throws ClusterException with {@link Reason#QUEUE_FULL} at the bound, or with what ended the node
     */
    long open(CompletableFuture<ReloadReport> ended) {
        lock.lock();
        try {
            if (over != null) throw over;
            if (byTicket.size() >= MAX_WAITING)
                throw new ClusterException(
                        Reason.QUEUE_FULL, MAX_WAITING + " callers wait for a reload already; wait for one of them");
            byTicket.put(nextTicket, ended);
            return nextTicket++;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a ticket: what to complete, or null if there is no such ticket. */
    @Nullable
    CompletableFuture<ReloadReport> close(long ticket) {
        lock.lock();
        try {
            return byTicket.remove(ticket);
        } finally {
            lock.unlock();
        }
    }

    /** Ends every ticket; there are no new ones after {@code why}. */
    List<CompletableFuture<ReloadReport>> closeAll(ClusterException why) {
        lock.lock();
        try {
            if (over == null) over = why;
            List<CompletableFuture<ReloadReport>> all = new ArrayList<>(byTicket.values());
            byTicket.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }
}
