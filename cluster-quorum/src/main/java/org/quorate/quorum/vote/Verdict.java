package org.quorate.quorum.vote;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.QuorumState.Flag;
import org.quorate.QuorumState.NodeState;
import org.quorate.QuorumState.NodeVotes;
import org.quorate.quorum.vote.Ballot.Ground;
import org.quorate.quorum.vote.wire.NodeInfo;

/** The numbers of a {@link Ballot} as users see them, with the sentence that explains them. */
final class Verdict {
    private Verdict() {}

    static QuorumState of(Ballot ballot, List<NodeConfig> listed) {
        int total = ballot.calculate(false, 0).total();
        return new QuorumState(
                ballot.quorate(),
                ballot.own().expected,
                ballot.highestExpected(),
                total,
                ballot.quorum(),
                flags(ballot),
                votes(ballot, listed),
                reason(ballot, total, listed),
                ballot.ground() == Ground.WAITING ? QuorumState.Basis.ALL_TOGETHER : QuorumState.Basis.VOTES);
    }

    private static Set<Flag> flags(Ballot ballot) {
        VoteOptions options = ballot.options();
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        if (options.twoNode()) flags.add(Flag.TWO_NODE);
        if (ballot.quorate()) flags.add(Flag.QUORATE);
        if (options.waitForAll()) flags.add(Flag.WAIT_FOR_ALL);
        if (ballot.lastManStanding()) flags.add(Flag.LAST_MAN_STANDING);
        if (options.tieBreaker().on()) flags.add(Flag.AUTO_TIE_BREAKER);
        if (options.allowDownscale()) flags.add(Flag.ALLOW_DOWNSCALE);
        if (ballot.own().has(NodeInfo.DEVICE_REGISTERED)) flags.add(Flag.QDEVICE);
        return flags;
    }

    private static List<NodeVotes> votes(Ballot ballot, List<NodeConfig> listed) {
        Map<NodeId, NodeVotes> byId = new TreeMap<>();
        for (NodeConfig node : listed) byId.put(node.id(), new NodeVotes(node.id(), node.votes(), 0, NodeState.DEAD));
        for (Voter voter : ballot.all())
            byId.put(voter.id, new NodeVotes(voter.id, voter.votes, voter.expected, voter.state));
        return List.copyOf(byId.values());
    }

    private static String reason(Ballot ballot, int total, List<NodeConfig> listed) {
        String count = total + " of " + votesWord(ballot.own().expected);
        String needed = count + ", " + ballot.quorum() + " needed";
        if (ballot.quorate()) return needed + how(ballot);
        String missing = missing(ballot, listed);
        if (ballot.ground() == Ground.WAITING)
            return "not quorate: waiting until all nodes were seen together, " + count + missing;
        return "not quorate: " + needed + missing;
    }

    private static String how(Ballot ballot) {
        return switch (ballot.ground()) {
            case TIE_BREAKER ->
                "; an even split decided by the tie-breaker ("
                        + ballot.options().tieBreaker().describe() + ")";
            case MASTER_WINS -> "; the quorum device chose this partition";
            case VOTES -> ballot.options().twoNode() && ballot.quorum() == 1 ? " (two_node)" : "";
            case NONE, WAITING, TOO_FEW -> "";
        };
    }

    private static String missing(Ballot ballot, List<NodeConfig> listed) {
        List<String> names = new ArrayList<>();
        for (NodeVotes node : votes(ballot, listed)) {
            if (node.state() == NodeState.MEMBER || node.votes() == 0) continue;
            String name = name(node.node(), listed);
            if (!name.isEmpty()) names.add(name + " (" + votesWord(node.votes()) + ")");
        }
        return names.isEmpty() ? "" : "; missing " + String.join(", ", names);
    }

    /** The node's name; empty for a node that was removed from the list and is not waited for. */
    private static String name(NodeId id, List<NodeConfig> listed) {
        for (NodeConfig node : listed) if (node.id().equals(id)) return node.displayName();
        return listed.isEmpty() ? "node " + id : "";
    }

    private static String votesWord(int votes) {
        return votes == 1 ? "1 vote" : votes + " votes";
    }
}
