package org.quorate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterManager.State;
import org.quorate.ClusterStatus.MemberStatus;
import org.quorate.ClusterStatus.MissingNode;
import org.quorate.QuorumState.Basis;
import org.quorate.QuorumState.Flag;

/** What is missing is named, the advice fits it, and dangers are said. */
class QuorumExplanationTest {
    private static final Instant DATE = Instant.parse("2026-11-22T10:00:00Z");
    private static final NodeId SELF = NodeId.of(100);

    @Test
    void aQuorateNodeIsToldWhatItMayLose() {
        QuorumExplanation found = explain(true, 2, 4, 2, Set.of(), List.of(), 1);
        assertThat(found.advice()).isEmpty();
        assertThat(found.votesToSpare()).isEqualTo(2);
        assertThat(found.text())
                .isEqualTo("Quorate: some reason\n2 votes may be lost before quorum is.\nMissing: node 1, 1 vote, since"
                        + " 2026-11-22T10:00:00Z\n");
    }

    @Test
    void oneMissingVoteCanComeFromAnyMissingNode() {
        QuorumExplanation found = explain(false, 2, 1, 3, Set.of(), List.of(), 1, 1);
        assertThat(found.votesNeeded()).isEqualTo(1);
        assertThat(found.votesToSpare()).isZero();
        assertThat(found.text())
                .contains(
                        "Not quorate: some reason\n",
                        "To restore quorum: 1 more vote is needed: any one of node 1, node 2 would do.\n");
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
    void waitForAllNeedsAllMissingNodesHoweverFewVotesWouldDoLater() {
        QuorumExplanation alone = explain(state(false, 2, 1, 3, Basis.ALL_TOGETHER), 1, 1);
        assertThat(alone.votesNeeded()).isEqualTo(2);
        assertThat(alone.advice())
                .hasValue(
                        "wait_for_all is on: all expected votes have to be seen together once; start node 1 and node 2,"
                                + " or cancel the waiting if they are known to be down");
        QuorumExplanation two = explain(state(false, 2, 2, 3, Basis.ALL_TOGETHER), 1);
        assertThat(two.votesNeeded()).isEqualTo(1);
        assertThat(two.advice().orElseThrow()).contains("start node 1, or");
    }

    @Test
    void waitingForMoreVotesThanTheListHasIsSaidToBeWrong() {
        assertThat(explain(state(false, 3, 2, 5, Basis.ALL_TOGETHER), 1)
                        .advice()
                        .orElseThrow())
                .endsWith("3 more are expected, but the missing nodes of the node list have only 1;"
                        + " check the expected votes against the node list");
    }

    @Test
    void aRuleOfAProvidersOwnIsNotExplainedWithVotes() {
        QuorumExplanation without = explain(state(false, 0, 3, 7, Basis.RULE), 1, 1);
        assertThat(without.votesNeeded()).isZero();
        assertThat(without.advice())
                .hasValue("the quorum provider withholds its consent; its reason says why; absent: node 1, node 2");
        QuorumExplanation with = explain(state(true, 0, 6, 7, Basis.RULE), 1);
        assertThat(with.votesToSpare()).isZero();
        assertThat(with.text()).doesNotContain("may be lost");
    }

    @Test
    void nodesWithoutVotesAreNoHelp() {
        assertThat(advice(2, 1, Set.of(), 0, 1)).isEqualTo("1 more vote is needed: node 2 would bring it");
    }

    @Test
    void theProvidersWarningsAreThere() {
        assertThat(explain(true, 1, 1, 1, Set.of(), List.of("it is dangerous")).warnings())
                .containsExactly("it is dangerous");
    }

    @Test
    void fewerExpectedVotesThanListedAreWarnedOf() {
        assertThat(explain(true, 1, 1, 1, Set.of(), List.of(), 1, 1).warnings())
                .singleElement()
                .asString()
                .startsWith("only 1 of 3 votes are expected");
        assertThat(explain(true, 2, 2, 3, Set.of(), List.of(), 1, 1).warnings()).isEmpty();
    }

    @Test
    void moreExpectedVotesThanListedAreWarnedOfUnlessADeviceHasThem() {
        assertThat(explain(true, 3, 3, 5, Set.of(), List.of(), 1, 1).warnings())
                .containsExactly("5 votes are expected and the nodes have only 3, as was set by hand or by an option:"
                        + " fewer of them may be absent");
        assertThat(explain(true, 3, 3, 5, Set.of(Flag.QDEVICE), List.of(), 1, 1).warnings())
                .isEmpty();
    }

    private static String advice(int quorum, int total, Set<Flag> flags, int... missingVotes) {
        return explain(false, quorum, total, 99, flags, List.of(), missingVotes)
                .advice()
                .orElseThrow();
    }

    private static QuorumExplanation explain(
            boolean quorate,
            int quorum,
            int total,
            int expected,
            Set<Flag> flags,
            List<String> warnings,
            int... missingVotes) {
        QuorumState state =
                new QuorumState(quorate, expected, expected, total, quorum, flags, List.of(), "some reason");
        return explain(state, warnings, missingVotes);
    }

    private static QuorumState state(boolean quorate, int quorum, int total, int expected, Basis basis) {
        return new QuorumState(quorate, expected, expected, total, quorum, Set.of(), List.of(), "some reason", basis);
    }

    private static QuorumExplanation explain(QuorumState state, int... missingVotes) {
        return explain(state, List.of(), missingVotes);
    }

    private static QuorumExplanation explain(QuorumState state, List<String> warnings, int... missingVotes) {
        List<MissingNode> missing = new ArrayList<>();
        for (int i = 0; i < missingVotes.length; i++)
            missing.add(new MissingNode(NodeId.of(i + 1), "", missingVotes[i], Optional.of(DATE)));
        return new ClusterStatus(
                        State.MEMBER,
                        "",
                        1,
                        "knet",
                        true,
                        DATE,
                        "p",
                        warnings,
                        SELF,
                        Optional.of(new View(new RingId(100, 4), List.of(SELF), List.of(), List.of(), state)),
                        state,
                        List.of(new MemberStatus(SELF, "", 1, "", true)),
                        missing,
                        List.of(),
                        List.of(),
                        Map.of())
                .explanation();
    }
}
