package org.quorate.core.ring;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.quorate.core.ring.RingDeadlines.Timer;
import org.quorate.core.ring.RingEngine.Phase;
import org.quorate.core.ring.wire.Join;
import org.quorate.engine.Effects;

/**
 * GATHER, and what leads to it: joins are exchanged until all who are alive say the same. Source: totem.md 2.3 to 2.6.
 */
final class Gathering {
    private final RingState state;
    private final Forming forming;
    private final RandomGenerator random;
    private boolean cannotReceive;

    /**
     * @param random for the random delay of join messages
     */
    Gathering(RingState state, Forming forming, RandomGenerator random) {
        this.state = state;
        this.forming = forming;
        this.random = random;
    }

    /** Looks for a new membership. The ring id stays: joins carry its sequence. */
    void enter(String why, Effects<RingEffect> out) {
        if (state.phase == Phase.OPERATIONAL || state.phase == Phase.IDLE)
            out.add(new RingEffect.Note(false, "looking for a new ring: " + why));
        state.count("ring.gathers");
        state.discardTokens = true;
        forming.startOver();
        state.candidates.startConsensus();
        state.phase = Phase.GATHER;
        RingDeadlines deadlines = state.deadlines;
        deadlines.cancel(Timer.TOKEN);
        deadlines.cancel(Timer.TOKEN_WARNING);
        deadlines.cancel(Timer.RETRANSMIT);
        deadlines.cancel(Timer.ELSEWHERE);
        deadlines.cancel(Timer.MERGE);
        deadlines.set(Timer.CONSENSUS, state.nowNanos + state.timers.consensusNanos());
        if (state.timers.sendJoinNanos() > 0) {
            deadlines.set(Timer.JOIN, state.nowNanos + random.nextLong(state.timers.sendJoinNanos() + 1));
        } else {
            sendJoin(out);
        }
    }

    /** This node gets nothing of the others any more: it goes on alone. */
    void enterUnableToReceive(Effects<RingEffect> out) {
        cannotReceive = true;
        state.candidates.fail(state.self);
        if (state.phase == Phase.RECOVERY) forming.abandonRecovery();
        enter("this node has received nothing new for too long", out);
    }

    /**
     * The process of a member has ended, or it is not listed any more: it is given up at once, instead of after the token and the consensus timeout. Only of a member of
     * the last ring, because only those who were in it with this node take over what it says of others (totem.md 2.6); a stranger would
     * start the agreement over at each join that it does not believe. A process that starts again is taken in by the next ring.
     */
    void onPeerGone(int node, String why, Effects<RingEffect> out) {
        if (!state.members.contains(node) || node == state.self) return;
        boolean concerned = switch (state.phase) {
            case OPERATIONAL -> true;
            case GATHER -> state.candidates.alive().contains(node);
            case COMMIT, RECOVERY -> state.newMembers.contains(node);
            default -> false;
        };
        if (!concerned) return;
        state.count("ring.peers-gone");
        if (state.phase == Phase.RECOVERY) forming.abandonRecovery();
        state.candidates.fail(node);
        enter(why, out);
    }

    /** A message of a ring that this node is not in: there are others to be with. */
    void onForeign(int from, String what, Effects<RingEffect> out) {
        if (!RingState.isNodeId(from)) {
            state.count("drop.ring.bad-node-id");
        } else if (!state.candidates.hasRoomFor(from)) {
            state.count("drop.ring.too-many-nodes");
        } else if (state.phase == Phase.OPERATIONAL) {
            state.candidates.add(from);
            enter("a " + what + " of another ring came from node " + from, out);
        } else if (state.phase == Phase.GATHER && state.candidates.add(from)) {
            enter("a " + what + " of another ring came from node " + from, out);
        }
    }

    /** Whether {@code join} names only nodes that can exist, and not too many; else it is counted. */
    boolean isCredible(Join join) {
        if (!RingState.isNodeId(join.systemFrom())
                || !join.procs().stream().allMatch(RingState::isNodeId)
                || !join.failed().stream().allMatch(RingState::isNodeId)) {
            state.count("drop.ring.bad-node-id");
            return false;
        }
        if (state.candidates.wouldOverflow(join)) {
            state.count("drop.ring.too-many-nodes");
            return false;
        }
        return true;
    }

