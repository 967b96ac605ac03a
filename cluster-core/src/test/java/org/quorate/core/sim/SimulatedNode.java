package org.quorate.core.sim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException.Reason;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.RingId;
import org.quorate.View;
import org.quorate.core.NodeEffect;
import org.quorate.core.NodeEngine;
import org.quorate.core.NodeInput;
import org.quorate.sim.EngineDriver;
import org.quorate.sim.SimClock;
import org.quorate.sim.SimNetwork;
import org.quorate.sim.SimStore;
import org.quorate.sim.Simulation;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumSettings;

/** One node of a {@link ClusterSimulation} through all its lives: its process, its disk, its place on the network, its application. */
final class SimulatedNode implements NodeEffect.Host {
    static final String GROUP = "load";

    private static final long SERVICE_NANOS = 10_000;
    private static final String MEMORY_PREFIX = "quorum/";

    private final Simulation simulation;
    private final SimNetwork network;
    private final ClusterConfig config;
    private final NodeId self;
    private final QuorumProvider provider;
    private final SimStore store;
    private final int clockPpm;
    private final boolean believesDamaged;
    private final NodeObserver observer;
    private @Nullable EngineDriver<NodeInput, NodeEffect> driver;
    private @Nullable NodeEngine engine;
    private @Nullable View view;
    private QuorumState quorum = QuorumState.UNKNOWN;
    private int life;
    private boolean leaving;
    private boolean comesBack;
    private long nextNumber;
    private long damaged;
    private @Nullable String stoppedBecause;

    SimulatedNode(
            Simulation simulation,
            SimNetwork network,
            ClusterConfig config,
            NodeId self,
            QuorumProvider provider,
            int clockPpm,
            boolean believesDamaged,
            NodeObserver observer) {
        this.simulation = simulation;
        this.network = network;
        this.config = config;
        this.self = self;
        this.provider = provider;
        this.clockPpm = clockPpm;
        this.believesDamaged = believesDamaged;
        this.observer = observer;
        this.store = new SimStore(simulation, "disk " + self);
    }

    int id() {
        return self.value();
    }

    SimStore store() {
        return store;
    }

    boolean isAlive() {
        return driver != null;
    }

    boolean isFrozen() {
        return driver != null && driver.isFrozen();
    }

    /** The last view of this life. */
    @Nullable
    View view() {
        return view;
    }

    /** The last decision of this life. */
    QuorumState quorum() {
        return quorum;
    }

    Map<String, Long> counters() {
        Map<String, Long> counters = engine == null ? new TreeMap<>() : new TreeMap<>(engine.counters());
        counters.put("drop.damaged", damaged);
        return counters;
    }

    /** Why the node stopped itself last, if it ever did. */
    @Nullable
    String stoppedBecause() {
        return stoppedBecause;
    }

    /** A new process, unless one is there; if that one is leaving, when it has left. */
    void start() {
        if (driver != null) {
            comesBack = leaving;
            return;
        }
        leaving = false;
        comesBack = false;
        life++;
        nextNumber = 0;
        view = null;
        quorum = QuorumState.UNKNOWN;
        trace("starts", life);
        TreeMap<String, byte[]> memory = new TreeMap<>();
        store.readAll().forEach((name, value) -> {
            if (name.startsWith(MEMORY_PREFIX)) memory.put(name.substring(MEMORY_PREFIX.length()), value);
        });
        QuorumSettings settings = new QuorumSettings(self, config.nodes(), config.quorumOptions(), memory);
        NodeEngine newEngine = new NodeEngine(
                config, self, provider.open(settings), life, simulation.random("node " + self + " life " + life));
        engine = newEngine;
        EngineDriver<NodeInput, NodeEffect> started = new EngineDriver<>(
                simulation,
                newEngine,
                effect -> effect.applyTo(this),
                new SimClock(simulation.nowNanos(), clockPpm),
                SERVICE_NANOS);
        driver = started;
        observer.started(id(), life);
        network.attach(id(), this::received);
        started.deliver(new NodeInput.Start(durableSequence()));
        if (driver == started) started.deliver(new NodeInput.JoinGroup(GROUP));
    }

    /** The process dies. */
    void crash() {
        if (driver == null) return;
        trace("crashes", life);
        store.crash();
        end();
    }

    void freeze() {
        if (driver == null || driver.isFrozen()) return;
        trace("freezes", life);
        driver.freeze();
    }

    void thaw(boolean timersFirst) {
        if (driver == null || !driver.isFrozen()) return;
        trace("goes on", timersFirst ? 1 : 0);
        driver.thaw(timersFirst);
    }

    /** The application sends a message of {@code bytes} octets. */
    void send(int bytes) {
        if (driver == null || driver.isFrozen()) return;
        MessageId id = new MessageId(id(), life, nextNumber++);
        observer.sent(id(), id.number());
        driver.deliver(new NodeInput.Send(GROUP, id.toPayload(bytes), id.number()));
    }

