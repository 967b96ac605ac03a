package org.quorate.quorum.vote;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.RingId;
import org.quorate.quorum.VoteQuorum;
import org.quorate.quorum.sim.SimulatedCluster;
import org.quorate.quorum.sim.SimulatedCluster.Order;
import org.quorate.quorum.sim.SimulatedPartitions;
import org.quorate.spi.QuorumEngine.Effect;
import org.quorate.spi.QuorumEngine.Input;

/** The simulated cluster as the tests speak of it: nodes by number, everything that the engines asked for kept. */
final class VoteCluster implements SimulatedPartitions.Observer {
    /** A message that others heard. */
    record Heard(int from, int function, byte[] body) {}

    private final SimulatedPartitions nodes;
    private final Map<Integer, List<Effect>> effects = new HashMap<>();
    private final List<Heard> heard = new ArrayList<>();

    /**
     * A cluster of nobody yet.
     *
     * @param durable whether a node that comes back has what it remembered
     */
    VoteCluster(Order order, List<NodeConfig> listed, Map<String, String> options, boolean durable) {
        nodes = new SimulatedPartitions(
                new SimulatedCluster(new VoteQuorum(), listed, new TreeMap<>(options), order, durable), this);
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

    @Override
    public void effect(NodeId node, Effect effect) {
        effects.computeIfAbsent(node.value(), id -> new ArrayList<>()).add(effect);
    }

    @Override
    public void delivered(NodeId from, Effect.Broadcast message) {
        if (nodes.isUp(from) && nodes.view(from).size() > 1)
            heard.add(new Heard(from.value(), message.function(), message.body()));
    }

    SimulatedPartitions simulated() {
        return nodes;
    }

    void up(int id) {
        effects.remove(id);
        nodes.up(0, NodeId.of(id));
    }

    void down(int id) {
        nodes.down(NodeId.of(id));
    }

    void move(int partition, List<Integer> ids) {
        nodes.move(partition, ids.stream().map(NodeId::of).toList());
    }

    /** Every partition forms a new ring. */
    void syncAll() {
        nodes.renewAll();
    }

    /** Moves everybody of one partition into another, then new rings everywhere. */
    void join(int into, int from) {
        nodes.move(into, nodes.running(from));
        nodes.renewAll();
    }

    boolean isHeld(int id) {
        return nodes.isHeld(NodeId.of(id));
    }

    void pass(long millis) {
        nodes.pass(millis);
    }

    RingId ring(int id) {
        return nodes.ring(NodeId.of(id));
    }

    /** What went over rings of several members, in order. */
    List<Heard> heard() {
        return List.copyOf(heard);
    }

    /** Asks something of a node; answers why it was refused, or null. */
    @Nullable
    String request(int id, Input.Request request) {
        return nodes.request(NodeId.of(id), request).orElse(null);
    }

    /** Gives all running nodes other settings. */
    void reload(List<NodeConfig> changed, String... lines) {
        nodes.reload(changed, options(Arrays.asList(lines)));
    }

    QuorumState state(int id) {
        return nodes.state(NodeId.of(id));
    }

    List<Effect> effects(int id) {
        return List.copyOf(effects.getOrDefault(id, List.of()));
    }

    boolean isUp(int id) {
        return nodes.isUp(NodeId.of(id));
    }

    List<Integer> running() {
        return nodes.running().stream().map(NodeId::value).toList();
    }

    int partition(int id) {
        return nodes.partition(NodeId.of(id));
    }
}
