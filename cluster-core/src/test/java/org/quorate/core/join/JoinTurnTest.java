package org.quorate.core.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.auth.Credential;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.join.wire.JoinFinding.Kind;

/** Machines that join at the same moment join one after another, and are told for whom they wait. */
@Timeout(120)
class JoinTurnTest {
    private static final SimpleHost PLUM = SimpleHost.of("plum", "10.77.0.3");

    @TempDir
    private Path temp;

    private JoinWorld world;
    private final CountDownLatch plumMayGoOn = new CountDownLatch(1);
    private final List<String> pearSaid = new CopyOnWriteArrayList<>();

    @BeforeEach
    void makeCluster() throws IOException {
        world = new JoinWorld(temp);
    }

    @AfterEach
    void close() {
        plumMayGoOn.countDown();
        world.close();
    }

    private CompletableFuture<JoinResult> join(SimpleHost host, String name, JoinListener listener) throws IOException {
        Path data = temp.resolve(name);
        JoinerHost joiner = new JoinerHost(
                host, world.clock, world.random, HostDisk.of(data), Optional.empty(), JoinWorld.TIMES, listener);
        JoinOptions options = world.options();
        Credential credential = world.credential();
        return CompletableFuture.supplyAsync(() -> {
            try (credential) {
                return new JoinClient(data, joiner).join(options, credential);
            }
        });
    }

    /** It is admitted, has everything on disk, and says so only when it may go on. */
    private CompletableFuture<JoinResult> plumHalfway() throws IOException {
        CompletableFuture<JoinResult> plum = join(PLUM, "plum", (step, sentence) -> {
            if (step == JoinStep.CONFIRMING) await(plumMayGoOn);
        });
        world.await("plum is listed", () -> world.cluster.lists("plum"));
        return plum;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException ended) {
            throw new AssertionError(ended);
        }
    }

    private void hear(JoinStep step, String sentence) {
        pearSaid.add(step + ": " + sentence);
    }

    private void awaitWaiting(String why) {
        world.await(
                "pear waits", () -> pearSaid.stream().anyMatch(said -> said.startsWith("WAITING: waiting: " + why)));
    }

    private static JoinResult get(CompletableFuture<JoinResult> join) throws Exception {
        return join.get(60, TimeUnit.SECONDS);
    }

    @Test
    void theSecondWaitsForTheFirstAndIsToldSo() throws Exception {
        CompletableFuture<JoinResult> plum = plumHalfway();
        CompletableFuture<JoinResult> pear = join(JoinWorld.PEAR, "pear", this::hear);
        awaitWaiting("node plum is just being added");
        assertThat(pear).isNotDone();
        plumMayGoOn.countDown();
        assertThat(get(plum).self().value()).isEqualTo(2);
        assertThat(get(pear).self().value()).isEqualTo(3);
        assertThat(world.cluster.isConfirmed("plum")).isTrue();
        assertThat(world.cluster.isConfirmed("pear")).isTrue();
        assertThat(pearSaid)
                .as("once, not in each round")
                .filteredOn(said -> said.startsWith("WAITING"))
                .hasSizeLessThan(4);
    }

    @Test
    void oneThatCameBetweenTheCheckAndTheAdmissionIsWaitedForToo() throws Exception {
        CompletableFuture<CompletableFuture<JoinResult>> between = new CompletableFuture<>();
        CompletableFuture<JoinResult> pear = join(JoinWorld.PEAR, "pear", (step, sentence) -> {
            hear(step, sentence);
            if (step != JoinStep.COMMITTING) return;
            try {
                between.complete(plumHalfway());
            } catch (IOException | RuntimeException failed) {
                between.completeExceptionally(failed);
            }
        });
        CompletableFuture<JoinResult> plum = between.get(60, TimeUnit.SECONDS);
        awaitWaiting("node plum is just being added");
        plumMayGoOn.countDown();
        assertThat(get(plum).self().value()).isEqualTo(2);
        assertThat(get(pear).self().value()).isEqualTo(3);
    }

    @Test
    void oneThatNeverComesToItsEndIsNotWaitedForForEver() throws Exception {
        world.restart(JoinWorld.LIMITS.withTurn(Duration.ofMillis(300)));
        CompletableFuture<JoinResult> plum = plumHalfway();
        CompletableFuture<JoinResult> pear = join(JoinWorld.PEAR, "pear", this::hear);
        JoinFailure refused =
                (JoinFailure) catchThrowableOfType(java.util.concurrent.ExecutionException.class, () -> get(pear))
                        .getCause();
        assertThat(refused.findings())
                .filteredOn(JoinFinding::blocks)
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.kind()).isEqualTo(Kind.CHANGE_UNDER_WAY);
                    assertThat(finding.sentence()).contains("node plum is just being added", "try again later");
                });
        awaitWaiting("node plum is just being added");
        assertThat(temp.resolve("pear")).doesNotExist();
        plumMayGoOn.countDown();
        assertThat(get(plum).self().value()).isEqualTo(2);
    }

    @Test
    void aClusterThatLacksQuorumUntilTheOneBeforeRunsIsWaitedFor() throws Exception {
        plumMayGoOn.countDown();
        get(plumHalfway());
        world.cluster.setQuorate(false);
        CompletableFuture<JoinResult> pear = join(JoinWorld.PEAR, "pear", this::hear);
        awaitWaiting("the cluster is not quorate");
        world.cluster.setQuorate(true);
        assertThat(get(pear).self().value()).isEqualTo(3);
    }

    @Test
    void twoAtTheSameMomentBothJoin() throws Exception {
        CompletableFuture<JoinResult> plum = join(PLUM, "plum", JoinListener.NONE);
        CompletableFuture<JoinResult> pear = join(JoinWorld.PEAR, "pear", this::hear);
        assertThat(List.of(get(plum).self().value(), get(pear).self().value())).containsExactlyInAnyOrder(2, 3);
        assertThat(world.cluster.isConfirmed("plum")).isTrue();
        assertThat(world.cluster.isConfirmed("pear")).isTrue();
    }
}
