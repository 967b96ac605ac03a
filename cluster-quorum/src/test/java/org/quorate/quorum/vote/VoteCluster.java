package org.quorate.quorum.vote;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.RingId;
import org.quorate.spi.QuorumEngine.Effect;
import org.quorate.spi.QuorumEngine.Input;
import org.quorate.spi.QuorumSettings;

/** Vote engines joined by perfect rings: every partition is one ring, every message arrives at once, at all its members, in one order. */
final class VoteCluster {
    /** When the messages of a synchronisation arrive. */
    enum Order {
        /** Before the decision, as with running daemons. */
        DAEMON,
        /** After it, as in corosync-vqsim. */
        VQSIM
    }

    private static final class Member {
        final VoteEngine engine;
        final List<Effect> effects = new ArrayList<>();
        final Deque<Effect.Broadcast> outbox = new ArrayDeque<>();
        int partition;
        List<NodeId> view = List.of();
        RingId ring = RingId.NONE;

        Member(VoteEngine engine) {
            this.engine = engine;
        }
    }

    /** A message that others heard. */
    record Heard(int from, int function, byte[] body) {}

    private static final int ALONE = 1_000_000;
    private static final long STEP_MILLIS = 50;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Order order;
    private final List<NodeConfig> listed;
    private final SortedMap<String, String> options;
    /** In the order in which they came into their partition, which is the order in which their messages are delivered. */
    private final Map<Integer, Member> up = new LinkedHashMap<>();

    private final Map<Integer, Map<String, byte[]>> memories = new HashMap<>();
    private final boolean durable;
    private final List<List<Member>> held = new ArrayList<>();
    private final List<Heard> heard = new ArrayList<>();
    private Runnable everyStep = () -> {};
    private long nowNanos;
    private long sequence;

    /**
     * A cluster of nobody yet.
     *
     * @param durable whether a node that comes back has what it remembered
     */
    VoteCluster(Order order, List<NodeConfig> listed, Map<String, String> options, boolean durable) {
        this.order = order;
        this.listed = listed;
        this.options = new TreeMap<>(options);
        this.durable = durable;
    }

    /** The options in lines {@code key: value}; a line with an opening brace puts its word and a dot before those up to the closing one. */
    static SortedMap<String, String> options(List<String> lines) {
        SortedMap<String, String> options = new TreeMap<>();
        String section = "";
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (line.endsWith("{")) section = line.replace("{", "").strip() + ".";
            else if (line.strip().equals("}")) section = "";
            else
                options.put(
                        section + line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
        }
        return options;
    }

    /** Nodes 1 to n with these votes. */
    static List<NodeConfig> nodes(int... votes) {
        List<NodeConfig> nodes = new ArrayList<>();
        for (int i = 0; i < votes.length; i++)
            nodes.add(NodeConfig.of(i + 1, "hp" + (i + 1), "10.0.0." + (i + 1)).withVotes(votes[i]));
        return nodes;
    }

    /** Starts a node: first alone, then together with those of partition 0. */
    void up(int id) {
        SortedMap<String, String> own = new TreeMap<>(options);
        if (listed.stream().noneMatch(n -> n.id().value() == id))
            own.putIfAbsent("votes", String.valueOf(listed.get(0).votes()));
        Map<String, byte[]> memory = durable ? memories.getOrDefault(id, Map.of()) : Map.of();
        Member member = new Member(new VoteEngine(new QuorumSettings(NodeId.of(id), listed, own, memory)));
        up.put(id, member);
        member.partition = ALONE + id;
        sync(member.partition);
        member.partition = 0;
        sync(0);
    }

    /** Ends a node, with a word of farewell as daemons do, or without as vqsim does. */
    void down(int id) {
        Member member = member(id);
        if (order == Order.DAEMON) {
            give(member, new Input.Leaving());
            flush();
        }
        up.remove(id);
        sync(member.partition);
    }

    /** Moves nodes into a partition, without a synchronisation yet. */
    void move(int partition, List<Integer> ids) {
        for (int id : ids) {
            Member member = Objects.requireNonNull(up.remove(id));
            member.partition = partition;
            up.put(id, member);
        }
    }

    /** Every partition forms a new ring. */
    void syncAll() {
        new TreeSet<>(up.values().stream().map(m -> m.partition).toList()).forEach(this::sync);
    }

    /** Moves everybody of one partition into another, then new rings everywhere. */
    void join(int into, int from) {
        move(
                into,
                up.keySet().stream().filter(id -> member(id).partition == from).toList());
        syncAll();
    }

