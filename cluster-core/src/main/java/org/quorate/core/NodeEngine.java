package org.quorate.core;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.RingId;
import org.quorate.View;
import org.quorate.core.conf.RingTimers;
import org.quorate.core.group.GroupService;
import org.quorate.core.pack.Packer;
import org.quorate.core.pack.Unpacker;
import org.quorate.core.pack.wire.GroupHeader;
import org.quorate.core.pack.wire.PackedFrame;
import org.quorate.core.ring.RingEffect;
import org.quorate.core.ring.RingEngine;
import org.quorate.core.ring.RingInput;
import org.quorate.core.ring.RingNumbers;
import org.quorate.core.ring.wire.Decoded;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.ring.wire.RingMessages;
import org.quorate.core.service.ConfigVersionService;
import org.quorate.core.service.ControlService;
import org.quorate.core.service.QuorumService;
import org.quorate.core.service.Service;
import org.quorate.core.service.ServiceEffect;
import org.quorate.core.service.wire.ServiceHeader;
import org.quorate.core.sync.SyncEffect;
import org.quorate.core.sync.SyncEngine;
import org.quorate.core.sync.SyncInput;
import org.quorate.core.sync.wire.SyncMessage;
import org.quorate.core.wire.Parsed;
import org.quorate.engine.Effects;
import org.quorate.engine.Engine;
import org.quorate.spi.QuorumEngine;

/**
 * A whole node above its transport as one pure engine: ring, packing, synchronisation, services, groups, quorum. Confined to the event
 * loop.
 *
 * <p>What one layer asks of the next is done at once and in order; what leaves the node is an effect. A view is reported when the
 * synchronisation that follows a membership change is complete: by then every message of the old membership has been delivered and none
 * of the new one, and the quorum decision is the one that belongs to it.
 */
public final class NodeEngine implements Engine<NodeInput, NodeEffect> {
    /** The most that messages which come in pieces may hold, in octets. */
    public static final int MAX_PARTIAL_BYTES = 64 << 20;

    private static final byte[] SYNC_PREFIX = GroupHeader.prefix(GroupHeader.SYNC);
    private static final byte[] SERVICES_PREFIX = GroupHeader.prefix(GroupHeader.SERVICES);

    private final NodeId self;
    private final String ringFile;
    private final RingEngine ring;
    private final Packer packer = new Packer();
    private final Unpacker unpacker = new Unpacker();
    private final SyncEngine sync;
    private final Map<Integer, Service> services = new TreeMap<>();
    private final GroupService groups;
    private final QuorumService quorum;
    private final ControlService control;
    private final NodeReload reload;
    private final Farewell farewell;
    private final Brake brake = new Brake();
    private final Map<String, Long> counters = new TreeMap<>();
    private final Deque<RingEffect> ringEffects = new ArrayDeque<>();

    private RingId ringId = RingId.NONE;
    private List<Integer> members = List.of();
    private List<Integer> lastViewMembers = List.of();
    private final Set<Integer> together = new TreeSet<>();
    private QuorumState reported = QuorumState.UNKNOWN;
    private NodeEffect.@Nullable Stop stopAfterLeaving;
    private boolean inTurn;
    private boolean over;
    private long nowNanos;

    /**
     * A node.
     *
     * @param config lists {@code self}
     * @param processId id of its first group member; unsigned
     * @param random for the delay of join messages, if one is configured
     */
    public NodeEngine(
            ClusterConfig config, NodeId self, QuorumEngine quorumEngine, int processId, RandomGenerator random) {
        this(config, self, quorumEngine, processId, MAX_PARTIAL_BYTES, random, RingNumbers.FROM_ZERO);
    }

    /** The same whose rings have numbers that begin elsewhere, for tests: all members need the same. */
    public NodeEngine(
            ClusterConfig config,
            NodeId self,
            QuorumEngine quorumEngine,
            int processId,
            RandomGenerator random,
            RingNumbers numbers) {
        this(config, self, quorumEngine, processId, MAX_PARTIAL_BYTES, random, numbers);
    }

