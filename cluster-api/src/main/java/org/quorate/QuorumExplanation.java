package org.quorate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.quorate.ClusterStatus.MissingNode;
import org.quorate.QuorumState.Basis;

/**
 * Why a node is quorate or not, who is missing since when, and what would bring quorum back: as data, and as text for an operator.
 *
 * @param quorate whether the node may act
 * @param reason the quorum provider's sentence
 * @param missing nodes of the node list that are not members, ascending by id
 * @param basis what decides
 * @param votesNeeded votes that are missing; 0 if the node is quorate or something else than votes is missing
 * @param votesToSpare votes that may be lost before quorum is, if nothing else changes; 0 if the node is not quorate or votes do not decide
 * @param candidates those of the missing nodes that have votes
 * @param advice one sentence for the operator; empty if the node is quorate
 * @param warnings what is dangerous about the settings or the present votes, one sentence each
 */
public record QuorumExplanation(
        boolean quorate,
        String reason,
        Basis basis,
        List<MissingNode> missing,
        int votesNeeded,
        int votesToSpare,
        List<MissingNode> candidates,
        Optional<String> advice,
        List<String> warnings) {
    private static final String CONSENT = "the quorum provider withholds its consent; its reason says why";

    /** Takes copies. */
    public QuorumExplanation {
        missing = List.copyOf(missing);
        candidates = List.copyOf(candidates);
        warnings = List.copyOf(warnings);
    }

    /** What {@code status} shows. */
    public static QuorumExplanation of(ClusterStatus status) {
        QuorumState quorum = status.quorum();
        List<MissingNode> candidates =
                status.missing().stream().filter(m -> m.votes() > 0).toList();
        int wanted = quorum.basis() == Basis.ALL_TOGETHER ? quorum.expectedVotes() : quorum.quorum();
        int lacking = Math.max(0, wanted - quorum.totalVotes());
        int spare = quorum.basis() == Basis.RULE ? 0 : Math.max(0, quorum.totalVotes() - quorum.quorum());
        boolean member = status.view().isPresent();
        return new QuorumExplanation(
                quorum.quorate(),
                quorum.reason(),
                quorum.basis(),
                status.missing(),
                quorum.quorate() || !member ? 0 : lacking,
                quorum.quorate() ? spare : 0,
                candidates,
                quorum.quorate() ? Optional.empty() : Optional.of(advice(quorum, member, lacking, candidates)),
                warnings(status));
    }

    /** Some lines for a person. */
    public String text() {
        StringBuilder text = new StringBuilder(quorate ? "Quorate: " : "Not quorate: ")
                .append(reason.startsWith("not quorate: ") ? reason.substring("not quorate: ".length()) : reason)
                .append('\n');
        if (quorate && basis != Basis.RULE)
            text.append(votesToSpare == 0 ? "No vote" : votesToSpare == 1 ? "1 vote" : votesToSpare + " votes")
                    .append(" may be lost before quorum is.\n");
        for (MissingNode node : missing)
            text.append("Missing: ")
                    .append(name(node))
                    .append(node.votes() == 1 ? ", 1 vote, " : ", " + node.votes() + " votes, ")
                    .append(node.since().map(since -> "since " + since).orElse("not seen since this node started"))
                    .append('\n');
        advice.ifPresent(what -> text.append("To restore quorum: ").append(what).append(".\n"));
        for (String warning : warnings) text.append("Warning: ").append(warning).append(".\n");
        return text.toString();
    }

    private static List<String> warnings(ClusterStatus status) {
        List<String> warnings = new ArrayList<>(status.quorumWarnings());
        int listed = status.members().stream()
                        .mapToInt(ClusterStatus.MemberStatus::votes)
                        .sum()
                + status.missing().stream().mapToInt(MissingNode::votes).sum();
        int expected = status.quorum().expectedVotes();
        if (status.view().isEmpty() || expected == 0) return warnings;
        boolean device = status.quorum().flags().contains(QuorumState.Flag.QDEVICE);
        if (expected < listed)
            warnings.add("only " + expected + " of " + listed
                    + " votes are expected, as was set by hand or by an option: "
                    + "if the missing nodes run somewhere, they may be quorate too");
        else if (expected > listed && !device)
            warnings.add(expected + " votes are expected and the nodes have only " + listed
                    + ", as was set by hand or by an option: fewer of them may be absent");
        return warnings;
    }

    private static String advice(QuorumState quorum, boolean member, int lacking, List<MissingNode> candidates) {
        if (!member) return "wait for the first membership; if none comes, look at the links of this node";
        return switch (quorum.basis()) {
            case ALL_TOGETHER -> allTogether(lacking, candidates);
            case RULE -> candidates.isEmpty() ? CONSENT : CONSENT + "; absent: " + names(candidates, ", ");
            case VOTES -> lacking == 0 ? CONSENT : votes(lacking, candidates);
        };
    }

    private static String allTogether(int lacking, List<MissingNode> candidates) {
        int there = candidates.stream().mapToInt(MissingNode::votes).sum();
        String rule = "wait_for_all is on: all expected votes have to be seen together once; ";
        if (there < lacking)
            return rule + lacking + " more are expected, but the missing nodes of the node list have only " + there
                    + "; check the expected votes against the node list";
        return rule + "start " + names(candidates, " and ") + ", or cancel the waiting if they are known to be down";
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
        return nodes.stream().map(QuorumExplanation::name).collect(Collectors.joining(separator));
    }

    private static String name(MissingNode node) {
        return "node " + node.id() + (node.name().isEmpty() ? "" : " (" + node.name() + ")");
    }
}
