package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CommandResult;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.RequiresCorosync;

/** An operator adds a link between two hosts on a network that carries nothing in one direction, then on one that is whole. */
@RequiresCorosync
class TriedLinksTest {
    private static final String[] ADDED = {"link", "add", "1", "apple=10.77.1.1", "pear=10.77.1.2"};

    @Test
    void aLinkIsTriedInBothDirectionsBeforeItIsAdded() throws IOException {
        try (CorosyncCluster cluster = CorosyncCluster.start(ClusterLayout.of(2).withDaemons())) {
            quorate(cluster, 1, "create", "orchard", "--node-name", "apple", "--link0", "10.77.0.1")
                    .outputOrFail("create");
            JvmNode apple = JvmNode.ofFolder(cluster, 1);
            apple.awaitMembers(MixedRing.SOON, 1);
            String info = lastLine(quorate(cluster, 1, "join-info"));
            String token = lastLine(quorate(cluster, 1, "join-token"));
            String[] add = {"add", "--info", info, "--token", token, "--node-name", "pear", "--link0", "10.77.0.2"};
            quorate(cluster, 2, add).outputOrFail("add");
            JvmNode pear = JvmNode.ofFolder(cluster, 2);
            apple.awaitMembers(MixedRing.SOON, 1, 2);
            String before = awaitSame(cluster);

            cluster.deafen(2, 1, 1);
            CommandResult deaf = quorate(cluster, 1, ADDED);
            assertThat(deaf.exitCode()).as(deaf.output()).isEqualTo(1);
            assertThat(deaf.output())
                    .contains("who try the links to each other before anything is changed, for 5000 ms at most")
                    .contains("link 1 carries nothing from node 1 to node 2; check the firewall of node 2");
            assertThat(conf(cluster, 1)).isEqualTo(before).isEqualTo(conf(cluster, 2));

            cluster.undeafen(2, 1);
            cluster.pathMtu(2, 1, 1000);
            CommandResult narrow = quorate(cluster, 2, ADDED);
            assertThat(narrow.output())
                    .contains(
                            "link 1 carries datagrams of 64 bytes at most between node 1 and node 2, and 1200 are needed");
            cluster.pathMtu(2, 1, 1500);

            CommandResult good = quorate(cluster, 2, ADDED);
            assertThat(good.outputOrFail("link add")).contains("Done: adding link 1; the configuration has version");
            assertThat(conf(cluster, 1)).isEqualTo(conf(cluster, 2)).contains("ring1_addr: 10.77.1.2");

            CommandResult foreign = quorate(cluster, 1, "link", "change", "1", "pear", "10.77.1.99");
            assertThat(foreign.exitCode()).isEqualTo(1);
            assertThat(foreign.output())
                    .contains("the address 10.77.1.99 on link 1 is not a local address of node 2; it has: ")
                    .contains("10.77.0.2", "10.77.1.2");
            assertThat(List.of(apple.process().alive(), pear.process().alive())).containsOnly(true);
        }
    }

    /** The text on both, as soon as the joiner is taken in for good. */
    private static String awaitSame(CorosyncCluster cluster) throws IOException {
        Await.until(
                MixedRing.SOON,
                "one configuration",
                () -> cluster.report(20),
                () -> conf(cluster, 1).equals(conf(cluster, 2)));
        return conf(cluster, 1);
    }

    private static String conf(CorosyncCluster cluster, int host) {
        try {
            return Files.readString(folder(cluster, host).resolve("corosync.conf"));
        } catch (IOException gone) {
            throw new AssertionError(gone);
        }
    }

    private static Path folder(CorosyncCluster cluster, int host) {
        return cluster.hostFolder(host).resolve("data");
    }

    private static CommandResult quorate(CorosyncCluster cluster, int host, String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "--data-dir";
        all[1] = folder(cluster, host).toString();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return JvmNode.commandLine(cluster, host, all);
    }

    private static String lastLine(CommandResult result) {
        List<String> lines = result.outputOrFail("quorate").lines().toList();
        return lines.get(lines.size() - 1);
    }
}
