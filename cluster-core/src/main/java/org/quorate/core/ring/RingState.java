package org.quorate.core.ring;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.NodeId;
import org.quorate.RingId;
import org.quorate.TotemConfig;
import org.quorate.core.conf.RingTimers;
import org.quorate.core.ring.RingDeadlines.Timer;
import org.quorate.engine.Effects;

/**
 * What the phases of one {@link RingEngine} share: where the node stands, which ring that is, its messages, the token sent last, the
 * timers. What only one phase needs is in that phase's class. Source of the names: totem.md 2.1.
 */
final class RingState {
    final int self;
    final RingDeadlines deadlines = new RingDeadlines();
    final MessageOrder order = new MessageOrder();
    final TokenVisit tokenVisit;
    final RingNumbers numbers;
    final Candidates candidates;
    final Map<String, Long> counters = new TreeMap<>();
    TotemConfig config;
    RingTimers timers;

    RingEngine.Phase phase = RingEngine.Phase.IDLE;
    long nowNanos;
    /** The ring that is operational, or the one being formed. */
    RingId ringId = RingId.NONE;
    /** The last one that was operational. */
    RingId oldRingId = RingId.NONE;
    /** Highest sequence that any ring was heard to have. */
    long highestRingSeq;
    /** Of the last operational ring, ascending. */
    List<Integer> members = List.of();
    /** Of the ring being formed, ascending. */
    List<Integer> newMembers = List.of();

    /** Who gets the token from this node. */
    int next;

    /** Sequence of the token accepted last. */
    int lastTokenSeq;
    /** The token or commit token sent last, or held back: what is sent again if nothing follows. */
    byte @Nullable [] lastToken;
    /** From looking for a ring until recovery, tokens are of the past. */
    boolean discardTokens;
    /** Tokens in a row in which no message was new. */
    int unchangedTokens;
    /** Only sync frames may be sent. */
    boolean syncing = true;

    RingState(int self, TotemConfig config, RingTimers timers, FrameSource frames, RingNumbers numbers) {
        this.self = self;
        this.config = config;
        this.timers = timers;
        this.numbers = numbers;
        this.next = self;
        this.candidates = new Candidates(self);
        this.tokenVisit = new TokenVisit(self, config, order, frames);
    }

    boolean isRepresentative() {
        return ringId.representative() == self;
    }

    /** No token from now on for a token timeout means that it is lost. */
    void armToken() {
        deadlines.set(Timer.TOKEN, nowNanos + timers.tokenNanos());
        if (timers.tokenWarningNanos() > 0) deadlines.set(Timer.TOKEN_WARNING, nowNanos + timers.tokenWarningNanos());
    }

    void armRetransmit() {
        deadlines.set(Timer.RETRANSMIT, nowNanos + timers.tokenRetransmitNanos());
    }

    void resendToken(Effects<RingEffect> out) {
        if (lastToken != null) out.add(new RingEffect.Send(next, lastToken));
    }

    /** The same where the first try is likely to be lost. */
    void repeatToken(Effects<RingEffect> out) {
        if (next == self) resendToken(out);
        else if (lastToken != null) out.add(new RingEffect.SendAgain(next, lastToken));
    }

    void count(String counter) {
        counters.merge(counter, 1L, Long::sum);
    }

    static boolean isNodeId(int id) {
        return id >= 1 && id <= NodeId.MAX;
    }

    static String names(List<Integer> nodes) {
        return (nodes.size() == 1 ? "node " : "nodes ")
                + String.join(", ", nodes.stream().map(String::valueOf).toList());
    }
}
