package org.quorate.core.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterManager;
import org.quorate.ClusterManager.State;
import org.quorate.ClusterStatus;
import org.quorate.ConfigurationSource.Fresh;
import org.quorate.Group;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.ReloadReport;
import org.quorate.RingId;
import org.quorate.TotemConfig;
import org.quorate.sim.MemoryNetwork;
import org.quorate.sim.MemoryTransport;

/** Whole nodes with real threads, real folders and votequorum, joined by a network in memory. */
@Timeout(120)
class EmbeddedClusterTest {
    @TempDir
    private Path folders;

    private final MemoryNetwork network = new MemoryNetwork(1);
    private final Map<Integer, ClusterManager> nodes = new TreeMap<>();
    private final Map<Integer, List<String>> heard = new ConcurrentSkipListMap<>();
    private final Map<Integer, Group> groups = new TreeMap<>();
    private final ClusterConfig config = ClusterConfig.builder("orchard")
            .transport("memory")
            .totem(TotemConfig.DEFAULT.withToken(Duration.ofSeconds(1), Duration.ZERO))
            .node(NodeConfig.of(1, "apple", "127.0.0.1"))
            .node(NodeConfig.of(2, "pear", "127.0.0.2"))
            .node(NodeConfig.of(3, "plum", "127.0.0.3"))
            .build();

    /** What the nodes read when they are told to reload. */
    private final Map<Integer, Supplier<Fresh>> files = new ConcurrentSkipListMap<>();

    @AfterEach
    void closeAll() {
        nodes.values().forEach(ClusterManager::close);
    }

    private ClusterManager start(int id) {
        List<String> messages = heard.computeIfAbsent(id, i -> new CopyOnWriteArrayList<>());
        messages.clear();
        ClusterManager node = ClusterManager.builder(config, NodeId.of(id))
                .transport(new MemoryTransport(network))
                .key(new byte[128])
                .dataDir(folders.resolve("node" + id))
                .source(() -> {
                    Supplier<Fresh> file = Objects.requireNonNull(files.get(id), "no file for node " + id);
                    return file.get();
                })
                .build();
        nodes.put(id, node);
        groups.put(
                id,
                node.group(
                        "fruit",
                        (sender, payload) ->
                                messages.add(sender.node() + ":" + new String(payload, StandardCharsets.UTF_8))));
        node.start();
        return node;
    }

    private ClusterManager node(int id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    private Group group(int id) {
        return Objects.requireNonNull(groups.get(id));
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                nodes.forEach((id, n) -> System.out.println(id + " " + n.state() + " " + heard.get(id)));
                throw new AssertionError("not reached in time");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private ClusterStatus status(int id) {
        return get(node(id).status());
    }

    private boolean isMembership(int... ids) {
        for (int id : ids) {
            ClusterStatus status = status(id);
            if (status.view().isEmpty() || status.view().get().members().size() != ids.length) return false;
        }
        return true;
    }

    @Test
    void threeNodesBecomeOneClusterAndAgreeOnTheOrderOfMessages() {
        for (int id = 1; id <= 3; id++) start(id);
        until(() -> isMembership(1, 2, 3));
        for (int id = 1; id <= 3; id++)
            assertThat(get(node(id).awaitQuorum()).quorate()).isTrue();
        until(() -> groups.values().stream().allMatch(g -> g.members().size() == 3));
        List<CompletionStage<Void>> sent = new ArrayList<>();
        for (int i = 0; i < 100; i++)
            for (int id = 1; id <= 3; id++) sent.add(group(id).send(("m" + i).getBytes(StandardCharsets.UTF_8)));
        sent.forEach(EmbeddedClusterTest::get);
        until(() -> heard.values().stream().allMatch(h -> h.size() == 300));
        assertThat(heard.get(2)).isEqualTo(heard.get(1));
        assertThat(heard.get(3)).isEqualTo(heard.get(1));
        assertThat(status(1).members()).hasSize(3);
    }

    @Test
    void aNodeThatLeavesIsMissedAtOnceAndComesBackWithAHigherRing() {
        for (int id = 1; id <= 3; id++) start(id);
        until(() -> isMembership(1, 2, 3));
        long before = status(1).view().orElseThrow().ringId().sequence();
        get(node(3).leave());
        assertThat(node(3).state()).isEqualTo(State.LEFT);
        node(3).close();
        until(() -> isMembership(1, 2));
        assertThat(status(1).missing()).hasSize(1);
        assertThat(status(1).missing().get(0).since()).isPresent();
        start(3);
        until(() -> isMembership(1, 2, 3));
        assertThat(status(3).view().orElseThrow().ringId().sequence()).isGreaterThan(before);
        assertThat(status(2).quorum().quorate()).isTrue();
    }

    @Test
    void aNodeAloneOfThreeIsInAMembershipButNotQuorate() {
        start(2);
        until(() -> isMembership(2));
        assertThat(node(2).state()).isEqualTo(State.MEMBER);
        assertThat(status(2).quorum().quorate()).isFalse();
        assertThat(status(2).missing()).hasSize(2);
        assertThat(node(2).awaitQuorum().toCompletableFuture()).isNotDone();
    }

    @Test
    void expectedVotesAndVotesAreChangedForAll() {
        for (int id = 1; id <= 3; id++) start(id);
        until(() -> isMembership(1, 2, 3));
        assertThat(get(node(2).setExpectedVotes(5)).expectedVotes()).isEqualTo(5);
        until(() ->
                status(1).quorum().expectedVotes() == 5 && status(3).quorum().expectedVotes() == 5);
        assertThat(status(3).quorum().quorum()).isEqualTo(3);
        assertThat(get(node(1).setVotes(NodeId.of(3), 2)).totalVotes()).isEqualTo(4);
        until(() -> status(3).quorum().totalVotes() == 4);
        assertThatThrownBy(() -> get(node(1).setExpectedVotes(2)))
                .hasRootCauseMessage("cannot expect 2 votes: 4 are present")
                .rootCause()
                .isInstanceOfSatisfying(
                        ClusterException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.REFUSED));
        assertThat(get(node(3).cancelWaitForAll()).quorate()).isTrue();
        node(2).close();
        assertThatThrownBy(() -> get(node(2).setExpectedVotes(3)))
                .rootCause()
                .isInstanceOfSatisfying(
                        ClusterException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.CLOSED));
    }