    /**
     * The same in a heap of which it may not take all it likes.
     *
     * @param maxPartialBytes octets of messages to groups that come in pieces and are not complete, all together: 1 to
     *     {@link #MAX_PARTIAL_BYTES}
     */
    public NodeEngine(
            ClusterConfig config,
            NodeId self,
            QuorumEngine quorumEngine,
            int processId,
            int maxPartialBytes,
            RandomGenerator random,
            RingNumbers numbers) {
        this.self = self;
        this.ringFile = "ringid_" + self;
        int nodes = (int) config.nodes().stream()
                .filter(n -> n.addresses().containsKey(0))
                .count();
        RingTimers timers = RingTimers.of(config.totem(), Math.max(1, nodes));
        this.ring = new RingEngine(self, config.totem(), timers, packer, random, numbers);
        this.groups = new GroupService(self.value(), processId, maxPartialBytes);
        this.quorum = new QuorumService(quorumEngine);
        this.control = new ControlService(self.value(), config);
        ConfigVersionService configVersion = new ConfigVersionService(self.value(), config.configVersion());
        this.reload = new NodeReload(ring, ringEffects::add, control, configVersion, quorum, self, timers);
        this.farewell = new Farewell(ring, packer, groups, quorum);
        add(configVersion);
        add(control);
        add(groups);
        TreeSet<Integer> synchronised = new TreeSet<>(List.of(ServiceHeader.QUORUM));
        if (quorum.synchronises()) add(quorum);
        for (Service service : services.values()) if (service.synchronises()) synchronised.add(service.id());
        this.sync = new SyncEngine(synchronised);
    }

    private void add(Service service) {
        services.put(service.id(), service);
    }

    /** Counters by name. */
    public Map<String, Long> counters() {
        Map<String, Long> all = new TreeMap<>(counters);
        all.putAll(ring.counters());
        all.putAll(quorum.counters());
        all.put("pack.skipped-frames", unpacker.skippedFrames());
        all.put("pack.waiting-bytes", packer.waitingBytes());
        all.put("ring.brake-given-up", brake.givenUp());
        all.put("groups.known-members", (long) groups.size());
        all.put("groups.partial-bytes", groups.partialBytes());
        return all;
    }

    /** The newest quorum decision. */
    public QuorumState quorum() {
        return quorum.state();
    }

    /** Where the ring stands, for the status. */
    public RingEngine.Phase phase() {
        return ring.phase();
    }

    @Override
    public long deadlineNanos() {
        if (over) return Long.MAX_VALUE;
        long services = Math.min(quorum.deadlineNanos(), control.deadlineNanos());
        services = Math.min(services, brake.deadlineNanos());
        return Math.min(farewell.deadlineNanos(), Math.min(ring.deadlineNanos(), services));
    }

    @Override
    public void tick(long now, Effects<NodeEffect> out) {
        if (over) return;
        nowNanos = now;
        if (farewell.deadlineNanos() <= now) leaveRing(out);
        if (brake.deadlineNanos() <= now) brake.giveUp(this::stepRing, out);
        ring.tick(now, ringEffects::add);
        performRingEffects(out);
        if (!over && quorum.deadlineNanos() <= now) quorum.tick(now, serviceEffects(out));
        if (!over && control.deadlineNanos() <= now) control.tick(now, serviceEffects(out));
        settle(out);
    }

    @Override
    public void step(long now, NodeInput input, Effects<NodeEffect> out) {
        if (over) return;
        nowNanos = now;
        if (input instanceof NodeInput.Packet packet) {
            onPacket(packet.bytes());
        } else if (input instanceof NodeInput.Send send) {
            onSend(send, out);
        } else if (input instanceof NodeInput.Start start) {
            stepRing(new RingInput.Start(start.savedRingSequence()));
        } else if (input instanceof NodeInput.PeerReachable reachable) {
            stepRing(new RingInput.PeerReachable(reachable.peer().value()));
        } else if (input instanceof NodeInput.PeerGone gone) {
            stepRing(new RingInput.PeerGone(gone.peer().value(), "the process of node " + gone.peer() + " has ended"));
        } else if (input instanceof NodeInput.Discarded discarded) {
            stepRing(new RingInput.Discarded(discarded.messages()));
        } else if (input instanceof NodeInput.Behind behind) {
            brake.set(now, behind.eighths(), this::stepRing, out);
        } else if (input instanceof NodeInput.JoinGroup join) {
            groups.join(join.group(), join.member(), serviceEffects(out));
        } else if (input instanceof NodeInput.LeaveGroup leave) {
            groups.leave(leave.group(), leave.member(), serviceEffects(out));
        } else if (input instanceof NodeInput.Leave) {
            beginLeave(out);
        } else if (input instanceof NodeInput.QuorumRequest asked) {
            quorum.request(now, asked.ticket(), asked.request(), serviceEffects(out));
        } else {
            reload.step(now, input, serviceEffects(out));
        }
        settle(out);
    }

