package org.quorate.examples.status;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.quorate.ClusterStatus;
import org.quorate.ClusterStatus.MissingNode;
import org.quorate.QuorumState;

/**
 * What would bring a node's quorum back.
 *
 * @param votesNeeded votes that are missing; 0 if something else than votes is missing
 * @param candidates missing nodes that have votes, ascending by id
 * @param advice one sentence for the operator
 */
public record QuorumRemedy(int votesNeeded, List<MissingNode> candidates, String advice) {
    /** Takes a copy. */
    public QuorumRemedy {
        candidates = List.copyOf(candidates);
    }

    /** Empty if the node is quorate. */
    public static Optional<QuorumRemedy> of(ClusterStatus status) {
        QuorumState quorum = status.quorum();
        if (quorum.quorate()) return Optional.empty();
        List<MissingNode> candidates =
                status.missing().stream().filter(m -> m.votes() > 0).toList();
        if (status.view().isEmpty())
            return Optional.of(new QuorumRemedy(
                    0, candidates, "wait for the first membership; if none comes, look at the links of this node"));
        int needed = Math.max(0, quorum.quorum() - quorum.totalVotes());
        if (needed == 0) return Optional.of(new QuorumRemedy(0, candidates, beyondVotes(quorum, candidates)));
        return Optional.of(new QuorumRemedy(needed, candidates, votes(needed, candidates)));
    }

    private static String beyondVotes(QuorumState quorum, List<MissingNode> candidates) {
        if (quorum.flags().contains(QuorumState.Flag.WAIT_FOR_ALL) && !candidates.isEmpty())
            return "wait_for_all is on: all nodes have to be seen together once; start " + names(candidates, " and ");
        return "there are votes enough, but the quorum provider withholds its consent; its reason says why";
    }

    private static String votes(int needed, List<MissingNode> candidates) {
        int there = candidates.stream().mapToInt(MissingNode::votes).sum();
        String wanted = needed == 1 ? "1 more vote is needed" : needed + " more votes are needed";
        if (there < needed)
            return wanted + ", but the missing nodes of the node list have only " + there
                    + "; check the expected votes against the node list";
        boolean anyAlone = candidates.stream().allMatch(m -> m.votes() >= needed);
        if (anyAlone && candidates.size() == 1) return wanted + ": " + names(candidates, "") + " would bring it";
        if (anyAlone) return wanted + ": any one of " + names(candidates, ", ") + " would do";
        List<MissingNode> fewest = fewest(needed, candidates);
        if (fewest.size() == candidates.size())
            return wanted + ": all of " + names(candidates, ", ") + " have to come back";
        return wanted + ": for example " + names(fewest, " and ") + " would do";
    }

    private static List<MissingNode> fewest(int needed, List<MissingNode> candidates) {
        List<MissingNode> taken = new ArrayList<>();
        int votes = 0;
        for (MissingNode node : candidates.stream()
                .sorted(Comparator.comparing(MissingNode::votes).reversed().thenComparing(MissingNode::id))
                .toList()) {
            if (votes >= needed) break;
            taken.add(node);
            votes += node.votes();
        }
        return taken;
    }

    private static String names(List<MissingNode> nodes, String separator) {
        return nodes.stream()
                .map(m -> "node " + m.id() + (m.name().isEmpty() ? "" : " (" + m.name() + ")"))
                .collect(Collectors.joining(separator));
    }
}
