package org.quorate.examples.vqsim;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.quorum.sim.SimulatedCluster;
import org.quorate.quorum.sim.SimulatedDevices;
import org.quorate.quorum.sim.SimulatedPartitions;

/**
 * One run of the simulator: takes commands, prints what became of the nodes. Nothing takes time but {@code wait}; so a status is never an old
 * one, and {@code timeout}, {@code sync} and {@code assert} are understood and change nothing.
 *
 * <p>A wrong command is answered with a line {@code ERR: ...} or with the help and changes nothing. Source: the language as
 * corosync-vqsim 3.1.7 answers it. Confined to one thread.
 */
public final class VqsimSession {
    /** What stands before each command. */
    public static final String PROMPT = "#vqsim> ";

    /** Error of Corosync's API: the poll is for a ring that is no more. */
    private static final int OTHER_RING = 22;
    /** Error of Corosync's API: this node has no such device. */
    private static final int NOT_REGISTERED = 12;

    private static final int DEFAULT_DEVICE_TIMEOUT_MILLIS = 10_000;
    private static final String HELP = """
              A node has an id of its own and is in a partition, which has a number; 0 unless another is said.

            up         [P:]N[,N...] [[P:]N[,N...]] ...   start nodes in partition P
            down       N                                 stop a node without a farewell
            move/split [P:]N[,N...] [[P:]N[,N...]] ...   move nodes into partition P; all partitions form new rings
            join       P Q [Q...]                        move all nodes of the partitions Q into P; likewise
            qdevice    on|off N[,N...]                   start or stop a quorum device on nodes
            autofence  on|off                            after move, split and join stop the nodes of sides without quorum
            timeout, sync, assert                        understood, without effect: nothing takes time here
            wait       MS                                let that many simulated milliseconds go by
            show                                         print the nodes
            exit
            """;

    private final PrintWriter out;
    private final SimulatedPartitions nodes;
    private final SimulatedDevices devices;
    private boolean fencing;

    /** A cluster of nobody yet. */
    public VqsimSession(SimulatedCluster cluster, PrintWriter out) {
        this.out = out;
        nodes = new SimulatedPartitions(cluster);
        String timeout = cluster.options().getOrDefault("device.timeout", "");
        long millis = timeout.isEmpty() ? DEFAULT_DEVICE_TIMEOUT_MILLIS : Long.parseLong(timeout);
        devices = new SimulatedDevices(nodes, millis, id -> pollFailed(id, OTHER_RING));
    }

    /** The nodes behind it. */
    SimulatedPartitions nodes() {
        return nodes;
    }

    /**
     * Starts the nodes of the node list in partition 0 and prints them.
     *
     * @throws org.quorate.ClusterException if the settings contradict each other
     */
    public void start(List<NodeConfig> listed) {
        listed.forEach(node -> nodes.up(0, node.id()));
        if (!listed.isEmpty()) show();
    }

    /** Does what the line says; answers whether to go on. */
    public boolean command(String line) {
        String[] words = line.strip().split("\\s+");
        List<String> arguments = Arrays.asList(words).subList(1, words.length);
        switch (words[0].toLowerCase(Locale.ROOT)) {
            case "", "timeout", "assert" -> {}
            case "up" -> up(arguments);
            case "down" -> down(arguments);
            case "move", "split" -> move(arguments);
            case "join" -> join(arguments);
            case "qdevice" -> device(arguments);
            case "autofence" -> autofence(arguments);
            case "sync" -> onOrOff(arguments, "sync value must be 'on' or 'off'", on -> out.println("#sync: " + on));
            case "wait" -> pass(arguments);
            case "show" -> show();
            case "exit" -> {
                return false;
            }
            default -> help();
        }
        return true;
    }

    private void up(List<String> arguments) {
        boolean[] some = new boolean[1];
        each(arguments, (partition, id) -> {
            if (nodes.isUp(id)) {
                error("nodeid " + id + " already exists in partition " + nodes.partition(id));
            } else if (nodes.running().size() == SimulatedPartitions.MAX_NODES) {
                error("nodeid " + id + " is one too many, " + SimulatedPartitions.MAX_NODES + " are up");
            } else {
                nodes.up(partition, id);
                some[0] = true;
            }
        });
        if (some[0]) show();
    }

