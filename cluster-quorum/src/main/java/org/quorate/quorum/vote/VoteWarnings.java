package org.quorate.quorum.vote;

import java.util.ArrayList;
import java.util.List;
import org.quorate.NodeConfig;
import org.quorate.spi.QuorumSettings;

/** Settings that are legal and can cost data, one sentence each. */
public final class VoteWarnings {
    /** Above this sum of votes a corosync 3.1.7 computes another quorum than this provider. */
    static final int COMPATIBLE_VOTES = 508;

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
}
