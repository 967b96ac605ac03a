package org.quorate.core.ring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.quorate.NodeId;
import org.quorate.RingId;
import org.quorate.TotemConfig;
import org.quorate.core.conf.RingTimers;
import org.quorate.core.ring.RingDeadlines.Timer;
import org.quorate.core.ring.wire.CommitEntry;
import org.quorate.core.ring.wire.CommitToken;
import org.quorate.core.ring.wire.HoldCancel;
import org.quorate.core.ring.wire.Join;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.ring.wire.MergeDetect;
import org.quorate.core.ring.wire.RingMessage;
import org.quorate.core.ring.wire.SequenceNumbers;
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
 * <p>Source: totem.md section 2; Amir, Moser, Melliar-Smith, Agarwal, Ciarfella: The Totem single-ring ordering and membership
 * protocol, 1995. Differs from Corosync 3.1.7: only a token that is accepted lets go of messages; a commit token makes the
 * first token only if it is of this ring and has gone round twice; the ring id is on disk before the commit token that announces it is sent; recovery counters
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

    private final int self;
    private TotemConfig config;
    private final RandomGenerator random;
    private final RingDeadlines deadlines = new RingDeadlines();
    private final MessageOrder order = new MessageOrder();
    private final TokenVisit tokenVisit;
    private final Candidates candidates;
    private final Map<String, Long> counters = new TreeMap<>();
    private RingTimers timers;

    private Phase phase = Phase.IDLE;
    private long nowNanos;
    private RingId ringId = RingId.NONE;
    private RingId oldRingId = RingId.NONE;
    private long highestRingSeq;
    private List<Integer> members = List.of();
    private List<Integer> newMembers = List.of();
    private List<Integer> transitional = List.of();

    private int lastTokenSeq;
    private int lastSeqSeen;
    private int unchanged;
    private boolean held;
    private boolean discardTokens;
    private boolean originatedToken;
    private boolean receivedAll = true;
    private boolean cannotReceive;
    private boolean syncing = true;
    private byte @Nullable [] lastToken;
    private int next;
    private long runningStamp;
    private @Nullable Join parkedJoin;

    /**
     * An engine, not started.
     *
     * @param self own node id
     * @param timers in force for the number of listed nodes
     * @param frames what to multicast
     * @param random for the random delay of join messages
     */
    public RingEngine(NodeId self, TotemConfig config, RingTimers timers, FrameSource frames, RandomGenerator random) {
        this.self = self.value();
        this.config = config;
        this.timers = timers;
        this.random = random;
        this.candidates = new Candidates(this.self);
        this.tokenVisit = new TokenVisit(this.self, config, order, frames);
        this.next = this.self;
    }

    /** Where the node stands. */
    public Phase phase() {
        return phase;
    }

    /** The current ring, or the one being formed. */
    public RingId ringId() {
        return ringId;
    }

    /** Members of the last operational ring, ascending. */
    public List<Integer> members() {
        return members;
    }

    /** Whether only sync frames may be sent. */
    public boolean isSyncing() {
        return syncing;
    }

    /** Whether every member is known to have all that this node has sent: the moment at which it may leave without taking a message along. */
    public boolean isOwnReceivedByAll() {
        return phase == Phase.OPERATIONAL && tokenVisit.isOwnReceivedByAll();
    }

    /** Whether every member is known to have all messages up to {@code seq} of the ring {@code ringId}, or that ring is history. */
    public boolean isReceivedByAll(RingId ring, int seq) {
        return phase == Phase.OPERATIONAL && (!ring.equals(ringId) || tokenVisit.isReceivedByAll(seq));
    }

    /** Counters by name. */
    public Map<String, Long> counters() {
        Map<String, Long> all = new TreeMap<>(counters);
        all.put("ring.retransmitted", tokenVisit.retransmitted());
        all.put("ring.retransmit-requested", tokenVisit.requested());
        return all;
    }

    @Override
    public long deadlineNanos() {
        return deadlines.earliest();
    }

    @Override
    public void tick(long now, Effects<RingEffect> out) {
        nowNanos = now;
        for (Optional<Timer> due = deadlines.takeDue(now); due.isPresent(); due = deadlines.takeDue(now))
            fire(due.get(), out);
    }

    @Override
    public void step(long now, RingInput input, Effects<RingEffect> out) {
        nowNanos = now;
        if (phase == Phase.LEFT) return;
        if (input instanceof RingInput.Received received) {
            receive(received.message(), out);
        } else if (input instanceof RingInput.FramesWaiting) {
            wantToken(out);
        } else if (input instanceof RingInput.SyncComplete complete) {
            if (complete.ringId().equals(oldRingId)) syncing = false;
        } else if (input instanceof RingInput.PeerReachable peer) {
            peerReachable(peer.node(), out);
        } else if (input instanceof RingInput.Start start) {
            start(start.savedSequence(), out);
        } else if (input instanceof RingInput.Discarded discarded) {
            discarded(discarded.messages(), out);
        } else if (input instanceof RingInput.Reconfigured changed) {
            config = changed.config();
            timers = changed.timers();
            tokenVisit.configure(config);
        } else if (input instanceof RingInput.Leave) {
            leave(out);
        }
    }

    private void start(long savedSequence, Effects<RingEffect> out) {
        if (phase != Phase.IDLE) throw new IllegalStateException("started twice");
        ringId = new RingId(self, savedSequence + 1);
        highestRingSeq = ringId.sequence();
        stampRunning();
        gather("start", out);
    }

    /**
     * What was sent before did not arrive: a token for this peer is sent again at once, and a peer outside the ring hears of it now instead of after the
     * next rotation of an idle ring. Corosync leaves both to its timers.
     */
    private void peerReachable(int peer, Effects<RingEffect> out) {
        boolean forming = phase == Phase.COMMIT || phase == Phase.RECOVERY;
        if (forming && next == peer) {
            resendToken(out);
            armRetransmit();
        } else if (phase == Phase.OPERATIONAL && isRepresentative() && !members.contains(peer)) {
            out.add(new RingEffect.SendToAll(new MergeDetect(self, 0, self, ringId).encode()));
        }
    }

    private void leave(Effects<RingEffect> out) {
        List<Integer> known = new ArrayList<>(candidates.known());
        known.remove((Integer) self);
        List<Integer> failed = new ArrayList<>(candidates.failed());
        failed.remove((Integer) self);
        failed.add(self);
        if (phase != Phase.IDLE)
            out.add(new RingEffect.SendToOthers(new Join(0, 0, self, known, failed, ringId.sequence()).encode()));
        deadlines.clear();
        phase = Phase.LEFT;
        out.add(new RingEffect.Left());
    }

    // ---- messages

    private void receive(RingMessage message, Effects<RingEffect> out) {
        if (phase == Phase.IDLE) return;
        if (message.target() != 0 && message.target() != self) {
            count("drop.ring.not-for-me");
        } else if (message instanceof Token token) {
            onToken(token, out);
        } else if (message instanceof Mcast mcast) {
            onMcast(mcast, out);
        } else if (message instanceof Join join) {
            onJoin(join, out);
        } else if (message instanceof CommitToken token) {
            onCommitToken(token, out);
        } else if (message instanceof MergeDetect merge) {
            if (!merge.ringId().equals(ringId)) onForeign(merge.systemFrom(), "merge detect", out);
        } else if (message instanceof HoldCancel cancel) {
            onHoldCancel(cancel, out);
        }
    }

    private void onMcast(Mcast mcast, Effects<RingEffect> out) {
        if (!mcast.ringId().equals(ringId)) {
            onForeign(mcast.systemFrom(), "message", out);
            return;
        }
        boolean oldRingStillCounts = phase == Phase.GATHER && !order.isSaved();
        boolean wanted = phase == Phase.RECOVERY
                || (mcast.encapsulated() == Mcast.ORDINARY && (phase == Phase.OPERATIONAL || oldRingStillCounts));
        if (!wanted) {
            count("drop.ring.out-of-phase");
        } else if (!order.store(mcast)) {
            count("ring.duplicates");
        } else if (phase == Phase.OPERATIONAL) {
            order.deliverReady(out);
        }
    }

    /** A message of a ring that this node is not in: there are others to be with. */
    private void onForeign(int from, String what, Effects<RingEffect> out) {
        if (!isNodeId(from)) {
            count("drop.ring.bad-node-id");
        } else if (!candidates.hasRoomFor(from)) {
            count("drop.ring.too-many-nodes");
        } else if (phase == Phase.OPERATIONAL) {
            candidates.add(from);
            gather("a " + what + " of another ring came from node " + from, out);
        } else if (phase == Phase.GATHER && candidates.add(from)) {
            gather("a " + what + " of another ring came from node " + from, out);
        }
    }

    private void onHoldCancel(HoldCancel cancel, Effects<RingEffect> out) {
        if (!cancel.ringId().equals(ringId)) return;
        unchanged = 0;
        if (isRepresentative() && phase != Phase.GATHER && lastToken != null) {
            resendToken(out);
            armRetransmit();
        }
    }

    // ---- gathering

    private void onJoin(Join join, Effects<RingEffect> out) {
        if (!isNodeId(join.systemFrom())
                || !join.procs().stream().allMatch(RingEngine::isNodeId)
                || !join.failed().stream().allMatch(RingEngine::isNodeId)) {
            count("drop.ring.bad-node-id");
        } else if (candidates.wouldOverflow(join)) {
            count("drop.ring.too-many-nodes");
        } else if (nowNanos - runningStamp > timers.pauseLimitNanos()) {
            // this process did not run for a while: the join may be as old as that
            if (parkedJoin == null) out.add(new RingEffect.DiscardPending());
            parkedJoin = join;
        } else {
            acceptJoin(join, out);
        }
    }

    private void discarded(int messages, Effects<RingEffect> out) {
        Join join = parkedJoin;
        parkedJoin = null;
        stampRunning();
        if (messages > 0) {
            out.add(new RingEffect.Note(
                    true,
                    "this process did not run for a while; " + messages
                            + " messages received meanwhile were thrown away"));
        } else if (join != null) {
            acceptJoin(join, out);
        }
    }

    private void acceptJoin(Join join, Effects<RingEffect> out) {
        if (Long.compareUnsigned(join.ringSeq(), highestRingSeq) > 0) highestRingSeq = join.ringSeq();
        int from = join.systemFrom();
        switch (phase) {
            case OPERATIONAL -> {
                boolean stale = members.contains(from) && Long.compareUnsigned(join.ringSeq(), ringId.sequence()) < 0;
                if (join.failed().contains(self) || stale) return;
                considerJoin(join, out);
            }
            case GATHER -> considerJoin(join, out);
            case COMMIT, RECOVERY -> {
                boolean fresh = Long.compareUnsigned(join.ringSeq(), ringId.sequence()) >= 0;
                if (!newMembers.contains(from) || !fresh) return;
                candidates.consider(join, members);
                if (phase == Phase.RECOVERY) abandonRecovery();
                gather("node " + from + " started over while the ring was being formed", out);
            }
            default -> {}
        }
    }

    private void considerJoin(Join join, Effects<RingEffect> out) {
        Candidates.Verdict verdict = candidates.consider(join, members);
        if (verdict == Candidates.Verdict.CHANGED) {
            gather("node " + join.systemFrom() + (join.isLeave() ? " leaves" : " knows of other nodes"), out);
            return;
        }
        if (verdict == Candidates.Verdict.SAME && candidates.isAgreed()) {
            if (cannotReceive) {
                cannotReceive = false;
                candidates.reset(List.of(self));
                commitNewRing(out);
                return;
            }
            TreeSet<Integer> alive = new TreeSet<>(candidates.alive());
            if (!alive.isEmpty() && alive.first() == self) {
                commitNewRing(out);
                return;
            }
        }
        if (phase == Phase.OPERATIONAL) gather("node " + join.systemFrom() + " looks for a new ring", out);
    }

    /** Looks for a new membership. The ring id stays: joins carry its sequence. */
    private void gather(String why, Effects<RingEffect> out) {
        if (phase == Phase.OPERATIONAL || phase == Phase.IDLE)
            out.add(new RingEffect.Note(false, "looking for a new ring: " + why));
        count("ring.gathers");
        discardTokens = true;
        originatedToken = false;
        candidates.startConsensus();
        phase = Phase.GATHER;
        deadlines.cancel(Timer.TOKEN);
        deadlines.cancel(Timer.TOKEN_WARNING);
        deadlines.cancel(Timer.RETRANSMIT);
        deadlines.cancel(Timer.MERGE);
        deadlines.set(Timer.CONSENSUS, nowNanos + timers.consensusNanos());
        if (timers.sendJoinNanos() > 0) {
            deadlines.set(Timer.JOIN, nowNanos + random.nextLong(timers.sendJoinNanos() + 1));
        } else {
            sendJoin(out);
        }
    }

    private void sendJoin(Effects<RingEffect> out) {
        Join join = new Join(self, 0, self, candidates.known(), candidates.failed(), ringId.sequence());
        out.add(new RingEffect.SendToAll(join.encode()));
        long delay = timers.sendJoinNanos() > 0 ? random.nextLong(timers.sendJoinNanos() + 1) : 0;
        deadlines.set(Timer.JOIN, nowNanos + timers.joinNanos() + delay);
    }

    /** The time to agree is over: wait for the commit token if all agree, else give up those who do not answer. */
    private void consensusOver(Effects<RingEffect> out) {
        if (candidates.isAgreed()) {
            candidates.startConsensus();
            deadlines.set(Timer.TOKEN, nowNanos + timers.tokenNanos());
        } else {
            List<Integer> silent = candidates.giveUpSilent();
            out.add(new RingEffect.Note(false, "no answer from " + names(silent) + " within the consensus timeout"));
            gather("consensus timeout", out);
        }
    }

    // ---- committing

    private void commitNewRing(Effects<RingEffect> out) {
        RingId newRing = new RingId(self, highestRingSeq + 4);
        commit(CommitRotation.begin(self, newRing, candidates.alive()), out);
    }

    private void onCommitToken(CommitToken token, Effects<RingEffect> out) {
        if (!token.addresses().contains(self)) {
            count("drop.ring.commit-without-me");
            return;
        }
        switch (phase) {
            case GATHER -> {
                boolean mine = token.memberIndex() < token.addresses().size()
                        && token.addresses().get(token.memberIndex()) == self;
                boolean agreed = List.copyOf(candidates.alive()).equals(token.addresses());
                boolean newer = Long.compareUnsigned(token.ringId().sequence(), ringId.sequence()) > 0;
                if (mine && agreed && newer) commit(token, out);
            }
            case COMMIT -> {
                if (isOfNewRing(token) && CommitRotation.isFull(token)) recover(token, out);
            }
            case RECOVERY -> {
                boolean seenByAll = isOfNewRing(token) && CommitRotation.isTwiceRound(token);
                if (seenByAll && isRepresentative() && !originatedToken) sendFirstToken(out);
            }
            default -> {}
        }
    }

    private boolean isOfNewRing(CommitToken token) {
        return token.ringId().equals(ringId) && token.addresses().equals(newMembers);
    }

    /** Adds this node's entry to the commit token and sends it on. */
    private void commit(CommitToken token, Effects<RingEffect> out) {
        if (order.save()) oldRingId = ringId;
        newMembers = token.addresses();
        boolean complete = order.savedAru() == order.savedHigh();
        CommitToken filled =
                CommitRotation.fill(token, new CommitEntry(oldRingId, order.savedAru(), order.delivered(), complete));
        receivedAll = filled.entries().get(token.memberIndex()).receivedFlag();
        next = successor(newMembers);
        ringId = token.ringId();
        highestRingSeq = ringId.sequence();
        phase = Phase.COMMIT;
        deadlines.cancel(Timer.JOIN);
        deadlines.cancel(Timer.CONSENSUS);
        out.add(new RingEffect.Persist(ringId.sequence()));
        sendCommitToken(filled, out);
        armToken();
        armRetransmit();
        tokenVisit.startCommit();
    }

    private void sendCommitToken(CommitToken token, Effects<RingEffect> out) {
        byte[] packet = CommitRotation.sendOn(token, self, next).encode();
        lastToken = packet;
        out.add(new RingEffect.Send(next, packet));
    }

    // ---- recovering

    private void recover(CommitToken token, Effects<RingEffect> out) {
        discardTokens = false;
        sendCommitToken(token, out);
        lastTokenSeq = -1;
        List<Integer> together = new ArrayList<>();
        boolean somebodyMisses = false;
        int low = order.savedHigh();
        for (int i = 0; i < newMembers.size(); i++) {
            int node = newMembers.get(i);
            CommitEntry entry = token.entries().get(i);
            if (!members.contains(node) || !entry.oldRing().equals(oldRingId)) continue;
            together.add(node);
            somebodyMisses |= !entry.receivedFlag();
            if (entry.aru() - low < 0) low = entry.aru();
        }
        transitional = List.copyOf(together);
        List<byte[]> toSend = new ArrayList<>();
        if (somebodyMisses) for (Mcast message : order.heldAbove(low)) toSend.add(message.packet());
        if (!toSend.isEmpty())
            out.add(new RingEffect.Note(
                    false, "recovery of ring " + oldRingId + ": " + toSend.size() + " messages to send"));
        order.startRecovery();
        tokenVisit.startRecovery(toSend, receivedAll);
        unchanged = 0;
        phase = Phase.RECOVERY;
        armToken();
        armRetransmit();
    }

    /** A recovery failed: the numbers of the old ring count again, and nothing of the failed ring may match any more. */
    private void abandonRecovery() {
        order.abandonRecovery();
        ringId = new RingId(0, ringId.sequence());
        count("ring.recoveries-failed");
    }

    private void sendFirstToken(Effects<RingEffect> out) {
        originatedToken = true;
        lastToken = tokenVisit.firstToken(next, ringId).encode();
        out.add(new RingEffect.Send(next, lastToken));
        armToken();
        armRetransmit();
    }

    // ---- the token

    private void onToken(Token token, Effects<RingEffect> out) {
        if (discardTokens) return;
        noteActivity(token.seq());
        boolean representative = isRepresentative();
        held = representative ? unchanged > config.seqnoUnchanged() : unchanged >= config.seqnoUnchanged();
        boolean forward = !(representative && held);
        if (phase != Phase.OPERATIONAL && phase != Phase.RECOVERY) return;
        if (!token.ringId().equals(ringId) || SequenceNumbers.lessOrEqual(token.tokenSeq(), lastTokenSeq)) {
            count("ring.token-duplicates");
            return;
        }
        if (!order.isPlausible(token.seq())) {
            count("drop.ring.implausible-token");
            return;
        }
        count("ring.tokens");
        boolean recovering = phase == Phase.RECOVERY;
        TokenVisit.Outcome outcome = tokenVisit.visit(token, ringId, recovering, syncing, next, out);
        if (outcome.busy() && held && config.cancelHoldOnRetransmit()) {
            held = false;
            forward = true;
        }
        if (outcome.cannotReceive()) {
            cannotReceive = true;
            candidates.fail(self);
            if (recovering) abandonRecovery();
            gather("this node has received nothing new for too long", out);
            return;
        }
        lastTokenSeq = token.tokenSeq();
        byte[] packet = outcome.token().encode();
        lastToken = packet;
        if (outcome.installed()) install(out);
        if (forward) out.add(new RingEffect.Send(next, packet));
        if (phase == Phase.OPERATIONAL) order.deliverReady(out);
        armToken();
        armRetransmit();
        if (!forward) deadlines.set(Timer.HOLD, nowNanos + timers.holdNanos());
    }

    /** Counts tokens, also repeated ones, in which the sequence did not move. */
    private void noteActivity(int seq) {
        if (seq == lastSeqSeen) {
            if (!deadlines.isSet(Timer.MERGE)) deadlines.set(Timer.MERGE, nowNanos + timers.mergeNanos());
            unchanged++;
        } else {
            deadlines.cancel(Timer.MERGE);
            deadlines.cancel(Timer.HOLD);
            unchanged = 0;
        }
        lastSeqSeen = seq;
    }

    /** Ends the old ring and begins the new one: extended virtual synchrony's two configurations. */
    private void install(Effects<RingEffect> out) {
        candidates.clearConsensus();
        originatedToken = false;
        order.closeOldRing(oldRingId, out);
        List<Integer> left = without(members, transitional);
        List<Integer> joined = without(newMembers, transitional);
        members = newMembers;
        out.add(new RingEffect.TransitionalConfiguration(ringId, transitional, left));
        syncing = true;
        order.deliverRest(transitional, out);
        out.add(new RingEffect.Note(false, "ring " + ringId + " formed with " + names(members)));
        out.add(new RingEffect.RegularConfiguration(ringId, members, joined));
        order.openNewRing();
        candidates.reset(members);
        tokenVisit.startOperational();
        oldRingId = ringId;
        receivedAll = true;
        phase = Phase.OPERATIONAL;
        stampRunning();
        count("ring.rings");
    }

    /** Frames are waiting: an idle ring's token has to be let go. */
    private void wantToken(Effects<RingEffect> out) {
        if (!held) return;
        held = false;
        out.add(new RingEffect.SendToAll(new HoldCancel(self, 0, ringId).encode()));
    }

    private void resendToken(Effects<RingEffect> out) {
        if (lastToken != null) out.add(new RingEffect.Send(next, lastToken));
    }

    // ---- timers

    private void fire(Timer timer, Effects<RingEffect> out) {
        switch (timer) {
            case TOKEN -> tokenLost(out);
            case TOKEN_WARNING -> {
                out.add(new RingEffect.Note(
                        true, "no token for " + timers.tokenWarningNanos() / 1_000_000 + " ms in ring " + ringId));
                deadlines.set(Timer.TOKEN_WARNING, nowNanos + timers.tokenWarningNanos());
            }
            case RETRANSMIT -> {
                if (phase == Phase.GATHER) return;
                count("ring.token-retransmits");
                resendToken(out);
                armRetransmit();
            }
            case HOLD -> {
                if (phase == Phase.OPERATIONAL || phase == Phase.RECOVERY) resendToken(out);
            }
            case MERGE -> {
                if (phase == Phase.OPERATIONAL && isRepresentative())
                    out.add(new RingEffect.SendToAll(new MergeDetect(self, 0, self, ringId).encode()));
            }
            case JOIN -> {
                if (phase == Phase.GATHER) sendJoin(out);
            }
            case CONSENSUS -> {
                if (phase == Phase.GATHER) consensusOver(out);
            }
            case PAUSE_STAMP -> stampRunning();
        }
    }

    private void tokenLost(Effects<RingEffect> out) {
        count("ring.tokens-lost");
        switch (phase) {
            case OPERATIONAL -> gather("the token was lost", out);
            case GATHER -> {
                consensusOver(out);
                gather("no commit token came", out);
            }
            case COMMIT -> gather("the commit token was lost", out);
            case RECOVERY -> {
                abandonRecovery();
                gather("the token was lost in recovery", out);
            }
            default -> {}
        }
    }

    private void stampRunning() {
        runningStamp = nowNanos;
        deadlines.set(Timer.PAUSE_STAMP, nowNanos + timers.pauseStampNanos());
    }

    private void armToken() {
        deadlines.set(Timer.TOKEN, nowNanos + timers.tokenNanos());
        if (timers.tokenWarningNanos() > 0) deadlines.set(Timer.TOKEN_WARNING, nowNanos + timers.tokenWarningNanos());
    }

    private void armRetransmit() {
        deadlines.set(Timer.RETRANSMIT, nowNanos + timers.tokenRetransmitNanos());
    }

    // ---- small helpers

    private boolean isRepresentative() {
        return ringId.representative() == self;
    }

    private int successor(List<Integer> ring) {
        return ring.get((ring.indexOf(self) + 1) % ring.size());
    }

    private void count(String counter) {
        counters.merge(counter, 1L, Long::sum);
    }

    private static boolean isNodeId(int id) {
        return id >= 1 && id <= NodeId.MAX;
    }

    private static List<Integer> without(List<Integer> all, List<Integer> some) {
        return all.stream().filter(n -> !some.contains(n)).toList();
    }

    private static String names(List<Integer> nodes) {
        return (nodes.size() == 1 ? "node " : "nodes ")
                + String.join(", ", nodes.stream().map(String::valueOf).toList());
    }
}
