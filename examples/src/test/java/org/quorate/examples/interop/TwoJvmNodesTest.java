package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.QuorumToolStatus;
import org.quorate.interop.RequiresCorosync;

/** Two JVM nodes, hosts 1 and 2, and one daemon, host 3. Steps share a cluster; each ends with all three in one ring. */
@RequiresCorosync
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TwoJvmNodesTest {
    private final MixedRing ring = MixedRing.start(1, 2);
    private final CorosyncCluster cluster = ring.cluster();
    private final JvmNode first = ring.nodes().get(0);
    private final JvmNode second = ring.nodes().get(1);

    @AfterAll
    void end() {
        ring.close();
    }

    @Test
    @Order(1)
    void allThreeSayTheSameAboutTheRing() {
        QuorumToolStatus said = ring.together();
        assertThat(said.quorate()).isTrue();
        assertThat(said.totalVotes()).isEqualTo(3);
    }

    @Test
    @Order(2)
    void twoJvmNodesKeepQuorumWithoutTheDaemonAndTakeItBack() {
        ring.together();
        cluster.killDaemon(3);
        assertThat(ring.agreement(MixedRing.SOON, 1, 2).quorate()).isTrue();
        cluster.startDaemon(3);
        ring.together();
    }

    @Test
    @Order(3)
    void theDaemonKeepsQuorumWithOneJvmNodeAndTakesTheOtherBack() {
        ring.together();
        first.process().signal("KILL");
        assertThat(ring.agreement(MixedRing.SOON, 2, 3).quorate()).isTrue();
        first.restart();
        ring.together();

        second.process().signal("TERM");
        assertThat(second.process().awaitExit(MixedRing.SOON)).isZero();
        assertThat(ring.agreement(MixedRing.SOON, 1, 3).quorate()).isTrue();
        second.restart();
        ring.together();
    }

    @Test
    @Order(4)
    void aJvmNodeThatStoodStillIsRemovedAndReturnsByItself() {
        ring.together();
        first.process().signal("STOP");
        assertThat(ring.agreement(MixedRing.SOON, 2, 3).quorate()).isTrue();
        first.process().signal("CONT");
        ring.together();
    }

    @Test
    @Order(5)
    void theDaemonAloneIsOutOfQuorumUntilTheNetworkHeals() {
        ring.together();
        cluster.isolate(3);
        assertThat(ring.agreement(MixedRing.SOON, 1, 2).quorate()).isTrue();
        assertThat(ring.agreement(MixedRing.SOON, 3).quorate()).isFalse();
        cluster.heal(3);
        ring.together();
    }
}