    private void sync(int partition) {
        List<Member> members =
                up.values().stream().filter(m -> m.partition == partition).toList();
        if (members.isEmpty()) return;
        List<NodeId> view = members.stream().map(m -> m.engine.self()).sorted().toList();
        RingId ring = new RingId(view.get(0).value(), sequence += 4);
        for (Member member : members) {
            List<NodeId> together = view.stream().filter(member.view::contains).toList();
            member.view = view;
            member.ring = ring;
            give(member, new Input.ViewStarted(ring, view, together));
        }
        held.removeIf(group -> group.stream().anyMatch(members::contains));
        members.forEach(m -> give(m, new Input.SyncTurn()));
        if (order == Order.DAEMON) flush();
        held.add(members);
        finishSyncs();
    }

    /** Ends the synchronisations that nobody holds. */
    private void finishSyncs() {
        for (List<Member> group : List.copyOf(held)) {
            if (!group.stream().allMatch(m -> m.engine.isReadyForDecision())) continue;
            held.remove(group);
            group.forEach(m -> give(m, new Input.SyncDone()));
        }
        flush();
    }

    /** Whether the node waits for a device of its ring. */
    boolean isHeld(int id) {
        Member member = member(id);
        return held.stream().anyMatch(group -> group.contains(member));
    }

    private void flush() {
        boolean again = true;
        while (again) {
            again = false;
            for (Member sender : List.copyOf(up.values())) {
                for (Effect.Broadcast message; (message = sender.outbox.poll()) != null; again = true) {
                    if (sender.view.size() > 1)
                        heard.add(new Heard(sender.engine.self().value(), message.function(), message.body()));
                    for (Member peer : up.values())
                        if (peer.partition == sender.partition)
                            give(peer, new Input.Message(sender.engine.self(), message.function(), message.body()));
                }
            }
        }
    }

    private void give(Member member, Input input) {
        List<Effect> effects = new ArrayList<>();
        member.engine.step(nowNanos, input, effects::add);
        take(member, effects);
    }

    private void take(Member member, List<Effect> effects) {
        for (Effect effect : effects) {
            member.effects.add(effect);
            if (effect instanceof Effect.Broadcast broadcast) member.outbox.add(broadcast);
            if (effect instanceof Effect.Remember remember)
                memories.computeIfAbsent(member.engine.self().value(), id -> new HashMap<>())
                        .put(remember.name(), remember.value());
        }
    }

    /** Lets time go by. */
    void pass(long millis) {
        for (long left = millis; left > 0; left -= STEP_MILLIS) {
            nowNanos += Math.min(left, STEP_MILLIS) * NANOS_PER_MILLI;
            everyStep.run();
            for (Member member : List.copyOf(up.values())) {
                if (member.engine.deadlineNanos() > nowNanos) continue;
                List<Effect> effects = new ArrayList<>();
                member.engine.tick(nowNanos, effects::add);
                take(member, effects);
            }
            finishSyncs();
        }
    }

    /** Something to do again and again while time goes by. */
    void everyStep(Runnable action) {
        everyStep = action;
    }

    long nowMillis() {
        return nowNanos / NANOS_PER_MILLI;
    }

    RingId ring(int id) {
        return member(id).ring;
    }

    /** What went over rings of several members, in order. */
    List<Heard> heard() {
        return List.copyOf(heard);
    }

    /** Asks something of a node; answers why it was refused, or null. */
    @Nullable
    String request(int id, Input.Request request) {
        Member member = member(id);
        int before = member.effects.size();
        give(member, request);
        String refused = member.effects.subList(before, member.effects.size()).stream()
                .filter(Effect.Refused.class::isInstance)
                .map(e -> ((Effect.Refused) e).reason())
                .findFirst()
                .orElse(null);
        flush();
        finishSyncs();
        return refused;
    }

    /** Gives all running nodes other settings. */
    void reload(List<NodeConfig> nodes, String... lines) {
        for (Member member : up.values())
            give(
                    member,
                    new Input.SettingsChanged(
                            new QuorumSettings(member.engine.self(), nodes, options(Arrays.asList(lines)), Map.of())));
        flush();
    }

    QuorumState state(int id) {
        return member(id).engine.state();
    }

    List<Effect> effects(int id) {
        return List.copyOf(member(id).effects);
    }

    VoteEngine engine(int id) {
        return member(id).engine;
    }

    boolean isUp(int id) {
        return up.containsKey(id);
    }

    List<Integer> running() {
        return List.copyOf(up.keySet());
    }

    int partition(int id) {
        return member(id).partition;
    }

    private Member member(int id) {
        return Objects.requireNonNull(up.get(id), () -> "node " + id + " is not up");
    }
}
