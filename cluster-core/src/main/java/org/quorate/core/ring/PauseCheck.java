package org.quorate.core.ring;

import org.jspecify.annotations.Nullable;
import org.quorate.core.ring.RingDeadlines.Timer;
import org.quorate.core.ring.wire.Join;
import org.quorate.engine.Effects;

/**
 * Knows when this process did not run for a while: a join that arrives then may be as old as that, and is not acted upon before the
 * transport has thrown away what it has queued. Source: totem.md 2.4, pause check.
 */
final class PauseCheck {
    private final RingState state;
    private long runningStamp;
    private @Nullable Join parkedJoin;

    PauseCheck(RingState state) {
        this.state = state;
    }

    /** This process runs. */
    void stamp() {
        runningStamp = state.nowNanos;
        state.deadlines.set(Timer.PAUSE_STAMP, state.nowNanos + state.timers.pauseStampNanos());
    }

    /** Whether {@code join} has to wait until what is queued was thrown away; it is kept meanwhile. */
    boolean parks(Join join, Effects<RingEffect> out) {
        if (state.nowNanos - runningStamp <= state.timers.pauseLimitNanos()) return false;
        if (parkedJoin == null) out.add(new RingEffect.DiscardPending());
        parkedJoin = join;
        return true;
    }

    /** The transport has thrown away {@code messages}; returns the join that can be acted upon after all. */
    @Nullable
    Join discarded(int messages, Effects<RingEffect> out) {
        Join join = parkedJoin;
        parkedJoin = null;
        stamp();
        if (messages == 0) return join;
        out.add(new RingEffect.Note(
                true,
                "this process did not run for a while; " + messages + " messages received meanwhile were thrown away"));
        return null;
    }
}
