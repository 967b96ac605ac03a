package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CommandResult;
import org.quorate.interop.PeerLink;
import org.quorate.interop.QuorumToolStatus;
import org.quorate.interop.RequiresCorosync;

/**
 * A link between a JVM node and a daemon loses one direction and then the other: the node says which, while the daemon says only that the
 * link is down. The ring goes on over the other link.
 */
@RequiresCorosync
class LinkDiagnosisTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int DAEMON = 1;
    private static final int JVM = 2;

    @Test
    void aNodeSaysInWhichDirectionALinkIsDeaf() {
        try (MixedRing ring = MixedRing.start(ClusterLayout.of(2), JVM)) {
            QuorumToolStatus before = ring.together();
            await(ring, "SOUND");
            ring.awaitStrictLinks(JVM);

            ring.cluster().deafen(DAEMON, 0, JVM);
            JsonObject unheard = await(ring, "ONE_WAY");
            assertThat(unheard.text("diagnosisText").orElseThrow())
                    .startsWith("node 1 hears nothing from us on link 0 although its packets arrive: its pings come")
                    .contains("from 10.77.0.2:5405 to 10.77.0.1:5405");
            assertThat(unheard.number("lastPingAgeMicros").orElseThrow()).isLessThan(5_000_000);
            assertThat(unheard.isTrue("up")).isFalse();
            awaitDaemon(ring, false);
            show(ring, unheard);

            ring.cluster().undeafen(DAEMON, 0);
            await(ring, "SOUND");
            awaitDaemon(ring, true);
            ring.awaitStrictLinks(JVM);

            ring.cluster().deafen(JVM, 0, DAEMON);
            JsonObject silent = await(ring, "SILENT");
            assertThat(silent.text("diagnosisText").orElseThrow())
                    .startsWith("nothing of node 1 arrives on link 0, neither pings nor answers")
                    .contains("the node is alive, as link 1 shows");
            awaitDaemon(ring, false);
            show(ring, silent);

            ring.cluster().undeafen(JVM, 0);
            await(ring, "SOUND");
            assertThat(ring.node().events("link-diagnosis"))
                    .extracting(event -> event.text("diagnosis").orElse("?"))
                    .containsExactly("ONE_WAY", "CONNECTING", "SILENT", "CONNECTING");
            assertThat(ring.together().ringId()).isEqualTo(before.ringId());
            CommandResult report = ring.node().cli("links");
            System.out.println(report.output());
            assertThat(report.output()).contains("Link 0 to node 1, from 10.77.0.2:5405 to 10.77.0.1:5405");
            assertThat(report.output().lines())
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(120));
        }
    }

    private static Optional<JsonObject> linkZero(MixedRing ring) {
        return ring.node().links().stream()
                .filter(link -> link.number("link").orElse(-1) == 0)
                .findFirst();
    }

    private static JsonObject await(MixedRing ring, String diagnosis) {
        return Await.value(
                SOON,
                "the JVM node calls link 0 " + diagnosis,
                () -> ring.node().links() + "\n" + ring.cluster().report(30),
                () -> linkZero(ring),
                link -> link.text("diagnosis").equals(Optional.of(diagnosis)));
    }

    private static void awaitDaemon(MixedRing ring, boolean connected) {
        Await.until(
                SOON,
                "the daemon sees link 0 " + (connected ? "up" : "down") + " and link 1 up",
                () -> ring.cluster().report(30),
                () -> {
                    List<PeerLink> links = ring.cluster().peerLinks(DAEMON);
                    return links.size() == 2
                            && links.stream()
                                    .allMatch(link ->
                                            link.reachable() && link.connected() == (connected || link.link() == 1));
                });
    }

    /** What both sides say, for people who read the log of a build. */
    private static void show(MixedRing ring, JsonObject link) {
        System.out.println("JVM node: " + link.text("diagnosisText").orElse("?"));
        System.out.println(ring.cluster().in(DAEMON, "corosync-cfgtool", "-s").output());
        System.out.println(ring.cluster().in(DAEMON, "corosync-cfgtool", "-n").output());
    }
}
