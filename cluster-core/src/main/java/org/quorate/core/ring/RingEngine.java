package org.quorate.core.ring;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.quorate.NodeId;
import org.quorate.RingId;
import org.quorate.TotemConfig;
import org.quorate.core.conf.RingTimers;
import org.quorate.core.ring.RingDeadlines.Timer;
import org.quorate.core.ring.wire.CommitToken;
import org.quorate.core.ring.wire.HoldCancel;
import org.quorate.core.ring.wire.Join;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.ring.wire.MergeDetect;
import org.quorate.core.ring.wire.RingMessage;
import org.quorate.core.ring.wire.Token;
import org.quorate.engine.Effects;
import org.quorate.engine.Engine;

/**
 * The Totem single-ring protocol of one node: who is in the ring, and the one order of its messages. Confined to the event loop.
 *
 * <pre>
 *   IDLE --start--> GATHER                       look for candidates, until all alive say the same
 *   GATHER --agreed, or a commit token--> COMMIT  the representative's commit token goes round once
 *   COMMIT --full commit token--> RECOVERY        exchange what is missing of the old ring
 *   RECOVERY --everybody has everything--> OPERATIONAL
 *   any --token lost, join, foreign message--> GATHER
 * </pre>
 *
 * <p>{@link Gathering} is GATHER, {@link Forming} COMMIT and RECOVERY, {@link TokenPassing} OPERATIONAL; this class tells each what
 * arrives and which timer is due.
 *
 * <p>Source: totem.md section 2; Amir, Moser, Melliar-Smith, Agarwal, Ciarfella: The Totem single-ring ordering and membership
 * protocol, 1995. Differs from Corosync 3.1.7: only a token that is accepted lets go of messages; recovery counters
 * start at zero for each recovery.
 */
public final class RingEngine implements Engine<RingInput, RingEffect> {
    /** Where the node stands. */
    public enum Phase {
        /** Not started. */
        IDLE,
        /** In a ring that carries messages. */
        OPERATIONAL,
        /** Looking for a new membership. */
        GATHER,
        /** The commit token goes round. */
        COMMIT,
        /** The new ring exchanges what is missing of the old ones. */
        RECOVERY,
        /** Left for good. */
        LEFT
    }

    private final RingState state;
    private final PauseCheck pauseCheck;
    private final Forming forming;
    private final Gathering gathering;
    private final TokenPassing tokenPassing;

    /**
     * An engine, not started.
     *
     * @param self own node id
     * @param timers in force for the number of listed nodes
     * @param frames what to multicast
     * @param random for the random delay of join messages
     */
    public RingEngine(NodeId self, TotemConfig config, RingTimers timers, FrameSource frames, RandomGenerator random) {
        this(self, config, timers, frames, random, RingNumbers.FROM_ZERO);
    }

    /** The same with numbers that begin elsewhere, for tests: all members need the same. */
    public RingEngine(
            NodeId self,
            TotemConfig config,
            RingTimers timers,
            FrameSource frames,
            RandomGenerator random,
            RingNumbers numbers) {
        this.state = new RingState(self.value(), config, timers, frames, numbers);
        this.pauseCheck = new PauseCheck(state);
        this.forming = new Forming(state);
        this.gathering = new Gathering(state, forming, random);
        this.tokenPassing = new TokenPassing(state, forming, gathering, pauseCheck);
    }

    /** Where the node stands. */
    public Phase phase() {
        return state.phase;
    }

    /** The current ring, or the one being formed. */
    public RingId ringId() {
        return state.ringId;
    }

    /** Members of the last operational ring, ascending. */
    public List<Integer> members() {
        return state.members;
    }

    /** Whether only sync frames may be sent. */
    public boolean isSyncing() {
        return state.syncing;
    }

    /** Whether every member is known to have all that this node has sent: the moment at which it may leave without taking a message along. */
    public boolean isOwnReceivedByAll() {
        return state.phase == Phase.OPERATIONAL && state.tokenVisit.isOwnReceivedByAll();
    }

    /** Whether every member is known to have all messages up to {@code seq} of the ring {@code ringId}, or that ring is history. */
    public boolean isReceivedByAll(RingId ring, int seq) {
        return state.phase == Phase.OPERATIONAL
                && (!ring.equals(state.ringId) || state.tokenVisit.isReceivedByAll(seq));
    }

    /** Counters by name. */
    public Map<String, Long> counters() {
        Map<String, Long> all = new TreeMap<>(state.counters);
        all.put("ring.retransmitted", state.tokenVisit.retransmitted());
        all.put("ring.retransmit-requested", state.tokenVisit.requested());
        all.put("ring.brake", (long) state.tokenVisit.brake());
        all.put("ring.braked-visits", state.tokenVisit.braked());
        return all;
    }

    @Override
    public long deadlineNanos() {
        return state.deadlines.earliest();
    }

    @Override
    public void tick(long now, Effects<RingEffect> out) {
        state.nowNanos = now;
        if (isRunning()) pauseCheck.observe(out);
        for (Optional<Timer> due = state.deadlines.takeDue(now); due.isPresent(); due = state.deadlines.takeDue(now))
            fire(due.get(), out);
    }

