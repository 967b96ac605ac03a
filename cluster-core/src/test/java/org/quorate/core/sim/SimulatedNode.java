package org.quorate.core.sim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException.Reason;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.NodeConfig;
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

/**
 * One node of a {@link ClusterSimulation} through all its lives: its process, its disk, its place on the network, its application, which is
 * in the first group all the time and in others now and then.
 */
final class SimulatedNode implements NodeEffect.Host {
    /** Names of the groups; a run uses the first few. */
    static final List<String> GROUPS = List.of("load", "second", "third");

    private static final long SERVICE_NANOS = 10_000;
    private static final String MEMORY_PREFIX = "quorum/";

    /** What a crash does to writes under way. */
    enum DiskLoss {
        /** The first few, drawn from the seed, have reached the disk. */
        SOME,
        /** All are lost. */
        ALL,
        /** All have reached the disk. */
        NONE
    }

    private final Simulation simulation;
    private final SimNetwork network;
    private final Scenario scenario;
    private final ClusterConfig config;
    private final NodeId self;
    private final QuorumProvider provider;
    private final SimStore store;
    private final int clockPpm;
    private final boolean believesDamaged;
    private final NodeObserver observer;
    private final Sabotage sabotage;
    private final Map<String, Integer> groups = new TreeMap<>();
    private final Map<String, GroupMember> ending = new TreeMap<>();
    private @Nullable EngineDriver<WholeNode.Input, NodeEffect> driver;
    private @Nullable WholeNode engine;
    private @Nullable NodeWire wire;
    private @Nullable View view;
    private QuorumState quorum = QuorumState.UNKNOWN;
    private int life;
    private boolean leaving;
    private boolean comesBack;
    private long nextNumber;
    private int nextMember;
    private long damaged;
    private @Nullable String stoppedBecause;

    SimulatedNode(
            Simulation simulation,
            SimNetwork network,
            Scenario scenario,
            NodeId self,
            QuorumProvider provider,
            int clockPpm,
            boolean believesDamaged,
            NodeObserver observer,
            Sabotage sabotage) {
        this.simulation = simulation;
        this.network = network;
        this.scenario = scenario;
        this.config = scenario.config(self.value());
        this.self = self;
        this.provider = provider;
        this.clockPpm = clockPpm;
        this.believesDamaged = believesDamaged;
        this.observer = observer;
        this.sabotage = sabotage;
        this.store = new SimStore(simulation, "disk " + self);
        Long saved = scenario.savedSequences().get(self.value());
        if (saved != null) {
            store.write("ringid_" + self, sequenceBytes(saved));
            store.close();
        }
    }

    int id() {
        return self.value();
    }

    /** Which life it is in, from 1. */
    int life() {
        return life;
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
        Map<String, Long> counters = engine == null ? new TreeMap<>() : engine.counters();
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
        nextMember = 0;
        view = null;
        quorum = QuorumState.UNKNOWN;
        trace("starts", life);
        TreeMap<String, byte[]> memory = new TreeMap<>();
        store.readAll().forEach((name, value) -> {
            if (name.startsWith(MEMORY_PREFIX)) memory.put(name.substring(MEMORY_PREFIX.length()), value);
        });
        QuorumSettings settings = new QuorumSettings(self, config.nodes(), config.quorumOptions(), memory);
        WholeNode newEngine = new WholeNode(
                new NodeEngine(
                        config,
                        self,
                        provider.open(settings),
                        MessageId.memberOf(life),
                        random("ring"),
                        scenario.ringNumbers()),
                sabotage.filter(id()));
        NodeWire newWire = openWire(newEngine);
        newEngine.attach(newWire);
        engine = newEngine;
        wire = newWire;
        EngineDriver<WholeNode.Input, NodeEffect> started = new EngineDriver<>(
                simulation,
                newEngine,
                effect -> effect.applyTo(this),
                new SimClock(simulation.nowNanos(), clockPpm),
                SERVICE_NANOS);
        driver = started;
        observer.started(id(), life);
        network.attach(id(), this::received);
        give(new NodeInput.Start(sabotage == Sabotage.FORGET_RING_ID && life > 1 ? 0 : durableSequence()));
        groups.clear();
        ending.clear();
        join(GROUPS.get(0));
    }

    private NodeWire openWire(WholeNode node) {
        List<NodeId> others = config.nodes().stream()
                .map(NodeConfig::id)
                .filter(id -> !id.equals(self))
                .toList();
        if (scenario.wire() == Scenario.Wire.PATH) return new PathWire(network, self, others, node::accept);
        return new KnetWire(
                network,
                config,
                self,
                life,
                Scenario.INTERFACE_MTU,
                scenario.pathMtu(),
                scenario.numbersToUse(),
                random("knet"),
                node::accept,
                sentence -> trace("knet: " + sentence, 0));
    }

    private RandomGenerator random(String part) {
        return simulation.random(part + " of node " + self + " in life " + life);
    }

    private void give(NodeInput input) {
        if (driver != null) driver.deliver(new WholeNode.Request(input));
    }

    /** The application joins a group that it is not in; its last end there must have been heard. */
    void join(String group) {
        if (driver == null || driver.isFrozen() || leaving || ending.containsKey(group) || groups.containsKey(group))
            return;
        trace("joins group " + group, life);
        groups.put(group, nextMember);
        observer.joins(id(), group, member(nextMember));
        give(new NodeInput.JoinGroup(group, nextMember++));
    }

