package org.quorate.core.ring;

import org.quorate.core.ring.RingDeadlines.Timer;
import org.quorate.core.ring.RingEngine.Phase;
import org.quorate.core.ring.wire.HoldCancel;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.ring.wire.SequenceNumbers;
import org.quorate.core.ring.wire.Token;
import org.quorate.engine.Effects;

/**
 * OPERATIONAL, and the token in RECOVERY: accepts the token, passes it on or holds it, delivers. Source: totem.md 2.8, 2.9, 2.12.
 */
final class TokenPassing {
    /** This part of the retransmit timeout a token may take for a round of a busy ring before the other links are tried, too. */
    private static final int ELSEWHERE_PART = 4;

    private final RingState state;
    private final Forming forming;
    private final Gathering gathering;
    private final PauseCheck pauseCheck;
    private int lastSeqSeen;
    private boolean held;

    TokenPassing(RingState state, Forming forming, Gathering gathering, PauseCheck pauseCheck) {
        this.state = state;
        this.forming = forming;
        this.gathering = gathering;
        this.pauseCheck = pauseCheck;
    }

    void onToken(Token token, Effects<RingEffect> out) {
        if (state.discardTokens) return;
        noteActivity(token.seq());
        int limit = state.config.seqnoUnchanged();
        boolean representative = state.isRepresentative();
        held = representative ? state.unchangedTokens > limit : state.unchangedTokens >= limit;
        boolean forward = !(representative && held);
        if (state.phase != Phase.OPERATIONAL && state.phase != Phase.RECOVERY) return;
        if (!token.ringId().equals(state.ringId) || SequenceNumbers.lessOrEqual(token.tokenSeq(), state.lastTokenSeq)) {
            state.count("ring.token-duplicates");
            return;
        }
        if (!state.order.isPlausible(token.seq())) {
            state.count("drop.ring.implausible-token");
            return;
        }
        state.count("ring.tokens");
        boolean recovering = state.phase == Phase.RECOVERY;
        TokenVisit.Outcome outcome =
                state.tokenVisit.visit(token, state.ringId, recovering, state.syncing, state.next, out);
        if (outcome.busy() && held && state.config.cancelHoldOnRetransmit()) {
            held = false;
            forward = true;
        }
        if (outcome.cannotReceive()) {
            gathering.enterUnableToReceive(out);
            return;
        }
        state.lastTokenSeq = token.tokenSeq();
        byte[] packet = outcome.token().encode();
        state.lastToken = packet;
        if (outcome.installed()) {
            forming.install(out);
            pauseCheck.stamp();
        }
        if (forward) out.add(new RingEffect.Send(state.next, packet));
        if (state.phase == Phase.OPERATIONAL) state.order.deliverReady(out);
        state.armToken();
        state.armRetransmit();
        if (!forward) state.deadlines.set(Timer.HOLD, state.nowNanos + state.timers.holdNanos());
        if (forward && !held)
            state.deadlines.set(Timer.ELSEWHERE, state.nowNanos + state.timers.tokenRetransmitNanos() / ELSEWHERE_PART);
        else state.deadlines.cancel(Timer.ELSEWHERE);
    }

    /** Counts tokens, also repeated ones, in which the sequence did not move. */
    private void noteActivity(int seq) {
        if (seq == lastSeqSeen) {
            if (!state.deadlines.isSet(Timer.MERGE))
                state.deadlines.set(Timer.MERGE, state.nowNanos + state.timers.mergeNanos());
            state.unchangedTokens++;
        } else {
            state.deadlines.cancel(Timer.MERGE);
            state.deadlines.cancel(Timer.HOLD);
            state.unchangedTokens = 0;
        }
        lastSeqSeen = seq;
    }

    /** A message of this ring. */
    void onMcast(Mcast mcast, Effects<RingEffect> out) {
        boolean oldRingStillCounts = state.phase == Phase.GATHER && !state.order.isSaved();
        boolean wanted = state.phase == Phase.RECOVERY
                || (mcast.encapsulated() == Mcast.ORDINARY && (state.phase == Phase.OPERATIONAL || oldRingStillCounts));
        if (!wanted) {
            state.count("drop.ring.out-of-phase");
        } else if (!state.order.store(mcast)) {
            state.count("ring.duplicates");
        } else if (state.phase == Phase.OPERATIONAL) {
            state.order.deliverReady(out);
        }
    }

    void onHoldCancel(HoldCancel cancel, Effects<RingEffect> out) {
        if (!cancel.ringId().equals(state.ringId)) return;
        state.unchangedTokens = 0;
        if (state.isRepresentative() && state.phase != Phase.GATHER && state.lastToken != null) {
            state.resendToken(out);
            state.armRetransmit();
        }
    }

    /** Frames are waiting: an idle ring's token has to be let go. */
    void wantToken(Effects<RingEffect> out) {
        if (!held) return;
        held = false;
        out.add(new RingEffect.SendToAll(new HoldCancel(state.self, 0, state.ringId).encode()));
    }
}
