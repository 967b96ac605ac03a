package org.quorate.core.ring;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.quorate.RingId;
import org.quorate.TotemConfig;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.ring.wire.RetransmitRequest;
import org.quorate.core.ring.wire.SequenceNumbers;
import org.quorate.core.ring.wire.Token;
import org.quorate.engine.Effects;

/**
 * What a node does with the token: answer and make retransmit requests, send what is waiting, report how far it has received, and in
 * recovery notice when everybody has everything. Source: totem.md 2.8, whose steps the methods follow.
 */
final class TokenVisit {
    /** Token visits without recovery messages after which the last number to be recovered is fixed. */
    private static final int INSTALL_AFTER = 2;
    /** The token in which everybody is seen to have everything counts from this visit on. */
    private static final int ROTATION_FROM = 3;
    /** Visits at which everybody was seen to have everything, needed to install the ring. */
    private static final int ROTATIONS = 2;

    private final int self;
    private TotemConfig config;
    private final MessageOrder order;
    private final FrameSource frames;
    private final FlowControl flow;

    /** Old messages still to be sent in recovery, oldest first; bounded by the window. */
    private final Deque<byte[]> recoveryQueue = new ArrayDeque<>();

    /** The number before the first message of the ring. */
    private int before;

    private int previousTokenAru;
    private int lastOwnSeq;
    private int aruCount;
    private int sentMessages;
    private boolean setRetransFlag;
    private int quietVisits;
    private int fullRotations;
    private int installSeq;
    private boolean receivedAll = true;
    private long retransmitted;
    private long requested;
    private long braked;

    TokenVisit(int self, TotemConfig config, MessageOrder order, FrameSource frames) {
        this.self = self;
        this.config = config;
        this.order = order;
        this.frames = frames;
        this.flow = new FlowControl(config.windowSize(), config.maxMessages());
    }

    /**
     * What came of a visit.
     *
     * @param token to be sent on
     * @param sent messages sent, new and again
     * @param busy whether a retransmission was made or is asked for
     * @param installed recovery is complete: the ring can become operational
     * @param cannotReceive this node has not advanced for too long
     */
    record Outcome(Token token, int sent, boolean busy, boolean installed, boolean cannotReceive) {}

    /** Other limits from now on. */
    void configure(TotemConfig changed) {
        config = changed;
        flow.configure(changed.windowSize(), changed.maxMessages());
    }

    /** A new ring is being committed. */
    void startCommit() {
        flow.reset();
    }

    /**
     * A recovery begins.
     *
     * @param beforeFirst the number before the first one of the new ring
     * @param toSend packets of the old ring, in order
     * @param received whether this node has every message of the old ring that anybody has
     */
    void startRecovery(int beforeFirst, List<byte[]> toSend, boolean received) {
        before = beforeFirst;
        recoveryQueue.clear();
        recoveryQueue.addAll(toSend);
        receivedAll = received;
        aruCount = 0;
        installSeq = 0;
        quietVisits = 0;
        fullRotations = 0;
        setRetransFlag = false;
        previousTokenAru = before;
        lastOwnSeq = before;
    }

    /** The ring is operational. */
    void startOperational() {
        previousTokenAru = before;
        lastOwnSeq = before;
        receivedAll = true;
        quietVisits = 0;
        fullRotations = 0;
    }

    /** The first token of a ring: nothing sent, an aru that nobody takes for too high. */
    Token firstToken(int next, RingId ringId, RingNumbers.Begin begin) {
        setRetransFlag = !recoveryQueue.isEmpty();
        int seq = begin.message();
        return new Token(
                self, next, seq, begin.token(), seq - 1, self, ringId, 0, 0, setRetransFlag ? 1 : 0, List.of());
    }

    long retransmitted() {
        return retransmitted;
    }

    /** Slows the ring down by so many eighths; 0 lets it go. */
    void brake(int eighths) {
        flow.brake(eighths);
    }

    int brake() {
        return flow.brake();
    }

    /** Visits at which the brake was on. */
    long braked() {
        return braked;
    }

    long requested() {
        return requested;
    }

    /** Whether a whole rotation has shown that every member has all that this node sent in the ring that counts now. */
    boolean isOwnReceivedByAll() {
        return previousTokenAru - lastOwnSeq >= 0;
    }

    /** Whether a whole rotation has shown that every member has all up to {@code seq} in the ring that counts now. */
    boolean isReceivedByAll(int seq) {
        return previousTokenAru - seq >= 0;
    }

