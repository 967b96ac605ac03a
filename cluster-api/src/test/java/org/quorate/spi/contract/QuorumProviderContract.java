package org.quorate.spi.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.spi.QuorumEngine;
import org.quorate.spi.QuorumEngine.Effect;
import org.quorate.spi.QuorumEngine.Input;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumSettings;

/** What every {@link QuorumProvider} does. Extend it and say how to make one; override {@link #settings} for one with options. */
public abstract class QuorumProviderContract {
    /** The provider under test. */
    protected abstract QuorumProvider provider();

    /** Settings with nothing dangerous switched on, for {@code nodes} nodes with one vote each. */
    protected QuorumSettings settings(NodeId self, int nodes) {
        List<NodeConfig> list = IntStream.rangeClosed(1, nodes)
                .mapToObj(id -> NodeConfig.of(id, "node" + id, "192.0.2." + id))
                .toList();
        return new QuorumSettings(self, list, new TreeMap<>(), Map.of());
    }

    @Test
    void hasAName() {
        assertThat(provider().name()).isNotBlank();
        assertThat(provider().name()).isEqualTo(provider().name());
    }

    @Test
    void isNotQuorateBeforeTheFirstDecision() {
        assertThat(provider().open(settings(NodeId.of(1), 3)).state().quorate()).isFalse();
    }

    @Test
    void usesAServiceNumberThatIsItsToUse() {
        provider()
                .open(settings(NodeId.of(1), 3))
                .service()
                .ifPresent(number -> assertThat(number == 5 || (number >= 32 && number <= 63))
                        .as("service %d", number)
                        .isTrue());
    }

    @Test
    void saysNothingToItsPeersBeforeItsTurn() {
        QuorumBench bench = bench(3);
        for (NodeId node : bench.nodes()) {
            List<Effect> effects = bench.step(node, bench.viewFor(node, bench.nodes()));
            assertThat(effects).noneMatch(Effect.Broadcast.class::isInstance);
        }
    }

    @Test
    void decidesWhenTheMembershipIsSynchronised() {
        QuorumBench bench = bench(3);
        bench.form(bench.nodes());
        for (NodeId node : bench.nodes()) {
            assertThat(bench.decisions(node)).as("decisions of node %s", node).isNotEmpty();
            QuorumState last = bench.decisions(node).get(bench.decisions(node).size() - 1);
            assertThat(bench.state(node)).isEqualTo(last);
            assertThat(last.reason()).isNotBlank();
        }
    }

    @Test
    void allNodesTogetherAreQuorate() {
        for (int nodes = 1; nodes <= 7; nodes++) {
            QuorumBench bench = bench(nodes);
            bench.form(bench.nodes());
            for (NodeId node : bench.nodes())
                assertThat(bench.state(node).quorate())
                        .as("node %s of %d: %s", node, nodes, bench.state(node).reason())
                        .isTrue();
        }
    }

    @Test
    void everyMemberDecidesTheSame() {
        for (int nodes = 2; nodes <= 6; nodes++) {
            for (int mask = 1; mask < 1 << nodes; mask++) {
                QuorumBench bench = bench(nodes);
                bench.form(bench.nodes());
                List<NodeId> members = chosen(bench.nodes(), mask);
                bench.form(members);
                QuorumState first = bench.state(members.get(0));
                for (NodeId member : members) {
                    QuorumState own = bench.state(member);
                    assertThat(own.quorate()).as("%s of %d", members, nodes).isEqualTo(first.quorate());
                    assertThat(own.totalVotes()).as("%s of %d", members, nodes).isEqualTo(first.totalVotes());
                    assertThat(own.quorum()).as("%s of %d", members, nodes).isEqualTo(first.quorum());
                }
            }
        }
    }

    @Test
    void ofTwoHalvesAtMostOneIsQuorate() {
        for (int nodes = 2; nodes <= 7; nodes++) {
            for (int mask = 1; mask < (1 << nodes) - 1; mask++) {
                QuorumBench bench = bench(nodes);
                bench.form(bench.nodes());
                List<NodeId> one = chosen(bench.nodes(), mask);
                List<NodeId> other = chosen(bench.nodes(), ~mask);
                bench.form(one);
                bench.form(other);
                assertThat(bench.state(one.get(0)).quorate()
                                && bench.state(other.get(0)).quorate())
                        .as("%s and %s", one, other)
                        .isFalse();
            }
        }
    }

