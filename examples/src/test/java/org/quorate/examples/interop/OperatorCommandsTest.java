package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.quorate.examples.agent.AdminClient;
import org.quorate.interop.Await;
import org.quorate.interop.CommandResult;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.QuorumToolStatus;
import org.quorate.interop.RequiresCorosync;

/** What an operator does with the daemons' own tools reaches the JVM node on host 3 too. Steps share a cluster. */
@RequiresCorosync
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OperatorCommandsTest {
    private final MixedRing ring = MixedRing.start(3);
    private final CorosyncCluster cluster = ring.cluster();
    private final JvmNode node = ring.node();

    @AfterAll
    void end() {
        ring.close();
    }

    @Test
    @Order(1)
    void expectedVotesAreSetForAll() {
        ring.together();
        operate(1, "corosync-quorumtool", "-e", "5");
        assertThat(awaitAgreement(5, Map.of(1, 1, 2, 1, 3, 1)).quorum()).isEqualTo(3);
        operate(1, "corosync-quorumtool", "-e", "3");
        assertThat(awaitAgreement(3, Map.of(1, 1, 2, 1, 3, 1)).quorum()).isEqualTo(2);
    }

    @Test
    @Order(2)
    void votesOfTheJvmNodeAreSetForAll() {
        ring.together();
        operate(2, "corosync-quorumtool", "-n", "3", "-v", "2");
        awaitAgreement(4, Map.of(1, 1, 2, 1, 3, 2));
        operate(2, "corosync-quorumtool", "-n", "3", "-v", "1");
        awaitAgreement(4, Map.of(1, 1, 2, 1, 3, 1));
        operate(2, "corosync-quorumtool", "-e", "3");
        awaitAgreement(3, Map.of(1, 1, 2, 1, 3, 1));
    }

    @Test
    @Order(3)
    void theToolForGroupsListsTheMembersOfTheJvmNode() {
        ring.together();
        assertThat(groups(1)).doesNotContain("probe");
        try (AdminClient member = node.inGroup("probe")) {
            assertThat(member.next(MixedRing.SOON)).isPresent();
            Await.until(
                    MixedRing.SOON,
                    "the group is listed",
                    () -> groups(1),
                    () -> groups(1).contains("probe"));
            assertThat(groups(2)).contains("probe");
        }
        Await.until(
                MixedRing.SOON,
                "the group is gone",
                () -> groups(1),
                () -> !groups(1).contains("probe"));
    }

    @Test
    @Order(4)
    void aReloadOfTheConfigurationDisturbsNothing() {
        QuorumToolStatus before = ring.together();
        operate(1, "corosync-cfgtool", "-R");
        Await.holds(Duration.ofSeconds(1), "one ring", () -> cluster.report(20), ring::agreed);
        assertThat(ring.together()).isEqualTo(before);
    }

    @Test
    @Order(5)
    void aDaemonThatIsShutDownIsGoneAtOnce() {
        ring.together();
        long start = System.nanoTime();
        operate(2, "corosync-cfgtool", "-H");
        assertThat(node.awaitMembers(MixedRing.SOON, 1, 3).quorate()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(MixedRing.TOKEN.dividedBy(2));
        assertThat(cluster.daemon(2).awaitExit(MixedRing.SOON)).isZero();
        cluster.startDaemon(2);
        ring.together();
    }

    @Test
    @Order(6)
    void aJvmNodeThatIsKilledByCommandEndsAndSaysWhy() {
        ring.together();
        operate(1, "corosync-cfgtool", "-k", "3");
        assertThat(node.process().awaitExit(MixedRing.SOON)).isEqualTo(1);
        assertThat(node.process().tail()).contains("\"state\":\"FAILED\"").contains("node 1 told this node to stop");
        cluster.awaitQuorate(1, MixedRing.SOON, 1, 2);
        node.restart();
        ring.together();
    }

    private QuorumToolStatus awaitAgreement(int expectedVotes, Map<Integer, Integer> votes) {
        Await.until(MixedRing.SOON, "all agree on the change", () -> cluster.report(20), () -> {
            QuorumToolStatus said = node.quorum().orElseThrow();
            return ring.agreed()
                    && said.expectedVotes() == expectedVotes
                    && said.votes().equals(votes);
        });
        return ring.together();
    }

    private void operate(int host, String... command) {
        CommandResult result = cluster.in(host, command);
        assertThat(result.exitCode())
                .as(String.join(" ", command) + ": " + result.output())
                .isLessThanOrEqualTo(1);
    }

    private String groups(int host) {
        return cluster.in(host, "corosync-cpgtool").output();
    }
}