    @Test
    void otherVotesInTheFilesAreTakenAtAReload() {
        for (int id = 1; id <= 3; id++) start(id);
        until(() -> isMembership(1, 2, 3));
        ClusterConfig changed = ClusterConfig.builder("orchard")
                .transport("memory")
                .totem(config.totem())
                .node(NodeConfig.of(1, "apple", "127.0.0.1").withVotes(3))
                .node(NodeConfig.of(2, "pear", "127.0.0.2"))
                .node(NodeConfig.of(3, "plum", "127.0.0.3"))
                .build();
        for (int id = 1; id <= 3; id++) files.put(id, () -> new Fresh(changed, new byte[128]));
        assertThat(get(node(2).reload())).isEqualTo(new ReloadReport(List.of("votes of nodes"), List.of()));
        until(() -> status(3).quorum().totalVotes() == 5 && status(2).quorum().expectedVotes() == 5);
        assertThat(status(1).quorum().quorum()).isEqualTo(3);
    }

    @Test
    void theKeyIsChangedWhileMessagesFlow() {
        for (int id = 1; id <= 3; id++) start(id);
        until(() -> isMembership(1, 2, 3));
        until(() -> groups.values().stream().allMatch(g -> g.members().size() == 3));
        RingId ring = status(1).view().orElseThrow().ringId();
        byte[] key = new byte[256];
        key[7] = 9;
        Map<Integer, byte[]> given = new ConcurrentSkipListMap<>();
        for (int id = 1; id <= 3; id++) {
            int node = id;
            files.put(id, () -> {
                byte[] read = key.clone();
                given.put(node, read);
                return new Fresh(config, read);
            });
        }
        List<CompletionStage<Void>> sent = new ArrayList<>();
        for (int i = 0; i < 50; i++)
            for (int id = 1; id <= 3; id++) sent.add(group(id).send(("m" + i).getBytes(StandardCharsets.UTF_8)));
        CompletionStage<ReloadReport> reload = node(2).reload();
        for (int i = 50; i < 100; i++)
            for (int id = 1; id <= 3; id++) sent.add(group(id).send(("m" + i).getBytes(StandardCharsets.UTF_8)));
        assertThat(get(reload)).isEqualTo(new ReloadReport(List.of("another key"), List.of()));
        sent.forEach(EmbeddedClusterTest::get);
        until(() -> heard.values().stream().allMatch(h -> h.size() == 300));
        assertThat(heard.get(2)).isEqualTo(heard.get(1));
        assertThat(heard.get(3)).isEqualTo(heard.get(1));
        assertThat(status(3).view().orElseThrow().ringId()).isEqualTo(ring);
        assertThat(given).hasSize(3).allSatisfy((id, array) -> assertThat(array).containsOnly(0));
        // a node with the old key is not let in
        get(node(3).leave());
        node(3).close();
        start(3);
        until(() -> isMembership(1, 2) && isMembership(3));
        assertThat(status(3).view().orElseThrow().members()).containsExactly(NodeId.of(3));
    }

    @Test
    void aNodeWithoutItsFileSaysWhyItKeepsWhatItHas() {
        for (int id = 1; id <= 2; id++) start(id);
        until(() -> isMembership(1, 2));
        files.put(1, () -> {
            throw new ClusterException(Reason.KEY_UNUSABLE, "the key file is gone");
        });
        assertThatThrownBy(() -> get(node(1).reload()))
                .hasRootCauseMessage("this node keeps the configuration that it has: the key file is gone");
        files.put(1, () -> new Fresh(config, new byte[5]));
        assertThatThrownBy(() -> get(node(1).reload()))
                .rootCause()
                .hasMessageContaining("the key has 5 bytes; packets are encrypted, which needs");
        files.put(1, () -> {
            throw new IllegalStateException("oops");
        });
        assertThatThrownBy(() -> get(node(1).reload())).rootCause().hasMessageContaining("its source failed with");
        assertThat(isMembership(1, 2)).isTrue();
    }
}
