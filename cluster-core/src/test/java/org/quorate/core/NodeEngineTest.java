package org.quorate.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterConfig;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.View;
import org.quorate.engine.Effects;
import org.quorate.spi.QuorumEngine;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumProvider.RuleDecision;
import org.quorate.spi.QuorumSettings;

/** Whole nodes over a perfect network in simulated time: what they say to each other leads to one ring, one order, one decision. */
class NodeEngineTest {
    private static final long HOP_NANOS = 100_000;
    private static final QuorumProvider MAJORITY = QuorumProvider.of(
            "majority",
            in -> in.present().size() * 2 > in.settings().nodes().size()
                    ? RuleDecision.quorate("majority")
                    : RuleDecision.inquorate("minority"));

    private final TreeMap<Integer, Host> hosts = new TreeMap<>();
    private final TimeLine time = new TimeLine();
    private BiPredicate<Integer, byte[]> arrives = (target, packet) -> true;
    private Function<QuorumSettings, QuorumEngine> quorum = MAJORITY::open;
    /** No packet gets to another node. */
    private boolean cut;

    @Test
    void aNodeAloneFormsARingOfItsOwn() {
        start(1, 3);
        runUntil(() -> host(1).view() != null, 1000);
        assertThat(host(1).view().members()).containsExactly(NodeId.of(1));
        assertThat(host(1).view().joined()).containsExactly(NodeId.of(1));
        assertThat(host(1).view().quorum().quorate()).isFalse();
        assertThat(time.nowNanos()).isLessThan(100_000_000L);
    }

    @Test
    void threeNodesFormOneRingAndAgreeOnIt() {
        for (int n = 1; n <= 3; n++) start(n, 3);
        runUntil(() -> allSee(1, 2, 3), 10_000);
        assertThat(host(1).view().ringId())
                .isEqualTo(host(2).view().ringId())
                .isEqualTo(host(3).view().ringId());
        assertThat(host(3).view().quorum().quorate()).isTrue();
        assertThat(host(2).persisted).isNotEmpty();
    }

    @Test
    void messagesAreDeliveredInOneOrderEverywhere() {
        for (int n = 1; n <= 3; n++) start(n, 3);
        runUntil(() -> allSee(1, 2, 3), 10_000);
        for (int n = 1; n <= 3; n++) host(n).input(new NodeInput.JoinGroup("g"));
        runUntil(() -> hosts.values().stream().allMatch(h -> h.groupSize == 3), 10_000);
        for (int i = 0; i < 200; i++)
            for (int n = 1; n <= 3; n++) host(n).send("g", n + ":" + i + ":" + "x".repeat(i * 37 % 3000), i);
        runUntil(() -> hosts.values().stream().allMatch(h -> h.messages.size() == 600), 100_000);
        assertThat(host(2).messages).isEqualTo(host(1).messages);
        assertThat(host(3).messages).isEqualTo(host(1).messages);
        assertThat(host(1).messages).doesNotHaveDuplicates();
    }

    @Test
    void aMessageOfAMebibyteIsCutAndPutTogether() {
        for (int n = 1; n <= 2; n++) start(n, 3);
        runUntil(() -> allSee(1, 2), 10_000);
        for (int n = 1; n <= 2; n++) host(n).input(new NodeInput.JoinGroup("g"));
        runUntil(() -> hosts.values().stream().allMatch(h -> h.groupSize == 2), 10_000);
        String big = "b".repeat(org.quorate.Group.MAX_MESSAGE_BYTES);
        host(2).send("g", big, 0);
        runUntil(() -> hosts.values().stream().allMatch(h -> h.messages.size() == 1), 100_000);
        assertThat(host(1).messages.get(0)).isEqualTo(big);
    }