    /** What follows from the new state: effects of the ring, a reload's next step, the end of a leave. */
    private void settle(Effects<NodeEffect> out) {
        performRingEffects(out);
        endTurn(out);
        if (over) return;
        reload.reportReceivedByAll(nowNanos, serviceEffects(out));
        performRingEffects(out);
        if (!over && farewell.isOver(nowNanos)) leaveRing(out);
    }

    /** Says that a service has had its turn, as soon as it has. */
    private void endTurn(Effects<NodeEffect> out) {
        for (OptionalInt turn = sync.turn(); !over && turn.isPresent(); turn = sync.turn()) {
            Service service = services.get(turn.getAsInt());
            if (service != null && !service.isTurnDone()) return;
            stepSync(new SyncInput.TurnDone(), out);
            performRingEffects(out);
        }
    }

    private void beginLeave(Effects<NodeEffect> out) {
        brake.set(nowNanos, 0, this::stepRing, out);
        farewell.begin(nowNanos, serviceEffects(out));
    }

    private void leaveRing(Effects<NodeEffect> out) {
        stepRing(new RingInput.Leave());
        performRingEffects(out);
    }

    private void onPacket(byte[] bytes) {
        Decoded decoded = RingMessages.decode(bytes);
        if (decoded instanceof Decoded.Malformed bad) count(bad.reason().counterName());
        else stepRing(new RingInput.Received(((Decoded.Ok) decoded).message()));
    }

    private void onSend(NodeInput.Send send, Effects<NodeEffect> out) {
        Reason refused = farewell.hasBegun() ? Reason.NOT_A_MEMBER : groups.refuse(send.group(), send.member());
        if (refused != null) {
            out.add(new NodeEffect.SendFailed(
                    send.ticket(), refused, "node " + self + " is not a member of group " + send.group()));
        } else if (!packer.hasRoom()) {
            out.add(new NodeEffect.SendFailed(
                    send.ticket(),
                    Reason.QUEUE_FULL,
                    packer.waitingBytes()
                            + " bytes wait for the token already; send again when some have been delivered"));
        } else {
            groups.send(send.group(), send.member(), send.payload(), send.ticket(), serviceEffects(out));
        }
    }

    // ---- ring

    private void stepRing(RingInput input) {
        ring.step(nowNanos, input, ringEffects::add);
    }

    private void performRingEffects(Effects<NodeEffect> out) {
        for (RingEffect effect; !over && (effect = ringEffects.poll()) != null; ) perform(effect, out);
        if (over) ringEffects.clear();
    }

    private void perform(RingEffect effect, Effects<NodeEffect> out) {
        if (effect instanceof RingEffect.Send send) {
            out.add(new NodeEffect.Send(NodeId.of(send.target()), send.packet()));
        } else if (effect instanceof RingEffect.SendToOthers send) {
            out.add(new NodeEffect.SendToOthers(send.packet()));
        } else if (effect instanceof RingEffect.SendAgain send) {
            out.add(new NodeEffect.SendAgain(NodeId.of(send.target()), send.packet()));
        } else if (effect instanceof RingEffect.SendElsewhere send) {
            out.add(new NodeEffect.SendElsewhere(NodeId.of(send.target()), send.packet()));
        } else if (effect instanceof RingEffect.SendToOthersAgain send) {
            out.add(new NodeEffect.SendToOthersAgain(send.packet()));
        } else if (effect instanceof RingEffect.SendToAll send) {
            out.add(new NodeEffect.SendToAll(send.packet()));
        } else if (effect instanceof RingEffect.Deliver delivery) {
            onFrame(delivery.message(), out);
        } else if (effect instanceof RingEffect.Persist persist) {
            byte[] value = ByteBuffer.allocate(Long.BYTES)
                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                    .putLong(persist.ringSequence())
                    .array();
            out.add(new NodeEffect.Persist(ringFile, value));
        } else if (effect instanceof RingEffect.TransitionalConfiguration change) {
            packer.clearSync();
            unpacker.forget(change.left());
            stepSync(new SyncInput.TransitionalConfiguration(change.members()), out);
            together.retainAll(change.members());
        } else if (effect instanceof RingEffect.RegularConfiguration change) {
            onMembership(change, out);
        } else if (effect instanceof RingEffect.DiscardPending) {
            out.add(new NodeEffect.DiscardPending());
        } else if (effect instanceof RingEffect.Paused pause) {
            out.add(new NodeEffect.Paused(Duration.ofNanos(pause.leastNanos())));
        } else if (effect instanceof RingEffect.TokenLost lost) {
            out.add(new NodeEffect.TokenLost(lost.ringId(), lost.phase().name()));
        } else if (effect instanceof RingEffect.Note note) {
            out.add(new NodeEffect.Note(note.warning(), note.sentence()));
        } else if (effect instanceof RingEffect.Left) {
            over = true;
            out.add(stopAfterLeaving != null ? stopAfterLeaving : new NodeEffect.Left());
        }
    }