    @Override
    public void step(long now, RingInput input, Effects<RingEffect> out) {
        state.nowNanos = now;
        if (state.phase == Phase.LEFT) return;
        if (isRunning()) pauseCheck.observe(out);
        if (input instanceof RingInput.Received received) {
            receive(received.message(), out);
        } else if (input instanceof RingInput.FramesWaiting) {
            tokenPassing.wantToken(out);
        } else if (input instanceof RingInput.SyncComplete complete) {
            if (complete.ringId().equals(state.oldRingId)) state.syncing = false;
        } else if (input instanceof RingInput.PeerReachable peer) {
            peerReachable(peer.node(), out);
        } else if (input instanceof RingInput.PeerGone gone) {
            gathering.onPeerGone(gone.node(), gone.why(), out);
        } else if (input instanceof RingInput.Start start) {
            start(start.savedSequence(), out);
        } else if (input instanceof RingInput.Discarded discarded) {
            Join join = pauseCheck.discarded(discarded.messages(), out);
            if (join != null) gathering.onJoin(join, out);
        } else if (input instanceof RingInput.Reconfigured changed) {
            state.config = changed.config();
            state.timers = changed.timers();
            state.tokenVisit.configure(changed.config());
        } else if (input instanceof RingInput.Brake brake) {
            boolean eased = brake.eighths() < state.tokenVisit.brake();
            state.tokenVisit.brake(brake.eighths());
            // others wait to send, on a ring that may have become idle
            if (eased) tokenPassing.wantToken(out);
        } else if (input instanceof RingInput.Leave) {
            leave(out);
        }
    }

    private boolean isRunning() {
        return state.phase != Phase.IDLE && state.phase != Phase.LEFT;
    }

    private void start(long savedSequence, Effects<RingEffect> out) {
        if (state.phase != Phase.IDLE) throw new IllegalStateException("started twice");
        state.ringId = new RingId(state.self, savedSequence + 1);
        state.highestRingSeq = state.ringId.sequence();
        pauseCheck.stamp();
        gathering.enter("start", out);
    }

    /**
     * What was sent before did not arrive: a token for this peer is sent again at once, and a peer outside the ring hears of it now instead of after the
     * next rotation of an idle ring. Corosync leaves both to its timers.
     */
    private void peerReachable(int peer, Effects<RingEffect> out) {
        boolean formingRing = state.phase == Phase.COMMIT || state.phase == Phase.RECOVERY;
        if (formingRing && state.next == peer) {
            state.repeatToken(out);
            state.armRetransmit();
        } else if (state.phase == Phase.OPERATIONAL && !state.members.contains(peer)) {
            announce(out);
        }
    }

    /** A representative tells those outside of its ring. */
    private void announce(Effects<RingEffect> out) {
        if (state.phase == Phase.OPERATIONAL && state.isRepresentative())
            out.add(new RingEffect.SendToAll(new MergeDetect(state.self, 0, state.self, state.ringId).encode()));
    }

    private void leave(Effects<RingEffect> out) {
        if (state.phase != Phase.IDLE) gathering.sendLeave(out);
        state.deadlines.clear();
        state.phase = Phase.LEFT;
        out.add(new RingEffect.Left());
    }

    private void receive(RingMessage message, Effects<RingEffect> out) {
        if (state.phase == Phase.IDLE) return;
        if (message.target() != 0 && message.target() != state.self) {
            state.count("drop.ring.not-for-me");
        } else if (message instanceof Token token) {
            tokenPassing.onToken(token, out);
        } else if (message instanceof Mcast mcast) {
            if (mcast.ringId().equals(state.ringId)) tokenPassing.onMcast(mcast, out);
            else gathering.onForeign(mcast.systemFrom(), "message", out);
        } else if (message instanceof Join join) {
            if (gathering.isCredible(join) && !pauseCheck.parks(join, out)) gathering.onJoin(join, out);
        } else if (message instanceof CommitToken token) {
            forming.onCommitToken(token, out);
        } else if (message instanceof MergeDetect merge) {
            if (!merge.ringId().equals(state.ringId)) gathering.onForeign(merge.systemFrom(), "merge detect", out);
        } else if (message instanceof HoldCancel cancel) {
            tokenPassing.onHoldCancel(cancel, out);
        }
    }

    private void fire(Timer timer, Effects<RingEffect> out) {
        switch (timer) {
            case TOKEN -> gathering.onTokenLost(out);
            case TOKEN_WARNING -> {
                long warning = state.timers.tokenWarningNanos();
                out.add(new RingEffect.Note(
                        true, "no token for " + warning / 1_000_000 + " ms in ring " + state.ringId));
                state.deadlines.set(Timer.TOKEN_WARNING, state.nowNanos + warning);
            }
            case RETRANSMIT -> {
                if (state.phase == Phase.GATHER) return;
                state.count("ring.token-retransmits");
                state.repeatToken(out);
                state.armRetransmit();
            }
            case ELSEWHERE -> {
                if (state.phase != Phase.OPERATIONAL || state.lastToken == null || state.next == state.self) return;
                state.count("ring.tokens-elsewhere");
                out.add(new RingEffect.SendElsewhere(state.next, state.lastToken));
            }
            case HOLD -> {
                if (state.phase == Phase.OPERATIONAL || state.phase == Phase.RECOVERY) state.resendToken(out);
            }
            case MERGE -> announce(out);
            case JOIN -> {
                if (state.phase == Phase.GATHER) gathering.repeatJoin(out);
            }
            case CONSENSUS -> {
                if (state.phase == Phase.GATHER) gathering.consensusOver(out);
            }
            case PAUSE_STAMP -> pauseCheck.stamp();
        }
    }
}
