package org.quorate.quorum.vote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.QuorumState.NodeState;
import org.quorate.RingId;
import org.quorate.quorum.vote.wire.DeviceRegister;
import org.quorate.quorum.vote.wire.DeviceRename;
import org.quorate.quorum.vote.wire.NodeInfo;
import org.quorate.quorum.vote.wire.VoteMessage;
import org.quorate.spi.QuorumEngine.Effect;
import org.quorate.spi.QuorumEngine.Input;
import org.quorate.spi.QuorumSettings;

/** Inputs to one engine and the whole of their effects. */
class VoteEngineTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<Effect> out = new ArrayList<>();
    private VoteEngine engine = engine(new int[] {1, 1, 1}, Map.of());
    private long sequence = 1;

    @Test
    void saysItsOwnVotesFirstAndThenTheDevices() {
        view(1, 2);
        assertThat(step(new Input.SyncTurn()))
                .usingRecursiveComparison()
                .isEqualTo(List.of(
                        new Effect.Broadcast(0, HexFormat.of().parseHex("01000000010000000300000000000000")),
                        new Effect.Broadcast(0, HexFormat.of().parseHex("00000000000000000000000000000000"))));
    }

    @Test
    void decidesOnlyAfterEverybodyWasHeard() {
        view(1, 2);
        step(new Input.SyncTurn());
        assertThat(hear(1, 1, 3, 0)).isEmpty();
        assertThat(hear(2, 1, 3, 0)).isEmpty();
        assertThat(engine.state()).isEqualTo(QuorumState.UNKNOWN);
        List<Effect> effects = step(new Input.SyncDone());
        assertThat(effects).containsExactly(new Effect.Decided(engine.state()));
        assertThat(engine.state().quorate()).isTrue();
        assertThat(engine.state().reason()).isEqualTo("2 of 3 votes, 2 needed");
        assertThat(engine.state().votes())
                .containsExactly(
                        new QuorumState.NodeVotes(NodeId.of(1), 1, 3, NodeState.MEMBER),
                        new QuorumState.NodeVotes(NodeId.of(2), 1, 3, NodeState.MEMBER),
                        new QuorumState.NodeVotes(NodeId.of(3), 1, 0, NodeState.DEAD));
    }

    @Test
    void namesWhoIsMissing() {
        formAll(1);
        assertThat(engine.state().reason())
                .isEqualTo("not quorate: 1 of 3 votes, 2 needed; missing hp2 (1 vote), hp3 (1 vote)");
        engine = engine(new int[] {1, 2, 0}, Map.of("wait_for_all", "1"));
        formAll(1);
        assertThat(engine.state().reason())
                .isEqualTo(
                        "not quorate: waiting until all nodes were seen together, 1 of 3 votes; missing hp2 (2 votes)");
    }

    @Test
    void isStillQuorateInTheNodeinfoOfTheRingThatLosesQuorum() {
        formAll(1, 2, 3);
        view(1);
        List<Effect> spoken = step(new Input.SyncTurn());
        assertThat(((NodeInfo) message(spoken.get(0))).flags()).isEqualTo(NodeInfo.QUORATE);
        hear(1, 1, 3, NodeInfo.QUORATE);
        assertThat(engine.state().quorate()).isTrue();
        step(new Input.SyncDone());
        assertThat(engine.state().quorate()).isFalse();
    }

    @Test
    void aDecisionIsToldAtEveryMembershipAndOtherwiseOnlyWhenItChanged() {
        formAll(1, 2);
        QuorumState before = engine.state();
        assertThat(formAll(1, 2)).contains(new Effect.Decided(before));
        assertThat(hear(2, 1, 3, NodeInfo.QUORATE)).isEmpty();
        assertThat(hear(2, 5, 3, NodeInfo.QUORATE)).hasSize(1).first().isInstanceOf(Effect.Decided.class);
        assertThat(engine.state().expectedVotes()).isEqualTo(6);
        assertThat(engine.state().quorum()).isEqualTo(4);
    }

    @Test
    void aQuorateClusterDictatesWhatIsExpected() {
        view(1, 2, 3);
        hear(2, 1, 5, NodeInfo.QUORATE);
        hear(1, 1, 3, 0);
        step(new Input.SyncDone());
        assertThat(engine.state().expectedVotes()).isEqualTo(5);
        assertThat(engine.state().highestExpected()).isEqualTo(5);
        assertThat(engine.state().quorum()).isEqualTo(3);
    }

    @Test
    void messagesThatCannotBeAreCountedAndChangeNothing() {
        formAll(1, 2);
        QuorumState before = engine.state();
        assertThat(hear(3, 1, 3, 0)).singleElement().isInstanceOf(Effect.Note.class);
        assertThat(hear(3, 1, 3, 0)).isEmpty();
        step(new Input.Message(NodeId.of(2), 0, new NodeInfo(1, 9, 9, 0).encode()));
        step(new Input.Message(NodeId.of(2), 4, new byte[8]));
        step(new Input.Message(NodeId.of(2), 0, new byte[15]));
        view(1, 2, 3);
        step(new Input.Message(NodeId.of(3), 0, new NodeInfo(NodeInfo.DEVICE, 9, 0, 0).encode()));
        assertThat(engine.counters())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "drop.quorum.not-a-member", 2L,
                        "drop.quorum.not-its-own", 1L,
                        "drop.quorum.unknown-function", 1L,
                        "drop.quorum.wrong-size", 1L,
                        "drop.quorum.device-before-node", 1L));
        assertThat(engine.state()).isEqualTo(before);
    }

    @Test
    void hugeVotesDoNotOverflow() {
        view(1, 2, 3);
        hear(1, 1, 3, 0);
        hear(2, Integer.MAX_VALUE, 3, 0);
        hear(3, Integer.MAX_VALUE, 3, 0);
        step(new Input.SyncDone());
        assertThat(engine.state().totalVotes()).isEqualTo(Integer.MAX_VALUE);
        assertThat(engine.state().quorum()).isEqualTo(1 << 30);
        assertThat(engine.state().quorate()).isTrue();
    }

    @Test
    void theNameOfTheDeviceIsKeptAndPassedOnByAll() {
        formAll(1, 2);
        step(new Input.Message(NodeId.of(2), DeviceRegister.FUNCTION, new DeviceRegister(true, "devA").encode()));
        step(new Input.Message(NodeId.of(2), DeviceRegister.FUNCTION, new DeviceRegister(true, "devX").encode()));
        step(new Input.Message(NodeId.of(2), DeviceRename.FUNCTION, new DeviceRename("devA", "devB").encode()));
        view(1, 2);
        List<Effect> spoken = step(new Input.SyncTurn());
        assertThat(spoken).hasSize(3);
        assertThat(message(spoken.get(2))).isEqualTo(new DeviceRegister(true, "devB"));
        hear(2, 1, 3, NodeInfo.DEVICE_REGISTERED);
        DeviceRegister gone = new DeviceRegister(false, "devB");
        step(new Input.Message(NodeId.of(2), DeviceRegister.FUNCTION, gone.encode()));
        assertThat(step(new Input.SyncTurn())).hasSize(3);
        hear(2, 1, 3, 0);
        step(new Input.Message(NodeId.of(2), DeviceRegister.FUNCTION, gone.encode()));
        assertThat(step(new Input.SyncTurn())).hasSize(2);
    }

    @Test
    void votesOfTheDeviceRaiseWhatIsExpected() {
        formAll(1, 2);
        step(new Input.Message(NodeId.of(2), 0, new NodeInfo(NodeInfo.DEVICE, 2, 0, 0).encode()));
        assertThat(engine.state().expectedVotes()).isEqualTo(4);
        assertThat(engine.state().totalVotes()).as("it casts nothing here").isEqualTo(2);
        step(new Input.Message(NodeId.of(2), 0, new NodeInfo(NodeInfo.DEVICE, 1, 0, 0).encode()));
        assertThat(engine.state().expectedVotes())
                .as("the highest known counts")
                .isEqualTo(4);
    }

    @Test
    void theLastManWindowIsADeadline() {
        engine = engine(new int[] {1, 1, 1, 1}, Map.of("last_man_standing", "1", "last_man_standing_window", "3000"));
        formAll(1, 2, 3, 4);
        assertThat(engine.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
        formAll(1, 2, 3);
        assertThat(engine.deadlineNanos()).isEqualTo(3 * SECOND);
        assertThat(engine.state().quorum()).isEqualTo(3);
        engine.tick(3 * SECOND - 1, out::add);
        assertThat(engine.state().quorum()).isEqualTo(3);
        engine.tick(3 * SECOND, out::add);
        assertThat(engine.state().quorum()).isEqualTo(2);
        assertThat(engine.state().expectedVotes()).isEqualTo(3);
        assertThat(engine.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void lastManStandingEndsWithTheFirstNodeOfTwoVotes() {
        engine = engine(new int[] {1, 1, 1, 1}, Map.of("last_man_standing", "1"));
        formAll(1, 2, 3, 4);
        view(1, 2, 3);
        assertThat(engine.deadlineNanos()).isEqualTo(10 * SECOND);
        assertThat(hear(2, 2, 4, 0))
                .singleElement()
                .asString()
                .contains("last_man_standing is off: node 2 has 2 votes");
        assertThat(engine.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
        step(new Input.SyncDone());
        assertThat(engine.state().flags()).doesNotContain(QuorumState.Flag.LAST_MAN_STANDING);
    }

    @Test
    void whatIsTrackedIsDurableBeforeItIsUsed() {
        engine = engine(new int[] {1, 1, 1}, Map.of("expected_votes_tracking", "1"));
        assertThat(remembered(formAll(1, 2, 3))).containsExactly(3);
        assertThat(formAll(1, 2)).noneMatch(Effect.Remember.class::isInstance);
        List<Effect> effects = hear(2, 4, 3, NodeInfo.QUORATE);
        assertThat(remembered(effects)).containsExactly(5);
        assertThat(effects.get(0)).isInstanceOf(Effect.Remember.class);
        assertThat(effects.get(1)).isInstanceOf(Effect.Decided.class);
    }

    @Test
    void theTrackedExpectationSurvivesARestart() {
        byte[] five = {5, 0, 0, 0};
        engine = engine(
                new int[] {1, 1, 1}, Map.of("expected_votes_tracking", "1"), Map.of(VoteEngine.TRACKING_MEMORY, five));
        formAll(1, 2);
        assertThat(engine.state().expectedVotes()).isEqualTo(5);
        assertThat(engine.state().quorate()).isFalse();
        engine = engine(
                new int[] {1, 1, 1},
                Map.of("expected_votes_tracking", "1"),
                Map.of(VoteEngine.TRACKING_MEMORY, new byte[3]));
        formAll(1, 2);
        assertThat(engine.state().expectedVotes())
                .as("a damaged memory counts as none")
                .isEqualTo(3);
    }

    @Test
    void remarksAboutTheSettingsAreSaidOnce() {
        engine = engine(new int[] {1, 1}, Map.of("two_node", "1", "auto_tie_breaker", "1"));
        assertThat(formAll(1)).filteredOn(Effect.Note.class::isInstance).hasSize(1);
        assertThat(formAll(1)).noneMatch(Effect.Note.class::isInstance);
    }

    @Test
    void aFarewellIsSaidOnlyWhereItShrinksTheCluster() {
        formAll(1, 2);
        assertThat(step(new Input.Leaving())).isEmpty();
        engine = engine(new int[] {1, 1, 1}, Map.of("allow_downscale", "1"));
        formAll(1, 2);
        List<Effect> farewell = step(new Input.Leaving());
        assertThat(farewell).hasSize(1);
        assertThat(((NodeInfo) message(farewell.get(0))).flags()).isEqualTo(NodeInfo.QUORATE | NodeInfo.LEAVING);
    }

    private static VoteEngine engine(int[] votes, Map<String, String> options) {
        return engine(votes, options, Map.of());
    }

    private static VoteEngine engine(int[] votes, Map<String, String> options, Map<String, byte[]> memory) {
        return new VoteEngine(
                new QuorumSettings(NodeId.of(1), VoteCluster.nodes(votes), new java.util.TreeMap<>(options), memory));
    }

    private List<Effect> step(Input input) {
        List<Effect> effects = new ArrayList<>();
        engine.step(0, input, effects::add);
        return effects;
    }

    private List<Effect> view(int... members) {
        List<NodeId> ids = IntStream.of(members).mapToObj(NodeId::of).toList();
        return step(new Input.ViewStarted(new RingId(members[0], sequence += 4), ids, List.of()));
    }

    private List<Effect> hear(int from, int votes, int expected, int flags) {
        return step(new Input.Message(NodeId.of(from), 0, new NodeInfo(from, votes, expected, flags).encode()));
    }

    /** A whole synchronisation in which the others say the same as this node, with one vote each. */
    private List<Effect> formAll(int... members) {
        List<Effect> effects = new ArrayList<>(view(members));
        List<Effect> spoken = step(new Input.SyncTurn());
        effects.addAll(spoken);
        NodeInfo own = (NodeInfo) message(spoken.get(0));
        for (int member : members) {
            int votes = member == 1 ? own.votes() : 1;
            effects.addAll(hear(member, votes, own.expectedVotes(), own.flags()));
        }
        effects.addAll(step(new Input.SyncDone()));
        return effects;
    }

    private static VoteMessage message(Effect effect) {
        Effect.Broadcast broadcast = (Effect.Broadcast) effect;
        return ((org.quorate.quorum.vote.wire.Decoded.Ok) VoteMessage.decode(broadcast.function(), broadcast.body()))
                .message();
    }

    private static List<Integer> remembered(List<Effect> effects) {
        return effects.stream()
                .filter(Effect.Remember.class::isInstance)
                .map(e -> (int) ((Effect.Remember) e).value()[0])
                .toList();
    }
}