    void onJoin(Join join, Effects<RingEffect> out) {
        if (Long.compareUnsigned(join.ringSeq(), state.highestRingSeq) > 0) state.highestRingSeq = join.ringSeq();
        int from = join.systemFrom();
        switch (state.phase) {
            case OPERATIONAL -> {
                boolean stale = state.members.contains(from)
                        && Long.compareUnsigned(join.ringSeq(), state.ringId.sequence()) < 0;
                if (join.failed().contains(state.self) || stale) return;
                consider(join, out);
            }
            case GATHER -> consider(join, out);
            case COMMIT, RECOVERY -> {
                if (!state.newMembers.contains(from)) return;
                boolean fresh = Long.compareUnsigned(join.ringSeq(), state.ringId.sequence()) >= 0;
                if (!fresh && state.phase == Phase.RECOVERY) return;
                // Whoever agreed to this ring had given up the same nodes. One that has not any more has formed the
                // ring, which ended the matter; to go on with the old list would part the same nodes again, and perhaps
                // for ever. Corosync goes on with it.
                if (fresh && !join.failed().containsAll(state.candidates.failed()))
                    state.candidates.reset(state.newMembers);
                // lists only grow: who says more than was agreed on will not take the commit token any more
                boolean refuses = state.candidates.consider(join, state.members) == Candidates.Verdict.CHANGED;
                if (!fresh && !refuses) return;
                if (state.phase == Phase.RECOVERY) forming.abandonRecovery();
                enter("node " + from + " started over while the ring was being formed", out);
            }
            default -> {}
        }
    }

    private void consider(Join join, Effects<RingEffect> out) {
        Candidates candidates = state.candidates;
        Candidates.Verdict verdict = candidates.consider(join, state.members);
        if (verdict == Candidates.Verdict.CHANGED) {
            enter("node " + join.systemFrom() + (join.isLeave() ? " leaves" : " knows of other nodes"), out);
            return;
        }
        if (verdict == Candidates.Verdict.SAME && candidates.isAgreed()) {
            if (cannotReceive) {
                cannotReceive = false;
                candidates.reset(List.of(state.self));
                forming.commitNewRing(out);
                return;
            }
            List<Integer> alive = candidates.alive();
            if (!alive.isEmpty() && alive.get(0) == state.self) {
                forming.commitNewRing(out);
                return;
            }
        }
        if (state.phase == Phase.OPERATIONAL) enter("node " + join.systemFrom() + " looks for a new ring", out);
    }

    private void sendJoin(Effects<RingEffect> out) {
        out.add(new RingEffect.SendToAll(join().encode()));
        armJoin();
    }

    /** Not everybody has answered: perhaps the first one was lost. */
    void repeatJoin(Effects<RingEffect> out) {
        byte[] join = join().encode();
        out.add(new RingEffect.Send(state.self, join));
        out.add(new RingEffect.SendToOthersAgain(join));
        armJoin();
    }

    private Join join() {
        Candidates candidates = state.candidates;
        return new Join(state.self, 0, state.self, candidates.known(), candidates.failed(), state.ringId.sequence());
    }

    private void armJoin() {
        long delay = state.timers.sendJoinNanos() > 0 ? random.nextLong(state.timers.sendJoinNanos() + 1) : 0;
        state.deadlines.set(Timer.JOIN, state.nowNanos + state.timers.joinNanos() + delay);
    }

    /** The last join of a node that goes for good. */
    void sendLeave(Effects<RingEffect> out) {
        List<Integer> known = new ArrayList<>(state.candidates.known());
        known.remove((Integer) state.self);
        List<Integer> failed = new ArrayList<>(state.candidates.failed());
        failed.remove((Integer) state.self);
        failed.add(state.self);
        Join leave = new Join(0, 0, state.self, known, failed, state.ringId.sequence());
        out.add(new RingEffect.SendToOthers(leave.encode()));
    }

    /** The time to agree is over: wait for the commit token if all agree, else give up those who do not answer. */
    void consensusOver(Effects<RingEffect> out) {
        if (state.candidates.isAgreed()) {
            state.candidates.startConsensus();
            state.deadlines.set(Timer.TOKEN, state.nowNanos + state.timers.tokenNanos());
        } else {
            List<Integer> silent = state.candidates.giveUpSilent();
            out.add(new RingEffect.Note(
                    false, "no answer from " + RingState.names(silent) + " within the consensus timeout"));
            enter("consensus timeout", out);
        }
    }

    /** No token came for a token timeout. */
    void onTokenLost(Effects<RingEffect> out) {
        state.count("ring.tokens-lost");
        out.add(new RingEffect.TokenLost(state.ringId, state.phase));
        switch (state.phase) {
            case OPERATIONAL -> enter("the token was lost", out);
            case GATHER -> {
                consensusOver(out);
                enter("no commit token came", out);
            }
            case COMMIT -> enter("the commit token was lost", out);
            case RECOVERY -> {
                forming.abandonRecovery();
                enter("the token was lost in recovery", out);
            }
            default -> {}
        }
    }
}