    /** The application leaves in order. */
    void leave() {
        if (driver == null || driver.isFrozen()) return;
        trace("leaves", life);
        leaving = true;
        driver.deliver(new NodeInput.Leave());
    }

    private void received(int from, int path, byte[] message, boolean wasDamaged) {
        if (wasDamaged && !believesDamaged) {
            damaged++;
            return;
        }
        if (driver != null) driver.enqueue(new NodeInput.Packet(message));
    }

    private void end() {
        EngineDriver<NodeInput, NodeEffect> ending = driver;
        if (ending == null) return;
        ending.stop();
        driver = null;
        view = null;
        quorum = QuorumState.UNKNOWN;
        network.detach(id());
        observer.ended(id());
    }

    private long durableSequence() {
        return store.read("ringid_" + self)
                .map(value ->
                        ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong())
                .orElse(0L);
    }

    private void trace(String kind, long number) {
        simulation.trace().add(simulation.nowNanos(), id(), kind, number);
    }

    // ---- effects

    @Override
    public void send(NodeId target, byte[] packet) {
        network.send(id(), target.value(), packet);
    }

    @Override
    public void sendToAll(byte[] packet) {
        sendToOthers(packet);
        network.send(id(), id(), packet);
    }

    @Override
    public void sendToOthers(byte[] packet) {
        for (var node : config.nodes())
            if (!node.id().equals(self)) network.send(id(), node.id().value(), packet);
    }

    @Override
    public void persist(String name, byte[] value) {
        EngineDriver<NodeInput, NodeEffect> holding = driver;
        if (holding == null) return;
        simulation.trace().add(simulation.nowNanos(), id(), "persists", life, value);
        holding.hold();
        store.write(name, value).whenComplete((done, failure) -> {
            if (failure != null) crash();
            else holding.release();
        });
    }

    @Override
    public void discardPending() {
        if (driver == null) return;
        int messages = driver.discardQueued();
        trace("discards", messages);
        driver.enqueue(new NodeInput.Discarded(messages));
    }

    @Override
    public void viewInstalled(View newView) {
        view = newView;
        quorum = newView.quorum();
        trace(
                "view " + newView.ringId() + " " + newView.members() + (quorum.quorate() ? " quorate" : " inquorate"),
                newView.ringId().sequence());
        observer.viewInstalled(id(), newView, durableSequence());
    }

    @Override
    public void quorumChanged(QuorumState newQuorum) {
        quorum = newQuorum;
        trace(newQuorum.quorate() ? "quorate" : "inquorate", newQuorum.totalVotes());
        observer.quorumChanged(id(), newQuorum);
    }

    @Override
    public void groupChanged(String group, Change change) {
        trace("group " + change.reason() + " " + names(change.joined()) + " " + names(change.left()), 0);
        observer.groupChanged(id(), change);
    }

    @Override
    public void groupMessage(String group, GroupMember sender, byte[] payload, long ticket) {
        trace("delivers " + sender.node(), ByteBuffer.wrap(payload).getLong(8));
        observer.delivered(id(), sender, payload, ticket);
    }

    @Override
    public void sendFailed(long ticket, Reason reason, String why) {
        trace("refuses " + reason, ticket);
        observer.refused(id(), ticket);
    }

    @Override
    public void readConfiguration(long number, long holdNanos) {
        if (driver != null) driver.enqueue(new NodeInput.ConfigurationRefused(number, "no file in a simulation"));
    }

    @Override
    public void loadKey() {
        throw new AssertionError("no configuration was read");
    }

    @Override
    public void changeLinks() {
        throw new AssertionError("no configuration was read");
    }

    @Override
    public void useKey() {}

    @Override
    public void dropKey() {}

    @Override
    public void configurationApplied(ClusterConfig changed) {}

    @Override
    public void quorumAnswered(long ticket, Optional<String> refusal, QuorumState state) {}

    @Override
    public void reloadEnded(List<Long> tickets, Optional<String> refusal, ReloadReport report) {}

    @Override
    public void paused(Duration atLeast) {
        trace("paused", atLeast.toMillis());
    }

    @Override
    public void tokenLost(RingId ringId, String phase) {
        trace("loses the token in " + phase, ringId.sequence());
    }

    @Override
    public void note(boolean warning, String sentence) {
        trace("notes: " + sentence, 0);
    }

    @Override
    public void left() {
        trace("has left", life);
        store.close();
        end();
        if (comesBack) simulation.after(0, this::start);
    }

    @Override
    public void stop(Reason reason, String why) {
        trace("stops: " + reason + ": " + why, life);
        stoppedBecause = reason + ": " + why;
        store.crash();
        end();
    }

    private static String names(List<GroupMember> members) {
        return members.stream().map(m -> m.node() + "/" + m.id()).toList().toString();
    }
}
