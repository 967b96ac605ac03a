package org.quorate.examples.manage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.JoinOptions;
import org.quorate.Link;
import org.quorate.testkit.FreePort;

/** Nodes of one cluster in this JVM, each with a loopback address, 127.0.0.21 and following, and a folder of its own. Thread-safe. */
final class LoopbackNodes implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(60);

    private final Path top;
    private final List<String> names;
    private final Map<String, ClusterManager> nodes = new ConcurrentHashMap<>();
    private final int port = FreePort.udp();
    private final int joinPort = FreePort.tcp();

    /** None yet; {@code names} are those that there will be, in the order of their addresses. */
    LoopbackNodes(Path top, String... names) {
        this.top = top;
        this.names = List.of(names);
    }

    int joinPort() {
        return joinPort;
    }

    String address(String name) {
        return "127.0.0." + (21 + names.indexOf(name));
    }

    Path folder(String name) {
        return top.resolve(name);
    }

    /** Starts a node, which is standalone if its folder is empty. */
    ClusterManager open(String name) {
        return open(name, address(name));
    }

    /** The same; joiners are answered at {@code joinAddress}. */
    ClusterManager open(String name, String joinAddress) {
        ClusterManager node = ClusterManager.builder()
                .nodeName(name)
                .dataDir(folder(name))
                .link(Link.udp(0, address(name), port))
                .joinPort(joinPort)
                .joinAddress(joinAddress)
                .start();
        nodes.put(name, node);
        return node;
    }

    /** Starts a node that makes the cluster. */
    ClusterManager first(String name, String cluster) {
        ClusterManager node = open(name);
        node.create(cluster);
        return node;
    }

    /** By a new token of {@code member}. */
    JoinOptions by(ClusterManager member) {
        return JoinOptions.by(member.joinInfo())
                .port(joinPort)
                .token(member.createJoinToken(Duration.ofMinutes(5)))
                .quorumLimit(LONG);
    }

    ClusterManager node(String name) {
        ClusterManager node = nodes.get(name);
        if (node == null) throw new IllegalStateException("no node " + name);
        return node;
    }

    /** Waits until each of these has all of them as members, and only them, and the same configuration. */
    void awaitTogether(String... all) {
        for (String name : all)
            await().atMost(LONG).untilAsserted(() -> {
                ClusterStatus status = get(node(name).status());
                List<String> seen = new ArrayList<>();
                for (ClusterStatus.MemberStatus each : status.members()) seen.add(each.name());
                assertThat(seen).containsExactlyInAnyOrder(all);
                assertThat(status.quorum().quorate()).isTrue();
                assertThat(status.quorum().expectedVotes()).isEqualTo(all.length);
                assertThat(status.missing()).isEmpty();
                assertThat(conf(name)).isEqualTo(conf(all[0]));
            });
    }

    String conf(String name) {
        try {
            return Files.readString(folder(name).resolve("corosync.conf"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        nodes.values().forEach(ClusterManager::close);
    }
}
