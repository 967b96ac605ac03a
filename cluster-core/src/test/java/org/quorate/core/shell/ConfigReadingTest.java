package org.quorate.core.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterManager;
import org.quorate.ConfigurationSource;
import org.quorate.ConfigurationSource.Fresh;
import org.quorate.NodeBuilder;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.core.NodeEffect;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumProvider.RuleDecision;

/** A node reads its configuration again: off the loop, silent meanwhile but not for ever, and without leaving a key behind. */
@Timeout(60)
class ConfigReadingTest {
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final ManualTransport transport = new ManualTransport(log);
    private final ScriptedEngine engine = new ScriptedEngine();
    private final CountDownLatch mayRead = new CountDownLatch(1);
    private final byte[] read = key(6);
    private final ClusterConfig config = ClusterConfig.builder("orchard")
            .transport("manual")
            .node(NodeConfig.of(1, "apple", "127.0.0.1"))
            .build();
    private @Nullable ClusterManager node;

    @AfterEach
    void end() {
        mayRead.countDown();
        transport.endNode();
        if (node != null) node.close();
    }

    private static byte[] key(int content) {
        byte[] key = new byte[128];
        Arrays.fill(key, (byte) content);
        return key;
    }

    private Fresh waitThenRead() {
        try {
            if (!mayRead.await(30, TimeUnit.SECONDS)) throw new IllegalStateException("the test forgot this");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return new Fresh(config, read);
    }

    private ClusterManager start(@Nullable ConfigurationSource source) {
        NodeBuilder builder = ClusterManager.builder(config, NodeId.of(1))
                .key(key(5))
                .transport(transport)
                .stateStore(new ManualStore(log))
                .callbackExecutor(Runnable::run)
                .quorumProvider(QuorumProvider.of("all", in -> RuleDecision.quorate("always")));
        if (source != null) builder.source(source);
        ClusterManager built = new EmbeddedClusterManager(
                builder,
                (c, s, q) -> new NodeParts.Brain(engine, Map::of, () -> QuorumState.UNKNOWN),
                Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        node = built;
        built.start();
        transport.turn();
        log.clear();
        return built;
    }

    private void packet() {
        transport.arrive(9);
        transport.turn();
    }

    private static NodeEffect send(int octet) {
        return new NodeEffect.SendToAll(new byte[] {(byte) octet});
    }

    private static NodeEffect readConfiguration(long number) {
        return new NodeEffect.ReadConfiguration(number, 1000);
    }

    private String lastHeard() {
        return engine.heard.get(engine.heard.size() - 1);
    }

    private void turnUntil(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("deadline; %s %s", log, engine.heard)
                    .isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
            transport.turn();
        }
    }

    @Test
    void whatFollowsAReadingWaitsForItsEndAndTheEngineDoesNot() {
        start(this::waitThenRead);
        engine.answer(send(1), readConfiguration(1), send(2));
        packet();
        engine.answer(send(3));
        packet();
        transport.advanceTo(999);
        assertThat(log).containsExactly("all [1]");
        mayRead.countDown();
        engine.answer(send(4));
        turnUntil(() -> log.size() > 1);
        assertThat(lastHeard()).startsWith("999 ConfigurationRead[number=1, ").endsWith("keyChanged=true]");
        assertThat(log).containsExactly("all [1]", "all [2]", "all [3]", "all [4]");
    }

    @Test
    void aReadingThatTakesLongDoesNotSilenceTheNodeForEver() {
        start(this::waitThenRead);
        engine.answer(readConfiguration(1), send(2));
        packet();
        assertThat(log).isEmpty();
        transport.advanceTo(1000);
        assertThat(log).containsExactly("all [2]");
        mayRead.countDown();
        turnUntil(() -> lastHeard().contains("ConfigurationRead[number=1, "));
        engine.answer(send(3));
        packet();
        assertThat(log).containsExactly("all [2]", "all [3]");
    }

    @Test
    void whileOneReadingLastsAnotherIsRefused() {
        start(this::waitThenRead);
        engine.answer(readConfiguration(1));
        packet();
        transport.advanceTo(1000);
        engine.answer(readConfiguration(2));
        packet();
        assertThat(lastHeard()).contains("ConfigurationRefused[number=2, why=an earlier attempt");
    }

    @Test
    void theKeyIsGivenToTheTransportAndWipedHere() {
        start(() -> new Fresh(config, read));
        engine.answer(readConfiguration(1)).answer(new NodeEffect.LoadKey());
        engine.answer(new NodeEffect.UseKey(), new NodeEffect.DropKey());
        packet();
        turnUntil(() -> lastHeard().contains("KeyLoaded"));
        assertThat(log).containsExactly("load aes256/sha256 128 x 6", "use the loaded key", "drop the old key");
        assertThat(read).containsOnly(0);
        // the same key once more is no change
        engine.answer(readConfiguration(2));
        Arrays.fill(read, (byte) 6);
        packet();
        turnUntil(() -> lastHeard().contains("ConfigurationRead[number=2"));
        assertThat(lastHeard()).endsWith("keyChanged=false]");
        engine.answer(new NodeEffect.ReloadEnded(List.of(), Optional.empty(), new ReloadReport(List.of(), List.of())));
        packet();
        assertThat(read).as("not needed").containsOnly(0);
    }

    @Test
    void aKeyThatTheTransportRefusesIsWipedAndReported() {
        start(() -> new Fresh(config, read));
        transport.refusal = new ClusterException(Reason.KEY_UNUSABLE, "no such hash here");
        engine.answer(readConfiguration(1)).answer(new NodeEffect.LoadKey());
        packet();
        turnUntil(() -> lastHeard().contains("KeyRefused[why=no such hash here]"));
        assertThat(read).containsOnly(0);
    }

    private ClusterConfig moved(String address) {
        return ClusterConfig.builder("orchard")
                .transport("manual")
                .node(NodeConfig.of(1, "apple", address))
                .build();
    }

    @Test
    void otherLinksAreGivenToTheTransportOnce() {
        start(() -> new Fresh(moved("127.0.0.9"), read));
        engine.answer(readConfiguration(1)).answer(new NodeEffect.ChangeLinks());
        engine.answer(new NodeEffect.ConfigurationApplied(moved("127.0.0.9")));
        packet();
        turnUntil(() -> lastHeard().contains("LinksChanged"));
        assertThat(lastHeard()).endsWith("LinksChanged[changes=[addresses of link 0: this node 127.0.0.9:5405]]");
        assertThat(log).containsExactly("links {0=/127.0.0.9:5405} to []");
        engine.answer(readConfiguration(2)).answer(new NodeEffect.ChangeLinks());
        packet();
        turnUntil(() -> lastHeard().contains("LinksChanged[changes=[]]"));
        assertThat(log).hasSize(1);
    }

    @Test
    void linksThatTheTransportRefusesAreTriedAgainNextTime() {
        start(() -> new Fresh(moved("127.0.0.9"), read));
        for (int number = 1; number <= 2; number++) {
            String why = "no room " + number;
            transport.refusal = new ClusterException(Reason.PORT_BUSY, why);
            engine.answer(readConfiguration(number)).answer(new NodeEffect.ChangeLinks());
            packet();
            turnUntil(() -> lastHeard().contains("LinksRefused[why=" + why + "]"));
        }
        assertThat(log).isEmpty();
    }

    @Test
    void anAddressThatCannotBeResolvedIsRefused() {
        start(() -> new Fresh(moved(""), read));
        engine.answer(readConfiguration(1)).answer(new NodeEffect.ChangeLinks());
        packet();
        turnUntil(() -> lastHeard().contains("LinksRefused"));
        assertThat(lastHeard()).contains("LinksRefused[why=the address  of node 1 on link 0 cannot be resolved");
        assertThat(log).isEmpty();
    }

    @Test
    void anEndInTheMiddleWipesWhatWasReadAndFailsWhoeverWaits() {
        ClusterManager built = start(() -> new Fresh(config, read));
        CompletionStage<ReloadReport> reload = built.reload();
        transport.turn();
        assertThat(lastHeard()).endsWith("Reload[ticket=0]");
        engine.answer(readConfiguration(1));
        packet();
        turnUntil(() -> lastHeard().contains("ConfigurationRead"));
        transport.endNode();
        assertThat(read).containsOnly(0);
        assertThat(failure(reload))
                .isInstanceOfSatisfying(
                        ClusterException.class,
                        closed -> assertThat(closed.reason()).isEqualTo(Reason.CLOSED));
    }

    @Test
    void withoutASourceTheNodeKeepsWhatItHas() {
        ClusterManager built = start(null);
        CompletionStage<ReloadReport> reload = built.reload();
        engine.answer(readConfiguration(1), send(1));
        transport.turn();
        assertThat(lastHeard())
                .contains("ConfigurationRefused[number=1, why=it was built without a source for its configuration]");
        assertThat(log).containsExactly("all [1]");
        engine.answer(new NodeEffect.ReloadEnded(
                List.of(0L), Optional.of("no source"), new ReloadReport(List.of(), List.of())));
        packet();
        assertThat(failure(reload)).hasMessage("this node keeps the configuration that it has: no source");
    }

    @Test
    void noMoreThanSixtyFourMayWaitForAReload() {
        ClusterManager built = start(null);
        List<CompletionStage<ReloadReport>> all = new ArrayList<>();
        for (int i = 0; i < Requests.MAX_WAITING; i++) all.add(built.reload());
        assertThat(failure(built.reload()))
                .isInstanceOfSatisfying(
                        ClusterException.class,
                        full -> assertThat(full.reason()).isEqualTo(Reason.QUEUE_FULL));
        assertThat(all).noneMatch(stage -> stage.toCompletableFuture().isDone());
    }

    private static @Nullable Throwable failure(CompletionStage<?> stage) {
        Throwable thrown = catchThrowable(() ->
                stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join());
        return thrown == null ? null : thrown.getCause();
    }
}
