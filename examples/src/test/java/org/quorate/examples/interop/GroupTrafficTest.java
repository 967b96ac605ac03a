package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.RequiresCorosync;

/** C programs behind daemons and a JVM node are members of one group, and hear the same messages in the same order. */
@RequiresCorosync
class GroupTrafficTest {
    private static final int HOSTS = 3;

    @Test
    void aJvmNodeAndCProgramsExchangeSixThousandMessagesInOneOrder() {
        try (CorosyncCluster cluster =
                CorosyncCluster.start(ClusterLayout.of(HOSTS).withDaemons(1, 2))) {
            HostProcess[] senders = start(cluster, 2000);
            String order = CpgTraffic.awaitResult(senders[2], 6000);
            assertThat(CpgTraffic.awaitResult(senders[0], 6000)).isEqualTo(order);
            assertThat(CpgTraffic.awaitResult(senders[1], 6000)).isEqualTo(order);
        }
    }

    @Test
    void lostPacketsAreSentAgainByWhoeverHasThem() {
        try (CorosyncCluster cluster =
                CorosyncCluster.start(ClusterLayout.of(HOSTS).withDaemons(1, 2))) {
            for (int host = 1; host <= HOSTS; host++) for (int link = 0; link < 2; link++) cluster.loss(host, link, 2);
            HostProcess[] senders = start(cluster, 400);
            String order = CpgTraffic.awaitResult(senders[2], 1200);
            assertThat(CpgTraffic.awaitResult(senders[0], 1200)).isEqualTo(order);
            assertThat(CpgTraffic.awaitResult(senders[1], 1200)).isEqualTo(order);
        }
    }

    @Test
    void survivorsOfADaemonAgreeOnItsLastMessages() {
        try (CorosyncCluster cluster =
                CorosyncCluster.start(ClusterLayout.of(HOSTS).withDaemons(1, 2))) {
            HostProcess[] senders = start(cluster, 4000);
            awaitTraffic(senders[1]);
            cluster.killDaemon(1);
            assertThat(CpgTraffic.awaitResult(senders[2])).isEqualTo(CpgTraffic.awaitResult(senders[1]));
        }
    }

    @Test
    void survivorsOfTheJvmNodeAgreeOnItsLastMessages() {
        try (CorosyncCluster cluster =
                CorosyncCluster.start(ClusterLayout.of(HOSTS).withDaemons(1, 2))) {
            HostProcess[] senders = start(cluster, 4000);
            awaitTraffic(senders[1]);
            senders[2].signal("KILL");
            assertThat(CpgTraffic.awaitResult(senders[0])).isEqualTo(CpgTraffic.awaitResult(senders[1]));
        }
    }

    private static HostProcess[] start(CorosyncCluster cluster, int messages) {
        Path program = CpgTraffic.compile();
        return new HostProcess[] {
            CpgTraffic.start(cluster, program, 1, 0, messages, HOSTS),
            CpgTraffic.start(cluster, program, 2, 1, messages, HOSTS),
            JvmNode.program(
                    cluster,
                    3,
                    cluster.hostFolder(3).resolve("traffic.log"),
                    GroupTraffic.class,
                    cluster.configFile(3).toString(),
                    cluster.hostFolder(3).resolve("data").toString(),
                    "traffic",
                    "2",
                    Integer.toString(messages),
                    Integer.toString(HOSTS),
                    Integer.toString(HOSTS),
                    Long.toString(CpgTraffic.LIMIT.toSeconds()))
        };
    }

    /** Waits until something of everybody has arrived, and a moment more; that is far from all they have to send. */
    private static void awaitTraffic(HostProcess receiver) {
        Await.until(
                CpgTraffic.LIMIT,
                "all have begun to send",
                receiver::tail,
                () -> receiver.lines().stream()
                                .filter(line -> line.endsWith("has begun"))
                                .count()
                        == HOSTS);
        Await.holds(Duration.ofMillis(300), "it runs", receiver::tail, receiver::alive);
    }
}
