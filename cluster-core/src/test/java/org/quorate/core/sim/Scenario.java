package org.quorate.core.sim;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.quorate.ClusterConfig;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.NodeConfig;
import org.quorate.TotemConfig;
import org.quorate.core.conf.RingTimers;
import org.quorate.core.ring.RingNumbers;
import org.quorate.quorum.VoteQuorum;
import org.quorate.sim.LinkQuality;

/**
 * What a cluster of a run is like before anything goes wrong: its size, wire, configuration and load, drawn from the seed.
 *
 * @param wire what carries the packets
 * @param configs of each node, by id; they may differ
 * @param links between two nodes
 * @param calm the network without faults
 * @param pathMtu packets that are longer vanish; at most {@link #INTERFACE_MTU}
 * @param numbersToUse so many numbers of the transport are used up at the start of each life
 * @param savedSequences of ring ids, on the disks before the first start
 * @param ringNumbers where the numbers of rings begin
 * @param twoQuorateAllowed whether the options let two partitions be quorate at a time
 * @param load what the applications do
 */
record Scenario(
        Wire wire,
        SortedMap<Integer, ClusterConfig> configs,
        int links,
        LinkQuality calm,
        int pathMtu,
        int numbersToUse,
        SortedMap<Integer, Long> savedSequences,
        RingNumbers ringNumbers,
        boolean twoQuorateAllowed,
        Load load) {
    /** What carries packets between nodes. */
    enum Wire {
        /** Whole packets over one path. */
        PATH,
        /** Knet in clear text. */
        KNET,
        /** Knet with encryption and authentication. */
        SEALED_KNET
    }

    /**
     * What the applications do.
     *
     * @param groups that there are; everybody is in the first one all the time
     * @param meanGapNanos between two sends of a node
     * @param longPerMille chance that a message is up to 300,000 bytes long
     * @param tinyPerMille chance that a message has less than 16 bytes, or none
     */
    record Load(int groups, long meanGapNanos, int longPerMille, int tinyPerMille) {}

    /** What the nodes know of their interfaces. */
    static final int INTERFACE_MTU = 1500;

    private static final List<LinkMode> MODES = List.of(
            LinkMode.PASSIVE, LinkMode.PASSIVE, LinkMode.PASSIVE, LinkMode.PASSIVE, LinkMode.ACTIVE, LinkMode.RR);

    private static final long MILLIS = 1_000_000;
    private static final Duration COEFFICIENT = Duration.ofMillis(50);

    /** Ids of the nodes. */
    List<Integer> ids() {
        return List.copyOf(configs.keySet());
    }

    /** What a node is told. */
    ClusterConfig config(int id) {
        ClusterConfig config = configs.get(id);
        if (config == null) throw new IllegalArgumentException("no node " + id);
        return config;
    }

    /** The longest token timeout of any node. */
    long tokenNanos() {
        return configs.values().stream()
                .mapToLong(config -> RingTimers.of(config).tokenNanos())
                .max()
                .orElseThrow();
    }

    /** One line for the reader of a story. */
    String inWords() {
        ClusterConfig first = configs.get(configs.firstKey());
        return configs.size() + " nodes, "
                + switch (wire) {
                    case PATH -> "packets over one path";
                    case KNET -> "knet over " + links + " links (" + first.linkMode() + ")";
                    case SEALED_KNET -> "encrypted knet over " + links + " links (" + first.linkMode() + ")";
                }
                + ", token timeout " + tokenNanos() / MILLIS + " ms at most, " + load.groups
                + " groups, a message every "
                + load.meanGapNanos / MILLIS + " ms"
                + (first.quorumOptions().isEmpty() ? "" : ", " + first.quorumOptions())
                + (configs.values().stream().distinct().count() > 1 ? ", configurations differ" : "")
                + (ringNumbers instanceof LongLivedRings ? ", rings as old as their numbers" : "");
    }

    /**
     * Draws one.
     *
     * @param nodes how many, or 0 to draw it
     * @param links how many, or 0 to draw it
     * @param wanted the wire, empty to draw it
     * @param longLived whether rings have numbers near their wrap in any case
     */
    static Scenario draw(RandomGenerator random, int nodes, int links, Optional<Wire> wanted, boolean longLived) {
        int drawnNodes = drawNodes(random);
        int drawnLinks = 1 + random.nextInt(3);
        int kind = random.nextInt(100);
        Wire drawnWire = kind < 50 ? Wire.PATH : kind < 97 ? Wire.KNET : Wire.SEALED_KNET;
        int count = nodes == 0 ? drawnNodes : nodes;
        Wire wire = wanted.orElse(drawnWire);
        int paths = wire == Wire.PATH ? 1 : links == 0 ? drawnLinks : links;
        List<Integer> ids = IntStream.rangeClosed(1, count).boxed().toList();
        long delay = new long[] {300_000, MILLIS, 2 * MILLIS, 4 * MILLIS}[random.nextInt(4)];
        SortedMap<String, String> options = quorumOptions(random, count);
        boolean unequal = random.nextInt(8) == 0;
        LinkMode mode = MODES.get(random.nextInt(MODES.size()));
        TotemConfig totem = totem(random, Duration.ofMillis(300));
        boolean differ = random.nextInt(5) == 0;
        ClusterConfig.Builder common = ClusterConfig.builder("simulated")
                .crypto(wire == Wire.SEALED_KNET ? CryptoConfig.DEFAULT : CryptoConfig.NONE)
                .linkMode(mode)
                .quorumProvider(VoteQuorum.NAME);
        options.forEach(common::quorumOption);
        for (int id : ids) {
            int votes = unequal && !options.containsKey("two_node") ? random.nextInt(4) : 1;
            String[] addresses = IntStream.range(0, paths)
                    .mapToObj(link -> "10." + link + "." + (id >> 8) + "." + (id & 255))
                    .toArray(String[]::new);
            common.node(NodeConfig.of(id, "node" + id, addresses).withVotes(id == 1 ? Math.max(1, votes) : votes));
        }
        TreeMap<Integer, ClusterConfig> configs = new TreeMap<>();
        for (int id : ids) {
            int factor = random.nextInt(3);
            TotemConfig own = totem(random, Duration.ofMillis(new long[] {200, 300, 450}[factor]));
            configs.put(
                    id,
                    common.totem(differ && random.nextInt(3) == 0 ? own : totem).build());
        }
        TreeMap<Integer, Long> saved = new TreeMap<>();
        boolean oldDisks = random.nextInt(8) == 0;
        long near = random.nextBoolean() ? Long.MAX_VALUE - 40 : 1_000_000;
        for (int id : ids) {
            long sequence = near + 4L * random.nextInt(20);
            if (oldDisks) saved.put(id, sequence);
        }
        int mtu = random.nextInt(6) == 0 ? 1300 : INTERFACE_MTU;
        int numbers = random.nextInt(15) == 0 ? 65_300 + random.nextInt(200) : 0;
        boolean heavy = random.nextInt(20) == 0;
        long gap = new long[] {15, 50, 200, 1000}[random.nextInt(4)] * MILLIS * Math.max(3, count) / (heavy ? 15 : 3);
        Load load =
                new Load(1 + random.nextInt(3), gap, random.nextInt(4) == 0 ? 15 : 0, random.nextInt(3) == 0 ? 200 : 0);
        // drawn last, and always, so that a seed's cluster is else what it was
        long agesSeed = random.nextLong();
        boolean old = random.nextInt(5) == 0;
        RingNumbers ringNumbers = old || longLived ? new LongLivedRings(agesSeed) : RingNumbers.FROM_ZERO;
        return new Scenario(
                wire,
                configs,
                paths,
                new LinkQuality(delay * 2 / 3, delay / 3, 0, 0, 0, 0, 0),
                mtu,
                numbers,
                saved,
                ringNumbers,
                options.containsKey("two_node"),
                load);
    }

    /** {@code count} nodes with default timers but for {@code sendJoin} over one knet link, each in one group; nothing is drawn. */
    static Scenario plain(int count, Duration sendJoin) {
        ClusterConfig.Builder builder =
                ClusterConfig.builder("simulated").crypto(CryptoConfig.NONE).quorumProvider(VoteQuorum.NAME);
        builder.totem(withSendJoin(TotemConfig.DEFAULT, sendJoin));
        for (int id = 1; id <= count; id++) builder.node(NodeConfig.of(id, "node" + id, "10.0.0." + id));
        ClusterConfig config = builder.build();
        TreeMap<Integer, ClusterConfig> configs = new TreeMap<>();
        for (int id = 1; id <= count; id++) configs.put(id, config);
        return new Scenario(
                Wire.KNET,
                configs,
                1,
                LinkQuality.LAN,
                INTERFACE_MTU,
                0,
                new TreeMap<>(),
                RingNumbers.FROM_ZERO,
                false,
                new Load(1, 1, 0, 0));
    }

    private static int drawNodes(RandomGenerator random) {
        int kind = random.nextInt(100);
        if (kind < 12) return 2;
        if (kind < 47) return 3;
        if (kind < 67) return 4;
        if (kind < 87) return 5;
        return 6 + random.nextInt(4);
    }

    private static SortedMap<String, String> quorumOptions(RandomGenerator random, int count) {
        TreeMap<String, String> options = new TreeMap<>();
        boolean twoNode = random.nextBoolean();
        boolean waitForAll = random.nextInt(5) == 0;
        boolean tieBreaker = random.nextInt(4) == 0;
        if (count == 2 && twoNode) options.put("two_node", "1");
        else if (count % 2 == 0 && tieBreaker) options.put("auto_tie_breaker", "1");
        if (waitForAll) options.put("wait_for_all", "1");
        return options;
    }

    private static TotemConfig totem(RandomGenerator random, Duration token) {
        boolean odd = random.nextInt(4) == 0;
        int window = new int[] {5, 20, 300}[random.nextInt(3)];
        int most = 1 + random.nextInt(Math.min(window, 60));
        int miss = 1 + random.nextInt(10);
        boolean spread = random.nextInt(8) == 0;
        TotemConfig base = TotemConfig.DEFAULT.withToken(token, COEFFICIENT);
        if (spread) base = withSendJoin(base, Duration.ofMillis(80));
        return new TotemConfig(
                base.token(),
                base.tokenCoefficient(),
                base.tokenRetransmitsBeforeLoss(),
                base.tokenRetransmit(),
                base.hold(),
                base.consensus(),
                base.join(),
                base.sendJoin(),
                base.merge(),
                base.failToReceive(),
                base.seqnoUnchanged(),
                odd ? window : base.windowSize(),
                odd ? most : base.maxMessages(),
                odd ? miss : base.missCount(),
                base.tokenWarningPercent(),
                odd);
    }

    private static TotemConfig withSendJoin(TotemConfig base, Duration sendJoin) {
        return new TotemConfig(
                base.token(),
                base.tokenCoefficient(),
                base.tokenRetransmitsBeforeLoss(),
                base.tokenRetransmit(),
                base.hold(),
                base.consensus(),
                base.join(),
                sendJoin,
                base.merge(),
                base.failToReceive(),
                base.seqnoUnchanged(),
                base.windowSize(),
                base.maxMessages(),
                base.missCount(),
                base.tokenWarningPercent(),
                base.cancelHoldOnRetransmit());
    }

    /** How a node differs from the first one, for the story. */
    Map<Integer, String> differences() {
        TreeMap<Integer, String> all = new TreeMap<>();
        ClusterConfig first = configs.get(configs.firstKey());
        configs.forEach((id, config) -> {
            if (!config.equals(first))
                all.put(
                        id,
                        "token " + config.totem().token().toMillis() + " ms, window "
                                + config.totem().windowSize() + ", messages "
                                + config.totem().maxMessages());
        });
        return all;
    }
}
