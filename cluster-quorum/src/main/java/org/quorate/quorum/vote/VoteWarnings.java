package org.quorate.quorum.vote;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.quorate.NodeConfig;
import org.quorate.spi.QuorumSettings;

/** Settings that are legal and can cost data, one sentence each. */
public final class VoteWarnings {
    /** Above this sum of votes a corosync 3.1.7 computes another quorum than this provider. */
    static final int COMPATIBLE_VOTES = 508;

    /** For more votes nobody looks for a tie. */
    private static final int MOST_VOTES_TO_DIVIDE = 100_000;

    private VoteWarnings() {}

    /** The remarks of the options first, then what is dangerous. */
    public static List<String> of(VoteOptions options, QuorumSettings settings) {
        List<String> out = new ArrayList<>(options.remarks());
        int nodes = settings.nodes().size();
        if (options.twoNode()) {
            out.add("two_node: after a split both nodes stay quorate; without fencing both will act");
            if (nodes != 2 && nodes != 0)
                out.add("two_node with " + nodes
                        + " nodes: any two of them that start together decide alone; remove two_node");
            if (!options.waitForAll())
                out.add("two_node with wait_for_all: 0: a node that starts while it cannot reach the other acts alone");
        }
        if (settings.nodes().size() > 1 && nothingBreaksATie(options) && canTie(settings.nodes()))
            out.add(tie(settings.nodes()));
        if (options.listedVotes() > options.configuredVotes())
            out.add("expected_votes " + options.configuredVotes() + " is less than the " + options.listedVotes()
                    + " votes of the node list: separate partitions can be quorate after a start");
        if (options.lastManStanding()) {
            if (!options.waitForAll())
                out.add(
                        "last_man_standing without wait_for_all: nodes that restart apart from the rest may form a second quorate partition");
            if (settings.nodes().stream().anyMatch(n -> n.votes() > 1))
                out.add(
                        "last_man_standing needs one vote for each node; it switches itself off as soon as a node with more is heard");
        }
        if (options.tieBreaker().on())
            out.add(
                    "auto_tie_breaker: a node that changes sides during a split can leave two sides quorate; use fencing");
        if (options.tieBreaker().on() && options.lastManStanding())
            out.add("auto_tie_breaker with last_man_standing: a single node can stay quorate");
        if (options.allowDownscale())
            out.add(
                    "allow_downscale is not supported by Corosync: nodes that leave in order lower the votes expected by those that stay");
        long votes = Math.max(options.configuredVotes(), options.listedVotes() + (long) options.deviceVotes());
        if (votes > COMPATIBLE_VOTES)
            out.add(votes
                    + " expected votes: Corosync 3.1.7 keeps the quorum in 8 bits and computes a far smaller one above "
                    + COMPATIBLE_VOTES + "; do not mix it with this node");
        long majority = votes / 2 + 1;
        for (NodeConfig node : settings.nodes())
            if (nodes > 1 && node.votes() >= majority)
                out.add("node " + node.displayName() + " has " + node.votes() + " of " + votes
                        + " votes: it is quorate alone, and nobody is without it");
        return List.copyOf(out);
    }

    private static boolean nothingBreaksATie(VoteOptions options) {
        return !options.twoNode() && !options.tieBreaker().on() && !options.deviceConfigured();
    }

    private static String tie(List<NodeConfig> nodes) {
        if (nodes.size() == 2)
            return "two nodes without two_node and without a quorum device: when one fails the other stops too, so the cluster is less"
                    + " available than a single node; set two_node: 1 with fencing, or add a device or a third node";
        return "the votes can split into equal halves, and nothing breaks the tie: both halves stop then; set auto_tie_breaker: 1, or add a"
                + " quorum device or one more vote";
    }

    /** Whether some of the nodes have exactly half of the votes. */
    private static boolean canTie(List<NodeConfig> nodes) {
        long sum = nodes.stream().mapToLong(NodeConfig::votes).sum();
        if (sum == 0 || sum % 2 == 1 || sum > MOST_VOTES_TO_DIVIDE) return false;
        BitSet reachable = new BitSet();
        reachable.set(0);
        for (NodeConfig node : nodes)
            for (int votes = (int) sum - node.votes(); votes >= 0; votes--)
                if (reachable.get(votes)) reachable.set(votes + node.votes());
        return reachable.get((int) sum / 2);
    }
}
