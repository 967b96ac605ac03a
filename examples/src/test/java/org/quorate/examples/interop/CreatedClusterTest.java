package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.quorate.core.conf.ConfWriter;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.conf.NodeAddition;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.QuorumToolStatus;
import org.quorate.interop.RequiresCorosync;

/**
 * A cluster made by {@code quorate create}, run by a daemon with the files as they are, with a second daemon that is added by hand; then the
 * node that was made runs in an agent. Steps share hosts.
 */
@RequiresCorosync
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CreatedClusterTest {
    private final CorosyncCluster cluster =
            CorosyncCluster.start(ClusterLayout.of(2).withDaemons());
    private final Path data = cluster.hostFolder(1).resolve("data");

    @AfterAll
    void end() {
        cluster.close();
    }

    @Test
    @Order(1)
    void aDaemonStartsWithTheFilesThatCreateWrote() throws IOException {
        JvmNode.commandLine(
                        cluster,
                        1,
                        "create",
                        "orchard",
                        "--link0",
                        "10.77.0.1,priority=20",
                        "--link1",
                        "10.77.1.1",
                        "--node-name",
                        "apple",
                        "--data-dir",
                        data.toString())
                .outputOrFail("create");
        install(1, Files.readString(data.resolve("corosync.conf")));
        cluster.startDaemon(1);
        QuorumToolStatus alone = cluster.awaitQuorate(1, MixedRing.SOON, 1);
        assertThat(alone.expectedVotes()).isEqualTo(1);
        assertThat(told(1, "totem.cluster_name")).contains("orchard");
        assertThat(told(1, "runtime.config.totem.token")).contains("3000");
        assertThat(told(1, "totem.secauth")).contains("on");
    }

    @Test
    @Order(2)
    void aSecondDaemonThatIsAddedByHandJoins() throws IOException {
        TreeMap<Integer, LinkParameter> links = new TreeMap<>();
        links.put(0, LinkParameter.parse("10.77.0.2"));
        links.put(1, LinkParameter.parse("10.77.1.2"));
        NodeAddition.Request pear = new NodeAddition.Request(
                "pear",
                OptionalInt.empty(),
                OptionalInt.empty(),
                links,
                Optional.empty(),
                NodeAddition.API_VERSION,
                false);
        NodeAddition.Outcome outcome = NodeAddition.of(
                CorosyncConf.read(data.resolve("corosync.conf")).tree(), pear, CreatedClusterTest::digits);
        assertThat(outcome.findings()).isEmpty();
        String text = ConfWriter.text(outcome.fileOrRefusal());
        assertThat(text).contains("config_version: 2\n", "nodeid: 2\n");
        Files.writeString(data.resolve("corosync.conf"), text);
        install(1, text);
        install(2, text);
        cluster.in(1, "corosync-cfgtool", "-R").outputOrFail("reload");
        cluster.startDaemon(2);
        for (int host : new int[] {1, 2}) {
            QuorumToolStatus together = cluster.awaitQuorate(host, MixedRing.SOON, 1, 2);
            assertThat(together.expectedVotes()).isEqualTo(2);
        }
    }

    @Test
    @Order(3)
    void theNodeThatWasMadeRunsInAnAgentBesideTheDaemonThatWasAdded() {
        cluster.stopDaemon(1);
        JvmNode apple = JvmNode.ofFolder(cluster, 1);
        QuorumToolStatus together = apple.awaitMembers(MixedRing.SOON, 1, 2);
        assertThat(together.quorate()).isTrue();
        assertThat(cluster.awaitMembers(2, MixedRing.SOON, 1, 2).ringId()).isEqualTo(together.ringId());
        assertThat(apple.events("start").get(0).text("cluster")).contains("orchard");
        apple.process().signal("KILL");
        cluster.awaitMembers(2, MixedRing.SOON, 2);
        apple.restart();
        apple.awaitMembers(MixedRing.SOON, 1, 2);
    }

    /** Puts configuration and key where a daemon has them by default, in folders that only this host sees, which has its ring ids there, too. */
    private void install(int host, String conf) throws IOException {
        Path wanted = cluster.hostFolder(host).resolve("installed.conf");
        Files.writeString(wanted, conf);
        String script =
                "for d in /etc/corosync /var/lib/corosync; do mountpoint -q $d || mount -t tmpfs tmpfs $d; done;"
                        + " cp " + wanted + " /etc/corosync/corosync.conf && cp -p " + data.resolve("authkey")
                        + " /etc/corosync/authkey";
        cluster.in(host, "sh", "-ec", script).outputOrFail("install");
        Files.writeString(cluster.configFile(host), conf); // the one that the harness names to the daemon
    }

    private String told(int host, String key) {
        return cluster.in(host, "corosync-cmapctl", "-g", key).output();
    }

    private static List<InetAddress> digits(String address) {
        try {
            return List.of(InetAddress.getByName(address));
        } catch (UnknownHostException unknown) {
            return List.of();
        }
    }
}
