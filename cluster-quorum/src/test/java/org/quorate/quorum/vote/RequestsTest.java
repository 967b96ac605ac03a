package org.quorate.quorum.vote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState.Flag;
import org.quorate.quorum.sim.SimulatedCluster.Order;
import org.quorate.spi.QuorumEngine.Effect;
import org.quorate.spi.QuorumEngine.Input;

/** What operators ask for while a cluster runs, and changes of its configuration; the numbers are those of running daemons. */
class RequestsTest {
    @Test
    void expectedVotesOfThreeWithThreeVotesMayBeFiveButNeitherSixNorTwo() {
        VoteCluster cluster = cluster(3, Map.of());
        assertThat(cluster.request(1, new Input.SetExpectedVotes(6)))
                .isEqualTo("cannot expect 6 votes: 4 would be needed and only 3 are present, so the cluster would lose"
                        + " its quorum");
        assertThat(cluster.request(1, new Input.SetExpectedVotes(2))).isEqualTo("cannot expect 2 votes: 3 are present");
        assertThat(cluster.request(1, new Input.SetExpectedVotes(5))).isNull();
        for (int id = 1; id <= 3; id++) {
            assertThat(cluster.state(id).expectedVotes()).isEqualTo(5);
            assertThat(cluster.state(id).quorum()).isEqualTo(3);
        }
    }

    @Test
    void aMinorityBecomesQuorateByExpectingOne() {
        VoteCluster cluster = cluster(3, Map.of());
        cluster.down(3);
        cluster.down(2);
        assertThat(cluster.state(1).quorate()).isFalse();
        assertThat(cluster.request(1, new Input.SetExpectedVotes(1))).isNull();
        assertThat(cluster.state(1).quorate()).isTrue();
        assertThat(cluster.state(1).reason()).isEqualTo("1 of 1 vote, 1 needed");
    }

    @Test
    void votesRaisedAndLoweredAgainLeaveTheHigherExpectation() {
        VoteCluster cluster = cluster(3, Map.of());
        assertThat(cluster.request(1, new Input.SetNodeVotes(NodeId.of(2), 3))).isNull();
        assertThat(cluster.state(3).expectedVotes()).isEqualTo(5);
        assertThat(cluster.state(3).totalVotes()).isEqualTo(5);
        assertThat(cluster.request(1, new Input.SetNodeVotes(NodeId.of(2), 1))).isNull();
        assertThat(cluster.state(3).expectedVotes()).isEqualTo(5);
        assertThat(cluster.state(3).totalVotes()).isEqualTo(3);
    }

    @Test
    void votesThatCannotBeAreRefused() {
        VoteCluster cluster = cluster(3, Map.of());
        assertThat(cluster.request(1, new Input.SetNodeVotes(NodeId.of(9), 3))).isEqualTo("node 9 is not known here");
        assertThat(cluster.request(1, new Input.SetNodeVotes(NodeId.of(2), -1))).contains("negative");
        cluster.down(3);
        assertThat(cluster.request(1, new Input.SetNodeVotes(NodeId.of(2), 0)))
                .isEqualTo("cannot give node 2 0 votes: 2 would be needed and 1 would be present");
        assertThat(cluster.state(1).totalVotes()).isEqualTo(2);
    }

    @Test
    void cancellingTheWaitEndsItOnAllNodes() {
        VoteCluster cluster = cluster(3, Map.of("wait_for_all", "1"));
        cluster.down(3);
        cluster.down(2);
        cluster.up(2);
        assertThat(cluster.state(1).quorate()).isFalse();
        assertThat(cluster.state(1).reason()).contains("waiting until all nodes were seen together");
        assertThat(cluster.request(2, new Input.CancelWaitForAll())).isNull();
        assertThat(cluster.state(1).quorate()).isTrue();
        assertThat(cluster.state(2).quorate()).isTrue();
    }

    @Test
    void nothingCanBeAskedBeforeTheFirstMembership() {
        VoteEngine engine = new VoteEngine(new org.quorate.spi.QuorumSettings(
                NodeId.of(1), VoteCluster.nodes(1, 1), new java.util.TreeMap<>(), Map.of()));
        java.util.List<Effect> out = new java.util.ArrayList<>();
        Input.Request request = new Input.SetExpectedVotes(1);
        engine.step(0, request, out::add);
        assertThat(out)
                .containsExactly(new Effect.Refused(request, "this node has no membership yet; try again when it has"));
    }