    @Test
    void aNodeThatLeavesIsGoneAtOnce() {
        for (int n = 1; n <= 3; n++) start(n, 3);
        runUntil(() -> allSee(1, 2, 3), 10_000);
        long before = time.nowNanos();
        host(3).input(new NodeInput.Leave());
        runUntil(() -> host(3).gone, 1000);
        hosts.remove(3);
        runUntil(() -> allSee(1, 2), 10_000);
        assertThat(time.nowNanos() - before).isLessThan(200_000_000L);
        assertThat(host(1).view().left()).containsExactly(NodeId.of(3));
        assertThat(host(1).view().joined()).isEmpty();
    }

    @Test
    void theWholeClustersSynchronisationWaitsForAQuorumEngineThatIsNotReady() {
        quorum = Hesitant::new;
        for (int n = 1; n <= 2; n++) start(n, 2);
        long later = time.nowNanos() + 3_000_000_000L;
        runUntil(() -> time.nowNanos() > later, 10_000);
        assertThat(host(1).view()).isNull();
        QuorumEngine.Input.Request ready = new QuorumEngine.Input.CancelWaitForAll();
        host(1).input(new NodeInput.QuorumRequest(7, ready));
        assertThat(host(1).answers).containsExactly("7 done");
        assertThat(host(1).engine.counters()).containsEntry("drop.quorum.haste", 3L);
        long evenLater = time.nowNanos() + 3_000_000_000L;
        runUntil(() -> time.nowNanos() > evenLater, 10_000);
        assertThat(host(1).view()).isNull();
        host(2).input(new NodeInput.QuorumRequest(8, ready));
        runUntil(() -> allSee(1, 2), 10_000);
        host(2).input(new NodeInput.QuorumRequest(9, new QuorumEngine.Input.SetExpectedVotes(1)));
        assertThat(host(2).answers).containsExactly("8 done", "9 it knows nothing of that");
    }

    /** Is not ready for a decision until it is asked not to wait. */
    private static final class Hesitant implements QuorumEngine {
        private boolean ready;
        private QuorumState state = QuorumState.UNKNOWN;

        Hesitant(QuorumSettings ignored) {}

        @Override
        public OptionalInt service() {
            return OptionalInt.of(40);
        }

        @Override
        public QuorumState state() {
            return state;
        }

        @Override
        public boolean isReadyForDecision() {
            return ready;
        }

        @Override
        public Map<String, Long> counters() {
            return Map.of("drop.quorum.haste", 3L);
        }

        @Override
        public void step(long nowNanos, Input input, Effects<Effect> out) {
            if (input instanceof Input.CancelWaitForAll wish) {
                ready = true;
                out.add(new Effect.Done(wish));
            } else if (input instanceof Input.Request other) {
                out.add(new Effect.Refused(other, "it knows nothing of that"));
            } else if (input instanceof Input.SyncDone) {
                state = new QuorumState(true, 2, 2, 2, 2, Set.of(), List.of(), "ready");
                out.add(new Effect.Decided(state));
            }
        }

        @Override
        public void tick(long nowNanos, Effects<Effect> out) {}

        @Override
        public long deadlineNanos() {
            return Long.MAX_VALUE;
        }
    }

    @Test
    void aPeerThatBecomesReachableIsMetAtOnce() {
        cut = true;
        for (int n = 1; n <= 2; n++) start(n, 3);
        runUntil(() -> host(1).view() != null && host(2).view() != null, 1000);
        long idle = time.nowNanos() + 1_000_000_000L;
        runUntil(() -> time.nowNanos() > idle, 2000);
        cut = false;
        long before = time.nowNanos();
        host(1).input(new NodeInput.PeerReachable(NodeId.of(2)));
        runUntil(() -> allSee(1, 2), 1000);
        // without being told, an idle ring says something only every 685 ms
        assertThat(time.nowNanos() - before).isLessThan(60_000_000L);
    }