    private void onMembership(RingEffect.RegularConfiguration change, Effects<NodeEffect> out) {
        ringId = change.ringId();
        reload.onRing(ringId);
        members = change.members();
        unpacker.startSync();
        packer.restartCutMessage();
        stepSync(new SyncInput.RegularConfiguration(ringId, members), out);
    }

    // ---- messages

    private void onFrame(Mcast mcast, Effects<NodeEffect> out) {
        int from = mcast.nodeId();
        reload.delivering(mcast.seq());
        if (from < 1 || from > NodeId.MAX) {
            count("drop.ring.bad-node-id");
            return;
        }
        Parsed<PackedFrame> parsed = PackedFrame.decode(mcast.body(), mcast.littleEndian());
        if (parsed instanceof Parsed.Malformed<PackedFrame> bad) {
            count(bad.reason().counterName());
            return;
        }
        PackedFrame frame = ((Parsed.Ok<PackedFrame>) parsed).value();
        unpacker.accept(from, frame, (node, message) -> onMessage(node, message, mcast.littleEndian(), out));
    }

    private void onMessage(int from, byte[] message, boolean littleEndian, Effects<NodeEffect> out) {
        if (over) return;
        ByteBuffer buffer = ByteBuffer.wrap(message);
        Parsed<GroupHeader> parsed = GroupHeader.decode(buffer, littleEndian);
        if (parsed instanceof Parsed.Malformed<GroupHeader> bad) {
            count(bad.reason().counterName());
            return;
        }
        GroupHeader header = ((Parsed.Ok<GroupHeader>) parsed).value();
        ByteBuffer payload = buffer.position(header.payloadOffset()).slice();
        if (header.names().contains(GroupHeader.SYNC)) onSyncMessage(from, payload, littleEndian, out);
        if (header.names().contains(GroupHeader.SERVICES)) onServiceMessage(from, payload, littleEndian, out);
    }

    private void onSyncMessage(int from, ByteBuffer payload, boolean littleEndian, Effects<NodeEffect> out) {
        Parsed<SyncMessage> parsed = SyncMessage.decode(payload, littleEndian);
        if (parsed instanceof Parsed.Malformed<SyncMessage> bad)
            count(bad.reason().counterName());
        else stepSync(new SyncInput.Received(from, ((Parsed.Ok<SyncMessage>) parsed).value()), out);
    }

    private void onServiceMessage(int from, ByteBuffer payload, boolean littleEndian, Effects<NodeEffect> out) {
        Parsed<ServiceHeader> parsed = ServiceHeader.decode(payload, littleEndian);
        if (parsed instanceof Parsed.Malformed<ServiceHeader> bad) {
            count(bad.reason().counterName());
            return;
        }
        ServiceHeader header = ((Parsed.Ok<ServiceHeader>) parsed).value();
        Service service = services.get(header.service());
        if (service == null) {
            count("drop.service.unknown");
            return;
        }
        ByteBuffer message = payload.slice(0, header.size());
        service.deliver(nowNanos, from, header.function(), message, littleEndian, serviceEffects(out));
    }

    // ---- synchronisation

    private void stepSync(SyncInput input, Effects<NodeEffect> out) {
        sync.step(nowNanos, input, effect -> perform(effect, out));
    }

