package org.quorate.core.ring;

import java.util.ArrayList;
import java.util.List;
import org.quorate.RingId;
import org.quorate.core.ring.RingDeadlines.Timer;
import org.quorate.core.ring.RingEngine.Phase;
import org.quorate.core.ring.wire.CommitEntry;
import org.quorate.core.ring.wire.CommitToken;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.engine.Effects;

/**
 * COMMIT and RECOVERY: the commit token goes round, what is missing of the old ring is exchanged, the new ring is installed.
 * Source: totem.md 2.7 and 2.9. Differs from Corosync 3.1.7: a commit token makes the first token only if it is of this ring and has gone
 * round twice; the ring id is on disk before the commit token that announces it is sent.
 */
final class Forming {
    private final RingState state;
    private List<Integer> transitional = List.of();
    private boolean originatedToken;
    private boolean receivedAll = true;

    Forming(RingState state) {
        this.state = state;
    }

    /** A representative's beginning: all candidates agree. */
    void commitNewRing(Effects<RingEffect> out) {
        RingId newRing = new RingId(state.self, state.highestRingSeq + 4);
        commit(CommitRotation.begin(state.self, newRing, state.candidates.alive()), out);
    }

    void onCommitToken(CommitToken token, Effects<RingEffect> out) {
        if (!token.addresses().contains(state.self)) {
            state.count("drop.ring.commit-without-me");
            return;
        }
        switch (state.phase) {
            case GATHER -> {
                boolean mine = token.memberIndex() < token.addresses().size()
                        && token.addresses().get(token.memberIndex()) == state.self;
                boolean agreed = state.candidates.alive().equals(token.addresses());
                boolean newer = Long.compareUnsigned(token.ringId().sequence(), state.ringId.sequence()) > 0;
                if (mine && agreed && newer) commit(token, out);
            }
            case COMMIT -> {
                if (isOfNewRing(token) && CommitRotation.isFull(token)) recover(token, out);
            }
            case RECOVERY -> {
                boolean seenByAll = isOfNewRing(token) && CommitRotation.isTwiceRound(token);
                if (seenByAll && state.isRepresentative() && !originatedToken) sendFirstToken(out);
            }
            default -> {}
        }
    }

    private boolean isOfNewRing(CommitToken token) {
        return token.ringId().equals(state.ringId) && token.addresses().equals(state.newMembers);
    }

    /** Adds this node's entry to the commit token and sends it on. */
    private void commit(CommitToken token, Effects<RingEffect> out) {
        MessageOrder order = state.order;
        if (order.save()) state.oldRingId = state.ringId;
        state.newMembers = token.addresses();
        boolean complete = order.savedAru() == order.savedHigh();
        CommitToken filled = CommitRotation.fill(
                token, new CommitEntry(state.oldRingId, order.savedAru(), order.delivered(), complete));
        receivedAll = filled.entries().get(token.memberIndex()).receivedFlag();
        state.next = successor(state.newMembers);
        state.ringId = token.ringId();
        state.highestRingSeq = state.ringId.sequence();
        state.phase = Phase.COMMIT;
        state.deadlines.cancel(Timer.JOIN);
        state.deadlines.cancel(Timer.CONSENSUS);
        out.add(new RingEffect.Persist(state.ringId.sequence()));
        sendOn(filled, out);
        state.armToken();
        state.armRetransmit();
        state.tokenVisit.startCommit();
    }

    private void sendOn(CommitToken token, Effects<RingEffect> out) {
        byte[] packet = CommitRotation.sendOn(token, state.self, state.next).encode();
        state.lastToken = packet;
        out.add(new RingEffect.Send(state.next, packet));
    }

    private void recover(CommitToken token, Effects<RingEffect> out) {
        MessageOrder order = state.order;
        state.discardTokens = false;
        sendOn(token, out);
        RingNumbers.Begin begin = state.numbers.of(state.ringId);
        state.lastTokenSeq = begin.token() - 1;
        List<Integer> together = new ArrayList<>();
        boolean somebodyMisses = false;
        int low = order.savedHigh();
        for (int i = 0; i < state.newMembers.size(); i++) {
            int node = state.newMembers.get(i);
            CommitEntry entry = token.entries().get(i);
            if (!state.members.contains(node) || !entry.oldRing().equals(state.oldRingId)) continue;
            together.add(node);
            somebodyMisses |= !entry.receivedFlag();
            if (entry.aru() - low < 0) low = entry.aru();
        }
        transitional = List.copyOf(together);
        List<byte[]> toSend = new ArrayList<>();
        if (somebodyMisses) for (Mcast message : order.heldAbove(low)) toSend.add(message.packet());
        if (!toSend.isEmpty())
            out.add(new RingEffect.Note(
                    false, "recovery of ring " + state.oldRingId + ": " + toSend.size() + " messages to send"));
        order.startRecovery(begin.message());
        state.tokenVisit.startRecovery(begin.message(), toSend, receivedAll);
        state.unchangedTokens = 0;
        state.phase = Phase.RECOVERY;
        state.armToken();
        state.armRetransmit();
    }

    private void sendFirstToken(Effects<RingEffect> out) {
        originatedToken = true;
        state.lastToken = state.tokenVisit
                .firstToken(state.next, state.ringId, state.numbers.of(state.ringId))
                .encode();
        state.resendToken(out);
        state.armToken();
        state.armRetransmit();
    }

    /** A recovery failed: the numbers of the old ring count again, and nothing of the failed ring may match any more. */
    void abandonRecovery() {
        state.order.abandonRecovery();
        state.ringId = new RingId(0, state.ringId.sequence());
        state.count("ring.recoveries-failed");
    }

    /** Another ring is looked for: the first token of this one counts no more. */
    void startOver() {
        originatedToken = false;
    }

    /** Ends the old ring and begins the new one: extended virtual synchrony's two configurations. */
    void install(Effects<RingEffect> out) {
        MessageOrder order = state.order;
        state.candidates.clearConsensus();
        originatedToken = false;
        order.closeOldRing(state.oldRingId, out);
        List<Integer> left = without(state.members, transitional);
        List<Integer> joined = without(state.newMembers, transitional);
        state.members = state.newMembers;
        out.add(new RingEffect.TransitionalConfiguration(state.ringId, transitional, left));
        state.syncing = true;
        order.deliverRest(transitional, out);
        out.add(new RingEffect.Note(false, "ring " + state.ringId + " formed with " + RingState.names(state.members)));
        out.add(new RingEffect.RegularConfiguration(state.ringId, state.members, joined));
        order.openNewRing();
        state.candidates.reset(state.members);
        state.tokenVisit.startOperational();
        state.oldRingId = state.ringId;
        receivedAll = true;
        state.phase = Phase.OPERATIONAL;
        state.count("ring.rings");
    }

    private int successor(List<Integer> ring) {
        return ring.get((ring.indexOf(state.self) + 1) % ring.size());
    }

    private static List<Integer> without(List<Integer> all, List<Integer> some) {
        return all.stream().filter(n -> !some.contains(n)).toList();
    }
}
