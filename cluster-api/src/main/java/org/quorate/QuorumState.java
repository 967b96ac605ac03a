package org.quorate;

import java.util.List;
import java.util.Set;

/**
 * What a quorum provider decided, with the numbers behind it.
 *
 * @param quorate whether this node belongs to the partition that may act
 * @param expectedVotes votes this node expects in the whole cluster
 * @param highestExpected highest expected votes among the members
 * @param totalVotes votes of the members present
 * @param quorum votes needed; 0 if the {@link #basis} is {@link Basis#RULE}
 * @param flags which features are in force and whether the node is quorate, in the order of {@link Flag}
 * @param votes every node that the provider knows, ascending by id, members and absent ones
 * @param reason one sentence: why quorate or why not, naming missing nodes
 * @param basis what decides, so what would change the decision
 */
public record QuorumState(
        boolean quorate,
        int expectedVotes,
        int highestExpected,
        int totalVotes,
        int quorum,
        Set<Flag> flags,
        List<NodeVotes> votes,
        String reason,
        Basis basis) {

    /** The state before the first decision. */
    public static final QuorumState UNKNOWN =
            new QuorumState(false, 0, 0, 0, 0, Set.of(), List.of(), "no membership has been formed yet");

    /** A state in which votes decide. */
    public QuorumState(
            boolean quorate,
            int expectedVotes,
            int highestExpected,
            int totalVotes,
            int quorum,
            Set<Flag> flags,
            List<NodeVotes> votes,
            String reason) {
        this(quorate, expectedVotes, highestExpected, totalVotes, quorum, flags, votes, reason, Basis.VOTES);
    }

    /** Takes copies. */
    public QuorumState {
        flags = Set.copyOf(flags);
        votes = List.copyOf(votes);
    }

    /** One line for people: whether quorate, with how many votes, and if not, why not. */
    public String summary() {
        String votes = basis == Basis.RULE ? "" : ", " + totalVotes + " of " + expectedVotes + " votes";
        return "Quorate: " + (quorate ? "yes" + votes : "no" + votes + "; " + reason);
    }

    /** What decides. */
    public enum Basis {
        /** Whether the votes of the members reach the quorum. */
        VOTES,
        /** All expected votes have to be seen together once, however few would do later: {@code wait_for_all}. */
        ALL_TOGETHER,
        /** A rule of the provider's own, which the votes do not describe. */
        RULE
    }

    /** The words of the status line {@code Flags:}, in the order in which Corosync prints them. */
    public enum Flag {
        /** Two-node mode is on. */
        TWO_NODE("2Node"),
        /** This node is quorate. */
        QUORATE("Quorate"),
        /** The feature wait_for_all is on (not: this node is waiting). */
        WAIT_FOR_ALL("WaitForAll"),
        /** last_man_standing is on. */
        LAST_MAN_STANDING("LastManStanding"),
        /** auto_tie_breaker is on. */
        AUTO_TIE_BREAKER("AutoTieBreaker"),
        /** allow_downscale is on. */
        ALLOW_DOWNSCALE("AllowDownscale"),
        /** A quorum device is registered on this node. */
        QDEVICE("Qdevice");

        private final String word;

        Flag(String word) {
            this.word = word;
        }

        /** The word as printed by Corosync's tools. */
        public String word() {
            return word;
        }
    }

    /**
     * One node's votes.
     *
     * @param node whose
     * @param votes zero or more
     * @param expectedVotes what that node said it expects; 0 if it was never heard
     * @param state member, absent, or leaving
     */
    public record NodeVotes(NodeId node, int votes, int expectedVotes, NodeState state) {}

    /** Where a node stands, seen by the quorum provider. */
    public enum NodeState {
        /** In the current membership. */
        MEMBER,
        /** Known but absent. */
        DEAD,
        /** Announced that it is about to leave. */
        LEAVING
    }
}