    private void perform(SyncEffect effect, Effects<NodeEffect> out) {
        if (effect instanceof SyncEffect.Multicast multicast) {
            packer.addSync(prefixed(SYNC_PREFIX, multicast.message().encode()));
            stepRing(new RingInput.FramesWaiting());
        } else if (effect instanceof SyncEffect.Begin begin) {
            for (Service service : services.values())
                service.begin(nowNanos, begin.ringId(), begin.members(), begin.transitional(), serviceEffects(out));
            if (!quorum.synchronises())
                quorum.begin(nowNanos, begin.ringId(), begin.members(), begin.transitional(), serviceEffects(out));
        } else if (effect instanceof SyncEffect.Turn turn) {
            Service service = services.get(turn.service());
            inTurn = true;
            if (service != null) service.turn(nowNanos, serviceEffects(out));
            inTurn = false;
        } else if (effect instanceof SyncEffect.Activate activate) {
            Service service = services.get(activate.service());
            if (service != null) service.activate(nowNanos, serviceEffects(out));
        } else if (effect instanceof SyncEffect.Abort abort) {
            Service service = services.get(abort.service());
            if (service != null) service.abort();
        } else if (effect instanceof SyncEffect.Complete) {
            onSyncComplete(out);
        }
    }

    private void onSyncComplete(Effects<NodeEffect> out) {
        if (over) return;
        unpacker.finishSync();
        stepRing(new RingInput.SyncComplete(ringId));
        if (!quorum.synchronises()) quorum.activate(nowNanos, serviceEffects(out));
        reported = quorum.state();
        List<Integer> joined =
                members.stream().filter(n -> !together.contains(n)).toList();
        List<Integer> left =
                lastViewMembers.stream().filter(n -> !together.contains(n)).toList();
        out.add(new NodeEffect.ViewInstalled(new View(ringId, nodes(members), nodes(joined), nodes(left), reported)));
        lastViewMembers = members;
        together.clear();
        together.addAll(members);
        if (packer.size(false) > 0) stepRing(new RingInput.FramesWaiting());
    }

    // ---- services

    private Effects<ServiceEffect> serviceEffects(Effects<NodeEffect> out) {
        return effect -> perform(effect, out);
    }

    private void perform(ServiceEffect effect, Effects<NodeEffect> out) {
        if (over || reload.perform(nowNanos, effect, out, serviceEffects(out))) return;
        if (effect instanceof ServiceEffect.Multicast multicast) {
            byte[] message = prefixed(SERVICES_PREFIX, multicast.message());
            if (inTurn) packer.addSync(message);
            else packer.add(message);
            stepRing(new RingInput.FramesWaiting());
        } else if (effect instanceof ServiceEffect.GroupMessage message) {
            out.add(new NodeEffect.GroupMessage(
                    message.group(), message.sender(), message.payload(), message.ticket()));
        } else if (effect instanceof ServiceEffect.GroupChanged change) {
            out.add(new NodeEffect.GroupChanged(change.group(), change.change()));
        } else if (effect instanceof ServiceEffect.QuorumDecided decided) {
            // within a synchronisation the decision is reported with the view
            if (sync.isBusy() || decided.state().equals(reported)) return;
            reported = decided.state();
            out.add(new NodeEffect.QuorumChanged(reported));
        } else if (effect instanceof ServiceEffect.QuorumAnswered answer) {
            out.add(new NodeEffect.QuorumAnswered(answer.ticket(), answer.refusal(), quorum.state()));
        } else if (effect instanceof ServiceEffect.Persist persist) {
            out.add(new NodeEffect.Persist(persist.name(), persist.value()));
        } else if (effect instanceof ServiceEffect.Dropped dropped) {
            count(dropped.counter());
        } else if (effect instanceof ServiceEffect.Note note) {
            out.add(new NodeEffect.Note(note.warning(), note.sentence()));
        } else if (effect instanceof ServiceEffect.LeaveAndStop stop) {
            stopAfterLeaving = new NodeEffect.Stop(stop.reason(), stop.why());
            beginLeave(out);
        } else if (effect instanceof ServiceEffect.Stop stop) {
            over = true;
            out.add(new NodeEffect.Stop(stop.reason(), stop.why()));
        }
    }

    private void count(String counter) {
        counters.merge(counter, 1L, Long::sum);
    }

    private static byte[] prefixed(byte[] prefix, byte[] message) {
        byte[] whole = new byte[prefix.length + message.length];
        System.arraycopy(prefix, 0, whole, 0, prefix.length);
        System.arraycopy(message, 0, whole, prefix.length, message.length);
        return whole;
    }

    private static List<NodeId> nodes(List<Integer> ids) {
        return ids.stream().map(NodeId::of).toList();
    }
}
