package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CommandResult;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.QuorumToolStatus;
import org.quorate.interop.RequiresCorosync;

/** Rings of daemons and JVM nodes get another node and lose it again while they work; what is expected of votes is the same everywhere. */
@RequiresCorosync
class LiveNodeListChangeTest {
    private static final int MESSAGES = 4000;
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration TRAFFIC_LIMIT = Duration.ofMinutes(3);

    private final CorosyncCluster cluster =
            CorosyncCluster.start(ClusterLayout.of(4).withDaemons());
    private final Map<Integer, JvmNode> agents = new TreeMap<>();
    private final Map<Integer, String> whole = new TreeMap<>();
    private int version = 1;

    LiveNodeListChangeTest() throws IOException {
        for (int host = 1; host <= 4; host++) whole.put(host, Files.readString(cluster.configFile(host)));
    }

    /** Two daemons with C programs and an agent with group traffic; another agent comes and goes, then another daemon. */
    @Test
    void nodesAreAddedAndRemovedUnderTrafficAndNothingIsLost() throws Exception {
        try (cluster) {
            Path program = CpgTraffic.compile();
            write(Set.of(1, 2, 4), "", 1, 2, 4);
            cluster.startDaemon(1);
            cluster.startDaemon(2);
            JvmNode talking = JvmNode.withTraffic(
                    cluster,
                    4,
                    "traffic",
                    "2",
                    Integer.toString(MESSAGES),
                    "3",
                    "3",
                    Long.toString(TRAFFIC_LIMIT.toSeconds()),
                    Long.toString(PAUSE.toMillis()));
            agents.put(4, talking);
            List<HostProcess> senders = List.of(
                    CpgTraffic.start(cluster, program, 1, 0, MESSAGES, 3, PAUSE, TRAFFIC_LIMIT),
                    CpgTraffic.start(cluster, program, 2, 1, MESSAGES, 3, PAUSE, TRAFFIC_LIMIT),
                    talking.process());
            Await.until(
                    CpgTraffic.LIMIT,
                    "all send",
                    () -> cluster.report(20),
                    () -> senders.get(0).lines().stream()
                                    .filter(line -> line.endsWith("has begun"))
                                    .count()
                            == 3);
            agree("3 of 3, 2 needed", 1, 2, 4);

            write(Set.of(1, 2, 3, 4), "", 1, 2, 3, 4);
            cluster.in(1, "corosync-cfgtool", "-R").outputOrFail("reload");
            agree("3 of 4, 3 needed", 1, 2, 4);
            agents.put(3, JvmNode.start(cluster, 3));
            agree("4 of 4, 3 needed", 1, 2, 3, 4);

            write(Set.of(1, 2, 3, 4), "", 1, 2, 4);
            long asked = System.nanoTime();
            CommandResult reload = talking.cli("reload");
            assertThat(reload.output()).contains("node 3 (hp3) removed");
            agree("3 of 3, 2 needed", 1, 2, 4);
            System.out.println("without the removed agent after " + (System.nanoTime() - asked) / 1_000_000 + " ms");
            HostProcess removed = agents.get(3).process();
            assertThat(removed.awaitExit(MixedRing.SOON)).isEqualTo(1);
            assertThat(removed.tail()).contains("node 3 is not in its node list any more");
            agents.remove(3);

            write(Set.of(1, 2, 3, 4), "", 1, 2, 3, 4);
            cluster.in(2, "corosync-cfgtool", "-R").outputOrFail("reload");
            agree("3 of 4, 3 needed", 1, 2, 4);
            cluster.startDaemon(3);
            agree("4 of 4, 3 needed", 1, 2, 3, 4);
            write(Set.of(1, 2, 4), "", 1, 2, 4);
            asked = System.nanoTime();
            cluster.in(1, "corosync-cfgtool", "-R").outputOrFail("reload");
            agree("3 of 3, 2 needed", 1, 2, 4);
            System.out.println("without the removed daemon after " + (System.nanoTime() - asked) / 1_000_000 + " ms");
            QuorumToolStatus ignored = cluster.awaitInquorate(3, MixedRing.SOON, 3);
            assertThat(talking.counter("drop.unknown-host")).isPositive();

            String order = CpgTraffic.awaitResult(senders.get(0), 3L * MESSAGES);
            assertThat(CpgTraffic.awaitResult(senders.get(1), 3L * MESSAGES)).isEqualTo(order);
            Await.until(
                    CpgTraffic.LIMIT,
                    "the agent has heard all",
                    talking.process()::tail,
                    () -> talking.process().lines().stream()
                            .anyMatch(line -> line.startsWith("received=" + 3 * MESSAGES + " ")
                                    && line.endsWith("order=" + order.split(" ")[1])));
        }
    }

