package org.quorate.examples.manage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterManager;
import org.quorate.ClusterManager.State;
import org.quorate.FolderBuilder;
import org.quorate.Group;
import org.quorate.JoinInfo;
import org.quorate.Link;
import org.quorate.NodeId;
import org.quorate.View;

/** A node that lives in a folder: waits, makes a cluster, resumes it. */
@Timeout(120)
class FolderNodeTest {
    @TempDir
    private Path temp;

    private Path folder = Path.of("");
    private int port;

    @BeforeEach
    void chooseFolderAndPort() throws IOException {
        folder = temp.resolve("app-1");
        port = freePort();
    }

    @Test
    void aNodeWithoutAClusterOpensNothingAndSaysWhatItNeeds() {
        try (ClusterManager node = builder().start()) {
            assertThat(node.state()).isEqualTo(State.STANDALONE);
            assertThat(node.isInCluster()).isFalse();
            assertThat(node.self().name()).isEqualTo("app-1");
            assertThat(node.self().listed()).isEmpty();
            assertThat(folder).doesNotExist();
            for (Runnable needsCluster : List.<Runnable>of(
                    () -> node.self().id(),
                    () -> node.status(),
                    () -> node.awaitQuorum(),
                    () -> node.joinInfo(),
                    () -> node.reload(),
                    () -> node.group("chat", message -> {})))
                assertThatThrownBy(needsCluster::run)
                        .isInstanceOfSatisfying(
                                ClusterException.class,
                                refused -> assertThat(refused.reason()).isEqualTo(Reason.NOT_IN_CLUSTER));
        }
    }

    @Test
    void aNodeMakesAClusterAndResumesItFromItsFolder() {
        List<View> views = new CopyOnWriteArrayList<>();
        String fingerprint;
        try (ClusterManager node = builder().start()) {
            node.onMembership(views::add);
            View first = node.create("orders");
            assertThat(first.members()).containsExactly(NodeId.of(1));
            assertThat(get(node.awaitQuorum()).summary()).isEqualTo("Quorate: yes, 1 of 1 votes");
            assertThat(node.self()).hasToString("app-1 (1)");
            assertThat(node.state()).isEqualTo(State.MEMBER);
            assertThat(views).containsExactly(first);
            JoinInfo info = JoinInfo.parse(node.joinInfo().encode());
            assertThat(info.clusterName()).isEqualTo("orders");
            assertThat(info.links()).containsEntry(0, "127.0.0.1");
            fingerprint = info.fingerprint();

            List<String> heard = new CopyOnWriteArrayList<>();
            Group chat = node.group("chat", message -> heard.add(message.sender() + " " + message.text()));
            chat.send("hello").join();
            assertThat(heard).containsExactly(chat.self() + " hello");

            assertThatThrownBy(() -> node.create("again"))
                    .isInstanceOfSatisfying(
                            ClusterException.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.ALREADY_IN_CLUSTER));
        }
        try (ClusterManager resumed = ClusterManager.builder().dataDir(folder).start()) {
            assertThat(resumed.isInCluster()).isTrue();
            assertThat(get(resumed.awaitQuorum()).quorate()).isTrue();
            assertThat(resumed.self()).hasToString("app-1 (1)");
            assertThat(resumed.joinInfo().fingerprint()).isEqualTo(fingerprint);
        }
    }

    @Test
    void aFolderOfAnotherNodeIsRefused() {
        try (ClusterManager node = builder().start()) {
            node.create("orders");
        }
        assertThatThrownBy(() -> builder().nodeName("app-2").start())
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("is that of node app-1 (1), and app-2 was to be started");
    }

    @Test
    void whatCannotBeMadeIsRefusedAndTheNodeMayTryAgain() {
        try (ClusterManager node = builder().link(Link.udp(1, "192.0.2.1")).start()) {
            assertThatThrownBy(() -> node.create("orders"))
                    .isInstanceOfSatisfying(
                            ClusterException.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.ADDRESS_NOT_LOCAL));
            assertThat(node.state()).isEqualTo(State.STANDALONE);
            assertThat(folder).doesNotExist();
        }
        try (ClusterManager node = builder().start()) {
            assertThatThrownBy(() -> node.create("-orders"))
                    .isInstanceOfSatisfying(
                            ClusterException.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.NAME_INVALID));
            node.create("orders");
            assertThat(Files.exists(folder.resolve("corosync.conf"))).isTrue();
        }
    }

    @Test
    void aClosedNodeMakesNothing() {
        ClusterManager node = builder().start();
        node.close();
        assertThat(node.state()).isEqualTo(State.LEFT);
        assertThatThrownBy(() -> node.create("orders"))
                .isInstanceOfSatisfying(
                        ClusterException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.CLOSED));
    }

    @Test
    void aBuilderNeedsAFolder() {
        assertThatThrownBy(() -> ClusterManager.builder().nodeName("app-1").start())
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("no data folder");
    }

    private FolderBuilder builder() {
        return ClusterManager.builder().nodeName("app-1").dataDir(folder).link(Link.udp(0, "127.0.0.1", port));
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static int freePort() throws IOException {
        try (DatagramSocket free = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return free.getLocalPort();
        }
    }
}
