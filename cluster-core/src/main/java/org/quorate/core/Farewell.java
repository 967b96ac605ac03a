package org.quorate.core;

import org.quorate.core.group.GroupService;
import org.quorate.core.pack.Packer;
import org.quorate.core.ring.RingEngine;
import org.quorate.core.service.QuorumService;
import org.quorate.core.service.ServiceEffect;
import org.quorate.engine.Effects;
import org.quorate.spi.QuorumEngine;

/**
 * The part of a {@link NodeEngine} that leaves: local group members end, the provider says goodbye, and when everybody has received that
 * the ring can be left. A message that only this node still has would be lost with it.
 */
final class Farewell {
    /** How long a leaving node waits until everybody has what it sent, its farewell included; in nanoseconds. */
    private static final long LIMIT_NANOS = 1_000_000_000L;

    private final RingEngine ring;
    private final Packer packer;
    private final GroupService groups;
    private final QuorumService quorum;
    private boolean begun;
    private long deadlineNanos = Long.MAX_VALUE;

    Farewell(RingEngine ring, Packer packer, GroupService groups, QuorumService quorum) {
        this.ring = ring;
        this.packer = packer;
        this.groups = groups;
        this.quorum = quorum;
    }

    boolean hasBegun() {
        return begun;
    }

    /** When the ring is left even if not everybody has received all. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    void begin(long now, Effects<ServiceEffect> out) {
        if (begun) return;
        begun = true;
        deadlineNanos = now + LIMIT_NANOS;
        groups.leaveAll(out);
        quorum.step(now, new QuorumEngine.Input.Leaving(), out);
    }

    /** Whether nothing would be lost with this node, or it has waited long enough. */
    boolean isOver(long now) {
        if (deadlineNanos <= now) return true;
        if (!begun || !groups.isIdle() || packer.size(false) > 0) return false;
        return ring.phase() != RingEngine.Phase.OPERATIONAL || ring.isOwnReceivedByAll();
    }
}
