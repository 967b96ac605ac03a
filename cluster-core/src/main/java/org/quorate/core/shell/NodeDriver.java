package org.quorate.core.shell;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.LinkDiagnosis;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.RingId;
import org.quorate.View;
import org.quorate.core.NodeEffect;
import org.quorate.core.NodeInput;
import org.quorate.core.shell.jfr.FlightLog;
import org.quorate.engine.Engine;
import org.quorate.spi.EventLoop;
import org.quorate.spi.StateStore;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a node's engine on the transport's loop: gives it packets, requests and time, and performs its effects in order. After a
 * persist effect nothing is performed until the value is durable, and after an effect that reads the configuration nothing until it is
 * read or its time is over; inputs are stepped meanwhile. Confined to the loop but for
 * {@link #begin}.
 *
 * <p>This is the loop's last line: whatever is thrown below it is logged and stops the node.
 */
final class NodeDriver implements TransportListener, NodeEffect.Host {
    private static final Logger LOG = LoggerFactory.getLogger(NodeDriver.class);

    private final NodeId self;
    private final Engine<NodeInput, NodeEffect> engine;
    private final StateStore store;
    private final NodeEvents events;
    private volatile FlightLog flight = FlightLog.SILENT; // set on the loop
    private final ConfigReader reader;
    private final EffectGate<NodeEffect> gate = new EffectGate<>();
    private @Nullable TransportSession session;
    private EventLoop.@Nullable Alarm alarm;
    private EventLoop.@Nullable Alarm silenceAlarm;
    private long alarmAtNanos = Long.MAX_VALUE;
    private boolean silent;
    private boolean ended;

    NodeDriver(
            NodeId self,
            Engine<NodeInput, NodeEffect> engine,
            StateStore store,
            NodeEvents events,
            ConfigReader reader) {
        this.reader = reader;
        this.self = self;
        this.engine = engine;
        this.store = store;
        this.events = events;
    }

    /** Begins on the loop of {@code opened}. What the transport reports before that is dropped. Any thread, once. */
    void begin(TransportSession opened, long savedRingSequence) {
        EventLoop loop = opened.loop();
        loop.execute(() -> guarded(() -> {
            session = opened;
            flight = FlightLog.of(self, reader -> loop.execute(() -> guarded(() -> reader.accept(opened.counters()))));
            alarm = loop.newAlarm(() -> guarded(this::wake));
            silenceAlarm = loop.newAlarm(() -> guarded(this::endSilence));
            step(opened, new NodeInput.Start(savedRingSequence));
        }));
    }

    /** Runs {@code task} on the loop's last line: what it throws stops the node. Nothing is run after the end. */
    void run(Runnable task) {
        guarded(task);
    }

    /** Gives the engine a request. */
    void give(NodeInput input) {
        guarded(() -> {
            if (session != null) step(session, input);
        });
    }

    /** Effects that wait for a write. */
    int heldEffects() {
        return gate.size();
    }

    /** Ends without a report: the node is being closed. */
    void halt() {
        ended = true;
        gate.clear();
        reader.close();
        if (alarm != null) alarm.setAt(Long.MAX_VALUE);
        if (silenceAlarm != null) silenceAlarm.setAt(Long.MAX_VALUE);
        flight.close();
    }

    /** For a node whose loop has ended, perhaps without {@link #halt}. Any thread. */
    void endRecording() {
        flight.close();
    }

    private void step(TransportSession open, NodeInput input) {
        engine.step(open.loop().nowNanos(), input, gate::add);
        perform();
    }

    private void wake() {
        alarmAtNanos = Long.MAX_VALUE;
        if (session == null) return;
        engine.tick(session.loop().nowNanos(), gate::add);
        perform();
    }

    private void perform() {
        gate.drain(effect -> {
            if (!ended) effect.applyTo(this);
        });
        if (gate.hasOverflowed())
            end(
                    Reason.STORAGE_FAILED,
                    "more than " + EffectGate.MAX_HELD + " steps wait for the disk, which does not finish a write",
                    null);
        long deadline = engine.deadlineNanos();
        if (ended || alarm == null || deadline == alarmAtNanos) return;
        alarmAtNanos = deadline;
        alarm.setAt(deadline);
    }

    /** The last line. An {@link Error} too is better reported by a node that stops than by one that goes on. */
    private void guarded(Runnable action) {
        if (ended) return;
        try {
            action.run();
        } catch (Throwable broken) {
            end(Reason.INTERNAL_ERROR, "the node found a fault in itself: " + broken, broken);
        }
    }

    private void end(Reason reason, String why, @Nullable Throwable cause) {
        if (ended) return;
        halt();
        events.stopped(reason, why, cause);
    }

    // the transport's reports

    @Override
    public void received(NodeId from, ByteBuffer message) {
        byte[] copy = new byte[message.remaining()];
        message.duplicate().get(copy);
        give(new NodeInput.Packet(copy));
    }

    @Override
    public void linkChanged(LinkStatus link) {
        guarded(() -> {
            LOG.info(
                    "node {}: link {} to node {} is {}: {}",
                    self,
                    link.link(),
                    link.peer(),
                    link.up() ? "up" : "down",
                    link.why());
            flight.linkChanged(link);
            events.linkChanged(link);
        });
    }

    @Override
    public void linkDiagnosed(LinkStatus link) {
        guarded(() -> {
            LinkDiagnosis found = link.diagnosis();
            if (found.kind().isTrouble()) LOG.warn("node {}: {}", self, found.sentence());
            else LOG.info("node {}: {}", self, found.sentence());
            flight.linkDiagnosed(link);
            events.linkDiagnosed(link);
        });
    }

    @Override
    public void mtuChanged(LinkStatus link) {
        guarded(() -> flight.mtuChanged(link));
    }

    @Override
    public void peerChanged(NodeId peer, boolean reachable, String why) {
        if (!ended) LOG.info("node {}: node {} is {}: {}", self, peer, reachable ? "reachable" : "unreachable", why);
        guarded(() -> flight.peerChanged(peer, reachable, why));
        if (reachable) give(new NodeInput.PeerReachable(peer));
    }

    @Override
    public void peerGone(NodeId peer) {
        if (!ended) LOG.info("node {}: the process of node {} has ended", self, peer);
        give(new NodeInput.PeerGone(peer));
    }

    @Override
    public void loadedKeySeen(NodeId peer) {
        give(new NodeInput.LoadedKeySeen());
    }

    @Override
    public void nodeIdClash(String evidence) {
        guarded(() -> end(
                Reason.NODE_ID_CLASH,
                "another process uses node id " + self + " (" + evidence + "); give one of the two another id",
                null));
    }

    @Override
    public void failed(Throwable cause) {
        guarded(() -> {
            if (cause instanceof ClusterException known) end(known.reason(), String.valueOf(known.getMessage()), known);
            else end(Reason.INTERNAL_ERROR, "the transport cannot go on: " + cause, cause);
        });
    }

    // the engine's effects

    @Override
    public void send(NodeId target, byte[] packet) {
        if (session != null) session.send(target, ByteBuffer.wrap(packet));
    }

    @Override
    public void sendToAll(byte[] packet) {
        if (session != null) session.sendToAll(ByteBuffer.wrap(packet));
    }

    @Override
    public void sendToOthers(byte[] packet) {
        if (session != null) session.sendToOthers(ByteBuffer.wrap(packet));
    }

    @Override
    public void sendAgain(NodeId target, byte[] packet) {
        if (session != null) session.sendAgain(target, ByteBuffer.wrap(packet));
    }

    @Override
    public void sendElsewhere(NodeId target, byte[] packet) {
        if (session != null) session.sendElsewhere(target, ByteBuffer.wrap(packet));
    }

    @Override
    public void sendToOthersAgain(byte[] packet) {
        if (session != null) session.sendToOthersAgain(ByteBuffer.wrap(packet));
    }

    @Override
    public void persist(String name, byte[] value) {
        TransportSession open = session;
        if (open == null) return;
        gate.hold();
        EventLoop loop = open.loop();
        store.write(name, value).whenComplete((done, failure) -> {
            if (loop.inLoop()) written(name, failure);
            else loop.execute(() -> written(name, failure));
        });
    }

    private void written(String name, @Nullable Throwable failure) {
        guarded(() -> {
            if (failure != null)
                end(
                        Reason.STORAGE_FAILED,
                        name + " could not be made durable (" + failure
                                + "); check the disk, then start the node again",
                        failure);
            gate.release();
            perform();
        });
    }

    @Override
    public void readConfiguration(long number, long holdNanos) {
        TransportSession open = session;
        EventLoop.Alarm limit = silenceAlarm;
        if (open == null || limit == null) return;
        silent = true;
        gate.hold();
        limit.setAt(open.loop().nowNanos() + holdNanos);
        reader.read(
                open.loop(),
                answer -> guarded(() -> {
                    step(open, answer.input(number));
                    endSilence();
                }));
    }

    /** The configuration was read, or that takes too long: what has waited goes out. */
    private void endSilence() {
        if (!silent) return;
        silent = false;
        if (silenceAlarm != null) silenceAlarm.setAt(Long.MAX_VALUE);
        gate.release();
        perform();
    }

    @Override
    public void loadKey() {
        if (session == null) return;
        NodeInput answer;
        try {
            reader.load(session);
            answer = new NodeInput.KeyLoaded();
        } catch (ClusterException refused) {
            answer = new NodeInput.KeyRefused(String.valueOf(refused.getMessage()));
        }
        give(answer);
    }

    @Override
    public void changeLinks() {
        if (session == null) return;
        NodeInput answer;
        try {
            answer = new NodeInput.LinksChanged(reader.changeLinks(session));
        } catch (ClusterException refused) {
            answer = new NodeInput.LinksRefused(String.valueOf(refused.getMessage()));
        }
        give(answer);
    }

    @Override
    public void useKey() {
        if (session == null) return;
        session.useLoadedKey();
        flight.keyChanged("frames are sealed with the new key");
    }

    @Override
    public void dropKey() {
        if (session == null) return;
        session.dropOldKey();
        flight.keyChanged("the old key is forgotten");
    }

    @Override
    public void configurationApplied(ClusterConfig config) {
        reader.applied(config);
        events.configurationApplied(config);
    }

    @Override
    public void reloadEnded(List<Long> tickets, Optional<String> refusal, ReloadReport report) {
        reader.forget();
        events.reloadEnded(tickets, refusal, report);
    }

    @Override
    public void discardPending() {
        if (session != null) session.discardPending(messages -> give(new NodeInput.Discarded(messages)));
    }

    @Override
    public void viewInstalled(View view) {
        LOG.info(
                "node {}: view {}: members {}, joined {}, left {}; {}",
                self,
                view.ringId(),
                view.members(),
                view.joined(),
                view.left(),
                view.quorum().reason());
        flight.viewInstalled(view);
        events.viewInstalled(view);
    }

    @Override
    public void quorumChanged(QuorumState quorum) {
        LOG.info("node {}: {}: {}", self, quorum.quorate() ? "quorate" : "not quorate", quorum.reason());
        flight.quorumChanged(quorum);
        events.quorumChanged(quorum);
    }

    @Override
    public void quorumAnswered(long ticket, Optional<String> refusal, QuorumState state) {
        events.quorumAnswered(ticket, refusal, state);
    }

    @Override
    public void groupChanged(String group, Change change) {
        events.groupChanged(group, change);
    }

    @Override
    public void groupMessage(String group, GroupMember sender, byte[] payload, long ticket) {
        events.groupMessage(group, sender, payload, ticket);
    }

    @Override
    public void sendFailed(long ticket, Reason reason, String why) {
        events.sendFailed(ticket, reason, why);
    }

    @Override
    public void note(boolean warning, String sentence) {
        flight.noted(warning, sentence);
        if (warning) LOG.warn("node {}: {}", self, sentence);
        else LOG.info("node {}: {}", self, sentence);
    }

    @Override
    public void paused(Duration atLeast) {
        flight.paused(atLeast);
        events.paused(atLeast);
    }

    @Override
    public void tokenLost(RingId ringId, String phase) {
        flight.tokenLost(ringId, phase);
    }

    @Override
    public void left() {
        halt();
        events.left();
    }

    @Override
    public void stop(Reason reason, String why) {
        end(reason, why, null);
    }
}