    @Test
    void aRequestIsDoneWhenItsMessageComesBackAndInTheOrderOfAsking() {
        VoteEngine engine = new VoteEngine(new org.quorate.spi.QuorumSettings(
                NodeId.of(1), VoteCluster.nodes(1), new java.util.TreeMap<>(), Map.of()));
        java.util.List<Effect> out = new java.util.ArrayList<>();
        List<NodeId> alone = List.of(NodeId.of(1));
        engine.step(0, new Input.ViewStarted(new org.quorate.RingId(1, 4), alone, alone), out::add);
        engine.step(0, new Input.SyncTurn(), out::add);
        for (Effect.Broadcast info : broadcasts(out))
            engine.step(0, new Input.Message(NodeId.of(1), info.function(), info.body()), out::add);
        engine.step(0, new Input.SyncDone(), out::add);
        out.clear();
        Input.Request two = new Input.SetNodeVotes(NodeId.of(1), 2);
        Input.Request three = new Input.SetNodeVotes(NodeId.of(1), 3);
        engine.step(0, two, out::add);
        engine.step(0, three, out::add);
        assertThat(out).noneMatch(Effect.Done.class::isInstance);
        List<Effect.Broadcast> changes = broadcasts(out);
        assertThat(changes).hasSize(2);
        // the same from another node is not the answer
        engine.step(
                0,
                new Input.Message(
                        NodeId.of(2), changes.get(0).function(), changes.get(0).body()),
                out::add);
        assertThat(out).noneMatch(Effect.Done.class::isInstance);
        for (Effect.Broadcast change : changes)
            engine.step(0, new Input.Message(NodeId.of(1), change.function(), change.body()), out::add);
        assertThat(out.stream().filter(Effect.Done.class::isInstance))
                .containsExactly(new Effect.Done(two), new Effect.Done(three));
        assertThat(engine.state().totalVotes()).isEqualTo(3);
    }

    private static List<Effect.Broadcast> broadcasts(List<Effect> effects) {
        return effects.stream()
                .filter(Effect.Broadcast.class::isInstance)
                .map(Effect.Broadcast.class::cast)
                .toList();
    }

    @Test
    void aLongerNodeListRaisesWhatIsExpectedEverywhere() {
        VoteCluster cluster = cluster(3, Map.of());
        cluster.reload(VoteCluster.nodes(1, 1, 1, 1, 1));
        for (int id = 1; id <= 3; id++) {
            assertThat(cluster.state(id).expectedVotes()).isEqualTo(5);
            assertThat(cluster.state(id).quorum()).isEqualTo(3);
        }
        cluster.reload(VoteCluster.nodes(1, 1, 1));
        assertThat(cluster.state(2).expectedVotes()).isEqualTo(3);
        assertThat(cluster.state(2).quorum()).isEqualTo(2);
    }

    @Test
    void aNodeTakenFromTheListIsNotMissed() {
        VoteCluster cluster = cluster(3, Map.of());
        cluster.down(3);
        cluster.reload(VoteCluster.nodes(1, 1));
        cluster.down(2);
        assertThat(cluster.state(1).reason()).isEqualTo("not quorate: 1 of 2 votes, 2 needed; missing hp2 (1 vote)");
    }

    @Test
    void otherVotesInTheListAreToldToAll() {
        VoteCluster cluster = cluster(3, Map.of());
        cluster.reload(VoteCluster.nodes(1, 3, 1));
        for (int id = 1; id <= 3; id++) {
            assertThat(cluster.state(id).totalVotes()).isEqualTo(5);
            assertThat(cluster.state(id).expectedVotes()).isEqualTo(5);
        }
    }

    @Test
    void twoNodeCanBeSwitchedWhileRunningAndTakesItsWaitAlong() {
        VoteCluster cluster = cluster(2, Map.of("two_node", "1"));
        assertThat(cluster.state(1).flags()).contains(Flag.TWO_NODE, Flag.WAIT_FOR_ALL);
        cluster.reload(VoteCluster.nodes(1, 1, 1));
        assertThat(cluster.state(1).flags()).containsExactly(Flag.QUORATE);
        assertThat(cluster.state(1).quorum()).isEqualTo(2);
    }

    @Test
    void otherOptionsAreReadOnlyAtTheStart() {
        VoteCluster cluster = cluster(4, Map.of());
        cluster.reload(VoteCluster.nodes(1, 1, 1, 1), "last_man_standing: 1", "auto_tie_breaker: 1", "wait_for_all: 1");
        assertThat(cluster.state(1).flags()).containsExactly(Flag.QUORATE);
    }

    @Test
    void aContradictionInChangedSettingsLeavesTheOldOnes() {
        VoteCluster cluster = cluster(2, Map.of("two_node", "1"));
        cluster.reload(VoteCluster.nodes(1, 1, 1), "two_node: 1", "device.model: net");
        assertThat(cluster.state(1).expectedVotes()).isEqualTo(2);
        assertThat(cluster.effects(1))
                .anyMatch(e -> e instanceof Effect.Note note
                        && note.sentence().startsWith("the changed quorum settings are not used: a quorum device"));
    }

    @Test
    void aTieBreakerThatNoLongerFitsGoesOffForGood() {
        VoteCluster cluster = cluster(4, Map.of("auto_tie_breaker", "1"));
        assertThat(cluster.state(1).flags()).contains(Flag.AUTO_TIE_BREAKER);
        cluster.reload(VoteCluster.nodes(1, 1, 1, 1, 1));
        assertThat(cluster.state(1).flags()).doesNotContain(Flag.AUTO_TIE_BREAKER);
        cluster.reload(VoteCluster.nodes(1, 1, 1, 1));
        assertThat(cluster.state(1).flags()).doesNotContain(Flag.AUTO_TIE_BREAKER);
    }

    private static VoteCluster cluster(int nodes, Map<String, String> options) {
        int[] votes = new int[nodes];
        java.util.Arrays.fill(votes, 1);
        List<NodeConfig> list = VoteCluster.nodes(votes);
        VoteCluster cluster = new VoteCluster(Order.DAEMON, list, options, true);
        for (int id = 1; id <= nodes; id++) cluster.up(id);
        return cluster;
    }
}
