package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CommandResult;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.QuorumToolStatus;
import org.quorate.interop.RequiresCorosync;

/** Rings of daemons and JVM nodes get another link and lose it again while they work. */
@RequiresCorosync
class LiveLinkChangeTest {
    private static final int MESSAGES = 4000;
    private static final Duration PAUSE = Duration.ofMillis(5);

    /** Two daemons, an agent on host 3, and on host 4 a JVM node that takes part in the traffic. */
    @Test
    void aLinkIsAddedUsedAndRemovedUnderTrafficAndNothingIsLost() throws Exception {
        try (CorosyncCluster cluster = CorosyncCluster.start(ClusterLayout.of(4).withDaemons())) {
            List<String> whole = List.of(conf(cluster, 1), conf(cluster, 2), conf(cluster, 3), conf(cluster, 4));
            writeWithoutLink1(cluster, whole);
            for (int host = 1; host <= 2; host++) cluster.startDaemon(host);
            JvmNode agent = JvmNode.start(cluster, 3);
            List<HostProcess> senders = CpgTraffic.startThree(cluster, MESSAGES, PAUSE);
            Await.until(CpgTraffic.LIMIT, "all send", () -> cluster.report(20), () -> hasBegun(senders.get(0), 3));
            QuorumToolStatus before = agent.awaitMembers(MixedRing.SOON, 1, 2, 3, 4);
            int views = agent.events("view").size();
            awaitLinks(cluster, agent, Set.of(0));

            for (int host = 1; host <= 4; host++)
                Files.writeString(
                        cluster.configFile(host),
                        whole.get(host - 1).replace("linknumber: 1\n", "linknumber: 1\n    knet_link_priority: 5\n"));
            assertThat(cluster.in(1, "corosync-cfgtool", "-R").exitCode()).isZero();
            Duration up = awaitLinks(cluster, agent, Set.of(0, 1));
            awaitUsed(cluster, agent, 1);
            assertThat(agent.cli("links").output()).contains("Link 1 to node 1, ", "Link 1 to node 2, ");

            writeWithoutLink1(cluster, whole);
            CommandResult reload = agent.cli("reload");
            assertThat(reload.output()).contains("Reloaded: link 1 removed.");
            Duration gone = awaitLinks(cluster, agent, Set.of(0));
            awaitUsed(cluster, agent, 0);
            System.out.println(
                    "the link was up everywhere after " + up.toMillis() + " ms, gone after " + gone.toMillis() + " ms");

            assertThat(agent.events("view")).hasSize(views);
            for (int host = 1; host <= 2; host++)
                assertThat(cluster.quorum(host).map(status -> status.ringId())).contains(before.ringId());
            assertThat(senders).as("traffic goes on").allMatch(sender -> !hasResult(sender));
            String order = CpgTraffic.awaitResult(senders.get(2), 3L * MESSAGES);
            assertThat(CpgTraffic.awaitResult(senders.get(0), 3L * MESSAGES)).isEqualTo(order);
            assertThat(CpgTraffic.awaitResult(senders.get(1), 3L * MESSAGES)).isEqualTo(order);
        }
    }

    private static String conf(CorosyncCluster cluster, int host) throws IOException {
        return Files.readString(cluster.configFile(host));
    }

    private static void writeWithoutLink1(CorosyncCluster cluster, List<String> whole) throws IOException {
        for (int host = 1; host <= whole.size(); host++)
            Files.writeString(
                    cluster.configFile(host),
                    whole.get(host - 1)
                            .replaceAll(" *ring1_addr:.*\n", "")
                            .replaceAll(" *interface \\{\n *linknumber: 1\n *\\}\n", ""));
    }

    private static boolean hasBegun(HostProcess receiver, int senders) {
        return receiver.lines().stream()
                        .filter(line -> line.endsWith("has begun"))
                        .count()
                == senders;
    }

    private static boolean hasResult(HostProcess sender) {
        return sender.lines().stream().anyMatch(line -> line.startsWith("received="));
    }

    /** Waits until daemons and agent have these links to all others, and all are up. */
    private static Duration awaitLinks(CorosyncCluster cluster, JvmNode agent, Set<Integer> numbers) {
        return Await.until(
                MixedRing.SOON,
                "links " + numbers + " are up everywhere",
                () -> agent.links() + "\n" + cluster.peerLinks(1) + "\n" + cluster.peerLinks(2) + cluster.report(30),
                () -> agent.links().size() == 3 * numbers.size()
                        && agent.links().stream()
                                .allMatch(link -> link.isTrue("up")
                                        && numbers.contains(
                                                (int) link.number("link").orElse(9)))
                        && hasLinks(cluster, 1, numbers)
                        && hasLinks(cluster, 2, numbers));
    }

    private static boolean hasLinks(CorosyncCluster cluster, int host, Set<Integer> numbers) {
        return cluster.peerLinks(host).size() == 3 * numbers.size()
                && cluster.peerLinks(host).stream().allMatch(link -> link.connected() && numbers.contains(link.link()));
    }

    /** Waits until the daemons and the agent send their data over that link. */
    private static void awaitUsed(CorosyncCluster cluster, JvmNode agent, int link) {
        String counter = "stats.knet.node3.link" + link + ".tx_data_packets";
        long first = cluster.counter(1, counter);
        long second = cluster.counter(2, counter);
        Await.until(
                MixedRing.SOON,
                "link " + link + " is used",
                () -> agent.links() + cluster.report(20),
                () -> MixedRing.activeLinks(agent).equals(Set.of((long) link))
                        && cluster.counter(1, counter) > first + 20
                        && cluster.counter(2, counter) > second + 20);
    }
}
