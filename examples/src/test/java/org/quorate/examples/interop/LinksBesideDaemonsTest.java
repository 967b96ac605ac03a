package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.PeerLink;
import org.quorate.interop.QuorumToolStatus;
import org.quorate.interop.RequiresCorosync;

/** What a JVM node finds out about its links to daemons: that a process has died, that a cable is cut, how long a frame may be. */
@RequiresCorosync
class LinksBesideDaemonsTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static String why(JvmNode node, int peer, int link) {
        for (JsonObject each : node.links())
            if (each.number("peer").orElse(0) == peer && each.number("link").orElse(9) == link)
                return each.isTrue("up") ? "up" : each.text("why").orElse("?");
        return "no link";
    }

    @Test
    void aKilledDaemonIsNoticedByTheNetworksReportAndACutCableByTheTimeout() {
        try (MixedRing ring = MixedRing.start(ClusterLayout.of(3), 1)) {
            QuorumToolStatus before = ring.together();
            JvmNode node = ring.node();
            ring.awaitStrictLinks(1);
            ring.cluster().killDaemon(3);
            Duration noticed = Await.until(
                    SOON,
                    "the link to host 3 is down",
                    () -> node.links() + "\n" + ring.cluster().report(30),
                    () -> node.links().stream()
                            .noneMatch(link -> link.number("peer").orElse(0) == 3 && link.isTrue("up")));
            assertThat(why(node, 3, 0)).contains("the network reports: nobody listens at the peer's port");
            QuorumToolStatus two = ring.agreement(SOON, 1, 2);
            assertThat(MixedRing.sequence(two)).isGreaterThan(MixedRing.sequence(before));
            System.out.println("all links to a killed daemon were down after " + noticed.toMillis() + " ms");

            ring.restart(3);
            ring.together();
            ring.awaitStrictLinks(1);
            ring.cluster().cut(1, 1);
            ring.awaitNodeLinks(node, 1);
            assertThat(why(node, 2, 1)).contains("no pong for");
            ring.cluster().mend(1, 1);
            ring.awaitNodeLinks(node);
        }
    }

    @Test
    void theMtuOfAPathIsWhatTheDaemonsFindAndFollowsTheInterface() {
        ClusterLayout layout = ClusterLayout.of(2).withTotem("knet_pmtud_interval: 2");
        try (MixedRing ring = MixedRing.start(layout, 1)) {
            ring.together();
            CorosyncCluster cluster = ring.cluster();
            int usual = awaitSameMtu(ring, 0, 1300, 1500);
            cluster.pathMtu(1, 0, 1200); // dropped in the middle, without a word
            awaitOwnMtu(ring, 0, 1093); // 1200 - 28 of IP and UDP - 48 of seals = 1124; whole blocks: 1120 - 1 - 26
            ring.together();
            cluster.pathMtu(1, 0, 1500);
            awaitOwnMtu(ring, 0, usual);
            interfaceMtu(cluster, 1, 1, 1000);
            interfaceMtu(cluster, 2, 1, 1000);
            awaitSameMtu(ring, 1, 800, 1000);
            interfaceMtu(cluster, 1, 1, 1500);
            interfaceMtu(cluster, 2, 1, 1500);
            assertThat(awaitSameMtu(ring, 1, 1300, 1500)).isEqualTo(usual);
            assertThat(ring.node().links()).allMatch(link -> link.isTrue("up"));
        }
    }

    /** What this node finds; libknet waits for a multiple of its ping timeout at each size, and takes minutes for such a path. */
    private static void awaitOwnMtu(MixedRing ring, int link, int bytes) {
        Duration took = Await.until(
                SOON,
                "link " + link + " carries " + bytes + " bytes in a frame",
                () -> ring.node().links() + "\n" + ring.cluster().report(20),
                () -> ring.node().links().stream()
                        .anyMatch(each -> each.number("link").orElse(9) == link
                                && each.number("mtu").orElse(0) == bytes));
        System.out.println("link " + link + ": " + bytes + " bytes found after " + took.toMillis() + " ms");
    }

    private static void interfaceMtu(CorosyncCluster cluster, int host, int link, int bytes) {
        String command = "ip link set eth" + link + " mtu " + bytes;
        cluster.in(host, command.split(" ")).outputOrFail(command);
    }

    /** Waits until both ends of the link have found the same MTU between these. */
    private static int awaitSameMtu(MixedRing ring, int link, int above, int upTo) {
        Duration took = Await.until(
                Duration.ofSeconds(60),
                "both ends of link " + link + " know an MTU in " + above + ".." + upTo,
                () -> ring.node().links() + "\n" + ring.cluster().peerLinks(2)
                        + ring.cluster().report(20),
                () -> {
                    Set<Integer> both = mtus(ring, link);
                    return both.size() == 1 && both.stream().allMatch(mtu -> mtu > above - 100 && mtu < upTo);
                });
        int found = mtus(ring, link).iterator().next();
        System.out.println("link " + link + ": " + found + " bytes at both ends after " + took.toMillis() + " ms");
        return found;
    }

    private static Set<Integer> mtus(MixedRing ring, int link) {
        List<PeerLink> daemon = ring.cluster().peerLinks(2);
        Set<Integer> all = daemon.stream()
                .filter(each -> each.peer() == 1 && each.link() == link)
                .map(PeerLink::mtu)
                .collect(Collectors.toSet());
        for (JsonObject each : ring.node().links())
            if (each.number("link").orElse(9) == link)
                all.add((int) each.number("mtu").orElse(0));
        return all;
    }
}