    @Test
    void aNodeThatLeavesTakesNoMessageAlong() {
        for (int n = 1; n <= 3; n++) start(n, 3);
        runUntil(() -> allSee(1, 2, 3), 10_000);
        for (int n = 1; n <= 3; n++) host(n).input(new NodeInput.JoinGroup("g"));
        runUntil(() -> hosts.values().stream().allMatch(h -> h.groupSize == 3), 10_000);
        Host leaver = host(3);
        leaver.losing = true;
        leaver.send("g", "last words", 0);
        runUntil(() -> leaver.messages.size() == 1, 1000);
        leaver.losing = false;
        leaver.input(new NodeInput.Leave());
        runUntil(() -> leaver.gone, 2000);
        hosts.remove(3);
        runUntil(() -> allSee(1, 2), 10_000);
        assertThat(host(1).messages).containsExactly("last words");
        assertThat(host(2).messages).containsExactly("last words");
    }

    @Test
    void aNodeThatDiesIsRemovedAfterTokenAndConsensusTimeoutAndCanComeBack() {
        for (int n = 1; n <= 3; n++) start(n, 3);
        runUntil(() -> allSee(1, 2, 3), 10_000);
        long before = time.nowNanos();
        Host dead = hosts.remove(1);
        runUntil(() -> allSee(2, 3), 20_000);
        assertThat((time.nowNanos() - before) / 1_000_000).isBetween(6_000L, 8_100L);
        assertThat(host(2).view().quorum().quorate()).isTrue();
        start(1, 3, dead.persisted.get(dead.persisted.size() - 1));
        runUntil(() -> allSee(1, 2, 3), 10_000);
        assertThat(host(1).view().ringId().sequence())
                .isGreaterThan(dead.view().ringId().sequence());
    }

    @Test
    void whatANodeSendsAfterAQuickRestartIsNotTakenForTheRestOfWhatItWasSending() {
        for (int n = 1; n <= 2; n++) start(n, 2);
        runUntil(() -> allSee(1, 2), 10_000);
        for (int n = 1; n <= 2; n++) host(n).input(new NodeInput.JoinGroup("g"));
        runUntil(() -> hosts.values().stream().allMatch(h -> h.groupSize == 2), 10_000);
        int[] pieces = {0};
        arrives = (target, packet) -> target != 1 || packet.length < 60_000 || ++pieces[0] <= 3;
        host(2).send("g", "b".repeat(1_000_000), 0);
        runUntil(() -> pieces[0] > 3, 1_000);
        Host killed = hosts.remove(2);
        arrives = (target, packet) -> true;
        int views = host(1).views.size();
        start(2, 2, killed.persisted.get(killed.persisted.size() - 1));
        runUntil(() -> allSee(1, 2) && host(1).views.size() > views, 10_000);
        assertThat(host(1).view().left()).containsExactly(NodeId.of(2));
        assertThat(host(1).view().joined()).containsExactly(NodeId.of(2));

        host(2).input(new NodeInput.JoinGroup("g"));
        runUntil(() -> host(2).groupSize == 2, 1_000);
        host(2).send("g", "hello", 1);
        runUntil(() -> host(2).messages.contains("hello"), 1_000);
        runUntil(() -> host(1).messages.contains("hello"), 1_000);
    }

    private void start(int id, int nodes) {
        start(id, nodes, 0);
    }

    private void start(int id, int nodes, long savedSequence) {
        ClusterConfig.Builder config = ClusterConfig.builder("test");
        IntStream.rangeClosed(1, nodes).forEach(n -> config.node(NodeConfig.of(n, "n" + n, "10.77.0." + n)));
        Host host = new Host(id, config.build());
        hosts.put(id, host);
        host.input(new NodeInput.Start(savedSequence));
    }

    private Host host(int id) {
        return hosts.get(id);
    }

    private boolean allSee(Integer... ids) {
        List<NodeId> expected =
                IntStream.range(0, ids.length).mapToObj(i -> NodeId.of(ids[i])).toList();
        return hosts.values().stream()
                .allMatch(h -> h.view() != null && h.view().members().equals(expected));
    }

