package org.quorate.examples.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterManager.State;
import org.quorate.ClusterStatus;
import org.quorate.ClusterStatus.MissingNode;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.QuorumState.Flag;
import org.quorate.RingId;
import org.quorate.View;

/** The advice fits what is missing. */
class QuorumRemedyTest {
    @Test
    void aQuorateNodeNeedsNone() {
        assertThat(QuorumRemedy.of(Samples.quorate())).isEmpty();
    }

    @Test
    void oneMissingVoteCanComeFromAnyMissingNode() {
        QuorumRemedy remedy = QuorumRemedy.of(Samples.inquorate()).orElseThrow();
        assertThat(remedy.votesNeeded()).isEqualTo(1);
        assertThat(remedy.advice())
                .isEqualTo("1 more vote is needed: any one of node 1 (apple), node 10 (plum) would do");
    }

    @Test
    void theSmallestSetOfNodesIsProposed() {
        assertThat(advice(3, 1, Set.of(), 1, 2, 1)).isEqualTo("2 more votes are needed: for example node 2 would do");
    }

    @Test
    void allHaveToComeBackIfEveryVoteCounts() {
        assertThat(advice(3, 1, Set.of(), 1, 1))
                .isEqualTo("2 more votes are needed: all of node 1, node 2 have to come back");
    }

    @Test
    void aNodeListWithTooFewVotesIsSaidToBeWrong() {
        assertThat(advice(9, 1, Set.of(), 1, 1))
                .isEqualTo("8 more votes are needed, but the missing nodes of the node list have only 2; "
                        + "check the expected votes against the node list");
    }

    @Test
    void waitForAllNeedsTheMissingNodesAndNotVotes() {
        assertThat(advice(2, 2, Set.of(Flag.WAIT_FOR_ALL), 1))
                .isEqualTo("wait_for_all is on: all nodes have to be seen together once; start node 1");
    }

    @Test
    void nodesWithoutVotesAreNoHelp() {
        assertThat(advice(2, 1, Set.of(), 0, 1)).isEqualTo("1 more vote is needed: node 2 would bring it");
    }

    @Test
    void withoutAMembershipTheLinksAreToBeLookedAt() {
        assertThat(QuorumRemedy.of(Samples.withoutView()).orElseThrow().advice())
                .contains("links of this node");
    }

    private static String advice(int quorum, int total, Set<Flag> flags, int... missingVotes) {
        List<MissingNode> missing = new ArrayList<>();
        for (int i = 0; i < missingVotes.length; i++)
            missing.add(new MissingNode(NodeId.of(i + 1), "", missingVotes[i], Optional.empty()));
        QuorumState state = new QuorumState(false, 0, 0, total, quorum, flags, List.of(), "no");
        NodeId self = NodeId.of(100);
        ClusterStatus status = new ClusterStatus(
                State.MEMBER,
                "",
                1,
                "knet",
                true,
                Samples.DATE,
                "p",
                self,
                Optional.of(new View(new RingId(100, 4), List.of(self), List.of(), List.of(), state)),
                state,
                List.of(),
                missing,
                List.of(),
                List.of(),
                Map.of());
        return QuorumRemedy.of(status).orElseThrow().advice();
    }
}
