package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.PeerLink;
import org.quorate.interop.QuorumToolStatus;
import org.quorate.interop.RequiresCorosync;

/** The harness itself, with daemons only: what it says about them is true, its faults bite, and it leaves nothing. */
@RequiresCorosync
class CorosyncClusterTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void threeDaemonsFormARingThatSurvivesACutLinkAndAKilledNode() {
        // a short token: losing a node is noticed in one second
        try (CorosyncCluster cluster = CorosyncCluster.start(ClusterLayout.of(3).withTotem("token: 1000"))) {
            QuorumToolStatus first = cluster.awaitQuorate(1, SOON, 1, 2, 3);
            assertThat(first.nodeId()).isEqualTo(1);
            assertThat(first.totalVotes()).isEqualTo(3);
            assertThat(first.quorum()).isEqualTo(2);
            assertThat(cluster.awaitQuorate(3, SOON, 1, 2, 3).seenByAll()).isEqualTo(first.seenByAll());
            Await.until(
                    SOON,
                    "all links have found their MTU",
                    () -> cluster.report(30),
                    () -> cluster.peerLinks(1)
                            .equals(List.of(
                                    new PeerLink(2, true, 0, "10.77.0.1", "10.77.0.2", true, 1397),
                                    new PeerLink(2, true, 1, "10.77.1.1", "10.77.1.2", true, 1397),
                                    new PeerLink(3, true, 0, "10.77.0.1", "10.77.0.3", true, 1397),
                                    new PeerLink(3, true, 1, "10.77.1.1", "10.77.1.3", true, 1397))));
            assertThat(cluster.counter(1, "stats.srp.operational_entered")).isPositive();

            cluster.cut(3, 0);
            Await.until(
                    SOON,
                    "host 1 sees link 0 to host 3 down, link 1 up",
                    () -> cluster.report(30),
                    () -> cluster.peerLinks(1).stream()
                            .filter(link -> link.peer() == 3)
                            .allMatch(link -> link.connected() == (link.link() == 1)));
            cluster.mend(3, 0);
            Await.until(
                    SOON,
                    "mended",
                    () -> cluster.report(30),
                    () -> cluster.peerLinks(1).stream().allMatch(PeerLink::connected));

            cluster.killDaemon(3);
            QuorumToolStatus two = cluster.awaitQuorate(1, SOON, 1, 2);
            assertThat(two.ringId()).isNotEqualTo(first.ringId());
            cluster.stopDaemon(2);
            QuorumToolStatus alone = cluster.awaitInquorate(1, SOON, 1);
            assertThat(alone.quorum()).isEqualTo(2);
            assertThat(cluster.quorum(2)).isEmpty();
            cluster.startDaemon(2);
            cluster.awaitQuorate(1, SOON, 1, 2);
        }
    }

    @Test
    void lossAndDeafnessBiteOnOneLinkAndInOneDirectionOnly() {
        try (CorosyncCluster cluster = CorosyncCluster.start(ClusterLayout.of(2).withDaemons())) {
            assertThat(answers(cluster, 1, "10.77.0.2")).isTrue();
            cluster.loss(2, 0, 100);
            assertThat(answers(cluster, 1, "10.77.0.2")).isFalse();
            assertThat(answers(cluster, 1, "10.77.1.2")).isTrue();
            cluster.loss(2, 0, 0);
            assertThat(answers(cluster, 1, "10.77.0.2")).isTrue();

            cluster.deafen(2, 1, 1);
            assertThat(arrivals(cluster, 1, 2, 1)).isZero();
            assertThat(arrivals(cluster, 2, 1, 1)).isPositive();
            assertThat(answers(cluster, 1, "10.77.1.2")).isFalse();
            cluster.undeafen(2, 1);
            assertThat(answers(cluster, 1, "10.77.1.2")).isTrue();

            cluster.isolate(2);
            assertThat(answers(cluster, 1, "10.77.0.2")).isFalse();
            assertThat(answers(cluster, 1, "10.77.1.2")).isFalse();
            cluster.heal(2);
            assertThat(answers(cluster, 1, "10.77.1.2")).isTrue();
        }
    }

    @Test
    void processesRunOnTheirHostAndNothingOutlivesTheCluster() {
        Path folder;
        HostProcess process;
        try (CorosyncCluster cluster = CorosyncCluster.start(ClusterLayout.of(2).withDaemons())) {
            folder = cluster.hostFolder(1);
            assertThat(cluster.in(2, "ip", "-br", "addr", "show", "eth1").output())
                    .contains("10.77.1.2/24");
            assertThat(cluster.in(1, "sh", "-c", "echo it\\'s; exit 3"))
                    .satisfies(result -> assertThat(result.output()).isEqualTo("it's\n"))
                    .satisfies(result -> assertThat(result.exitCode()).isEqualTo(3));

            process = cluster.spawn(1, folder.resolve("log"), "sh", "-c", "echo started; exec sleep 1000");
            assertThat(process.alive()).isTrue();
            Await.until(
                    SOON,
                    "its output arrives",
                    process::tail,
                    () -> process.lines().contains("started"));
            process.signal("TERM");
            assertThat(process.awaitExit(SOON)).isEqualTo(128 + 15);
            cluster.spawn(2, folder.resolve("log"), "sleep", "1000");
            assertThatThrownBy(() -> cluster.in(3, "true")).hasMessage("host 3 is not in 1..2");
        }
        assertThat(Files.exists(folder)).isFalse();
        assertThatThrownBy(process::alive).isInstanceOf(IllegalStateException.class);
    }

    /** Whether a closed port of the address refuses a connection: packets pass both ways then. */
    private static boolean answers(CorosyncCluster cluster, int host, String address) {
        String connect = "timeout 1 bash -c 'echo >/dev/tcp/" + address + "/9'";
        return cluster.in(host, "bash", "-c", connect).output().contains("refused");
    }

    /** How many of ten datagrams sent to a closed port arrive. */
    private static long arrivals(CorosyncCluster cluster, int from, int to, int link) {
        String count = "awk '/^Udp: [0-9]/ {print $3}' /proc/net/snmp";
        String address = "/dev/udp/10.77." + link + "." + to + "/9";
        long before = Long.parseLong(
                cluster.in(to, "bash", "-c", count).outputOrFail(count).strip());
        cluster.in(from, "bash", "-c", "for n in 1 2 3 4 5 6 7 8 9 10; do echo $n 2>/dev/null >" + address + "; done");
        return Long.parseLong(
                        cluster.in(to, "bash", "-c", count).outputOrFail(count).strip())
                - before;
    }
}
