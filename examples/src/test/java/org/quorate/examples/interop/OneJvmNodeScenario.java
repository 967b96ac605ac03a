package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.Await;
import org.quorate.interop.CommandResult;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.PeerLink;
import org.quorate.interop.QuorumToolStatus;
import org.quorate.interop.RequiresCorosync;

/**
 * One JVM node and two daemons, through everything that happens to a node. The steps share a cluster and run in order;
 * each begins and ends with all three in one ring. Subclasses say which host has the JVM node.
 */
@RequiresCorosync
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OneJvmNodeScenario {
    private final int own;
    /** The two hosts with daemons. */
    private final int first;

    private final int second;
    private final MixedRing ring;
    private final CorosyncCluster cluster;
    private final JvmNode node;

    OneJvmNodeScenario(int own) {
        this.own = own;
        ring = MixedRing.start(own);
        cluster = ring.cluster();
        node = ring.node();
        first = ring.daemonHosts().get(0);
        second = ring.daemonHosts().get(1);
    }

    @AfterAll
    void end() {
        ring.close();
    }

    @Test
    @Order(1)
    void bothSidesSayTheSameAboutTheRing() {
        QuorumToolStatus said = ring.together();
        assertThat(said.quorate()).isTrue();
        assertThat(said.expectedVotes()).isEqualTo(3);
        assertThat(said.highestExpected()).isEqualTo(3);
        assertThat(said.totalVotes()).isEqualTo(3);
        assertThat(said.quorum()).isEqualTo(2);
        assertThat(said.flags()).isEqualTo("Quorate");
        assertThat(said.votes()).containsValues(1, 1, 1);
        assertThat(said.ringId()).startsWith("1.");

        CommandResult status = node.cli("status");
        assertThat(status.exitCode()).as(status.output()).isZero();
        assertThat(QuorumToolStatus.parse(status.output()).nodeId()).isEqualTo(own);
        assertThat(QuorumToolStatus.parse(status.output()).seenByAll()).isEqualTo(said);
        assertThat(status.output()).contains("interop", "knet", "(local)");
    }

    @Test
    @Order(2)
    void allLinksAreUpWithTheMtuThatDaemonsHaveAmongThemselves() {
        ring.together();
        Await.until(
                MixedRing.SOON, "the daemon's links have the MTU " + MixedRing.MTU, () -> cluster.report(40), () -> {
                    List<PeerLink> links = cluster.peerLinks(first);
                    return links.size() == 4
                            && links.stream()
                                    .allMatch(link ->
                                            link.reachable() && link.connected() && link.mtu() == MixedRing.MTU);
                });
        Await.until(
                MixedRing.SOON,
                "the JVM node's links have the MTU " + MixedRing.MTU,
                () -> node.links().toString(),
                () -> node.links().size() == 4
                        && node.links().stream()
                                .allMatch(link ->
                                        link.isTrue("up") && link.number("mtu").orElse(0) == MixedRing.MTU));
    }

    @Test
    @Order(3)
    void trafficMovesOffACutLinkAndBackWithoutANewRing() {
        QuorumToolStatus before = ring.together();
        int views = node.events("view").size();
        ring.awaitStrictLinks(own);
        assertThat(MixedRing.activeLinks(node)).containsExactly(0L);

        cluster.cut(own, 0);
        ring.awaitDaemonLinks(first, own, 0);
        ring.awaitNodeLinks(node, 0);
        assertThat(MixedRing.activeLinks(node)).containsExactly(1L);
        assertThat(ring.together()).isEqualTo(before);

        cluster.mend(own, 0);
        ring.awaitDaemonLinks(first, own);
        ring.awaitNodeLinks(node);
        assertThat(MixedRing.activeLinks(node)).containsExactly(0L);
        assertThat(ring.together()).isEqualTo(before);
        assertThat(node.events("view")).hasSize(views);
    }

    @Test
    @Order(4)
    void sixThousandMessagesBetweenTheDaemonsStayInOrderWhileTheNodeIsAMember() {
        QuorumToolStatus before = ring.together();
        Path program = CpgTraffic.compile();
        List<HostProcess> senders = List.of(
                CpgTraffic.start(cluster, program, first, 0, 3000, 2),
                CpgTraffic.start(cluster, program, second, 1, 3000, 2));
        Set<String> orders = senders.stream()
                .map(sender -> CpgTraffic.awaitResult(sender, 6000))
                .collect(Collectors.toSet());
        assertThat(orders).as("hash over the order of delivery").hasSize(1);
        assertThat(ring.together()).isEqualTo(before);
        for (int host : ring.daemonHosts())
            assertThat(ring.logged(host, "Retransmit List")).isLessThanOrEqualTo(CpgTraffic.FEW_RETRANSMITS);
    }

    @Test
    @Order(5)
    void aNodeThatEndsInOrderIsGoneAtOnceAndJoinsAgain() {
        QuorumToolStatus before = ring.together();
        long lost = ring.logged(first, "Failed to receive the leave message");
        long start = System.nanoTime();
        node.process().signal("TERM");
        QuorumToolStatus ignored = cluster.awaitQuorate(first, MixedRing.SOON, first, second);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(took).isLessThan(MixedRing.TOKEN.dividedBy(2));
        assertThat(ring.logged(first, "Failed to receive the leave message")).isEqualTo(lost);
        assertThat(node.process().awaitExit(Duration.ofSeconds(10))).isZero();

        node.restart();
        assertThat(MixedRing.sequence(ring.together())).isGreaterThan(MixedRing.sequence(before));
    }

    @Test
    @Order(6)
    void aKilledNodeIsRemovedAfterTheTokenTimeoutAndJoinsAgain() {
        QuorumToolStatus before = ring.together();
        long lost = ring.logged(first, "Failed to receive the leave message");
        long start = System.nanoTime();
        node.process().signal("KILL");
        QuorumToolStatus ignored = cluster.awaitQuorate(first, MixedRing.SOON, first, second);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(took).isBetween(MixedRing.TOKEN.dividedBy(2), MixedRing.TOKEN.multipliedBy(4));
        assertThat(ring.logged(first, "Failed to receive the leave message")).isGreaterThan(lost);

        node.restart();
        assertThat(MixedRing.sequence(ring.together())).isGreaterThan(MixedRing.sequence(before));
    }

    @Test
    @Order(7)
    void theNodeAndADaemonKeepQuorumWhenTheOtherDaemonIsKilled() {
        ring.together();
        cluster.killDaemon(first);
        QuorumToolStatus two = ring.agreement(MixedRing.SOON, own, second);
        assertThat(two.quorate()).isTrue();
        assertThat(two.totalVotes()).isEqualTo(2);
        assertThat(node.status().map(MixedRing::missing)).contains(Set.of("hp" + first));
        cluster.startDaemon(first);
        ring.together();
    }

    @Test
    @Order(8)
    void aDaemonThatEndsInOrderIsGoneAtOnceForTheNode() {
        ring.together();
        long start = System.nanoTime();
        cluster.daemon(second).signal("TERM");
        QuorumToolStatus two = node.awaitMembers(MixedRing.SOON, own, first);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(MixedRing.TOKEN.dividedBy(2));
        assertThat(two.quorate()).isTrue();
        cluster.stopDaemon(second);
        cluster.startDaemon(second);
        ring.together();
    }

    @Test
    @Order(9)
    void anIsolatedNodeLosesQuorumSaysWhoIsMissingAndReturnsByItself() {
        ring.together();
        cluster.isolate(own);
        QuorumToolStatus alone = node.awaitMembers(MixedRing.SOON, own);
        assertThat(alone.quorate()).isFalse();
        assertThat(alone.quorum()).isEqualTo(2);
        JsonObject status = node.status().orElseThrow();
        assertThat(status.isTrue("quorate")).isFalse();
        assertThat(MixedRing.missing(status)).containsExactlyInAnyOrder("hp" + first, "hp" + second);
        assertThat(status.objects("missing"))
                .allSatisfy(missing -> assertThat(missing.text("since")).isPresent());
        assertThat(status.text("whyNotQuorate").orElse("")).contains(Integer.toString(first), Integer.toString(second));
        assertThat(ring.agreement(MixedRing.SOON, first, second).quorate()).isTrue();

        cluster.heal(own);
        assertThat(ring.together().quorate()).isTrue();
    }
}
