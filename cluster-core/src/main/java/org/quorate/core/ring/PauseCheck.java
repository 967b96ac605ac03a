package org.quorate.core.ring;

import org.jspecify.annotations.Nullable;
import org.quorate.core.ring.RingDeadlines.Timer;
import org.quorate.core.ring.wire.Join;
import org.quorate.engine.Effects;

/**
 * Knows when this process did not run for a while, from the gap between its own wake-ups. It says so once; the time that passed is not
 * silence of the others, so whoever waits for them waits that much longer; and a join that arrives then, which may be as old as that, is not acted
 * upon before the transport has thrown away what it has queued. Source: totem.md 2.4, pause check. Differs from Corosync, which notices a
 * pause only when a join arrives, and calls the token lost when its whole host has stood still.
 */
final class PauseCheck {
    private final RingState state;
    private long stampedNanos;
    private boolean reported;
    private @Nullable Join parkedJoin;

    PauseCheck(RingState state) {
        this.state = state;
    }

    /** This process runs. */
    void stamp() {
        stampedNanos = state.nowNanos;
        reported = false;
        state.deadlines.set(Timer.PAUSE_STAMP, state.nowNanos + state.timers.pauseStampNanos());
    }

    private boolean isPaused() {
        return state.nowNanos - stampedNanos > state.timers.pauseLimitNanos();
    }

    /** Something happens: says so if it is the first thing after a pause. */
    void observe(Effects<RingEffect> out) {
        if (reported || !isPaused()) return;
        reported = true;
        state.count("ring.pauses");
        long least = state.nowNanos - stampedNanos - state.timers.pauseStampNanos();
        out.add(new RingEffect.Paused(least));
        state.deadlines.putOff(Timer.TOKEN, least);
        state.deadlines.putOff(Timer.TOKEN_WARNING, least);
        state.deadlines.putOff(Timer.CONSENSUS, least);
        out.add(new RingEffect.Note(
                true,
                "this process did not run for " + least / 1_000_000
                        + " ms: it was stopped, starved of processor time, or collecting garbage"));
    }

    /** Whether {@code join} has to wait until what is queued was thrown away; it is kept meanwhile. */
    boolean parks(Join join, Effects<RingEffect> out) {
        if (!isPaused()) return false;
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
                true, messages + " messages that came while this process did not run were thrown away"));
        return null;
    }
}
