package org.quorate.quorum.vote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quorate.quorum.sim.SimulatedCluster.Order;

/**
 * Where the original's rules let two partitions be quorate, so do these: a mixed ring must agree. The pages and warnings say so; these
 * tests keep what they say true.
 */
class HazardsTest {
    @Test
    void bothHalvesOfTwoNodesStayQuorate() {
        VoteCluster cluster = cluster(2, Map.of("two_node", "1"));
        split(cluster, 0, 1);
        assertThat(quorate(cluster)).containsExactly(1, 2);
    }

    /** Node 1 still remembers itself as the lowest of the last majority, the others have gone on without it. */
    @Test
    void aTieBreakerOfAnOldMajorityCanWinBesideThatOfTheNewOne() {
        VoteCluster cluster = cluster(4, Map.of("auto_tie_breaker", "1"));
        split(cluster, 0, 1, 1, 1);
        assertThat(quorate(cluster)).containsExactly(2, 3, 4);
        split(cluster, 0, 1, 0, 1);
        assertThat(quorate(cluster)).containsExactly(1, 2, 4);
    }

    @Test
    void neitherAListNorAnOddNumberNorWaitForAllPreventsThat() {
        VoteCluster listed = cluster(4, Map.of("auto_tie_breaker", "1", "auto_tie_breaker_node", "1 2 3 4"));
        split(listed, 0, 1, 1, 1);
        split(listed, 0, 1, 0, 1);
        assertThat(quorate(listed)).containsExactly(1, 2, 3, 4);
        VoteCluster odd = cluster(5, Map.of("auto_tie_breaker", "1", "wait_for_all", "1"));
        split(odd, 0, 1, 1, 1, 1);
        split(odd, 0, 0, 1, 1, 1);
        assertThat(quorate(odd)).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void expectedVotesBelowTheNodeListLetBothSidesStartQuorate() {
        VoteCluster cluster =
                new VoteCluster(Order.DAEMON, VoteCluster.nodes(1, 1, 1, 1), Map.of("expected_votes", "2"), true);
        for (int id = 1; id <= 2; id++) cluster.up(id);
        cluster.move(1, List.of(1, 2));
        for (int id = 3; id <= 4; id++) cluster.up(id);
        assertThat(quorate(cluster)).containsExactly(1, 2, 3, 4);
    }

    /** A last man goes on alone, and those that left come back to a full cluster of their own. */
    @Test
    void withoutWaitForAllTheLastMenAndTheRestartedBothAct() {
        VoteCluster cluster = cluster(5, Map.of("last_man_standing", "1"));
        cluster.down(5);
        cluster.pass(11_000);
        cluster.down(4);
        cluster.pass(11_000);
        cluster.down(3);
        assertThat(quorate(cluster)).containsExactly(1, 2);
        cluster.move(1, List.of(1, 2));
        for (int id = 3; id <= 5; id++) cluster.up(id);
        assertThat(quorate(cluster)).containsExactly(1, 2, 3, 4, 5);
        assertThat(cluster.partition(1)).isNotEqualTo(cluster.partition(3));
    }

    private static List<Integer> quorate(VoteCluster cluster) {
        return cluster.running().stream()
                .filter(id -> cluster.state(id).quorate())
                .sorted()
                .toList();
    }

    private static void split(VoteCluster cluster, int... partitionOf) {
        for (int i = 0; i < partitionOf.length; i++) cluster.move(partitionOf[i], List.of(i + 1));
        cluster.syncAll();
    }

    private static VoteCluster cluster(int nodes, Map<String, String> options) {
        int[] votes = new int[nodes];
        java.util.Arrays.fill(votes, 1);
        VoteCluster cluster = new VoteCluster(Order.DAEMON, VoteCluster.nodes(votes), options, true);
        for (int id = 1; id <= nodes; id++) cluster.up(id);
        return cluster;
    }
}
