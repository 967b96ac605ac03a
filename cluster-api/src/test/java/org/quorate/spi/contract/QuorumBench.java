package org.quorate.spi.contract;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.RingId;
import org.quorate.spi.QuorumEngine;
import org.quorate.spi.QuorumEngine.Effect;
import org.quorate.spi.QuorumEngine.Input;

/** The quorum engines of all nodes, joined by perfect rings that a test forms at will. */
final class QuorumBench {
    private final TreeMap<NodeId, QuorumEngine> engines = new TreeMap<>();
    private final TreeMap<NodeId, List<NodeId>> memberships = new TreeMap<>();
    private final TreeMap<NodeId, Map<String, byte[]>> remembered = new TreeMap<>();
    private final TreeMap<NodeId, List<QuorumState>> decisions = new TreeMap<>();
    private final List<String> history = new ArrayList<>();
    private long nowNanos;
    private long sequence;

    QuorumBench(int nodes, QuorumProviderContract.EngineMaker maker) {
        for (int i = 1; i <= nodes; i++) {
            NodeId id = NodeId.of(i);
            engines.put(id, maker.open(id, Map.of()));
            memberships.put(id, List.of());
            remembered.put(id, new TreeMap<>());
            decisions.put(id, new ArrayList<>());
        }
    }

    /** Answers to requests since the last one. */
    private final List<Effect> answers = new ArrayList<>();

    List<NodeId> nodes() {
        return List.copyOf(engines.keySet());
    }

    QuorumState state(NodeId node) {
        return engine(node).state();
    }

    List<QuorumState> decisions(NodeId node) {
        return decisions.getOrDefault(node, List.of());
    }

    boolean hasService(NodeId node) {
        return engine(node).service().isPresent();
    }

    /** Every effect so far, as text. */
    List<String> history() {
        return history;
    }

    /** The next membership as {@code node} would hear of it. */
    Input.ViewStarted viewFor(NodeId node, List<NodeId> members) {
        TreeSet<NodeId> along = new TreeSet<>(memberships.getOrDefault(node, List.of()));
        along.retainAll(members);
        along.add(node);
        return new Input.ViewStarted(
                new RingId(members.get(0).value(), sequence), List.copyOf(new TreeSet<>(members)), List.copyOf(along));
    }

    /** Forms a ring: view, turns, everybody's messages in one order, decision. Time passes for timers to fire. */
    void form(List<NodeId> members) {
        sequence += 4;
        ArrayDeque<Input.Message> ordered = new ArrayDeque<>();
        for (NodeId node : members) collect(node, step(node, viewFor(node, members)), ordered);
        for (NodeId node : members) {
            memberships.put(node, List.copyOf(members));
            if (hasService(node)) collect(node, step(node, new Input.SyncTurn()), ordered);
        }
        deliver(members, ordered);
        for (NodeId node : members) collect(node, step(node, new Input.SyncDone()), ordered);
        deliver(members, ordered);
        for (int tick = 0; tick < 100; tick++) {
            nowNanos += 200_000_000;
            for (NodeId node : members) collect(node, tick(node), ordered);
            deliver(members, ordered);
        }
    }

    List<Effect> step(NodeId node, Input input) {
        List<Effect> effects = new ArrayList<>();
        engine(node).step(nowNanos, input, effects::add);
        perform(node, effects);
        return effects;
    }

    /** Asks a member of the present membership, delivers what follows to all, and returns the answers that it gave. */
    List<Effect> request(NodeId node, Input.Request request) {
        List<NodeId> members = memberships.getOrDefault(node, List.of());
        ArrayDeque<Input.Message> ordered = new ArrayDeque<>();
        answers.clear();
        collect(node, step(node, request), ordered);
        deliver(members, ordered);
        return List.copyOf(answers);
    }

    private List<Effect> tick(NodeId node) {
        List<Effect> effects = new ArrayList<>();
        if (engine(node).deadlineNanos() <= nowNanos) {
            engine(node).tick(nowNanos, effects::add);
            if (engine(node).deadlineNanos() <= nowNanos)
                throw new AssertionError("the deadline did not move past the instant of the tick");
        }
        perform(node, effects);
        return effects;
    }

    private void deliver(List<NodeId> members, ArrayDeque<Input.Message> ordered) {
        int delivered = 0;
        for (Input.Message message; (message = ordered.poll()) != null; ) {
            if (++delivered > 10_000) throw new AssertionError("the engines never stop talking");
            for (NodeId node : members) {
                Input.Message own = new Input.Message(
                        message.from(), message.function(), message.body().clone());
                collect(node, step(node, own), ordered);
            }
        }
    }

    private static void collect(NodeId from, List<Effect> effects, ArrayDeque<Input.Message> ordered) {
        for (Effect effect : effects)
            if (effect instanceof Effect.Broadcast b) ordered.add(new Input.Message(from, b.function(), b.body()));
    }

    private void perform(NodeId node, List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.Decided d) {
                decisions.getOrDefault(node, new ArrayList<>()).add(d.state());
                history.add(node + " decided " + d.state().quorate() + " "
                        + d.state().totalVotes() + " of " + d.state().quorum() + ": "
                        + d.state().reason());
            } else if (effect instanceof Effect.Broadcast b) {
                history.add(node + " sends " + b.function() + " " + Arrays.toString(b.body()));
            } else if (effect instanceof Effect.Remember r) {
                if (r.value().length > 4096) throw new AssertionError(r.name() + " is longer than 4096 bytes");
                if (!r.name().matches("[A-Za-z0-9_]+")) throw new AssertionError("bad name " + r.name());
                remembered.getOrDefault(node, new TreeMap<>()).put(r.name(), r.value());
                history.add(node + " remembers " + r.name() + " " + Arrays.toString(r.value()));
            } else if (effect instanceof Effect.Done || effect instanceof Effect.Refused) {
                answers.add(effect);
            }
        }
    }

    private QuorumEngine engine(NodeId node) {
        QuorumEngine engine = engines.get(node);
        if (engine == null) throw new IllegalArgumentException("no node " + node);
        return engine;
    }
}
