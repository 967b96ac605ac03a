package org.quorate.core.shell;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterManager;
import org.quorate.Group;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.Group.SendResult;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.RequestGroup;
import org.quorate.RequestGroup.Replies;
import org.quorate.RequestGroup.Reply;
import org.quorate.TotemConfig;
import org.quorate.core.request.RequestEngine;
import org.quorate.sim.MemoryNetwork;
import org.quorate.sim.MemoryTransport;

/** Groups and requests of whole nodes with real threads, joined by a network in memory. */
@Timeout(120)
class GroupsOfNodesTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final CallbackBounds BOUNDS =
            CallbackBounds.ofHeap(Runtime.getRuntime().maxMemory());

    /** So much waits before nothing more comes. */
    private static final long BRAKED_BYTES = BOUNDS.lastStepBytes();

    private final MemoryNetwork network = new MemoryNetwork(1);
    private final Map<Integer, ClusterManager> nodes = new TreeMap<>();
    private final ClusterConfig config = ClusterConfig.builder("orchard")
            .transport("memory")
            .totem(TotemConfig.DEFAULT.withToken(Duration.ofSeconds(1), Duration.ZERO))
            .node(NodeConfig.of(1, "apple", "127.0.0.1"))
            .node(NodeConfig.of(2, "pear", "127.0.0.2"))
            .node(NodeConfig.of(3, "plum", "127.0.0.3"))
            .build();

    @AfterEach
    void closeAll() {
        nodes.values().forEach(ClusterManager::close);
    }

    private ClusterManager start(int id) {
        ClusterManager node = ClusterManager.builder(config, NodeId.of(id))
                .transport(new MemoryTransport(network))
                .key(new byte[128])
                .build();
        nodes.put(id, node);
        node.start();
        return node;
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) throw new AssertionError("not reached in time: " + what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** What the first of them says, which is enough once they have had a ring. */
    private boolean isMembership(int... ids) {
        var view = get(Objects.requireNonNull(nodes.get(ids[0])).status()).view();
        return view.isPresent() && view.get().members().size() == ids.length;
    }

    private long counter(int id, String name) {
        return get(Objects.requireNonNull(nodes.get(id)).status()).counters().getOrDefault(name, 0L);
    }

    /** Notes what it hears, and that the members it can ask for are those it was told of. */
    private static final class Ears implements Group.Listener {
        final List<String> heard = new CopyOnWriteArrayList<>();
        final List<String> wrong = new CopyOnWriteArrayList<>();
        final CompletableFuture<Group> group = new CompletableFuture<>();
        private List<GroupMember> told = List.of();

        static Ears join(ClusterManager node, String name) {
            Ears ears = new Ears();
            ears.group.complete(node.group(name, ears));
            return ears;
        }

        Group group() {
            return group.join();
        }

        private void check(String when) {
            if (!group().members().equals(told)) wrong.add(when + ": " + group().members() + " but told " + told);
        }

        @Override
        public void onMessage(GroupMember sender, byte[] payload) {
            heard.add(sender + " " + payload.length);
            if (told.isEmpty()) wrong.add("a message before the own join");
            check("at a message");
        }

        @Override
        public void onChange(Change change) {
            if (told.isEmpty() && !change.joined().contains(group().self())) wrong.add("first heard " + change);
            told = change.members();
            heard.add(change.reason() + " +" + change.joined() + " -" + change.left());
            check("at a change");
        }
    }

    @Test
    void membersOfOneNodeAndOfOthersHearTheSame() {
        for (int id = 1; id <= 2; id++) start(id);
        until("one ring", () -> isMembership(1, 2));
        List<Ears> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) all.add(Ears.join(Objects.requireNonNull(nodes.get(1 + i % 2)), "fruit"));
        Ears elsewhere = Ears.join(Objects.requireNonNull(nodes.get(1)), "stones");
        until(
                "all are members",
                () -> all.stream().allMatch(e -> e.group().members().size() == 4));
        for (int i = 0; i < 20; i++)
            for (Ears each : all) assertThat(each.group().trySend(new byte[i])).isEqualTo(SendResult.ACCEPTED);
        get(all.get(0).group().send(new byte[300]));
        get(all.get(2).group().leave());
        List<String> last = List.copyOf(all.get(0)
                .heard
                .subList(all.get(0).heard.size() - 81, all.get(0).heard.size()));
        assertThat(last).hasSize(81);
        for (Ears each : all) {
            if (each == all.get(2)) continue;
            until("the same", () -> each.heard.get(each.heard.size() - 1).startsWith("LEAVE"));
            assertThat(each.heard.subList(each.heard.size() - 82, each.heard.size()))
                    .isEqualTo(all.get(0)
                            .heard
                            .subList(
                                    all.get(0).heard.size() - 82,
                                    all.get(0).heard.size()));
        }
        all.forEach(each -> assertThat(each.wrong).isEmpty());
        assertThat(elsewhere.heard).hasSize(1);
        assertThat(counter(1, "groups.members")).isEqualTo(2);
        assertThat(counter(2, "groups.known-members")).isEqualTo(4);
    }

    @Test
    void aListenerThatHangsStopsTheFlowAndNotTheMembershipAndNothingIsLost() throws InterruptedException {
        for (int id = 1; id <= 3; id++) start(id);
        until("one ring", () -> isMembership(1, 2, 3));
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger slowHeard = new AtomicInteger();
        Ears fast = Ears.join(Objects.requireNonNull(nodes.get(1)), "fruit");
        Group slow = Objects.requireNonNull(nodes.get(2)).group("fruit", (sender, payload) -> {
            try {
                if (slowHeard.incrementAndGet() == 1) release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        until(
                "both are members",
                () -> fast.group().members().size() == 2 && slow.members().size() == 2);
        // all that can be sent is sent, until the brake is on and the sender's own queue is full
        int bytes = 900_000;
        int sent = 0;
        CompletableFuture<Void> room = CompletableFuture.completedFuture(null);
        while (room.isDone() || sent < BRAKED_BYTES / bytes) {
            assertThat(sent).isLessThan(1000);
            while (fast.group().trySend(new byte[bytes]) == SendResult.ACCEPTED) sent++;
            room = fast.group().whenRoom().toCompletableFuture();
            get(CompletableFuture.anyOf(
                    room.copy(), new CompletableFuture<>().completeOnTimeout(null, 3, TimeUnit.SECONDS)));
        }
        while (fast.group().trySend(new byte[bytes]) == SendResult.ACCEPTED) sent++;
        assertThat(counter(1, "sends.refused")).isPositive();
        // what a node says goes through its callbacks: node 2 cannot be asked now
        get(Objects.requireNonNull(nodes.get(3)).leave());
        until("node 3 is gone while nothing flows", () -> isMembership(1, 2));
        release.countDown();
        get(room);
        int all = sent;
        until("all is heard", () -> slowHeard.get() == all);
        assertThat(fast.wrong).isEmpty();
        until("the brake is off", () -> counter(2, "ring.brake") == 0);
        assertThat(counter(2, "ring.braked-visits")).isPositive();
        assertThat(counter(2, "callbacks.high-water-bytes")).isBetween(BRAKED_BYTES, BOUNDS.maxBytes() * 3 / 4);
    }

    private static byte[] octets(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(Reply reply) {
        return reply.member().node() + ":" + (reply.ok() ? new String(reply.payload(), UTF_8) : "!" + reply.error());
    }

    @Test
    void membersAskEachOther() {
        for (int id = 1; id <= 3; id++) start(id);
        until("one ring", () -> isMembership(1, 2, 3));
        Map<Integer, RequestGroup> askers = new TreeMap<>();
        CompletableFuture<byte[]> never = new CompletableFuture<>();
        for (int id = 1; id <= 3; id++) {
            int node = id;
            askers.put(id, Objects.requireNonNull(nodes.get(id)).requests("prices", (asker, request) -> {
                String what = new String(request, UTF_8);
                if (what.equals("wait") && node == 3) return never;
                if (what.equals("throw") && node == 2) throw new IllegalStateException("sold out");
                if (what.equals("fail") && node == 2)
                    return CompletableFuture.failedFuture(new IllegalStateException("closed"));
                return CompletableFuture.supplyAsync(() -> octets(what + " costs " + node));
            }));
        }
        RequestGroup first = Objects.requireNonNull(askers.get(1));
        until(
                "all are members",
                () -> askers.values().stream().allMatch(a -> a.members().size() == 3));

        Replies all = get(first.askAll(octets("plum"), LONG));
        assertThat(all.isComplete()).isTrue();
        assertThat(all.answered())
                .extracting(GroupsOfNodesTest::text)
                .containsExactlyInAnyOrder("1:plum costs 1", "2:plum costs 2", "3:plum costs 3");
        assertThat(get(first.ask(NodeId.of(2), octets("fig"), LONG)).answered())
                .extracting(GroupsOfNodesTest::text)
                .containsExactly("2:fig costs 2");
        assertThat(get(first.ask(first.self(), new byte[RequestGroup.MAX_BYTES - 40], LONG))
                        .isComplete())
                .isTrue();
        assertThat(get(first.askAll(octets("throw"), LONG)).answered())
                .extracting(GroupsOfNodesTest::text)
                .contains("2:!sold out");
        assertThat(get(first.ask(NodeId.of(2), octets("fail"), LONG)).answered())
                .extracting(GroupsOfNodesTest::text)
                .containsExactly("2:!closed");

        Replies late = get(first.askAll(octets("wait"), Duration.ofMillis(300)));
        assertThat(late.answered()).hasSize(2);
        assertThat(late.silent()).extracting(m -> m.node().value()).containsExactly(3);
        CompletionStage<Replies> waiting = first.askAll(octets("wait"), LONG);
        until("both wait", () -> counter(3, "requests.serving") == 2);
        nodes.get(3).close();
        Replies left = get(waiting);
        assertThat(left.left()).extracting(m -> m.node().value()).containsExactly(3);
        assertThat(left.answered()).hasSize(2);
        assertThat(counter(1, "requests.timed-out")).isEqualTo(1);
        assertThat(counter(1, "requests.outstanding")).isZero();

        CompletionStage<Replies> own = askers.get(2).ask(NodeId.of(3), new byte[1], LONG);
        assertThat(get(own)).isEqualTo(new Replies(List.of(), List.of(), List.of()));
        get(first.leave());
        assertThatThrownBy(() -> get(first.askAll(new byte[1], LONG)))
                .cause()
                .isInstanceOfSatisfying(
                        ClusterException.class,
                        e -> assertThat(e.reason()).isEqualTo(ClusterException.Reason.NOT_A_MEMBER));
        assertThatThrownBy(() -> first.askAll(new byte[1], Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> first.askAll(new byte[1], RequestGroup.MAX_LIMIT.plusNanos(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most PT24H");
        assertThatThrownBy(() -> nodes.get(1).group(RequestGroup.GROUP_PREFIX + "prices", (s, p) -> {}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void answersWaitWhileTheRingTakesNothing() {
        for (int id = 1; id <= 2; id++) start(id);
        until("one ring", () -> isMembership(1, 2));
        int asked = 12;
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Objects.requireNonNull(nodes.get(1)).requests("prices", (from, request) -> answer);
        RequestGroup asker =
                Objects.requireNonNull(nodes.get(2)).requests("prices", (from, request) -> new CompletableFuture<>());
        Ears ears = Ears.join(Objects.requireNonNull(nodes.get(1)), "fruit");
        CountDownLatch release = new CountDownLatch(1);
        Group slow = Objects.requireNonNull(nodes.get(2)).group("fruit", (sender, payload) -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        until(
                "all are members",
                () -> asker.members().size() == 2
                        && slow.members().size() == 2
                        && ears.group().members().size() == 2);
        List<CompletionStage<Replies>> replies = new ArrayList<>();
        for (int i = 0; i < asked; i++) replies.add(asker.ask(NodeId.of(1), new byte[1], LONG));
        until("all are asked", () -> counter(1, "requests.serving") == asked);
        int bytes = 900_000;
        long sent = 0;
        while (sent < BRAKED_BYTES + (7 << 20)) {
            while (ears.group().trySend(new byte[bytes]) == SendResult.ACCEPTED) sent += bytes;
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        answer.complete(new byte[RequestGroup.MAX_BYTES]);
        until("answers wait", () -> counter(1, "requests.answers-without-room") > 0);
        assertThat(counter(1, "requests.answers-waiting")).isPositive();
        assertThat(counter(1, "requests.answers-waiting-bytes"))
                .isLessThanOrEqualTo(RequestEngine.MAX_READY_BYTES + 100L * asked);
        release.countDown();
        List<Boolean> whole = new ArrayList<>();
        for (CompletionStage<Replies> each : replies)
            whole.add(get(each).answered().get(0).ok());
        assertThat(whole).contains(true, false);
        until("no answer waits", () -> counter(1, "requests.serving") == 0);
        assertThat(counter(1, "requests.answers-waiting-bytes")).isZero();
    }

    @Test
    void requestsEndWithTheirNode() {
        ClusterManager node = start(1);
        until("alone", () -> isMembership(1));
        RequestGroup asker = node.requests("prices", (from, request) -> new CompletableFuture<>());
        until("a member", () -> asker.members().size() == 1);
        CompletionStage<Replies> waiting = asker.askAll(new byte[1], LONG);
        until("asked", () -> counter(1, "requests.serving") == 1);
        node.close();
        assertThatThrownBy(() -> get(waiting)).cause().isInstanceOf(ClusterException.class);
        assertThatThrownBy(() -> get(asker.askAll(new byte[1], LONG))).cause().isInstanceOf(ClusterException.class);
    }
}
