package org.quorate.quorum.vote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.quorum.vote.TieBreaker.Kind;
import org.quorate.spi.QuorumSettings;

/** What stops a corosync stops this node too, in a sentence; what a corosync corrects is corrected and said. */
class VoteOptionsTest {
    private static Stream<Arguments> contradictions() {
        return Stream.of(
                Arguments.of("neither a node list nor quorum.expected_votes", votes(), lines()),
                Arguments.of("a quorum device and two_node", votes(1, 1), lines("two_node: 1", "device.model: net")),
                Arguments.of(
                        "a quorum device and two_node",
                        votes(1, 1),
                        lines("two_node: 1", "device.model: net", "device.votes: 1")),
                Arguments.of(
                        "odd number of votes (3)",
                        votes(1, 1, 1),
                        lines("auto_tie_breaker: 1", "last_man_standing: 1")),
                Arguments.of(
                        "a quorum device and last_man_standing",
                        votes(1, 1, 1),
                        lines("last_man_standing: 1", "device.model: net")),
                Arguments.of(
                        "a quorum device and auto_tie_breaker",
                        votes(1, 1, 1, 1),
                        lines("auto_tie_breaker: 1", "device.model: net")),
                Arguments.of(
                        "a quorum device and allow_downscale",
                        votes(1, 1, 1),
                        lines("allow_downscale: 1", "device.model: net")),
                Arguments.of(
                        "when quorum.expected_votes (5) is given",
                        votes(1, 1, 1),
                        lines("expected_votes: 5", "device.model: net")),
                Arguments.of("when not every node has exactly 1 vote", votes(2, 2, 2), lines("device.model: net")),
                Arguments.of(
                        "less than 2 of expected_votes 3",
                        votes(1, 1, 1),
                        lines("expected_votes: 3", "device.model: net", "device.votes: 2")),
                Arguments.of("quorum.two_node is \"yes\"; use 0 or 1", votes(1, 1), lines("two_node: yes")),
                Arguments.of("quorum.expected_votes is \"-3\"", votes(1, 1), lines("expected_votes: -3")),
                Arguments.of("quorum.expected_votes is \"2147483648\"", votes(1), lines("expected_votes: 2147483648")));
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    void contradictionsAreRefused(String sentence, int[] votes, List<String> lines) {
        assertThatThrownBy(() -> options(votes, lines))
                .hasMessageContaining(sentence)
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIGURATION_INVALID));
    }

    @Test
    void twoNodeGivesWayToTheTieBreakerButItsWaitStays() {
        VoteOptions options = options(votes(1, 1), lines("two_node: 1", "auto_tie_breaker: 1"));
        assertThat(options.twoNode()).isFalse();
        assertThat(options.waitForAll()).isTrue();
        assertThat(options.tieBreaker().kind()).isEqualTo(Kind.LOWEST);
        assertThat(options.remarks()).singleElement().asString().contains("two_node is off");
    }

    @Test
    void theTieBreakerNeedsTheWaitWhenVotesAreOdd() {
        VoteOptions options = options(votes(1, 1, 1), lines("auto_tie_breaker: 1"));
        assertThat(options.tieBreaker().on()).isFalse();
        assertThat(options.remarks()).singleElement().asString().contains("auto_tie_breaker is off");
        assertThat(options(votes(1, 1, 1), lines("auto_tie_breaker: 1", "wait_for_all: 1"))
                        .tieBreaker()
                        .on())
                .isTrue();
    }

    @Test
    void theTieBreakersNodesAreReadOrTheTieBreakerIsOff() {
        assertThat(tieBreaker("highest").kind()).isEqualTo(Kind.HIGHEST);
        assertThat(tieBreaker("3  1").list()).containsExactly(NodeId.of(3), NodeId.of(1));
        assertThat(tieBreaker("foo")).isEqualTo(TieBreaker.OFF);
        assertThat(tieBreaker("0")).isEqualTo(TieBreaker.OFF);
        assertThat(tieBreaker("")).isEqualTo(TieBreaker.OFF);
        VoteOptions alone = options(votes(1, 1), lines("auto_tie_breaker_node: 1"));
        assertThat(alone.tieBreaker()).isEqualTo(TieBreaker.OFF);
        assertThat(alone.remarks()).singleElement().asString().contains("means nothing");
    }

    @Test
    void waitForAllFollowsTwoNodeUnlessItIsSaid() {
        assertThat(options(votes(1, 1), lines("two_node: 1")).waitForAll()).isTrue();
        assertThat(options(votes(1, 1), lines("two_node: 1", "wait_for_all: 0")).waitForAll())
                .isFalse();
        assertThat(options(votes(1, 1), lines()).waitForAll()).isFalse();
    }

    @Test
    void aDeviceWithoutVotesGetsOneLessThanTheNodes() {
        VoteOptions options = options(votes(1, 1, 1), lines("device.model: net"));
        assertThat(options.deviceVotes()).isEqualTo(2);
        assertThat(options.configuredVotes()).isEqualTo(5);
    }

    @Test
    void votesGivenToADeviceAreNotExpectedBeforeTheyAreCounted() {
        VoteOptions options = options(votes(1, 1), lines("device.model: net", "device.votes: 1"));
        assertThat(options.deviceVotes()).isEqualTo(1);
        assertThat(options.configuredVotes()).isEqualTo(2);
    }

    @Test
    void withoutANodeListTheNodeSaysItsOwnVotes() {
        VoteOptions options = options(votes(), lines("expected_votes: 5", "votes: 2"));
        assertThat(options.ownVotes()).isEqualTo(2);
        assertThat(options.configuredVotes()).isEqualTo(5);
    }

    @Test
    void trackingMakesTheConfiguredExpectationMeaningless() {
        VoteOptions options = options(votes(1, 1, 1, 1), lines("expected_votes: 2", "expected_votes_tracking: 1"));
        assertThat(options.startExpected(0)).isEqualTo(4);
        assertThat(options.startExpected(6)).isEqualTo(6);
        assertThat(options(votes(1, 1, 1, 1), lines("expected_votes: 2")).startExpected(6))
                .isEqualTo(2);
    }

    @Test
    void dangerousSettingsAreNamed() {
        assertThat(warnings(votes(1, 1, 1))).isEmpty();
        assertThat(warnings(votes(1, 1), "two_node: 1"))
                .singleElement()
                .asString()
                .contains("fencing");
        assertThat(warnings(votes(1, 1, 1), "two_node: 1")).anyMatch(w -> w.contains("with 3 nodes"));
        assertThat(warnings(votes(1, 1, 1), "expected_votes: 1")).anyMatch(w -> w.contains("less than the 3 votes"));
        assertThat(warnings(votes(1, 1, 1), "last_man_standing: 1")).anyMatch(w -> w.contains("without wait_for_all"));
        assertThat(warnings(votes(2, 1, 1), "last_man_standing: 1")).anyMatch(w -> w.contains("switches itself off"));
        assertThat(warnings(votes(1, 1), "last_man_standing: 1", "auto_tie_breaker: 1"))
                .anyMatch(w -> w.contains("a single node can stay quorate"));
        assertThat(warnings(votes(1, 1, 1), "allow_downscale: 1")).anyMatch(w -> w.contains("not supported"));
        assertThat(warnings(votes(1, 1, 1), "expected_votes: 509")).anyMatch(w -> w.contains("8 bits"));
        assertThat(warnings(votes(3, 1, 1, 0))).singleElement().asString().contains("node hp1 has 3 of 5 votes");
        assertThat(warnings(votes(1, 1, 1), "auto_tie_breaker_node: 2"))
                .singleElement()
                .asString()
                .contains("means nothing");
    }

    @Test
    void whatCanEndInATieIsNamedUnlessSomethingBreaksIt() {
        assertThat(warnings(votes(1, 1))).singleElement().asString().contains("when one fails the other stops too");
        assertThat(warnings(votes(1, 1, 1, 1))).singleElement().asString().contains("both halves stop");
        assertThat(warnings(votes(2, 1, 1))).singleElement().asString().contains("equal halves");
        assertThat(warnings(votes(1, 1, 1, 1), "wait_for_all: 1"))
                .singleElement()
                .asString()
                .contains("equal halves");
        assertThat(warnings(votes(1, 1, 1, 1), "auto_tie_breaker: 1")).noneMatch(w -> w.contains("equal halves"));
        assertThat(warnings(votes(1, 1, 1, 1), "device.model: net")).isEmpty();
        assertThat(warnings(votes(1, 1), "device.model: net", "device.votes: 1"))
                .isEmpty();
        assertThat(warnings(votes(1, 1), "two_node: 1")).noneMatch(w -> w.contains("stops too"));
        assertThat(warnings(votes(2, 1, 1, 1))).isEmpty();
        assertThat(warnings(votes(1))).isEmpty();
    }

    @Test
    void aNodeThatOutweighsAllOthersIsNamed() {
        assertThat(warnings(votes(1, 3, 1))).singleElement().asString().contains("node hp2 has 3 of 5 votes");
        assertThat(warnings(votes(2, 2, 1))).isEmpty();
        assertThat(warnings(votes(0, 1, 0))).singleElement().asString().contains("quorate alone");
    }

    private static TieBreaker tieBreaker(String node) {
        return options(votes(1, 1), lines("auto_tie_breaker: 1", "auto_tie_breaker_node: " + node))
                .tieBreaker();
    }

    private static List<String> warnings(int[] votes, String... lines) {
        QuorumSettings settings = settings(votes, Arrays.asList(lines));
        return VoteWarnings.of(VoteOptions.of(settings), settings);
    }

    private static VoteOptions options(int[] votes, List<String> lines) {
        return VoteOptions.of(settings(votes, lines));
    }

    private static QuorumSettings settings(int[] votes, List<String> lines) {
        List<NodeConfig> nodes = VoteCluster.nodes(votes);
        return new QuorumSettings(NodeId.of(1), nodes, VoteCluster.options(lines), Map.of());
    }

    private static int[] votes(int... votes) {
        return votes;
    }

    private static List<String> lines(String... lines) {
        return List.of(lines);
    }
}
