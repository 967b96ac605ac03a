package org.quorate.core.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.ClusterManager.State;
import org.quorate.ClusterStatus;
import org.quorate.CryptoConfig;
import org.quorate.Group;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.Group.SendResult;
import org.quorate.LinkConfig;
import org.quorate.LinkStatus;
import org.quorate.NodeBuilder;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.RequestGroup;
import org.quorate.RingId;
import org.quorate.View;
import org.quorate.core.NodeEffect;
import org.quorate.core.request.wire.RequestMessage;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumProvider.RuleDecision;
import org.quorate.spi.TransportSettings.PeerLink;

/** A node's life around its engine: the order of effects and callbacks, answers to users, failures, and the end. */
@Timeout(60)
class EmbeddedClusterManagerTest {
    private static final NodeId SELF = NodeId.of(1);
    private static final GroupMember ME = new GroupMember(SELF, NodeParts.processId());
    private static final GroupMember OTHER = new GroupMember(NodeId.of(2), 8);
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final ManualTransport transport = new ManualTransport(log);
    private final ScriptedEngine engine = new ScriptedEngine();
    private final ManualStore store = new ManualStore(log);
    private final ClusterConfig config = ClusterConfig.builder("orchard")
            .crypto(CryptoConfig.NONE)
            .transport("manual")
            .quorumProvider("all")
            .link(LinkConfig.of(1).withPriority(9).withPings(Duration.ofMillis(50), Duration.ofMillis(100)))
            .node(NodeConfig.of(1, "apple", "127.0.0.1", "127.0.1.1"))
            .node(NodeConfig.of(2, "pear", "127.0.0.2", "127.0.1.2").withVotes(3))
            .node(NodeConfig.of(3, "plum", "127.0.0.3", "127.0.1.3"))
            .build();
    private NodeBuilder builder = ClusterManager.builder(config, SELF)
            .transport(transport)
            .stateStore(store)
            .quorumProvider(QuorumProvider.of("all", in -> RuleDecision.quorate("always")));
    private @Nullable ClusterManager node;

    @AfterEach
    void end() {
        transport.endNode();
        if (node != null) node.close();
    }

    private ClusterManager build() {
        ClusterManager built = new EmbeddedClusterManager(
                builder,
                (c, s, q) -> new NodeParts.Brain(
                        engine, () -> Map.of("tokens", 5L, "shared", 2L), () -> quorumState(true, "fine")),
                Clock.fixed(NOON, ZoneOffset.UTC));
        node = built;
        return built;
    }

    /** A node in the view 1.5 of itself and node 2, with callbacks run at once. */
    private ClusterManager member() {
        builder.callbackExecutor(Runnable::run);
        engine.answer(new NodeEffect.ViewInstalled(view(5, false, 1, 2)));
        ClusterManager built = build();
        built.start();
        transport.turn();
        return built;
    }

    private static QuorumState quorumState(boolean quorate, String reason) {
        return new QuorumState(
                quorate,
                5,
                5,
                4,
                3,
                Set.of(),
                List.of(new QuorumState.NodeVotes(NodeId.of(2), 4, 5, QuorumState.NodeState.MEMBER)),
                reason);
    }

    private static View view(long sequence, boolean quorate, int... members) {
        List<NodeId> ids = Arrays.stream(members).mapToObj(NodeId::of).toList();
        return new View(new RingId(1, sequence), ids, ids, List.of(), quorumState(quorate, "r" + sequence));
    }

    private static NodeEffect send(int octet) {
        return new NodeEffect.SendToAll(new byte[] {(byte) octet});
    }

    private static NodeEffect persist(int octet) {
        return new NodeEffect.Persist("ringid_1", new byte[] {(byte) octet});
    }

    private void packet() {
        transport.arrive(9);
        transport.turn();
    }