    /** As in corosync-vqsim only the first node of the first word counts. */
    private void down(List<String> arguments) {
        if (arguments.isEmpty()) return;
        List<NodeId> named = Placement.parse(arguments.get(0), this::error).nodes();
        if (named.isEmpty()) return;
        NodeId id = named.get(0);
        if (!nodes.isUp(id)) {
            error("nodeid " + id + " is not up");
            return;
        }
        stop(id, "on request");
        show();
    }

    private void stop(NodeId id, String why) {
        out.println(nodes.partition(id) + ":" + id + ": Quit (" + why + ")");
        nodes.down(id);
    }

    private void move(List<String> arguments) {
        if (arguments.isEmpty()) {
            help();
            return;
        }
        each(arguments, (partition, id) -> {
            if (nodes.isUp(id)) nodes.move(partition, List.of(id));
            else error("node " + id + " does not exist");
        });
        renew();
    }

    private void join(List<String> arguments) {
        List<Integer> partitions = new ArrayList<>();
        for (String word : arguments) Placement.partition(word, this::error).ifPresent(partitions::add);
        if (partitions.isEmpty()) {
            help();
            return;
        }
        int into = partitions.get(0);
        for (int from : partitions.subList(1, partitions.size()))
            if (from != into) nodes.move(into, nodes.running(from));
        renew();
    }

    private void renew() {
        nodes.renewAll();
        if (fencing && nodes.running().stream().anyMatch(id -> nodes.state(id).quorate()))
            for (NodeId id : nodes.running()) if (!nodes.state(id).quorate()) stop(id, "autofenced");
        show();
    }

    private void device(List<String> arguments) {
        onOrOff(
                arguments,
                "qdevice should be 'on' or 'off'",
                on -> each(arguments.subList(1, arguments.size()), (partition, id) -> {
                    if (!nodes.isUp(id)) return;
                    if (on.equals("on")) devices.on(id);
                    else if (!devices.off(id)) pollFailed(id, NOT_REGISTERED);
                }));
    }

    private void pollFailed(NodeId id, int error) {
        out.println(id + ": qdevice poll failed: " + error);
    }

    private void autofence(List<String> arguments) {
        onOrOff(arguments, "autofence value must be 'on' or 'off'", on -> {
            fencing = on.equals("on");
            out.println("#autofence: " + on);
        });
    }

    private void pass(List<String> arguments) {
        OptionalInt millis = arguments.isEmpty() ? OptionalInt.empty() : Placement.number(arguments.get(0));
        if (millis.isPresent()) nodes.pass(millis.getAsInt());
        else error("wait needs a number of milliseconds, at most 99999");
    }

    private void show() {
        for (int partition : nodes.partitions())
            for (NodeId id : nodes.running(partition)) out.println(partition + ":" + id + ": " + decision(id));
        out.println("#autofence: " + (fencing ? "on" : "off"));
    }

    private String decision(NodeId id) {
        SimulatedPartitions.Ring ring = nodes.decided(id);
        String members =
                String.join(" ", ring.members().stream().map(NodeId::toString).toList());
        return "q=" + (nodes.state(id).quorate() ? 1 : 0) + " ring=[" + ring.id() + "] nodes=[" + members + "]";
    }

    private void each(List<String> words, BiConsumer<Integer, NodeId> action) {
        for (String word : words) {
            Placement placement = Placement.parse(word, this::error);
            placement.nodes().forEach(id -> action.accept(placement.partition(), id));
        }
    }

    private void onOrOff(List<String> arguments, String otherwise, Consumer<String> action) {
        String value = arguments.isEmpty() ? "" : arguments.get(0);
        if (value.equals("on") || value.equals("off")) action.accept(value);
        else error(otherwise);
    }

    private void error(String sentence) {
        out.println("ERR: " + sentence);
    }

    private void help() {
        out.println(HELP);
    }
}
