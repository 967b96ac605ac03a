package org.quorate.quorum.vote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.quorum.sim.SimulatedCluster.Order;

/** With plain majorities, small clusters are checked exhaustively: no two partitions are ever quorate together. */
class PartitionsTest {
    /** Every way to split the nodes, then every other way: any sequence of two, from a whole cluster. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void atMostOnePartitionIsQuorate(int count) {
        List<int[]> partitions = partitions(count);
        int[] votes = new int[count];
        java.util.Arrays.fill(votes, 1);
        for (int[] first : partitions)
            for (int[] second : partitions) {
                VoteCluster cluster = new VoteCluster(Order.DAEMON, VoteCluster.nodes(votes), new TreeMap<>(), true);
                for (int id = 1; id <= count; id++) cluster.up(id);
                split(cluster, first);
                check(cluster, count);
                split(cluster, second);
                check(cluster, count);
                split(cluster, new int[count]);
                assertThat(cluster.running()).allMatch(id -> cluster.state(id).quorate());
            }
        assertThat(partitions).hasSize(List.of(1, 1, 2, 5, 15).get(count));
    }

    private static void split(VoteCluster cluster, int[] partitionOf) {
        for (int i = 0; i < partitionOf.length; i++) cluster.move(partitionOf[i], List.of(i + 1));
        cluster.syncAll();
    }

    private static void check(VoteCluster cluster, int count) {
        Map<Integer, List<Integer>> byPartition = new TreeMap<>();
        for (int id : cluster.running())
            byPartition
                    .computeIfAbsent(cluster.partition(id), p -> new ArrayList<>())
                    .add(id);
        byPartition.forEach((partition, members) -> {
            boolean majority = 2 * members.size() > count;
            for (int id : members)
                assertThat(cluster.state(id).quorate())
                        .as(
                                "node %d in %s of %d: %s",
                                id, members, count, cluster.state(id).reason())
                        .isEqualTo(majority);
        });
    }

    /** Set partitions as restricted growth strings. */
    private static List<int[]> partitions(int count) {
        List<int[]> out = new ArrayList<>();
        grow(new int[count], 0, 0, out);
        return out;
    }

    private static void grow(int[] prefix, int at, int used, List<int[]> out) {
        if (at == prefix.length) {
            out.add(prefix.clone());
            return;
        }
        for (int p = 0; p <= used; p++) {
            prefix[at] = p;
            grow(prefix, at + 1, Math.max(used, p + 1), out);
        }
    }
}