    private static Reason reasonOf(CompletionStage<?> stage) {
        Throwable thrown = catchThrowable(() ->
                stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join());
        if (thrown instanceof CompletionException && thrown.getCause() instanceof ClusterException failure)
            return failure.reason();
        throw new AssertionError("expected a ClusterException", thrown);
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private final ClusterListener noting = new ClusterListener() {
        @Override
        public void onView(View view) {
            log.add("view " + view.ringId());
        }

        @Override
        public void onQuorum(QuorumState quorum) {
            log.add("quorum " + quorum.quorate());
        }

        @Override
        public void onLink(LinkStatus link) {
            log.add("link " + link.link());
        }

        @Override
        public void onState(State state, String why) {
            log.add("state " + state);
        }
    };

    // effects

    @Test
    void theSavedRingSequenceReachesTheEngine() {
        store.values.put("ringid_1", new byte[] {0x34, 0x12, 0, 0, 0, 0, 0, 0});
        build().start();
        transport.turn();
        assertThat(engine.heard).containsExactly("0 Start[savedRingSequence=4660]");
    }

    @Test
    void noEffectOvertakesAWriteAndInputsAreTakenMeanwhile() {
        engine.answer(send(1), persist(2), send(3), persist(4), send(5)).answer(send(6));
        build().start();
        transport.turn();
        packet();
        assertThat(engine.heard).containsExactly("0 Start[savedRingSequence=0]", "0 Packet[9]");
        assertThat(log).containsExactly("all [1]", "write ringid_1 [2]");
        store.succeed();
        assertThat(log).hasSize(2);
        transport.turn();
        assertThat(log).containsExactly("all [1]", "write ringid_1 [2]", "all [3]", "write ringid_1 [4]");
        store.succeed();
        transport.turn();
        assertThat(log).endsWith("write ringid_1 [4]", "all [5]", "all [6]");
    }

    @Test
    void aWriteThatIsDurableAtOnceHoldsNothingBack() {
        builder.stateStore(new HeapStateStore());
        engine.answer(persist(1), send(2));
        build().start();
        transport.turn();
        assertThat(log).containsExactly("all [2]");
    }

    @Test
    void aFailedWriteStopsTheNodeAndNothingAfterItIsDone() {
        builder.listener(noting).callbackExecutor(Runnable::run);
        engine.answer(persist(1), send(2));
        ClusterManager built = build();
        CompletionStage<View> start = built.start();
        transport.turn();
        store.fail();
        transport.turn();
        assertThat(built.state()).isEqualTo(State.FAILED);
        assertThat(reasonOf(start)).isEqualTo(Reason.STORAGE_FAILED);
        assertThat(reasonOf(built.status())).isEqualTo(Reason.CLOSED);
        built.close();
        assertThat(log).doesNotContain("all [2]").contains("state JOINING", "state FAILED", "transport closed");
    }

    @Test
    void aDiskThatHangsStopsTheNodeAtTheBound() {
        engine.answer(persist(1));
        ClusterManager built = build();
        built.start();
        transport.turn();
        NodeEffect[] many = new NodeEffect[EffectGate.MAX_HELD];
        Arrays.fill(many, send(1));
        engine.answer(many).answer(send(2));
        packet();
        assertThat(built.state()).isEqualTo(State.JOINING);
        packet();
        assertThat(built.state()).isEqualTo(State.FAILED);
    }

    @Test
    void theEngineIsWokenAtItsDeadline() {
        engine.deadline = 500;
        engine.answer(send(1)).answer(send(2));
        build().start();
        transport.turn();
        assertThat(transport.alarmAt).isEqualTo(500);
        engine.deadline = 900;
        transport.advanceTo(600);
        assertThat(engine.heard).endsWith("600 tick");
        assertThat(log).containsExactly("all [1]", "all [2]");
        assertThat(transport.alarmAt).isEqualTo(900);
    }

    @Test
    void aPacketIsCopiedOutOfTheTransportsBuffer() {
        build().start();
        transport.turn();
        packet();
        assertThat(engine.heard).endsWith("0 Packet[9]");
    }

    @Test
    void theAnswerToADiscardIsStepped() {
        engine.answer(new NodeEffect.DiscardPending(), send(1)).answer(send(2));
        build().start();
        transport.turn();
        assertThat(engine.heard).endsWith("0 Discarded[messages=3]");
        assertThat(log).containsExactly("discard", "all [1]", "all [2]");
    }

    @Test
    void anEngineThatThrowsStopsTheNode() {
        ClusterManager built = member();
        engine.broken = true;
        packet();
        assertThat(built.state()).isEqualTo(State.FAILED);
        assertThat(transport.alarmAt).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aStopEffectFailsTheStart() {
        engine.answer(new NodeEffect.Stop(Reason.CONFIG_VERSION_MISMATCH, "version 3, theirs 4"), send(1));
        ClusterManager built = build();
        CompletionStage<View> start = built.start();
        transport.turn();
        assertThat(reasonOf(start)).isEqualTo(Reason.CONFIG_VERSION_MISMATCH);
        assertThat(built.state()).isEqualTo(State.FAILED);
        assertThat(log).doesNotContain("all [1]");
    }

    @Test
    void aTransportThatFailsOrSeesATwinStopsTheNode() {
        ClusterManager built = member();
        transport.listener().nodeIdClash("from 10.0.0.7");
        assertThat(built.state()).isEqualTo(State.FAILED);
        assertThat(reasonOf(built.leave())).isEqualTo(Reason.NODE_ID_CLASH);
    }

    // callbacks

    @Test
    void callbacksComeInTheOrderOfTheProtocol() {
        builder.listener(noting).callbackExecutor(Runnable::run);
        engine.answer(new NodeEffect.ViewInstalled(view(5, false, 1)))
                .answer(
                        new NodeEffect.QuorumChanged(quorumState(true, "ok")),
                        new NodeEffect.ViewInstalled(view(9, true, 1, 2)));
        ClusterManager built = build();
        CompletionStage<View> start = built.start();
        start.thenAccept(v -> log.add("started " + v.ringId()));
        transport.turn();
        assertThat(log).containsExactly("state JOINING", "state MEMBER", "view 1.5", "started 1.5");
        packet();
        assertThat(log).endsWith("quorum true", "view 1.9");
        assertThat(built.state()).isEqualTo(State.MEMBER);
    }

    @Test
    void callbacksRunOnTheNodesOwnThread() {
        CompletableFuture<String> thread = new CompletableFuture<>();
        builder.listener(new ClusterListener() {
            @Override
            public void onView(View view) {
                thread.complete(Thread.currentThread().getName());
            }
        });
        engine.answer(new NodeEffect.ViewInstalled(view(5, false, 1)));
        build().start();
        transport.turn();
        assertThat(get(thread)).isEqualTo("cluster-1-callbacks");
    }

    @Test
    void aListenerThatThrowsHarmsNobody() {
        builder.listener(new ClusterListener() {
            @Override
            public void onView(View view) {
                throw new IllegalStateException("a listener's fault, on purpose");
            }
        });
        builder.listener(noting);
        ClusterManager built = member();
        assertThat(log).endsWith("view 1.5");
        assertThat(built.state()).isEqualTo(State.MEMBER);
    }

    @Test
    void aListenerHearsWhatHappensAfterItWasAdded() {
        ClusterManager built = member();
        built.addListener(noting);
        engine.answer(new NodeEffect.QuorumChanged(quorumState(true, "ok")));
        packet();
        assertThat(log).containsExactly("quorum true");
    }

    @Test
    void aListenerMayCloseTheNode() {
        CompletableFuture<Long> took = new CompletableFuture<>();
        builder.listener(new ClusterListener() {
            @Override
            public void onView(View view) {
                long begin = System.nanoTime();
                if (node != null) node.close();
                took.complete(System.nanoTime() - begin);
            }
        });
        engine.answer(new NodeEffect.ViewInstalled(view(5, false, 1))).answer(new NodeEffect.Left());
        build().start();
        transport.turn();
        while (!took.isDone()) transport.turn();
        assertThat(get(took)).isLessThan(TimeUnit.SECONDS.toNanos(5));
        assertThat(log).contains("transport closed");
    }

    @Test
    void aListenerThatCannotKeepUpStopsTheNodeRatherThanMissAnything() throws InterruptedException {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        builder.listener(new ClusterListener() {
            @Override
            public void onView(View view) {
                stuck.countDown();
                try {
                    assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException end) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        engine.answer(new NodeEffect.ViewInstalled(view(5, true, 1)));
        ClusterManager built = build();
        Group group = built.group("g", (sender, payload) -> {});
        built.start();
        transport.turn();
        assertThat(stuck.await(20, TimeUnit.SECONDS)).isTrue();
        NodeEffect[] half = new NodeEffect[CallbackBounds.MAX_WAITING / 2];
        Arrays.fill(half, new NodeEffect.QuorumChanged(quorumState(true, "ok")));
        engine.answer(half);
        packet();
        assertThat(built.state()).isEqualTo(State.MEMBER);
        transport.turn();
        assertThat(engine.heard).endsWith("0 Behind[eighths=8]");
        assertThat(group.trySend(new byte[1])).isEqualTo(SendResult.ACCEPTED);
        transport.turn();
        engine.answer(half);
        packet();
        assertThat(built.state()).isEqualTo(State.FAILED);
        release.countDown();
        assertThat(reasonOf(built.leave())).isEqualTo(Reason.QUEUE_FULL);
    }

    // answers

    @Test
    void quorumIsAwaited() {
        ClusterManager built = member();
        CompletableFuture<QuorumState> awaited = built.awaitQuorum().toCompletableFuture();
        assertThat(awaited).isNotDone();
        engine.answer(new NodeEffect.QuorumChanged(quorumState(true, "ok")));
        packet();
        assertThat(get(awaited).reason()).isEqualTo("ok");
        assertThat(get(built.awaitQuorum()).reason()).isEqualTo("ok");
    }

    @Test
    void theStatusHasEverything() {
        ClusterManager built = member();
        engine.answer(new NodeEffect.ViewInstalled(view(9, true, 1, 3)));
        packet();
        CompletionStage<ClusterStatus> answer = built.status();
        transport.turn();
        ClusterStatus status = get(answer);
        assertThat(status.state()).isEqualTo(State.MEMBER);
        assertThat(status.clusterName()).isEqualTo("orchard");
        assertThat(status.secure()).isFalse();
        assertThat(status.date()).isEqualTo(NOON);
        assertThat(status.view().orElseThrow().ringId()).isEqualTo(new RingId(1, 9));
        assertThat(status.quorum().reason()).isEqualTo("fine");
        assertThat(status.members())
                .containsExactly(
                        new ClusterStatus.MemberStatus(SELF, "apple", 1, "127.0.0.1", true),
                        new ClusterStatus.MemberStatus(NodeId.of(3), "plum", 1, "127.0.0.3", false));
        assertThat(status.missing())
                .containsExactly(new ClusterStatus.MissingNode(NodeId.of(2), "pear", 3, Optional.of(NOON)));
        assertThat(status.counters())
                .containsAllEntriesOf(Map.of(
                        "tokens", 5L,
                        "shared", 3L,
                        "drop.unreachable", 4L,
                        "effects.held", 0L,
                        "callbacks.waiting", 0L,
                        "callbacks.waiting-bytes", 0L,
                        "sends.outstanding", 0L,
                        "groups.members", 0L))
                .containsKeys("callbacks.high-water", "sends.high-water-bytes", "sends.outstanding-bytes");
    }

    @Test
    void aNodeThatIsNotStartedHasAStatus() {
        ClusterStatus status = get(build().status());
        assertThat(status.state()).isEqualTo(State.NEW);
        assertThat(status.missing()).hasSize(3);
    }

    // groups

    private Map<String, Long> countersOf(ClusterManager built) {
        CompletionStage<ClusterStatus> status = built.status();
        transport.turn();
        return get(status).counters();
    }

    private Group joined(ClusterManager built) {
        Group group = built.group("g", new Group.Listener() {
            @Override
            public void onMessage(GroupMember sender, byte[] payload) {
                log.add("message " + sender.node() + " " + Arrays.toString(payload));
            }

            @Override
            public void onChange(Change change) {
                log.add("change " + change.members().size());
            }
        });
        engine.answer(new NodeEffect.GroupChanged(
                "g", new Change(List.of(ME, OTHER), List.of(ME), List.of(), Group.Reason.JOIN)));
        transport.turn();
        return group;
    }

    private static NodeEffect message(GroupMember sender, int octet, long ticket) {
        return new NodeEffect.GroupMessage("g", sender, new byte[] {(byte) octet}, ticket);
    }

    @Test
    void aSendIsAnsweredAfterItsDelivery() {
        ClusterManager built = member();
        Group group = joined(built);
        assertThat(engine.heard).endsWith("0 JoinGroup[group=g, member=0]");
        assertThat(group.members()).containsExactly(ME, OTHER);
        byte[] payload = {4};
        CompletionStage<Void> sent = group.send(payload);
        sent.thenRun(() -> log.add("sent"));
        payload[0] = 99;
        transport.turn();
        assertThat(engine.heard).endsWith("0 Send g [4] 0");
        assertThat(sent.toCompletableFuture()).isNotDone();
        engine.answer(message(OTHER, 8, -1), message(ME, 4, 0));
        packet();
        assertThat(log).containsExactly("change 2", "message 2 [8]", "message 1 [4]", "sent");
        get(sent);
    }

    @Test
    void aSendThatIsNotTakenFails() {
        ClusterManager built = member();
        Group group = joined(built);
        engine.answer(new NodeEffect.SendFailed(0, Reason.QUEUE_FULL, "full"));
        CompletionStage<Void> sent = group.send(new byte[1]);
        transport.turn();
        assertThat(reasonOf(sent)).isEqualTo(Reason.QUEUE_FULL);
    }

    @Test
    void anAnswerFindsRoomHoweverManyWaitForSome() {
        ClusterManager built = member();
        Group group = joined(built);
        RequestGroup asked =
                built.requests("prices", (from, request) -> CompletableFuture.completedFuture(new byte[] {7}));
        String name = RequestGroup.GROUP_PREFIX + "prices";
        GroupMember self = asked.self();
        engine.answer(new NodeEffect.GroupChanged(
                name, new Change(List.of(self, OTHER), List.of(self), List.of(), Group.Reason.JOIN)));
        transport.turn();
        for (int i = 0; i < Sends.MAX_OUTSTANDING; i++)
            assertThat(group.trySend(new byte[1])).isEqualTo(SendResult.ACCEPTED);
        for (int i = 0; i < Answers.MAX_WAITING; i++) group.whenRoom();
        assertThat(reasonOf(group.whenRoom())).isEqualTo(Reason.QUEUE_FULL);
        transport.turn();
        byte[] request = new RequestMessage(RequestMessage.Kind.REQUEST, 77, 0, false, 0, new byte[0]).encode();
        engine.answer(new NodeEffect.GroupMessage(name, OTHER, request, -1));
        packet();
        transport.turn();
        assertThat(get(statusOf(built)).counters()).containsEntry("requests.answers-waiting", 1L);
        assertThat(engine.heard).noneMatch(heard -> heard.contains("Send " + name));
        NodeEffect[] delivered = new NodeEffect[Sends.MAX_OUTSTANDING / 2];
        for (int i = 0; i < delivered.length; i++) delivered[i] = message(ME, 0, i);
        engine.answer(delivered);
        packet();
        transport.turn();
        assertThat(engine.heard)
                .filteredOn(heard -> heard.contains("Send " + name))
                .hasSize(1);
        assertThat(get(statusOf(built)).counters()).containsEntry("requests.serving", 0L);
    }

    private CompletionStage<ClusterStatus> statusOf(ClusterManager built) {
        CompletionStage<ClusterStatus> status = built.status();
        transport.turn();
        return status;
    }

    @Test
    void whatIsAskedOfANodeIsBoundedAndFailsAtTheEnd() {
        ClusterManager built = member();
        List<CompletionStage<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 4096; i++) {
            built.status();
            waiting.add(built.awaitQuorum());
        }
        for (int i = 0; i < 62; i++) waiting.add(built.setExpectedVotes(1));
        waiting.add(built.setVotes(NodeId.of(1), 1));
        waiting.add(built.cancelWaitForAll());
        assertThat(reasonOf(built.status())).isEqualTo(Reason.QUEUE_FULL);
        assertThat(reasonOf(built.awaitQuorum())).isEqualTo(Reason.QUEUE_FULL);
        assertThat(reasonOf(built.setExpectedVotes(1))).isEqualTo(Reason.QUEUE_FULL);
        assertThat(reasonOf(built.setVotes(NodeId.of(1), 1))).isEqualTo(Reason.QUEUE_FULL);
        assertThat(reasonOf(built.cancelWaitForAll())).isEqualTo(Reason.QUEUE_FULL);
        assertThatThrownBy(() -> built.requests("", (asker, request) -> new CompletableFuture<>()))
                .isInstanceOf(IllegalArgumentException.class);
        engine.broken = true;
        packet();
        for (CompletionStage<?> each : waiting) assertThat(reasonOf(each)).isEqualTo(Reason.CLOSED);
        assertThat(reasonOf(built.status())).isEqualTo(Reason.CLOSED);
        assertThat(reasonOf(built.awaitQuorum())).isEqualTo(Reason.CLOSED);
        assertThat(reasonOf(built.setVotes(NodeId.of(1), 1))).isEqualTo(Reason.CLOSED);
        assertThatThrownBy(() -> built.requests("h", (asker, request) -> new CompletableFuture<>()))
                .isInstanceOfSatisfying(
                        ClusterException.class,
                        closed -> assertThat(closed.reason()).isEqualTo(Reason.CLOSED));
    }

    @Test
    void sendsUnderWayAreBoundedAndFailAtTheEnd() {
        ClusterManager built = member();
        Group group = joined(built);
        List<CompletionStage<Void>> sent = new ArrayList<>();
        for (int i = 0; i < Sends.MAX_OUTSTANDING; i++) sent.add(group.send(new byte[1]));
        assertThat(reasonOf(group.send(new byte[1]))).isEqualTo(Reason.QUEUE_FULL);
        engine.broken = true;
        packet();
        for (CompletionStage<Void> each : sent) assertThat(reasonOf(each)).isEqualTo(Reason.CLOSED);
        assertThat(reasonOf(group.send(new byte[1]))).isEqualTo(Reason.CLOSED);
        assertThatThrownBy(() -> built.group("h", (s, p) -> {})).isInstanceOf(ClusterException.class);
    }

    @Test
    void bytesUnderWayAreBounded() {
        Group group = joined(member());
        int count = (int) (Sends.MAX_OUTSTANDING_BYTES / Group.MAX_MESSAGE_BYTES);
        byte[] large = new byte[Group.MAX_MESSAGE_BYTES];
        for (int i = 0; i < count; i++)
            assertThat(group.send(large).toCompletableFuture()).isNotDone();
        assertThat(reasonOf(group.send(large))).isEqualTo(Reason.QUEUE_FULL);
        assertThatThrownBy(() -> group.send(new byte[Group.MAX_MESSAGE_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aGroupCanBeJoinedAgainAfterLeaving() {
        ClusterManager built = member();
        Group first = joined(built);
        CompletionStage<Void> left = first.leave();
        first.close();
        assertThat(first.trySend(new byte[1])).isEqualTo(SendResult.NOT_A_MEMBER);
        assertThat(reasonOf(first.whenRoom())).isEqualTo(Reason.NOT_A_MEMBER);
        assertThat(reasonOf(first.send(new byte[1]))).isEqualTo(Reason.NOT_A_MEMBER);
        List<String> second = new ArrayList<>();
        Group again = built.group("g", (s, p) -> second.add(Arrays.toString(p)));
        transport.turn();
        assertThat(engine.heard).endsWith("0 LeaveGroup[group=g, member=0]", "0 JoinGroup[group=g, member=1]");
        log.clear();
        engine.answer(
                message(OTHER, 1, -1),
                new NodeEffect.GroupChanged(
                        "g", new Change(List.of(OTHER), List.of(), List.of(ME), Group.Reason.LEAVE)),
                message(OTHER, 2, -1),
                new NodeEffect.GroupChanged(
                        "g",
                        new Change(List.of(again.self(), OTHER), List.of(again.self()), List.of(), Group.Reason.JOIN)),
                message(OTHER, 3, -1));
        assertThat(left.toCompletableFuture()).isNotDone();
        packet();
        get(left);
        assertThat(second).containsExactly("[3]");
        assertThat(log).isEmpty();
        assertThat(again.members()).hasSize(2);
    }

    @Test
    void twoMembersOfOneGroupHearOnTheirOwn() {
        ClusterManager built = member();
        joined(built);
        List<String> heard = new ArrayList<>();
        Group second = built.group("g", (s, p) -> {
            heard.add(Arrays.toString(p));
            p[0] = 0;
        });
        assertThat(second.self()).isNotEqualTo(ME).extracting(GroupMember::node).isEqualTo(SELF);
        engine.answer()
                .answer(
                        message(OTHER, 1, -1),
                        new NodeEffect.GroupChanged(
                                "g",
                                new Change(
                                        List.of(ME, second.self()),
                                        List.of(second.self()),
                                        List.of(),
                                        Group.Reason.JOIN)),
                        message(OTHER, 2, -1));
        transport.turn();
        packet();
        assertThat(heard).containsExactly("[2]");
        assertThat(log).containsExactly("change 2", "message 2 [1]", "change 2", "message 2 [2]");
    }

    @Test
    void whatIsUnderWayWhenAMemberIsGoneFails() {
        ClusterManager built = member();
        Group group = joined(built);
        CompletionStage<Void> sent = group.send(new byte[1]);
        group.close();
        engine.answer()
                .answer(new NodeEffect.GroupChanged(
                        "g", new Change(List.of(OTHER), List.of(), List.of(ME), Group.Reason.LEAVE)));
        transport.turn();
        assertThat(reasonOf(sent)).isEqualTo(Reason.NOT_A_MEMBER);
        assertThat(countersOf(built)).containsEntry("sends.outstanding", 0L).containsEntry("groups.members", 0L);
    }

    @Test
    void whoIsToldFullHearsWhenThereIsRoom() {
        ClusterManager built = member();
        Group group = joined(built);
        get(group.whenRoom());
        for (int i = 0; i < Sends.MAX_OUTSTANDING; i++)
            assertThat(group.trySend(new byte[1])).isEqualTo(SendResult.ACCEPTED);
        assertThat(group.trySend(new byte[1])).isEqualTo(SendResult.FULL);
        assertThat(group.trySend(new byte[Group.MAX_MESSAGE_BYTES + 1])).isEqualTo(SendResult.TOO_LARGE);
        CompletionStage<Void> room = group.whenRoom();
        CompletionStage<Void> again = group.whenRoom();
        transport.turn();
        NodeEffect[] half = new NodeEffect[Sends.MAX_OUTSTANDING / 2];
        for (int i = 0; i < half.length; i++) half[i] = message(ME, 1, i);
        engine.answer(Arrays.copyOf(half, half.length - 1)).answer(half[half.length - 1]);
        packet();
        assertThat(room.toCompletableFuture()).isNotDone();
        packet();
        get(room);
        get(again);
        assertThat(countersOf(built))
                .containsEntry("sends.outstanding", (long) Sends.MAX_OUTSTANDING / 2)
                .containsEntry("sends.high-water", (long) Sends.MAX_OUTSTANDING)
                .containsEntry("sends.refused", 1L);
        CompletionStage<Void> never = group.whenRoom();
        get(never);
        for (int i = 0; i < Sends.MAX_OUTSTANDING / 2; i++) group.trySend(new byte[1]);
        CompletionStage<Void> atTheEnd = group.whenRoom();
        engine.broken = true;
        packet();
        assertThat(reasonOf(atTheEnd)).isEqualTo(Reason.CLOSED);
        assertThat(group.trySend(new byte[1])).isEqualTo(SendResult.CLOSED);
        assertThat(reasonOf(group.leave())).isEqualTo(Reason.CLOSED);
    }

    @Test
    void aGroupNameHas1To128Bytes() {
        ClusterManager built = build();
        for (String wrong : List.of("", "x".repeat(129), "ä".repeat(65), "a\0b"))
            assertThatThrownBy(() -> built.group(wrong, (s, p) -> {})).isInstanceOf(IllegalArgumentException.class);
        assertThat(built.group("ä".repeat(64), (s, p) -> {}).name()).hasSize(64);
    }

    /** Each of them would be "?" on the wire, and all of them one group. */
    @Test
    void aNameThatHasNoUtf8IsRefused() {
        ClusterManager built = build();
        for (String wrong : List.of("\ud800", "a\udc00b", "\udc00\ud800", "x\ud83d")) {
            assertThatThrownBy(() -> built.group(wrong, (s, p) -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("surrogate");
            assertThatThrownBy(() -> built.requests(wrong, (s, r) -> CompletableFuture.completedFuture(r)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("surrogate");
        }
        assertThat(built.group("\ud83d\ude00", (s, p) -> {}).name()).hasSize(2);
    }

    @Test
    void whatIsAskedBeforeTheStartIsDoneAfterIt() {
        ClusterManager built = build();
        built.group("g", (s, p) -> {}).send(new byte[] {1});
        built.start();
        transport.turn();
        assertThat(engine.heard)
                .containsExactly("0 Start[savedRingSequence=0]", "0 JoinGroup[group=g, member=0]", "0 Send g [1] 0");
    }

    // start and end

    private static InetSocketAddress address(String digits, int port) {
        return new InetSocketAddress(NodeParts.resolve(digits).get(0), port);
    }

    @Test
    void theTransportGetsAddressesAndHeartbeats() {
        build().start();
        assertThat(transport.settings().localAddresses())
                .containsEntry(0, address("127.0.0.1", 5405))
                .containsEntry(1, address("127.0.1.1", 5406))
                .hasSize(2);
        assertThat(transport.settings().peers()).hasSize(2);
        assertThat(transport.settings().peers().get(0).links())
                .containsEntry(
                        0,
                        new PeerLink(
                                address("127.0.0.2", 5405),
                                1,
                                Duration.ofMillis(912),
                                Duration.ofMillis(1825),
                                2048,
                                2))
                .containsEntry(
                        1,
                        new PeerLink(
                                address("127.0.1.2", 5406), 9, Duration.ofMillis(50), Duration.ofMillis(100), 2048, 2));
    }

    @Test
    void theQuorumProviderGetsItsMemory() {
        store.values.put("quorum/barrier", new byte[] {4});
        List<Map<String, byte[]>> memories = new ArrayList<>();
        QuorumProvider rule = QuorumProvider.of("all", in -> RuleDecision.quorate("always"));
        builder.quorumProvider(new QuorumProvider() {
            @Override
            public String name() {
                return "all";
            }

            @Override
            public org.quorate.spi.QuorumEngine open(org.quorate.spi.QuorumSettings settings) {
                memories.add(settings.memory());
                return rule.open(settings);
            }
        });
        build().start();
        assertThat(memories).hasSize(1);
        assertThat(memories.get(0)).containsOnlyKeys("barrier").containsEntry("barrier", new byte[] {4});
    }

    @Test
    void leavingIsInOrder() {
        builder.listener(noting);
        ClusterManager built = member();
        engine.answer(send(1), new NodeEffect.Left());
        CompletionStage<Void> leave = built.leave();
        transport.turn();
        get(leave);
        assertThat(built.state()).isEqualTo(State.LEFT);
        assertThat(log).endsWith("all [1]", "state LEFT", "transport closed");
        assertThat(store.closed).isFalse();
        get(built.leave());
        assertThat(reasonOf(built.start())).isEqualTo(Reason.CLOSED);
    }

    @Test
    void aNodeIsStartedOnce() {
        ClusterManager built = member();
        assertThatThrownBy(built::start).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closingANodeThatWasNotStartedIsNothing() {
        ClusterManager built = build();
        built.close();
        built.close();
        assertThat(built.state()).isEqualTo(State.LEFT);
        assertThat(log).isEmpty();
    }

    @Test
    void closingIsBoundedAndFreesTheThreads() {
        engine.answer(new NodeEffect.ViewInstalled(view(5, false, 1)));
        ClusterManager built = build();
        get(startAndTurn(built));
        long begin = System.nanoTime();
        built.close();
        built.close();
        assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(5));
        assertThat(built.state()).isEqualTo(State.FAILED);
        assertThat(transport.closed).isTrue();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (ownThreads().findAny().isPresent() && System.nanoTime() < deadline) Thread.onSpinWait();
        assertThat(ownThreads()).isEmpty();
    }

    private CompletionStage<View> startAndTurn(ClusterManager built) {
        CompletionStage<View> start = built.start();
        transport.turn();
        return start;
    }

    private static java.util.stream.Stream<String> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("cluster-1-"));
    }

    @Test
    void aMissingKeyIsSaid() {
        builder = ClusterManager.builder(
                        ClusterConfig.builder("x")
                                .node(NodeConfig.of(1, "a", "127.0.0.1"))
                                .build(),
                        SELF)
                .transport(transport);
        ClusterManager built = build();
        assertThatThrownBy(() -> get(built.start()))
                .hasRootCauseMessage(
                        "no key is set; packets are encrypted, which needs the cluster's key of 128..4096 bytes");
        assertThat(built.state()).isEqualTo(State.FAILED);
    }

    @Test
    void aMissingProviderIsSaidWithThoseThatAreThere() {
        assertThatThrownBy(() -> Providers.choose("transport", "pigeon", List.of("knet", "memory"), n -> n))
                .hasMessage("no transport called pigeon is on the class path or module path; there is knet, memory;"
                        + " add the module that has it, or correct the name");
        assertThatThrownBy(() -> Providers.choose("transport", "pigeon", List.<String>of(), n -> n))
                .hasMessageContaining("there is none;");
        assertThatThrownBy(() -> Providers.choose("transport", "same", List.<Object>of("x", 1), n -> "same"))
                .hasMessage("the transport same is there more than once: java.lang.Integer, java.lang.String;"
                        + " remove all but one");
        assertThat(Providers.choose("transport", "same", List.of("x", "y"), n -> "same"))
                .isEqualTo("x");
    }

    @Test
    void theKeyIsWipedAsSoonAsTheTransportHasIt() {
        byte[] secret = new byte[128];
        Arrays.fill(secret, (byte) 5);
        builder.key(secret);
        member();
        assertThat(transport.key).hasSize(128).containsOnly(5);
        assertThat(transport.settings().key()).containsOnly(0);
    }

    @Test
    void packetsAfterTheEndAreIgnored() {
        ClusterManager built = member();
        engine.answer(new NodeEffect.Left());
        built.leave();
        transport.turn();
        int heard = engine.heard.size();
        transport.listener().received(NodeId.of(2), ByteBuffer.wrap(new byte[1]));
        assertThat(engine.heard).hasSize(heard);
    }
}