    /** The application leaves a group that it is in. */
    void leave(String group) {
        if (driver == null || driver.isFrozen() || leaving) return;
        Integer number = groups.remove(group);
        if (number == null) return;
        ending.put(group, member(number));
        trace("leaves group " + group, life);
        give(new NodeInput.LeaveGroup(group, number));
    }

    /** The groups that the application wants to be in. */
    Set<String> groups() {
        return groups.keySet();
    }

    private GroupMember member(int number) {
        return new GroupMember(self, MessageId.memberOf(life) + number);
    }

    /** The process dies. */
    void crash(DiskLoss loss) {
        if (driver == null) return;
        trace("crashes, losing of its last writes: " + loss, life);
        end();
        switch (loss) {
            case SOME -> store.crash();
            case ALL -> store.crashLosingAll();
            case NONE -> store.close();
        }
    }

    /** The transport says that the process of another node has ended, which may be an old tale by now. */
    void peerGone(int peer) {
        if (driver != null && !driver.isFrozen() && peer != id()) give(new NodeInput.PeerGone(NodeId.of(peer)));
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

    /** The application sends a message of {@code bytes} octets; its number in this life, or -1 if there is nobody to send it. */
    long send(String group, int bytes) {
        if (driver == null || driver.isFrozen()) return -1;
        Integer member = groups.get(group);
        if (member == null) return -1;
        MessageId id = new MessageId(id(), life, nextNumber++);
        byte[] payload = id.toPayload(bytes);
        observer.sent(id(), group, id.number(), payload);
        give(new NodeInput.Send(group, member, payload, id.number()));
        return id.number();
    }

    /** The application leaves in order. */
    void leave() {
        if (driver == null || driver.isFrozen()) return;
        trace("leaves", life);
        leaving = true;
        give(new NodeInput.Leave());
    }

    private void received(int from, int path, byte[] message, boolean wasDamaged) {
        // a damaged datagram has a wrong checksum; only what is encrypted is worth a try
        if (wasDamaged && !believesDamaged && scenario.wire() != Scenario.Wire.SEALED_KNET) {
            damaged++;
            return;
        }
        if (driver != null) driver.enqueue(new WholeNode.Datagram(from, path, message));
    }

    private void end() {
        EngineDriver<WholeNode.Input, NodeEffect> ending = driver;
        if (ending == null) return;
        ending.stop();
        if (wire != null) wire.close();
        driver = null;
        wire = null;
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

    private long now() {
        return driver == null ? 0 : driver.localNanos();
    }

    @Override
    public void send(NodeId target, byte[] packet) {
        if (wire != null) wire.send(now(), target, packet);
    }

    @Override
    public void sendToAll(byte[] packet) {
        if (wire != null) wire.sendToAll(now(), packet);
    }

    @Override
    public void sendToOthers(byte[] packet) {
        if (wire != null) wire.sendToOthers(now(), packet);
    }

    /** The network of a simulation has one way only: over it the copy must do no harm. */
    @Override
    public void sendElsewhere(NodeId target, byte[] packet) {
        send(target, packet);
    }

    @Override
    public void persist(String name, byte[] value) {
        EngineDriver<WholeNode.Input, NodeEffect> holding = driver;
        if (holding == null) return;
        simulation.trace().add(simulation.nowNanos(), id(), "persists", life, value);
        if (!observer.persists(id(), name)) return;
        holding.hold();
        store.write(name, value).whenComplete((done, failure) -> {
            if (failure != null) crash(DiskLoss.SOME);
            else holding.release();
        });
    }

    @Override
    public void discardPending() {
        EngineDriver<WholeNode.Input, NodeEffect> draining = driver;
        NodeWire drained = wire;
        if (draining == null || drained == null) return;
        drained.beginDiscard();
        for (WholeNode.Input input : draining.takeQueued()) {
            if (input instanceof WholeNode.Datagram d) drained.received(now(), d.from(), d.path(), d.bytes());
            else draining.enqueue(input);
        }
        int messages = drained.endDiscard();
        trace("discards", messages);
        draining.enqueue(new WholeNode.Request(new NodeInput.Discarded(messages)));
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
        trace("group " + group + " " + change.reason() + " " + names(change.joined()) + " " + names(change.left()), 0);
        GroupMember gone = ending.get(group);
        if (gone != null && change.left().contains(gone)) ending.remove(group);
        observer.groupChanged(id(), group, change);
    }

    @Override
    public void groupMessage(String group, GroupMember sender, byte[] payload, long ticket) {
        trace(
                "delivers",
                payload.length < MessageId.LEAST_BYTES
                        ? -payload.length
                        : ByteBuffer.wrap(payload).getLong(8));
        observer.delivered(id(), group, sender, payload, ticket);
    }

    @Override
    public void sendFailed(long ticket, Reason reason, String why) {
        trace("refuses " + reason, ticket);
        observer.refused(id(), ticket);
    }

    @Override
    public void readConfiguration(long number, long holdNanos) {
        if (driver != null)
            driver.enqueue(
                    new WholeNode.Request(new NodeInput.ConfigurationRefused(number, "no file in a simulation")));
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

    private static byte[] sequenceBytes(long sequence) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(sequence)
                .array();
    }

    private static String names(List<GroupMember> members) {
        return members.stream().map(m -> m.node() + "/" + m.id()).toList().toString();
    }
}
