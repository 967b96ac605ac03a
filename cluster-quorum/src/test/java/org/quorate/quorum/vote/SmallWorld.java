package org.quorate.quorum.vote;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.RingId;
import org.quorate.spi.QuorumEngine.Effect;
import org.quorate.spi.QuorumEngine.Input;
import org.quorate.spi.QuorumSettings;

/** A few nodes, each down or in a partition, in the order of running daemons; can be copied, so that every continuation can be tried. */
final class SmallWorld {
    /** In an arrangement: this node does not run. */
    static final int DOWN = -1;

    private static final byte[] NOTHING = {};

    private final List<NodeConfig> nodes;
    private final SortedMap<String, String> options;
    private final List<QuorumSettings> fresh;
    private final @Nullable VoteEngine[] engines;
    private final byte[][] memories;
    private int[] arrangement;

    SmallWorld(List<NodeConfig> nodes, SortedMap<String, String> options) {
        this(
                nodes,
                options,
                nodes.stream()
                        .map(n -> new QuorumSettings(n.id(), nodes, options, Map.of()))
                        .toList());
    }

    private SmallWorld(List<NodeConfig> nodes, SortedMap<String, String> options, List<QuorumSettings> fresh) {
        this.nodes = nodes;
        this.options = options;
        this.fresh = fresh;
        engines = new VoteEngine[nodes.size()];
        memories = new byte[nodes.size()][];
        Arrays.fill(memories, NOTHING);
        arrangement = new int[nodes.size()];
        Arrays.fill(arrangement, DOWN);
    }

    SmallWorld copy() {
        SmallWorld copy = new SmallWorld(nodes, options, fresh);
        for (int i = 0; i < engines.length; i++) {
            copy.memories[i] = memories[i];
            if (engines[i] != null) copy.engines[i] = EngineState.copy(engines[i], settings(i));
        }
        copy.arrangement = arrangement.clone();
        return copy;
    }

    /** The same text, the same future. */
    String describe() {
        StringBuilder out = new StringBuilder(Arrays.toString(arrangement));
        for (int i = 0; i < engines.length; i++) {
            out.append(Arrays.toString(memories[i]));
            if (engines[i] != null) EngineState.describe(engines[i], out);
        }
        return out.toString();
    }

    /** Nodes leave in order, others start, each first alone; then every partition forms a ring. */
    void arrange(int[] next) {
        for (int i = 0; i < engines.length; i++) {
            if (next[i] != DOWN || engines[i] == null) continue;
            Deque<Sent> queue = new ArrayDeque<>();
            List<Integer> ring = block(arrangement, arrangement[i]);
            give(i, new Input.Leaving(), queue);
            deliver(ring, queue);
            engines[i] = null;
        }
        for (int i = 0; i < engines.length; i++) {
            if (next[i] == DOWN || engines[i] != null) continue;
            engines[i] = new VoteEngine(settings(i));
            ring(List.of(i));
        }
        arrangement = next.clone();
        for (int partition = 0; partition < engines.length; partition++) {
            List<Integer> members = block(arrangement, partition);
            if (!members.isEmpty()) ring(members);
        }
    }

    /** All windows of last_man_standing that are open end. Answers whether there was one. */
    boolean endWindows() {
        boolean some = false;
        for (int i = 0; i < engines.length; i++) {
            if (engines[i] == null || engines[i].deadlineNanos() == Long.MAX_VALUE) continue;
            some = true;
            Deque<Sent> queue = new ArrayDeque<>();
            int at = i;
            engines[i].tick(engines[i].deadlineNanos(), effect -> take(at, effect, queue));
            deliver(block(arrangement, arrangement[i]), queue);
        }
        return some;
    }

    private record Sent(int from, Effect.Broadcast message) {}

    private void ring(List<Integer> members) {
        List<NodeId> view = members.stream().map(this::id).toList();
        RingId id = new RingId(view.get(0).value(), 4);
        Deque<Sent> queue = new ArrayDeque<>();
        for (int member : members) give(member, new Input.ViewStarted(id, view, List.of(id(member))), queue);
        for (int member : members) give(member, new Input.SyncTurn(), queue);
        deliver(members, queue);
        for (int member : members) give(member, new Input.SyncDone(), queue);
        deliver(members, queue);
    }

    private void deliver(List<Integer> members, Deque<Sent> queue) {
        for (Sent sent; (sent = queue.poll()) != null; ) {
            Input.Message message = new Input.Message(
                    id(sent.from()), sent.message().function(), sent.message().body());
            for (int member : members) if (engines[member] != null) give(member, message, queue);
        }
    }

    private void give(int i, Input input, Deque<Sent> queue) {
        engines[i].step(0, input, effect -> take(i, effect, queue));
    }

    private void take(int i, Effect effect, Deque<Sent> queue) {
        if (effect instanceof Effect.Broadcast message) queue.add(new Sent(i, message));
        if (effect instanceof Effect.Remember remember) memories[i] = remember.value();
    }

    private QuorumSettings settings(int i) {
        if (memories[i].length == 0) return fresh.get(i);
        return new QuorumSettings(id(i), nodes, options, Map.of(VoteEngine.TRACKING_MEMORY, memories[i]));
    }

    private NodeId id(int i) {
        return nodes.get(i).id();
    }

    /** The nodes of a partition by index, none for {@link #DOWN}. */
    private static List<Integer> block(int[] arrangement, int partition) {
        List<Integer> members = new ArrayList<>();
        for (int i = 0; i < arrangement.length; i++)
            if (partition != DOWN && arrangement[i] == partition) members.add(i);
        return members;
    }

    /** What the members of each partition know, by partition. */
    List<List<Ballot>> partitions() {
        List<List<Ballot>> all = new ArrayList<>();
        for (int partition = 0; partition < engines.length; partition++) {
            List<Ballot> members = block(arrangement, partition).stream()
                    .map(i -> EngineState.ballot(engines[i]))
                    .toList();
            if (!members.isEmpty()) all.add(members);
        }
        return all;
    }
}
