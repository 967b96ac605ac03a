package org.quorate.core.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The messages of this node that were sent and not yet delivered here, by ticket, within a bound. What is taken is sent: the bound is
 * smaller than what the packer holds. Thread-safe.
 */
final class Sends {
    /** Messages under way at once. */
    static final int MAX_OUTSTANDING = 8192;
    /** Their bytes. */
    static final long MAX_OUTSTANDING_BYTES = 8L << 20;
    /** Instead of a ticket: a bound is reached. */
    static final long FULL = -1;

    /**
     * A message under way.
     *
     * @param ticket its number
     * @param sender who sent it
     * @param bytes of its payload
     * @param delivered to be completed, if anybody waits for it
     */
    record Outstanding(
            long ticket,
            GroupHandle sender,
            int bytes,
            @Nullable CompletableFuture<Void> delivered) {}

    private final Runnable roomAgain;
    private final ReentrantLock lock = new ReentrantLock();
    /** Ticket {@code t} is in slot {@code t mod length}. */
    private final @Nullable Outstanding[] slots = new Outstanding[MAX_OUTSTANDING]; // guarded by lock

    private int count; // guarded by lock
    private long bytes; // guarded by lock
    private long highWaterBytes; // guarded by lock
    private int highWater; // guarded by lock
    private long refused; // guarded by lock
    private long nextTicket; // guarded by lock
    private boolean awaited; // guarded by lock
    private boolean over; // guarded by lock

    /** {@code roomAgain} is run when there is room again after somebody has asked for it by {@link #awaitRoom}. */
    Sends(Runnable roomAgain) {
        this.roomAgain = roomAgain;
    }

    /** The ticket of a new message, or {@link #FULL}; {@code delivered} belongs to it from now on. */
    long open(GroupHandle sender, int size, @Nullable CompletableFuture<Void> delivered) {
        lock.lock();
        try {
            int slot = slotOf(nextTicket);
            if (over || slots[slot] != null || bytes + size > MAX_OUTSTANDING_BYTES) {
                refused++;
                return FULL;
            }
            bytes += size;
            count++;
            if (count > highWater) highWater = count;
            if (bytes > highWaterBytes) highWaterBytes = bytes;
            slots[slot] = new Outstanding(nextTicket, sender, size, delivered);
            return nextTicket++;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a ticket: what it stood for, or null if there is no such ticket. */
    @Nullable
    Outstanding close(long ticket) {
        Outstanding closed;
        boolean tell;
        lock.lock();
        try {
            closed = slots[slotOf(ticket)];
            if (closed == null || closed.ticket != ticket) return null;
            remove(closed);
            tell = isRoomToBeTold();
        } finally {
            lock.unlock();
        }
        if (tell) roomAgain.run();
        return closed;
    }

    /** Ends what a member has under way that is gone, in order. */
    List<Outstanding> closeAllOf(GroupHandle sender) {
        List<Outstanding> all = new ArrayList<>();
        boolean tell;
        lock.lock();
        try {
            for (long ticket = Math.max(0, nextTicket - MAX_OUTSTANDING); ticket < nextTicket; ticket++) {
                Outstanding each = slots[slotOf(ticket)];
                if (each == null || each.sender != sender) continue;
                remove(each);
                all.add(each);
            }
            tell = isRoomToBeTold();
        } finally {
            lock.unlock();
        }
        if (tell) roomAgain.run();
        return all;
    }

    /** Ends every ticket, in order; there are no new ones. */
    List<Outstanding> closeAll() {
        lock.lock();
        try {
            over = true;
            List<Outstanding> all = new ArrayList<>();
            for (long ticket = Math.max(0, nextTicket - MAX_OUTSTANDING); ticket < nextTicket; ticket++) {
                Outstanding each = slots[slotOf(ticket)];
                if (each == null) continue;
                remove(each);
                all.add(each);
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Whether half of both bounds is free. If not, it will be told. */
    boolean awaitRoom() {
        lock.lock();
        try {
            boolean free = isHalfFree();
            if (!free) awaited = true;
            return free;
        } finally {
            lock.unlock();
        }
    }

    /** Adds what there is to say. */
    void count(Map<String, Long> counters) {
        lock.lock();
        try {
            counters.put("sends.outstanding", (long) count);
            counters.put("sends.outstanding-bytes", bytes);
            counters.put("sends.high-water", (long) highWater);
            counters.put("sends.high-water-bytes", highWaterBytes);
            counters.put("sends.refused", refused);
        } finally {
            lock.unlock();
        }
    }

    private void remove(Outstanding closed) {
        slots[slotOf(closed.ticket)] = null;
        bytes -= closed.bytes;
        count--;
    }

    private boolean isRoomToBeTold() {
        boolean tell = awaited && isHalfFree();
        if (tell) awaited = false;
        return tell;
    }

    private boolean isHalfFree() {
        return count <= MAX_OUTSTANDING / 2 && bytes <= MAX_OUTSTANDING_BYTES / 2;
    }

    private static int slotOf(long ticket) {
        return (int) (ticket & (MAX_OUTSTANDING - 1));
    }
}