    /** A JVM node as the first of a cluster does in each step what a daemon did there. */
    @Test
    void anAgentAloneGrowsToThreeWithDaemonsAndShrinksAgain() throws Exception {
        try (cluster) {
            write(Set.of(1), "", 1);
            JvmNode first = JvmNode.start(cluster, 1);
            agents.put(1, first);
            agree("1 of 1, 1 needed", 1);
            write(Set.of(1, 2), "", 1, 2);
            assertThat(first.cli("reload").output()).contains("node 2 (hp2) added");
            agree("1 of 2, 2 needed, blocked", 1);
            cluster.startDaemon(2);
            agree("2 of 2, 2 needed", 1, 2);
            write(Set.of(1, 2, 3), "", 1, 2, 3);
            cluster.in(2, "corosync-cfgtool", "-R").outputOrFail("reload");
            agree("2 of 3, 2 needed", 1, 2);
            cluster.startDaemon(3);
            agree("3 of 3, 2 needed", 1, 2, 3);
            write(Set.of(1, 2), "", 1, 2);
            first.cli("reload").outputOrFail("reload");
            agree("2 of 2, 2 needed", 1, 2);
            cluster.stopDaemon(3);

            write(Set.of(1, 2), "  two_node: 1\n", 1, 2);
            first.cli("reload").outputOrFail("reload");
            assertThat(agree("2 of 2, 1 needed", 1, 2).flags()).isEqualTo("2Node Quorate WaitForAll");
            cluster.stopDaemon(2);
            agree("1 of 2, 1 needed", 1);
            write(Set.of(1, 2, 3), "", 1, 2, 3);
            first.cli("reload").outputOrFail("reload");
            assertThat(agree("1 of 3, 2 needed, blocked", 1).flags()).isEmpty();
            cluster.startDaemon(2);
            agree("2 of 3, 2 needed", 1, 2);
            write(Set.of(1, 2, 3), "  expected_votes: 7\n", 1, 2, 3);
            cluster.in(2, "corosync-cfgtool", "-R").outputOrFail("reload");
            agree("2 of 7, 4 needed, blocked", 1, 2);
            write(Set.of(1, 2, 3), "", 1, 2);
            cluster.in(2, "corosync-cfgtool", "-R").outputOrFail("reload");
            agree("2 of 2, 2 needed", 1, 2);
            cluster.killDaemon(2);
            agree("1 of 2, 2 needed, blocked", 1);
            write(Set.of(1), "", 1);
            first.cli("reload").outputOrFail("reload");
            agree("1 of 1, 1 needed", 1);
        }
    }

    /** Writes on these hosts a configuration with these nodes and these lines of the quorum section. */
    private void write(Set<Integer> hosts, String quorum, int... nodes) throws IOException {
        version++;
        StringBuilder list = new StringBuilder("nodelist {\n");
        for (int node : nodes) list.append("""
                    node {
                      name: hp%1$d
                      nodeid: %1$d
                      quorum_votes: 1
                      ring0_addr: 10.77.0.%1$d
                      ring1_addr: 10.77.1.%1$d
                    }
                    """.formatted(node));
        list.append("}\n");
        for (int host : hosts) {
            String text = whole.get(host);
            text = text.substring(0, text.indexOf("nodelist {")) + list + text.substring(text.indexOf("quorum {"));
            Files.writeString(
                    cluster.configFile(host),
                    text.replace("config_version: 1", "config_version: " + version)
                            .replace("provider: corosync_votequorum\n", "provider: corosync_votequorum\n" + quorum));
        }
    }

    /** Waits until these hosts are in one ring of their own, say the same, and count votes like that. */
    private QuorumToolStatus agree(String votes, Integer... hosts) {
        Set<Integer> wanted = new TreeSet<>(List.of(hosts));
        return Await.value(
                MixedRing.SOON,
                "hosts " + wanted + " say " + votes,
                () -> said(wanted) + "\n" + cluster.report(40),
                () -> {
                    List<QuorumToolStatus> all = said(wanted);
                    return all.size() == wanted.size()
                                    && all.stream().distinct().count() == 1
                            ? Optional.of(all.get(0))
                            : Optional.empty();
                },
                status -> status.votes().keySet().equals(wanted)
                        && votes.equals(status.totalVotes() + " of " + status.expectedVotes() + ", " + status.quorum()
                                + " needed" + (status.quorate() ? "" : ", blocked")));
    }

    private List<QuorumToolStatus> said(Set<Integer> hosts) {
        return hosts.stream()
                .map(host -> agents.containsKey(host) ? agents.get(host).quorum() : cluster.quorum(host))
                .flatMap(Optional::stream)
                .map(QuorumToolStatus::seenByAll)
                .toList();
    }
}
