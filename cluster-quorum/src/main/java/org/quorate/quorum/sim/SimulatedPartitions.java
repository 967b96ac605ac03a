package org.quorate.quorum.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.RingId;
import org.quorate.quorum.sim.SimulatedCluster.Order;
import org.quorate.spi.QuorumEngine;
import org.quorate.spi.QuorumEngine.Effect;
import org.quorate.spi.QuorumEngine.Input;
import org.quorate.spi.QuorumSettings;

/**
 * Quorum engines joined by perfect rings: every partition is one ring, every message arrives at once, at all its members, in one order. Time
 * moves only by {@link #pass}. The same calls give the same decisions.
 *
 * <p>A node that starts is alone in a ring first, then joins its partition. Messages are delivered in the order in which their senders came into
 * their partition, unless {@link #interleave} says otherwise. Bounded by {@link #MAX_NODES}. Confined to one thread.
 */
public final class SimulatedPartitions {
    /** The most nodes that can be up at once. */
    public static final int MAX_NODES = 32;

    private static final long STEP_MILLIS = 50;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int SEQUENCE_STEP = 4;

    /** Sees what the engines ask for and what is delivered; for tests and traces. */
    public interface Observer {
        /** An engine asked for something. */
        default void effect(NodeId node, Effect effect) {}

        /** A message was taken from its sender and goes to all of its partition. */
        default void delivered(NodeId from, Effect.Broadcast message) {}
    }

    /**
     * A ring as a node that decided in it sees it.
     *
     * @param id its name
     * @param members in the order in which they came into the partition
     */
    public record Ring(RingId id, List<NodeId> members) {
        /** Takes a copy. */
        public Ring {
            members = List.copyOf(members);
        }
    }

    private static final class Member {
        final NodeId id;
        final QuorumEngine engine;
        final Deque<Effect.Broadcast> outbox = new ArrayDeque<>();
        Optional<Integer> partition = Optional.empty();
        List<NodeId> view = List.of();
        Ring ring = new Ring(RingId.NONE, List.of());
        Ring decided = ring;

        Member(NodeId id, QuorumEngine engine) {
            this.id = id;
            this.engine = engine;
        }
    }

    private final SimulatedCluster cluster;
    private final Observer observer;
    /** In the order in which they came into their partition. */
    private final Map<NodeId, Member> up = new LinkedHashMap<>();

    private final Map<NodeId, Map<String, byte[]>> memories = new TreeMap<>();
    private final List<List<Member>> held = new ArrayList<>();
    private final Map<Integer, Long> renewals = new TreeMap<>();
    private long renewalsOfAll;
    private Runnable everyStep = () -> {};
    private IntUnaryOperator nextOf = count -> 0;
    private long nowNanos;

    /** A cluster of nobody yet. */
    public SimulatedPartitions(SimulatedCluster cluster) {
        this(cluster, new Observer() {});
    }

    /** A cluster of nobody yet, observed. */
    public SimulatedPartitions(SimulatedCluster cluster, Observer observer) {
        this.cluster = cluster;
        this.observer = observer;
    }

    /**
     * Starts a node: first alone, then together with those of the partition.
     *
     * @throws IllegalStateException if it is up already, or too many are
     * @throws org.quorate.ClusterException if the provider refuses the settings
     */
    public void up(int partition, NodeId id) {
        if (up.containsKey(id)) throw new IllegalStateException("node " + id + " is up already");
        if (up.size() == MAX_NODES) throw new IllegalStateException("already " + MAX_NODES + " nodes are up");
        SortedMap<String, String> own = new TreeMap<>(cluster.options());
        List<NodeConfig> nodes = cluster.nodes();
        if (!nodes.isEmpty() && nodes.stream().noneMatch(n -> n.id().equals(id)))
            own.putIfAbsent("votes", String.valueOf(nodes.get(0).votes()));
        Map<String, byte[]> memory = cluster.durable() ? memories.getOrDefault(id, Map.of()) : Map.of();
        Member member = new Member(id, cluster.provider().open(new QuorumSettings(id, nodes, own, memory)));
        up.put(id, member);
        syncAlone(member);
        member.partition = Optional.of(partition);
        renew(partition);
    }

