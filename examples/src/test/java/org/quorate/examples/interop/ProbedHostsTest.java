package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.RequiresCorosync;

/** Links between two hosts are tried while networks are cut in one direction, or carry short packets only; and to a daemon, which knows no probes. */
@RequiresCorosync
class ProbedHostsTest {
    private static final String GOOD = " forward true back true bytes 1472";

    private int runs;

    @Test
    void whatIsWrongWithALinkIsFoundBeforeTheNodeIsListed() {
        try (CorosyncCluster cluster = CorosyncCluster.start(ClusterLayout.of(2).withDaemons())) {
            HostProcess member = JvmNode.program(
                    cluster, 1, cluster.hostFolder(1).resolve("member.log"), LinkProbeProgram.class, "member");
            Await.until(
                    MixedRing.SOON,
                    "the member answers",
                    member::tail,
                    () -> member.lines().contains("open"));
            assertThat(probe(cluster)).containsExactly("link 0" + GOOD, "link 1" + GOOD);

            cluster.deafen(2, 1, 1);
            assertThat(probe(cluster)).containsExactly("link 0" + GOOD, "link 1 forward true back false bytes 0");
            cluster.undeafen(2, 1);
            cluster.deafen(1, 1, 2);
            assertThat(probe(cluster)).containsExactly("link 0" + GOOD, "link 1 forward false back true bytes 0");
            cluster.undeafen(1, 1);
            cluster.cut(2, 0);
            assertThat(probe(cluster)).containsExactly("link 0 forward false back false bytes 0", "link 1" + GOOD);
            cluster.mend(2, 0);
            cluster.pathMtu(2, 0, 1300);
            assertThat(probe(cluster)).containsExactly("link 0 forward true back true bytes 1200", "link 1" + GOOD);
            cluster.pathMtu(2, 0, 1500);

            member.signal("KILL");
            int ignored = member.awaitExit(MixedRing.SOON);
            cluster.startDaemon(1);
            cluster.awaitMembers(1, MixedRing.SOON, 1);
            assertThat(probe(cluster))
                    .containsExactly(
                            "link 0 forward false back false bytes 0", "link 1 forward false back false bytes 0");
            assertThat(cluster.daemon(1).alive()).isTrue();
        }
    }

    private List<String> probe(CorosyncCluster cluster) {
        Path log = cluster.hostFolder(2).resolve("joiner" + runs++ + ".log");
        HostProcess joiner = JvmNode.program(cluster, 2, log, LinkProbeProgram.class, "joiner", "10000");
        assertThat(joiner.awaitExit(MixedRing.SOON)).as(joiner::tail).isZero();
        return joiner.lines().stream().filter(line -> line.startsWith("link ")).toList();
    }
}