    @Test
    void halvesThatStartedApartAreNotBothQuorate() {
        for (int nodes = 2; nodes <= 6; nodes++) {
            for (int mask = 1; mask < (1 << nodes) - 1; mask++) {
                QuorumBench bench = bench(nodes);
                List<NodeId> one = chosen(bench.nodes(), mask);
                List<NodeId> other = chosen(bench.nodes(), ~mask);
                bench.form(one);
                bench.form(other);
                assertThat(bench.state(one.get(0)).quorate()
                                && bench.state(other.get(0)).quorate())
                        .as("%s and %s", one, other)
                        .isFalse();
            }
        }
    }

    @Test
    void theSameInputsGiveTheSameEffects() {
        assertThat(history(bench(5))).isEqualTo(history(bench(5)));
    }

    @Test
    void aMembershipThatIsReplacedBeforeItsDecisionDoesNotMatter() {
        QuorumBench straight = bench(4);
        straight.form(straight.nodes());
        QuorumBench interrupted = bench(4);
        for (NodeId node : interrupted.nodes()) {
            interrupted.step(node, interrupted.viewFor(node, interrupted.nodes()));
            if (interrupted.hasService(node)) interrupted.step(node, new Input.SyncTurn());
        }
        interrupted.form(interrupted.nodes());
        for (NodeId node : straight.nodes())
            assertThat(interrupted.state(node).quorate())
                    .isEqualTo(straight.state(node).quorate());
    }

    @Test
    void neverThrowsWhateverItsPeersSend() {
        long seed = Long.getLong("contract.seed", 1);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 300; round++) {
            QuorumBench bench = bench(3);
            for (int i = 0; i < 30; i++) {
                NodeId to = NodeId.of(1 + random.nextInt(3));
                NodeId from = NodeId.of(1 + random.nextInt(5));
                byte[] body = new byte[random.nextInt(200)];
                random.nextBytes(body);
                int function = random.nextInt(4) == 0 ? random.nextInt(65_536) : random.nextInt(6);
                if (random.nextInt(10) == 0) bench.form(bench.nodes());
                try {
                    bench.step(to, new Input.Message(from, function, body));
                } catch (RuntimeException e) {
                    throw new AssertionError("-Dcontract.seed=" + seed + ", round " + round, e);
                }
            }
            bench.form(bench.nodes());
            for (NodeId node : bench.nodes())
                assertThat(bench.decisions(node)).as("seed %d", seed).isNotEmpty();
        }
    }

    @Test
    void everyRequestIsAnsweredOnce() {
        QuorumBench bench = bench(3);
        bench.form(bench.nodes());
        NodeId first = bench.nodes().get(0);
        List<Input.Request> requests = List.of(
                new Input.SetExpectedVotes(3),
                new Input.SetExpectedVotes(-1),
                new Input.SetNodeVotes(first, 1),
                new Input.SetNodeVotes(NodeId.of(99), 1),
                new Input.CancelWaitForAll(),
                new Input.RegisterDevice("d"),
                new Input.UnregisterDevice("d"));
        for (Input.Request request : requests) {
            List<Effect> effects = bench.request(first, request);
            assertThat(effects.stream().filter(effect -> answers(effect, request)))
                    .as("answers to %s", request)
                    .hasSize(1);
        }
    }

    private static boolean answers(Effect effect, Input.Request request) {
        if (effect instanceof Effect.Refused refused)
            return refused.request().equals(request) && !refused.reason().isBlank();
        return effect.equals(new Effect.Done(request));
    }

    @Test
    void settingsCanChangeWhileItRuns() {
        QuorumBench bench = bench(3);
        bench.form(bench.nodes());
        for (NodeId node : bench.nodes()) bench.step(node, new Input.SettingsChanged(settings(node, 4)));
        bench.form(bench.nodes());
        for (NodeId node : bench.nodes())
            assertThat(bench.state(node).quorate()).isTrue();
    }

    private QuorumBench bench(int nodes) {
        return new QuorumBench(nodes, (id, remembered) -> {
            QuorumSettings plain = settings(id, nodes);
            return provider().open(new QuorumSettings(plain.self(), plain.nodes(), plain.options(), remembered));
        });
    }

    private static List<String> history(QuorumBench bench) {
        bench.form(bench.nodes());
        bench.form(bench.nodes().subList(0, 3));
        bench.form(bench.nodes().subList(3, 5));
        bench.form(bench.nodes());
        return bench.history();
    }

    private static List<NodeId> chosen(List<NodeId> nodes, int mask) {
        List<NodeId> chosen = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) if ((mask & (1 << i)) != 0) chosen.add(nodes.get(i));
        return chosen;
    }

    /** Makes engines; for {@link QuorumBench}. */
    interface EngineMaker {
        /** An engine of a node that remembers this. */
        QuorumEngine open(NodeId self, Map<String, byte[]> remembered);
    }
}
