package org.quorate.quorum.vote;

import static org.quorate.quorum.vote.OptionReader.invalid;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.NodeConfig;
import org.quorate.quorum.vote.TieBreaker.Kind;
import org.quorate.spi.QuorumSettings;

/**
 * The quorum section, checked and with its consequences drawn.
 *
 * <p>Source: votequorum(5) and votequorum.c 3.1.7 votequorum_readconfig. What stops a corosync from starting is a
 * {@link org.quorate.ClusterException}; what it complains about and then corrects is corrected here too and said in {@code remarks}.
 *
 * @param ownVotes votes of this node, zero or more
 * @param listedVotes sum over the node list, 0 without one
 * @param configuredVotes what all nodes and the device have together: {@code expected_votes} if given, else {@code listedVotes} and
 *     the device's votes where they follow from the node list
 * @param twoNode one vote is enough as long as no third node is there
 * @param waitForAll after start, no quorum before all nodes were seen together
 * @param lastManStanding the expected votes follow the members downward, one window after each loss
 * @param windowNanos that window
 * @param tieBreaker which half of an even split wins
 * @param allowDownscale the expected votes follow nodes that leave in order
 * @param tracking the highest expected votes ever seen are kept across restarts
 * @param deviceConfigured a quorum device belongs to the cluster
 * @param deviceVotes its votes
 * @param deviceTimeoutNanos how long a poll of the device counts
 * @param deviceSyncTimeoutNanos how long a synchronisation waits for it
 * @param remarks what was corrected, one sentence each
 */
