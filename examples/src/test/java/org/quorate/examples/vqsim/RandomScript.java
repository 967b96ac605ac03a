package org.quorate.examples.vqsim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.quorate.ClusterException;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.quorum.VoteQuorum;
import org.quorate.quorum.sim.SimulatedPartitions;
import org.quorate.spi.QuorumSettings;

/**
 * A configuration and commands, drawn from a seed: any options that a daemon accepts together, any votes, and starts, ends, splits, joins and
 * devices in any order. Without autofence, with which corosync-vqsim stops
 * nodes earlier or later or not at all.
 *
 * @param seed what it was drawn from
 * @param nodes the node list
 * @param options of the quorum section, dotted
 * @param commands for the simulator
 */
record RandomScript(long seed, List<NodeConfig> nodes, SortedMap<String, String> options, List<String> commands) {
    /** The window of last_man_standing. */
    static final int WINDOW_MILLIS = 300;
    /** How long a device's poll counts; a synchronisation waits twice as long for it. */
    static final int DEVICE_MILLIS = 600;

    private static final int MOST_NODES = 6;
    private static final int COMMANDS = 8;

    static RandomScript of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        while (true) {
            List<NodeConfig> nodes = nodes(random);
            SortedMap<String, String> options = options(random, nodes);
            if (isAccepted(nodes, options))
                return new RandomScript(seed, nodes, options, new Commands(random, nodes, options).draw());
        }
    }

    /** Whether something happens a while after a command. */
    boolean takesTime() {
        return options.containsKey("device.model") || "1".equals(options.get("last_man_standing"));
    }

    /** A corosync.conf; every key of the quorum section is one line, those of the device in their own section. */
    String configuration(String stateDir) {
        String list = nodes.stream()
                .map(n -> "  node {\n    nodeid: " + n.id() + "\n    ring0_addr: 127.0.0." + n.id()
                        + "\n    quorum_votes: " + n.votes() + "\n  }\n")
                .collect(Collectors.joining());
        return "totem {\n  version: 2\n  cluster_name: vq\n}\nsystem {\n  state_dir: " + stateDir + "\n}\nnodelist {\n"
                + list + "}\nquorum {\n  provider: corosync_votequorum\n" + lines(false, "  ")
                + (options.containsKey("device.model") ? "  device {\n" + lines(true, "    ") + "  }\n" : "") + "}\n";
    }

    private String lines(boolean ofDevice, String indent) {
        return options.entrySet().stream()
                .filter(e -> e.getKey().startsWith("device.") == ofDevice)
                .map(e -> indent + e.getKey().replace("device.", "") + ": " + e.getValue() + "\n")
                .collect(Collectors.joining());
    }

    private static List<NodeConfig> nodes(SplittableRandom random) {
        int count = random.nextInt(2, MOST_NODES + 1);
        int kind = random.nextInt(20);
        List<NodeConfig> nodes = new ArrayList<>();
        for (int id = 1; id <= count; id++) {
            int votes = kind < 12 ? 1 : kind < 19 ? random.nextInt(4) : random.nextInt(100, 256);
            nodes.add(NodeConfig.of(id, "", "127.0.0." + id).withVotes(votes));
        }
        return nodes;
    }

    private static SortedMap<String, String> options(SplittableRandom random, List<NodeConfig> nodes) {
        SortedMap<String, String> options = new TreeMap<>();
        if (random.nextInt(100) < (nodes.size() == 2 ? 50 : 5)) options.put("two_node", "1");
        if (random.nextInt(100) < 35) options.put("wait_for_all", random.nextInt(5) == 0 ? "0" : "1");
        if (random.nextInt(100) < 30) options.put("expected_votes_tracking", "1");
        if (random.nextInt(100) < 20) options.put("expected_votes", String.valueOf(1 + random.nextInt(9)));
        if (random.nextInt(100) < 15) {
            device(random, nodes.size(), options);
            return options;
        }
        if (random.nextInt(100) < 25) {
            options.put("last_man_standing", "1");
            options.put("last_man_standing_window", String.valueOf(WINDOW_MILLIS));
        }
        if (random.nextInt(100) < 10) options.put("allow_downscale", "1");
        if (random.nextInt(100) < 35) {
            options.put("auto_tie_breaker", "1");
            String list = IntStream.range(0, random.nextInt(1, 4))
                    .mapToObj(i -> String.valueOf(random.nextInt(1, nodes.size() + 1)))
                    .collect(Collectors.joining(" "));
            List<String> kinds = List.of("", "lowest", "highest", list);
            String kind = kinds.get(random.nextInt(kinds.size()));
            if (!kind.isEmpty()) options.put("auto_tie_breaker_node", kind);
        }
        return options;
    }

    private static void device(SplittableRandom random, int nodes, SortedMap<String, String> options) {
        options.put("device.model", "net");
        options.put("device.timeout", String.valueOf(DEVICE_MILLIS));
        options.put("device.sync_timeout", String.valueOf(2 * DEVICE_MILLIS));
        if (random.nextBoolean()) options.put("device.votes", String.valueOf(1 + random.nextInt(nodes)));
    }

    private static boolean isAccepted(List<NodeConfig> nodes, SortedMap<String, String> options) {
        try {
            new VoteQuorum().open(new QuorumSettings(NodeId.of(1), nodes, options, Map.of()));
            return true;
        } catch (ClusterException refused) {
            return false;
        }
    }

    /** Draws commands that mostly make sense: it keeps count of who should be up. */
    private static final class Commands {
        private final SplittableRandom random;
        private final boolean device;
        private final TreeSet<Integer> up = new TreeSet<>();
        private final int highest;

        Commands(SplittableRandom random, List<NodeConfig> nodes, SortedMap<String, String> options) {
            this.random = random;
            this.device = options.containsKey("device.model");
            nodes.forEach(n -> up.add(n.id().value()));
            this.highest = Math.min(nodes.size() + (random.nextInt(4) == 0 ? 2 : 0), SimulatedPartitions.MAX_NODES);
        }

        List<String> draw() {
            List<String> commands = new ArrayList<>();
            if (device) commands.add("qdevice on " + some());
            while (commands.size() < COMMANDS) commands.add(next());
            return List.copyOf(commands);
        }

        private String next() {
            int kind = random.nextInt(100);
            if (device && kind < 15) return "qdevice " + (random.nextInt(3) == 0 ? "off " : "on ") + some();
            if (kind < 45) return split();
            if (kind < 60) return join();
            if (kind < 78 && up.size() > 1) {
                int id = any();
                up.remove(id);
                return "down " + id;
            }
            int id = random.nextInt(1, highest + 1);
            if (!up.add(id)) return split();
            return "up " + (random.nextInt(3) == 0 ? random.nextInt(3) + ":" : "") + id;
        }

        /** Never a partition into itself: corosync-vqsim does not come back from that. */
        private String join() {
            int into = random.nextInt(3);
            return "join " + into + " " + (into + random.nextInt(1, 3)) % 3;
        }

        private String split() {
            StringBuilder command = new StringBuilder(random.nextBoolean() ? "split" : "move");
            for (int i = random.nextInt(1, 3); i > 0; i--)
                command.append(' ').append(random.nextInt(3)).append(':').append(some());
            return command.toString();
        }

        private int any() {
            return List.copyOf(up).get(random.nextInt(up.size()));
        }

        private String some() {
            TreeSet<Integer> some = new TreeSet<>();
            for (int i = random.nextInt(1, 4); i > 0; i--) some.add(any());
            return some.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
    }
}