    /** Ends a node, with a word of farewell or without as the {@link Order} says. */
    public void down(NodeId id) {
        Member member = member(id);
        if (cluster.order() == Order.DAEMON) {
            give(member, new Input.Leaving());
            flush();
        }
        up.remove(id);
        member.partition.ifPresent(this::renew);
    }

    /** Moves nodes into a partition, in this order, behind those that are there; {@link #renewAll} has to follow. */
    public void move(int partition, List<NodeId> ids) {
        for (NodeId id : ids) {
            Member member = member(id);
            up.remove(id);
            member.partition = Optional.of(partition);
            up.put(id, member);
        }
    }

    /** Every partition forms a new ring. */
    public void renewAll() {
        renewalsOfAll++;
        for (int partition : partitions()) syncPartition(partition);
    }

    private void renew(int partition) {
        renewals.merge(partition, 1L, Long::sum);
        syncPartition(partition);
    }

    private void syncPartition(int partition) {
        List<Member> members = up.values().stream()
                .filter(m -> m.partition.equals(Optional.of(partition)))
                .toList();
        if (members.isEmpty()) return;
        NodeId first = cluster.order() == Order.VQSIM
                ? members.get(0).id
                : members.stream().map(m -> m.id).min(NodeId::compareTo).orElseThrow();
        long sequence = SEQUENCE_STEP * (renewalsOfAll + renewals.getOrDefault(partition, 0L));
        sync(members, new RingId(first.value(), sequence));
    }

    /** What the node says in corosync-vqsim is first heard in the ring that it joins. */
    private void syncAlone(Member member) {
        RingId ring = new RingId(member.id.value(), 0);
        if (cluster.order() == Order.DAEMON) {
            sync(List.of(member), ring);
            return;
        }
        start(List.of(member), ring);
        give(member, new Input.SyncTurn());
        member.decided = member.ring;
        give(member, new Input.SyncDone());
    }

    private void sync(List<Member> members, RingId ring) {
        start(members, ring);
        if (cluster.order() == Order.VQSIM) flush();
        held.removeIf(group -> group.stream().anyMatch(members::contains));
        members.forEach(m -> give(m, new Input.SyncTurn()));
        if (cluster.order() == Order.DAEMON) flush();
        held.add(members);
        finishSyncs();
    }

    private void start(List<Member> members, RingId ring) {
        List<NodeId> view = members.stream().map(m -> m.id).sorted().toList();
        for (Member member : members) {
            List<NodeId> together = view.stream().filter(member.view::contains).toList();
            member.view = view;
            member.ring = new Ring(ring, members.stream().map(m -> m.id).toList());
            give(member, new Input.ViewStarted(ring, view, together));
        }
    }

    /** Ends the synchronisations that nobody holds. */
    private void finishSyncs() {
        for (List<Member> group : List.copyOf(held)) {
            if (!group.stream().allMatch(m -> m.engine.isReadyForDecision())) continue;
            held.remove(group);
            group.forEach(m -> {
                m.decided = m.ring;
                give(m, new Input.SyncDone());
            });
        }
        flush();
    }

    private void flush() {
        while (true) {
            List<Member> waiting =
                    up.values().stream().filter(m -> !m.outbox.isEmpty()).toList();
            if (waiting.isEmpty()) return;
            Member sender = waiting.get(nextOf.applyAsInt(waiting.size()));
            deliver(sender, sender.outbox.remove());
        }
    }

    private void deliver(Member sender, Effect.Broadcast message) {
        observer.delivered(sender.id, message);
        for (Member peer : up.values())
            if (peer.ring.equals(sender.ring))
                give(peer, new Input.Message(sender.id, message.function(), message.body()));
    }

    private void give(Member member, Input input) {
        List<Effect> effects = new ArrayList<>();
        member.engine.step(nowNanos, input, effects::add);
        take(member, effects);
    }

