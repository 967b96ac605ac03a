package org.quorate.quorum.vote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quorate.QuorumState.Flag;
import org.quorate.RingId;
import org.quorate.quorum.sim.SimulatedCluster.Order;
import org.quorate.quorum.vote.VoteCluster.Heard;
import org.quorate.quorum.vote.wire.Decoded;
import org.quorate.quorum.vote.wire.DeviceRegister;
import org.quorate.quorum.vote.wire.NodeInfo;
import org.quorate.quorum.vote.wire.VoteMessage;
import org.quorate.spi.QuorumEngine.Effect;
import org.quorate.spi.QuorumEngine.Input;
import org.quorate.testkit.Json;

/** Quorum devices of single nodes: what they say, when they count, when they are given up. */
class LocalDeviceTest {
    private static final String NAME = "Qdevice";
    private static final Map<String, String> OPTIONS = Map.of("device.model", "net", "device.votes", "1");

    /** Two real nodes with a device: register, vote, two splits, silence, votes withdrawn, unregister. */
    @Test
    void saysTheSameAsDaemonsInARecordedRun() {
        VoteCluster cluster = cluster(2, OPTIONS);
        register(cluster, 1);
        poll(cluster, 1, true);
        register(cluster, 2);
        poll(cluster, 2, true);
        splitAndHeal(cluster, 1, 2);
        splitAndHeal(cluster, 2, 1);
        for (int i = 0; i < 2; i++) {
            cluster.pass(8000);
            poll(cluster, 1, true);
        }
        poll(cluster, 2, true);
        poll(cluster, 2, false);
        poll(cluster, 1, false);
        poll(cluster, 2, true);
        poll(cluster, 1, true);
        for (int id = 1; id <= 2; id++) {
            poll(cluster, id, false);
            assertThat(cluster.request(id, new Input.UnregisterDevice(NAME))).isNull();
        }
        for (int node = 1; node <= 2; node++) {
            int sender = node;
            assertThat(cluster.heard().stream()
                            .filter(h -> h.from() == sender)
                            .map(LocalDeviceTest::message)
                            .toList())
                    .isEqualTo(recorded(sender));
        }
    }

    @Test
    void itsVotesCountForThoseWhereItCastsThem() {
        VoteCluster cluster = cluster(2, OPTIONS);
        assertThat(cluster.state(1).totalVotes()).isEqualTo(2);
        assertThat(cluster.state(1).expectedVotes()).isEqualTo(3);
        register(cluster, 1);
        assertThat(cluster.state(1).flags()).contains(Flag.QDEVICE);
        poll(cluster, 1, true);
        assertThat(cluster.state(1).totalVotes()).isEqualTo(3);
        assertThat(cluster.state(2).totalVotes()).isEqualTo(2);
        cluster.down(2);
        assertThat(cluster.isHeld(1)).isTrue();
        poll(cluster, 1, true);
        assertThat(cluster.isHeld(1)).isFalse();
        assertThat(cluster.state(1).quorate()).isTrue();
        assertThat(cluster.state(1).reason()).isEqualTo("2 of 3 votes, 2 needed");
    }

    @Test
    void aNewMembershipWaitsForItsVoteButNotForever() {
        VoteCluster cluster = cluster(2, OPTIONS);
        register(cluster, 1);
        poll(cluster, 1, true);
        cluster.down(2);
        cluster.pass(29_900);
        assertThat(cluster.isHeld(1)).isTrue();
        assertThat(cluster.state(1).quorate()).as("the old decision stands").isTrue();
        cluster.pass(100);
        assertThat(cluster.isHeld(1)).isFalse();
        assertThat(cluster.state(1).quorate()).isFalse();
        assertThat(cluster.effects(1)).contains(new Effect.Note("lost contact with the quorum device Qdevice"));
    }

    @Test
    void aVoteForAnotherMembershipIsRefused() {
        VoteCluster cluster = cluster(2, OPTIONS);
        register(cluster, 1);
        RingId old = cluster.ring(1);
        poll(cluster, 1, true);
        cluster.down(2);
        assertThat(cluster.request(1, new Input.PollDevice(NAME, old, true)))
                .contains("voted for ring " + old + ", but this node is in ring " + cluster.ring(1));
        assertThat(cluster.isHeld(1)).isTrue();
    }

    @Test
    void silenceTakesItsVoteAwayButNotItsRegistration() {
        VoteCluster cluster = cluster(2, OPTIONS);
        register(cluster, 1);
        poll(cluster, 1, true);
        cluster.pass(9_950);
        assertThat(cluster.state(1).totalVotes()).isEqualTo(3);
        cluster.pass(50);
        assertThat(cluster.state(1).totalVotes()).isEqualTo(2);
        assertThat(cluster.state(1).flags()).contains(Flag.QDEVICE);
        poll(cluster, 1, true);
        assertThat(cluster.state(1).totalVotes()).isEqualTo(3);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        VoteCluster cluster = cluster(2, OPTIONS);
        assertThat(cluster.request(1, new Input.PollDevice(NAME, cluster.ring(1), true)))
                .isEqualTo("no quorum device is registered on this node");
        assertThat(cluster.request(1, new Input.UnregisterDevice(NAME))).isNotNull();
        assertThat(cluster.request(1, new Input.AllowMasterWins(NAME, true))).isNotNull();
        assertThat(cluster.request(1, new Input.RegisterDevice("x".repeat(255))))
                .contains("1 to 254");
        register(cluster, 1);
        assertThat(cluster.request(2, new Input.RegisterDevice("other")))
                .isEqualTo("the cluster already has a quorum device with the name Qdevice");
        assertThat(cluster.request(1, new Input.PollDevice("other", cluster.ring(1), true)))
                .isEqualTo("the quorum device of this node is Qdevice, not other");
        register(cluster, 1);
        assertThat(cluster(2, Map.of("two_node", "1")).request(1, new Input.RegisterDevice(NAME)))
                .isEqualTo("a quorum device cannot be used with two_node");
    }

