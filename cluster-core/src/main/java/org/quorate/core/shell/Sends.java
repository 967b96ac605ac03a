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

/** The messages of this node that were sent and not yet delivered here, by ticket, within a bound. Thread-safe. */
final class Sends {
    /** Messages under way at once. */
    static final int MAX_OUTSTANDING = 8192;
    /** Their bytes. */
    static final long MAX_OUTSTANDING_BYTES = 64L << 20;

    private record Outstanding(int bytes, CompletableFuture<Void> delivered) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Outstanding> byTicket = new TreeMap<>(); // guarded by lock
    private long bytes; // guarded by lock
    private long nextTicket; // guarded by lock
    private @Nullable ClusterException over; // guarded by lock

    /**
     * The ticket of a new message of {@code size} bytes; {@code delivered} belongs to it from now on.
     *
     * @throws ClusterException with {@link Reason#QUEUE_FULL} at a bound, or with what ended the node
     */
    long open(int size, CompletableFuture<Void> delivered) {
        lock.lock();
        try {
            if (over != null) throw over;
            if (byTicket.size() >= MAX_OUTSTANDING || bytes + size > MAX_OUTSTANDING_BYTES)
                throw new ClusterException(
                        Reason.QUEUE_FULL,
                        byTicket.size() + " messages with " + bytes
                                + " bytes are under way; send again when some of them have been delivered");
            bytes += size;
            byTicket.put(nextTicket, new Outstanding(size, delivered));
            return nextTicket++;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a ticket: what to complete, or null if there is no such ticket. */
    @Nullable
    CompletableFuture<Void> close(long ticket) {
        lock.lock();
        try {
            Outstanding closed = byTicket.remove(ticket);
            if (closed == null) return null;
            bytes -= closed.bytes;
            return closed.delivered;
        } finally {
            lock.unlock();
        }
    }

    /** Ends every ticket, in order; there are no new ones after {@code why}. */
    List<CompletableFuture<Void>> closeAll(ClusterException why) {
        lock.lock();
        try {
            if (over == null) over = why;
            List<CompletableFuture<Void>> all = new ArrayList<>();
            byTicket.values().forEach(o -> all.add(o.delivered));
            byTicket.clear();
            bytes = 0;
            return all;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return byTicket.size();
        } finally {
            lock.unlock();
        }
    }
}
