package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.RequiresCorosync;

/** The configuration is changed in a ring in which daemons are: they are not forgotten, and follow when their file was replaced. */
@RequiresCorosync
class ChangeBesideDaemonsTest {
    @Test
    void daemonsStopAChangeBeforeItBeginsAndFollowWhenTheyArePrepared() throws Exception {
        ClusterLayout layout = ClusterLayout.of(3).withTotem("config_version: 1", "token: 3000");
        try (CorosyncCluster cluster = CorosyncCluster.start(layout.withDaemons(1, 2))) {
            Path folder = cluster.configFile(3).getParent();
            HostProcess node = JvmNode.program(
                    cluster,
                    3,
                    cluster.hostFolder(3).resolve("changes.log"),
                    ChangingNode.class,
                    cluster.configFile(3).toString(),
                    cluster.hostFolder(3).resolve("data").toString());
            Await.until(
                    MixedRing.SOON.multipliedBy(2),
                    "the refusal",
                    () -> cluster.report(40),
                    () -> said(node, "refused "));
            assertThat(node.lines())
                    .anyMatch(line -> line.startsWith("refused NOT_TAKING_PART true: nodes 1, 2 do not take part"));
            String wanted = Files.readString(folder.resolve("wanted.conf"));
            assertThat(wanted).contains("token: 4321", "config_version: 2");
            String ring = cluster.quorum(1).orElseThrow().ringId();

            // what an operator does on the daemons' hosts
            for (int host = 1; host <= 2; host++) {
                String own = Files.readString(cluster.configFile(host));
                Files.writeString(
                        cluster.configFile(host),
                        own.replace("token: 3000", "token: 4321").replace("config_version: 1", "config_version: 2"));
            }
            Files.createFile(folder.resolve("go"));
            Await.until(MixedRing.SOON, "the change", () -> cluster.report(40), () -> said(node, "running "));
            assertThat(node.lines()).contains("made 2", "running 2");
            assertThat(Files.readString(cluster.configFile(3))).isEqualTo(wanted);
            for (int host = 1; host <= 2; host++) {
                int daemon = host;
                Await.until(
                        MixedRing.SOON,
                        "daemon " + host + " works by it",
                        () -> cluster.report(40),
                        () -> cluster.in(daemon, "corosync-cmapctl", "-g", "runtime.config.totem.token")
                                .output()
                                .contains("= 4971"));
                assertThat(cluster.quorum(host).orElseThrow().ringId()).isEqualTo(ring);
            }
            Files.createFile(folder.resolve("end"));
        }
    }

    private static boolean said(HostProcess node, String beginning) {
        return node.lines().stream().anyMatch(line -> line.startsWith(beginning));
    }
}