    /** Both asked before either heard of the other: the ring's order decides. */
    @Test
    void ofTwoNamesTheFirstInTheRingsOrderWins() {
        VoteEngine engine = new VoteEngine(new org.quorate.spi.QuorumSettings(
                org.quorate.NodeId.of(1), VoteCluster.nodes(1, 1), new java.util.TreeMap<>(), Map.of()));
        List<Effect> out = new ArrayList<>();
        List<org.quorate.NodeId> members = List.of(org.quorate.NodeId.of(1), org.quorate.NodeId.of(2));
        engine.step(0, new Input.ViewStarted(new RingId(1, 5), members, List.of()), out::add);
        Input.RegisterDevice mine = new Input.RegisterDevice("mine");
        engine.step(0, mine, out::add);
        engine.step(0, mine, out::add);
        assertThat(out).contains(new Effect.Refused(mine, "a registration is under way already"));
        out.clear();
        for (int from = 2; from >= 1; from--) {
            byte[] body = new DeviceRegister(true, from == 1 ? "mine" : "theirs").encode();
            engine.step(0, new Input.Message(org.quorate.NodeId.of(from), DeviceRegister.FUNCTION, body), out::add);
        }
        assertThat(out)
                .contains(new Effect.Refused(mine, "the cluster already has a quorum device with the name theirs"));
        engine.step(0, new Input.SyncDone(), out::add);
        assertThat(engine.state().flags()).doesNotContain(Flag.QDEVICE);
    }

    @Test
    void aDeviceThatMayWinAloneCarriesItsPartition() {
        VoteCluster cluster = cluster(4, OPTIONS);
        for (int id = 1; id <= 4; id++) {
            register(cluster, id);
            assertThat(cluster.request(id, new Input.AllowMasterWins(NAME, true)))
                    .isNull();
            poll(cluster, id, true);
        }
        cluster.move(1, List.of(1));
        cluster.syncAll();
        poll(cluster, 1, true);
        for (int id = 2; id <= 4; id++) poll(cluster, id, false);
        assertThat(cluster.state(1).quorate()).isTrue();
        assertThat(cluster.state(1).reason())
                .isEqualTo("2 of 5 votes, 3 needed; the quorum device chose this partition");
        assertThat(cluster.state(2).quorate()).as("three of five votes").isTrue();
    }

    /** One side keeps the device's vote, the other loses it, then the ring is whole again. */
    private static void splitAndHeal(VoteCluster cluster, int keeps, int loses) {
        cluster.move(1, List.of(loses));
        cluster.syncAll();
        poll(cluster, keeps, true);
        poll(cluster, loses, false);
        assertThat(cluster.state(keeps).quorate()).isTrue();
        assertThat(cluster.state(loses).quorate()).isFalse();
        cluster.move(0, List.of(loses));
        cluster.syncAll();
        poll(cluster, keeps, true);
        poll(cluster, loses, true);
    }

    private static void register(VoteCluster cluster, int id) {
        assertThat(cluster.request(id, new Input.RegisterDevice(NAME))).isNull();
    }

    private static void poll(VoteCluster cluster, int id, boolean vote) {
        assertThat(cluster.request(id, new Input.PollDevice(NAME, cluster.ring(id), vote)))
                .isNull();
    }

    private static VoteCluster cluster(int nodes, Map<String, String> options) {
        int[] votes = new int[nodes];
        Arrays.fill(votes, 1);
        VoteCluster cluster = new VoteCluster(Order.DAEMON, VoteCluster.nodes(votes), options, true);
        for (int id = 1; id <= nodes; id++) cluster.up(id);
        return cluster;
    }

    private static VoteMessage message(Heard heard) {
        return ((Decoded.Ok) VoteMessage.decode(heard.function(), heard.body())).message();
    }

    private static List<VoteMessage> recorded(int sender) {
        List<VoteMessage> messages = new ArrayList<>();
        for (Json captured : Json.resource("votequorum/cap-2node-qdevice.json").items()) {
            if (captured.get("sender").integer() != sender) continue;
            byte[] whole = captured.get("hex").hex();
            byte[] body = Arrays.copyOfRange(whole, 16, whole.length);
            int function = captured.get("decoded").get("id").integer();
            messages.add(((Decoded.Ok) VoteMessage.decode(function, body)).message());
        }
        assertThat(messages).anyMatch(NodeInfo.class::isInstance);
        return messages;
    }
}