public record VoteOptions(
        int ownVotes,
        int listedVotes,
        int configuredVotes,
        boolean twoNode,
        boolean waitForAll,
        boolean lastManStanding,
        long windowNanos,
        TieBreaker tieBreaker,
        boolean allowDownscale,
        boolean tracking,
        boolean deviceConfigured,
        int deviceVotes,
        long deviceTimeoutNanos,
        long deviceSyncTimeoutNanos,
        List<String> remarks) {
    /** Default of {@code last_man_standing_window} in milliseconds. */
    public static final int DEFAULT_WINDOW_MILLIS = 10_000;

    /** Default of {@code device.timeout} in milliseconds. */
    public static final int DEFAULT_DEVICE_TIMEOUT_MILLIS = 10_000;
    /** Default of {@code device.sync_timeout} in milliseconds. */
    public static final int DEFAULT_DEVICE_SYNC_TIMEOUT_MILLIS = 30_000;

    private static final List<String> READ_ONCE = List.of(
            "wait_for_all",
            "last_man_standing",
            "last_man_standing_window",
            "auto_tie_breaker",
            "auto_tie_breaker_node",
            "allow_downscale",
            "expected_votes_tracking");

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Takes a copy. */
    public VoteOptions {
        remarks = List.copyOf(remarks);
    }

    /**
     * Reads and checks.
     *
     * @throws org.quorate.ClusterException CONFIGURATION_INVALID, saying which options contradict each other
     */
    public static VoteOptions of(QuorumSettings settings) {
        OptionReader in = new OptionReader(settings.options());
        List<String> remarks = new ArrayList<>();
        int listed = Ballot.clamp(
                settings.nodes().stream().mapToLong(NodeConfig::votes).sum());
        int override = in.number("expected_votes", 0);
        if (settings.nodes().isEmpty() && override == 0)
            throw invalid("neither a node list nor quorum.expected_votes is configured; one of them is needed");
        boolean twoNode = in.flag("two_node", false);
        boolean waitForAll = in.flag("wait_for_all", twoNode);
        boolean downscale = in.flag("allow_downscale", false);
        boolean lastManStanding = in.flag("last_man_standing", false);
        TieBreaker tieBreaker = tieBreaker(in, remarks);
        boolean device = !in.text("device.model").isEmpty();
        int deviceVotes = device ? deviceVotes(in, settings, listed, override) : 0;
        if (device) refuseWithDevice(twoNode, lastManStanding, tieBreaker.on(), downscale);
        if (twoNode && tieBreaker.on()) {
            twoNode = false;
            remarks.add("two_node and auto_tie_breaker exclude each other: two_node is off; remove one of them");
        }
        if (tieBreaker.on() && listed % 2 == 1 && !waitForAll) {
            if (lastManStanding)
                throw invalid("auto_tie_breaker with last_man_standing does not work with an odd number of votes ("
                        + listed + "); remove last_man_standing and set wait_for_all: 1");
            tieBreaker = TieBreaker.OFF;
            remarks.add("auto_tie_breaker with an odd number of votes (" + listed
                    + ") needs wait_for_all: 1: auto_tie_breaker is off");
        }
        int automatic = device && !in.has("device.votes") ? deviceVotes : 0;
        return new VoteOptions(
                ownVotes(in, settings),
                listed,
                override != 0 ? override : Ballot.clamp((long) listed + automatic),
                twoNode,
                waitForAll,
                lastManStanding,
                in.number("last_man_standing_window", DEFAULT_WINDOW_MILLIS) * NANOS_PER_MILLI,
                tieBreaker,
                downscale,
                downscale || in.flag("expected_votes_tracking", false),
                device,
                deviceVotes,
                in.number("device.timeout", DEFAULT_DEVICE_TIMEOUT_MILLIS) * NANOS_PER_MILLI,
                in.number("device.sync_timeout", DEFAULT_DEVICE_SYNC_TIMEOUT_MILLIS) * NANOS_PER_MILLI,
                remarks);
    }

    /**
     * The options after a change of the configuration while the node runs: votes, expected votes, device and two_node follow it, the
     * rest stays as it was at the start. A tie-breaker that does not fit any more goes off and stays off.
     *
     * @param start the settings at the start
     * @param changed the new ones
     * @throws org.quorate.ClusterException CONFIGURATION_INVALID as in {@link #of}
     */
    VoteOptions reload(QuorumSettings start, QuorumSettings changed) {
        SortedMap<String, String> merged = new TreeMap<>(changed.options());
        for (String key : READ_ONCE) {
            String atStart = start.options().get(key);
            if (atStart == null) merged.remove(key);
            else merged.put(key, atStart);
        }
        VoteOptions next = of(new QuorumSettings(changed.self(), changed.nodes(), merged, changed.memory()));
        return tieBreaker.on() ? next : next.withoutTieBreaker();
    }

    private VoteOptions withoutTieBreaker() {
        return new VoteOptions(
                ownVotes,
                listedVotes,
                configuredVotes,
                twoNode,
                waitForAll,
                lastManStanding,
                windowNanos,
                TieBreaker.OFF,
                allowDownscale,
                tracking,
                deviceConfigured,
                deviceVotes,
                deviceTimeoutNanos,
                deviceSyncTimeoutNanos,
                remarks);
    }

    /** The option in force that no quorum device may be used with; empty if there is none. */
    String withoutDevice() {
        return notWithDevice(twoNode, lastManStanding, tieBreaker.on(), allowDownscale);
    }

    /**
     * Expected votes before anything was heard from others.
     *
     * @param barrier what was tracked, 0 for nothing yet; without tracking it is ignored
     */
    int startExpected(int barrier) {
        if (!tracking) return configuredVotes;
        int fromList = listedVotes != 0 ? listedVotes : configuredVotes;
        return Math.max(fromList, barrier);
    }

    private static int ownVotes(OptionReader in, QuorumSettings settings) {
        return settings.nodes().stream()
                .filter(n -> n.id().equals(settings.self()))
                .mapToInt(NodeConfig::votes)
                .findFirst()
                .orElseGet(() -> in.number("votes", 1));
    }

    private static TieBreaker tieBreaker(OptionReader in, List<String> remarks) {
        boolean on = in.flag("auto_tie_breaker", false);
        if (!on) {
            if (in.has("auto_tie_breaker_node"))
                remarks.add("auto_tie_breaker_node means nothing without auto_tie_breaker: 1");
            return TieBreaker.OFF;
        }
        if (!in.has("auto_tie_breaker_node")) return new TieBreaker(Kind.LOWEST, List.of());
        TieBreaker parsed = TieBreaker.parse(in.text("auto_tie_breaker_node"));
        if (!parsed.on())
            remarks.add("auto_tie_breaker_node is \"" + in.text("auto_tie_breaker_node")
                    + "\", neither lowest, highest nor node ids separated by blanks: auto_tie_breaker is off");
        return parsed;
    }

    private static int deviceVotes(OptionReader in, QuorumSettings settings, int listed, int override) {
        if (in.has("device.votes")) {
            int votes = in.number("device.votes", 0);
            if (override != 0 && (long) override - votes < 2)
                throw invalid("quorum.device.votes " + votes + " leaves less than 2 of expected_votes " + override
                        + " to the nodes; lower the one or raise the other");
            return votes;
        }
        if (override != 0)
            throw invalid("quorum.device.votes must be given when quorum.expected_votes (" + override + ") is given");
        if (settings.nodes().stream().anyMatch(n -> n.votes() != 1))
            throw invalid("quorum.device.votes must be given when not every node has exactly 1 vote");
        return Math.max(0, listed - 1);
    }

    private static void refuseWithDevice(boolean twoNode, boolean lastMan, boolean tieBreaker, boolean downscale) {
        String other = notWithDevice(twoNode, lastMan, tieBreaker, downscale);
        if (!other.isEmpty())
            throw invalid(
                    "a quorum device and " + other + " cannot be configured at the same time; remove one of them");
    }

    private static String notWithDevice(boolean twoNode, boolean lastMan, boolean tieBreaker, boolean downscale) {
        if (twoNode) return "two_node";
        if (lastMan) return "last_man_standing";
        if (tieBreaker) return "auto_tie_breaker";
        return downscale ? "allow_downscale" : "";
    }
}