    private void runUntil(BooleanSupplier goal, long limitMillis) {
        time.runUntil(
                "the goal",
                limitMillis * 1_000_000,
                goal,
                () -> hosts.values().stream()
                        .map(h -> h.id + "=" + h.view() + h.notes)
                        .toList()
                        .toString());
    }

    /** One node; its effects become events. */
    private final class Host extends BareHost {
        final int id;
        final NodeEngine engine;
        final List<View> views = new ArrayList<>();
        final List<String> messages = new ArrayList<>();
        final List<Long> persisted = new ArrayList<>();
        final List<String> notes = new ArrayList<>();
        final List<String> answers = new ArrayList<>();
        int groupSize;
        boolean gone;
        /** What it multicasts reaches nobody. */
        boolean losing;

        private long wakeAt = Long.MAX_VALUE;

        Host(int id, ClusterConfig config) {
            this.id = id;
            QuorumSettings settings =
                    new QuorumSettings(NodeId.of(id), config.nodes(), new TreeMap<>(), new TreeMap<>());
            engine = new NodeEngine(config, NodeId.of(id), quorum.apply(settings), 1, new Random(id));
        }

        View view() {
            return views.isEmpty() ? null : views.get(views.size() - 1);
        }

        void input(NodeInput input) {
            List<NodeEffect> effects = new ArrayList<>();
            engine.step(time.nowNanos(), input, effects::add);
            perform(effects);
        }

        void send(String group, String text, long ticket) {
            input(new NodeInput.Send(group, text.getBytes(StandardCharsets.US_ASCII), ticket));
        }

        private void perform(List<NodeEffect> effects) {
            for (NodeEffect effect : effects) effect.applyTo(this);
            long deadline = engine.deadlineNanos();
            if (deadline != Long.MAX_VALUE && deadline != wakeAt) {
                wakeAt = deadline;
                time.at(Math.max(0, deadline - time.nowNanos()), this::wake);
            }
        }

        private void wake() {
            if (hosts.get(id) != this || engine.deadlineNanos() > time.nowNanos()) return;
            List<NodeEffect> effects = new ArrayList<>();
            engine.tick(time.nowNanos(), effects::add);
            perform(effects);
        }

        private void deliver(int target, byte[] packet) {
            if (cut && target != id) return;
            byte[] copy = packet.clone();
            time.at(HOP_NANOS, () -> {
                Host host = hosts.get(target);
                if (host != null && !host.gone && arrives.test(target, copy)) host.input(new NodeInput.Packet(copy));
            });
        }

        @Override
        public void send(NodeId target, byte[] packet) {
            deliver(target.value(), packet);
        }

        @Override
        public void sendToAll(byte[] packet) {
            for (int target : hosts.keySet()) deliver(target, packet);
        }

        @Override
        public void sendToOthers(byte[] packet) {
            if (losing) return;
            for (int target : hosts.keySet()) if (target != id) deliver(target, packet);
        }

        @Override
        public void persist(String name, byte[] value) {
            persisted.add(java.nio.ByteBuffer.wrap(value)
                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                    .getLong());
        }

        @Override
        public void discardPending() {
            input(new NodeInput.Discarded(0));
        }

        @Override
        public void viewInstalled(View view) {
            views.add(view);
        }

        @Override
        public void quorumChanged(QuorumState quorum) {
            notes.add(quorum.reason());
        }

        @Override
        public void groupChanged(String group, Change change) {
            groupSize = change.members().size();
        }

        @Override
        public void groupMessage(String group, GroupMember sender, byte[] payload, long ticket) {
            messages.add(new String(payload, StandardCharsets.US_ASCII));
        }

        @Override
        public void quorumAnswered(long ticket, Optional<String> refusal, QuorumState state) {
            answers.add(ticket + " " + refusal.orElse("done"));
        }

        @Override
        public void note(boolean warning, String sentence) {
            notes.add(sentence);
        }

        @Override
        public void left() {
            gone = true;
        }
    }
}