    /** Steps 6 to 14 for a token that was accepted. */
    Outcome visit(Token token, RingId ringId, boolean recovering, boolean syncing, int next, Effects<RingEffect> out) {
        if (!recovering) order.release(token.aru(), previousTokenAru);
        int previousAru = previousTokenAru;
        previousTokenAru = token.aru();
        // nobody is further behind than the window; a number of long ago would count as one of the future
        if (token.seq() - lastOwnSeq > MessageWindow.SIZE) lastOwnSeq = token.seq() - MessageWindow.SIZE;

        int waiting = recovering ? recoveryQueue.size() : frames.size(syncing);
        int allowed = flow.allowance(token.backlog(), token.fcc(), waiting);
        List<RetransmitRequest> requests = new ArrayList<>(token.requests());
        int resent = answerRequests(requests, ringId, allowed, out);
        allowed -= resent;
        requestMissing(requests, ringId, token.seq());
        boolean busy = resent > 0 || !requests.isEmpty();
        if (isWindowFull(token.seq(), allowed)) allowed = 0;
        boolean braking = flow.brake() > 0 && !recovering && !syncing;
        if (braking) {
            braked++;
            allowed = flow.allowanceOfNew(allowed, token.fcc());
        }
        int sentNew = sendWaiting(token.seq(), allowed, ringId, recovering, syncing, out);
        int seq = token.seq() + sentNew;
        int sent = resent + sentNew;

        int fcc = flow.ringSentAfter(token.fcc(), sent);
        if (braking) fcc = flow.claim(fcc, requests.size());
        int backlog = flow.ringBacklogAfter(token.backlog());
        flow.visited(sent);

        int aru = token.aru();
        int aruAddr = token.aruAddr();
        if (SequenceNumbers.lessThan(order.aru(), aru) || aruAddr == self || aruAddr == 0) {
            aru = order.aru();
            aruAddr = aru == seq ? 0 : self;
        }
        aruCount = aru == previousAru && aruAddr != 0 ? aruCount + 1 : 0;
        boolean cannotReceive = aruCount > config.failToReceive() && aruAddr == self;

        int retransFlag = token.retransFlag();
        boolean installed = false;
        if (recovering && !cannotReceive) {
            if (!recoveryQueue.isEmpty() && retransFlag == 0) {
                retransFlag = 1;
                setRetransFlag = true;
            } else if (recoveryQueue.isEmpty() && retransFlag != 0 && setRetransFlag) {
                retransFlag = 0;
                setRetransFlag = false;
            }
            installed = isInstalled(retransFlag, seq, aru);
        }
        Token onward = new Token(
                self, next, seq, token.tokenSeq() + 1, aru, aruAddr, ringId, backlog, fcc, retransFlag, requests);
        return new Outcome(onward, sent, busy, installed, cannotReceive);
    }

    /** Step 8, first half: send again what others miss and this node holds. */
    private int answerRequests(List<RetransmitRequest> requests, RingId ringId, int allowed, Effects<RingEffect> out) {
        int sent = 0;
        for (var i = requests.iterator(); i.hasNext(); ) {
            RetransmitRequest request = i.next();
            if (Integer.compareUnsigned(sent, allowed) >= 0) break;
            if (!request.ringId().equals(ringId)) continue;
            Mcast held = order.current().get(request.seq());
            if (held == null) continue;
            out.add(new RingEffect.SendToOthersAgain(held.encodeForAll()));
            i.remove();
            sent++;
            retransmitted++;
        }
        return sent;
    }

    /** Step 8, second half: ask for what has been missing long enough. */
    private void requestMissing(List<RetransmitRequest> requests, RingId ringId, int tokenSeq) {
        MessageWindow window = order.current();
        for (int seq = order.aru() + 1; tokenSeq - seq >= 0 && window.fits(seq); seq++) {
            if (requests.size() >= Token.MAX_REQUESTS) return;
            if (window.has(seq) || window.countMiss(seq) < config.missCount()) continue;
            RetransmitRequest request = new RetransmitRequest(ringId, seq);
            if (requests.contains(request)) continue;
            requests.add(request);
            requested++;
        }
    }

    /** Step 10: sending must not run further ahead of the slowest receiver than the window holds. */
    private boolean isWindowFull(int tokenSeq, int allowed) {
        int last = order.current().released() + MessageWindow.SIZE - allowed - flow.windowSize();
        return SequenceNumbers.lessThan(last, tokenSeq);
    }

    /** Step 11: new messages, each with the next number. */
    private int sendWaiting(
            int tokenSeq, int allowed, RingId ringId, boolean recovering, boolean syncing, Effects<RingEffect> out) {
        int sent = 0;
        while (Integer.compareUnsigned(sent, allowed) < 0) {
            byte[] body;
            if (recovering) {
                body = recoveryQueue.poll();
                if (body == null) break;
            } else {
                if (frames.size(syncing) == 0) break;
                body = frames.poll(syncing);
            }
            sent++;
            int kind = recovering ? Mcast.ENCAPSULATED : Mcast.ORDINARY;
            int seq = tokenSeq + sent;
            byte[] packet = Mcast.encode(self, kind, seq, sentMessages++, ringId, 0, body);
            Mcast message = new Mcast(packet, self, kind, self, seq, ringId, true);
            order.store(message);
            lastOwnSeq = seq;
            out.add(new RingEffect.SendToOthers(message.packet()));
        }
        return sent;
    }

    /** Step 14: two visits without recovery messages fix the last number; then everybody must have been seen to have it, twice. */
    private boolean isInstalled(int retransFlag, int seq, int tokenAru) {
        quietVisits = retransFlag == 0 ? quietVisits + 1 : 0;
        if (quietVisits == INSTALL_AFTER) installSeq = seq;
        if (quietVisits >= INSTALL_AFTER && !receivedAll && SequenceNumbers.lessOrEqual(installSeq, order.aru()))
            receivedAll = true;
        boolean everybody = quietVisits >= ROTATION_FROM && SequenceNumbers.lessOrEqual(installSeq, tokenAru);
        fullRotations = everybody ? fullRotations + 1 : 0;
        return fullRotations == ROTATIONS;
    }
}
