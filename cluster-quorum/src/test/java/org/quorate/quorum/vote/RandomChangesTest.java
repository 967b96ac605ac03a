package org.quorate.quorum.vote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quorate.quorum.sim.SimulatedCluster.Order;

/**
 * Crashes, restarts, splits and moves in any order: without the options that are documented as dangerous, at most one partition is
 * quorate, and once everybody is back together all are.
 */
class RandomChangesTest {
    private static final long SEED = Long.getLong("quorum.seed", 0);
    private static final int SEEDS = 25;
    private static final int CHANGES = 40;

    @Test
    void plainMajorities() {
        run(new int[] {1, 1, 1, 1, 1}, Map.of());
    }

    @Test
    void weightedVotes() {
        run(new int[] {3, 1, 1, 0, 2}, Map.of());
    }

    @Test
    void waitingForAll() {
        run(new int[] {1, 1, 1, 1}, Map.of("wait_for_all", "1"));
    }

    @Test
    void trackedExpectedVotes() {
        run(new int[] {1, 1, 1, 1, 1}, Map.of("expected_votes_tracking", "1"));
    }

    /** So the check would find two quorate partitions if there were any. */
    @Test
    void theTieBreakersHazardIsFound() {
        assertThatThrownBy(() -> seeds(new int[] {1, 1, 1, 1}, Map.of("auto_tie_breaker", "1")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("quorate {");
    }

    private static void run(int[] votes, Map<String, String> options) {
        if (SEED != 0) run(SEED, votes, options);
        else seeds(votes, options);
    }

    private static void seeds(int[] votes, Map<String, String> options) {
        for (long seed = 1; seed <= SEEDS; seed++) run(seed, votes, options);
    }

    private static void run(long seed, int[] votes, Map<String, String> options) {
        Random random = new Random(seed);
        VoteCluster cluster = new VoteCluster(Order.DAEMON, VoteCluster.nodes(votes), options, true);
        List<String> trace = new ArrayList<>();
        for (int change = 0; change < CHANGES; change++) {
            int id = 1 + random.nextInt(votes.length);
            if (!cluster.isUp(id)) {
                trace.add("up " + id);
                cluster.up(id);
            } else if (random.nextInt(4) == 0) {
                trace.add("down " + id);
                cluster.down(id);
            } else {
                int partition = random.nextInt(3);
                trace.add("move " + id + " to " + partition);
                cluster.move(partition, List.of(id));
                if (random.nextInt(3) != 0) cluster.syncAll();
                else continue;
            }
            check(cluster, seed, trace);
        }
        for (int id = 1; id <= votes.length; id++) if (!cluster.isUp(id)) cluster.up(id);
        cluster.move(0, IntStream.rangeClosed(1, votes.length).boxed().toList());
        cluster.syncAll();
        for (int id : cluster.running())
            assertThat(cluster.state(id).quorate())
                    .as(
                            "-Dquorum.seed=%d, node %d after healing: %s",
                            seed, id, cluster.state(id).reason())
                    .isTrue();
    }

    private static void check(VoteCluster cluster, long seed, List<String> trace) {
        cluster.syncAll();
        Map<Integer, TreeSet<Integer>> quorate = new TreeMap<>();
        for (int id : cluster.running())
            if (cluster.state(id).quorate())
                quorate.computeIfAbsent(cluster.partition(id), p -> new TreeSet<>())
                        .add(id);
        assertThat(quorate.size())
                .as("-Dquorum.seed=%d: quorate %s after %s", seed, quorate, trace)
                .isLessThanOrEqualTo(1);
    }
}