    private void take(Member member, List<Effect> effects) {
        for (Effect effect : effects) {
            observer.effect(member.id, effect);
            if (effect instanceof Effect.Broadcast broadcast) member.outbox.add(broadcast);
            if (effect instanceof Effect.Remember remember)
                memories.computeIfAbsent(member.id, id -> new TreeMap<>()).put(remember.name(), remember.value());
        }
    }

    /** Lets time go by, in small steps. */
    public void pass(long millis) {
        for (long left = millis; left > 0; left -= STEP_MILLIS) {
            nowNanos += Math.min(left, STEP_MILLIS) * NANOS_PER_MILLI;
            everyStep.run();
            for (Member member : List.copyOf(up.values())) {
                if (member.engine.deadlineNanos() > nowNanos) continue;
                List<Effect> effects = new ArrayList<>();
                member.engine.tick(nowNanos, effects::add);
                take(member, effects);
            }
            // What a device's time-out makes a node say is sent before the node ends its turn, so it comes first.
            flush();
            finishSyncs();
        }
    }

    /**
     * Who of the nodes with something to say is next, instead of the first: any order is one that a ring may have. The messages of one sender
     * keep theirs.
     *
     * @param choice given a number of nodes, answers an index below it
     */
    public void interleave(IntUnaryOperator choice) {
        nextOf = choice;
    }

    /** Something to do again and again while time goes by. */
    public void everyStep(Runnable action) {
        everyStep = action;
    }

    /** Asks something of a node; answers why it was refused, or nothing. */
    public Optional<String> request(NodeId id, Input.Request request) {
        Member member = member(id);
        List<Effect> effects = new ArrayList<>();
        member.engine.step(nowNanos, request, effects::add);
        take(member, effects);
        flush();
        finishSyncs();
        return effects.stream()
                .filter(Effect.Refused.class::isInstance)
                .map(e -> ((Effect.Refused) e).reason())
                .findFirst();
    }

    /** Gives all running nodes another node list and other options. */
    public void reload(List<NodeConfig> nodes, SortedMap<String, String> options) {
        for (Member member : up.values())
            give(member, new Input.SettingsChanged(new QuorumSettings(member.id, nodes, options, Map.of())));
        flush();
    }

    /** What the node decided last. */
    public QuorumState state(NodeId id) {
        return member(id).engine.state();
    }

    /** The ring that the node is in. */
    public RingId ring(NodeId id) {
        return member(id).ring.id();
    }

    /** The ring in which the node decided last: an earlier one while it is {@linkplain #isHeld held}. */
    public Ring decided(NodeId id) {
        return member(id).decided;
    }

    /** The members of that ring, ascending. */
    public List<NodeId> view(NodeId id) {
        return member(id).view;
    }

    /** The partition that the node is in. */
    public int partition(NodeId id) {
        return member(id).partition.orElseThrow();
    }

    /** Whether the node's ring waits for a quorum device. */
    public boolean isHeld(NodeId id) {
        Member member = member(id);
        return held.stream().anyMatch(group -> group.contains(member));
    }

    /** Whether the node runs. */
    public boolean isUp(NodeId id) {
        return up.containsKey(id);
    }

    /** The nodes that run, in the order in which they came into their partitions. */
    public List<NodeId> running() {
        return List.copyOf(up.keySet());
    }

    /** The nodes of a partition, in the order in which they came. */
    public List<NodeId> running(int partition) {
        return up.values().stream()
                .filter(m -> m.partition.equals(Optional.of(partition)))
                .map(m -> m.id)
                .toList();
    }

    /** The partitions that have nodes, ascending. */
    public List<Integer> partitions() {
        return List.copyOf(new TreeSet<>(
                up.values().stream().flatMap(m -> m.partition.stream()).toList()));
    }

    /** Simulated time since the start. */
    public long nowMillis() {
        return nowNanos / NANOS_PER_MILLI;
    }

    private Member member(NodeId id) {
        return Objects.requireNonNull(up.get(id), () -> "node " + id + " is not up");
    }
}
