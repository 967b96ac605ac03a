package org.quorate.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quorate.core.ReloadLab.MILLI;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.quorate.ClusterConfig;
import org.quorate.NodeConfig;
import org.quorate.QuorumState;
import org.quorate.View;
import org.quorate.core.ReloadLab.File;
import org.quorate.core.ReloadLab.Node;
import org.quorate.quorum.VoteQuorum;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumProvider.RuleDecision;

/**
 * Rings whose node list is changed while they run, in simulated time: nodes come and go, and what is expected of votes follows. The numbers
 * are those that Corosync 3.1.7 daemons show in the same steps.
 */
class NodeListReloadTest {
    private static final int SEEDS = Integer.getInteger("nodelist.seeds", 60);
    private static final long FIRST_SEED = Long.getLong("nodelist.seed", 1L);

    private final ReloadLab lab = new ReloadLab(1);

    @BeforeEach
    void countVotes() {
        lab.quorum = new VoteQuorum();
    }

    private static ClusterConfig.Builder list(int... ids) {
        ClusterConfig.Builder config = ClusterConfig.builder("test");
        for (int id : ids) config.node(NodeConfig.of(id, "n" + id, "10.77.0." + id));
        return config;
    }

    private void reload(int asking, ClusterConfig.Builder fresh) {
        lab.writeFiles(new File(fresh.build(), 1));
        Node node = lab.node(asking);
        int before = node.ended.size();
        node.reload();
        lab.run("the reload is over", 1000, () -> node.ended.size() > before);
    }

    private void start(int id, ClusterConfig.Builder config) {
        lab.start(id, new File(config.build(), 1));
    }

    private void awaitTogether() {
        lab.run("all that are alive are in one ring", 20_000, lab::together);
        lab.run(50);
    }

    /** Whether it is quorate, expected, present and needed votes, as this node says. */
    private String quorum(int id) {
        QuorumState said = lab.node(id).engine.quorum();
        return (said.quorate() ? "quorate" : "blocked") + " expected " + said.expectedVotes() + " total "
                + said.totalVotes() + " needed " + said.quorum();
    }

    private int viewSize(int id) {
        View view = lab.node(id).view;
        return view == null ? 0 : view.members().size();
    }

    private void assertQuorum(String wanted) {
        for (int id : lab.nodes.keySet())
            assertThat(quorum(id)).as("node " + id).isEqualTo(wanted);
    }

    @Test
    void oneNodeBecomesTwoAndThreeAndTwoAgain() {
        start(1, list(1));
        awaitTogether();
        assertQuorum("quorate expected 1 total 1 needed 1");

        reload(1, list(1, 2));
        lab.run(50);
        assertThat(lab.node(1).ended).containsExactly("0: [node 2 (n2) added] []");
        assertQuorum("blocked expected 2 total 1 needed 2");
        assertThat(lab.node(1).engine.quorum().reason()).contains("missing n2 (1 vote)");
        start(2, list(1, 2));
        awaitTogether();
        assertQuorum("quorate expected 2 total 2 needed 2");

        reload(2, list(1, 2, 3));
        lab.run(50);
        assertThat(lab.node(2).ended)
                .containsExactly("0: [node 3 (n3) added, token timeout 3650 ms and what depends on it] []");
        assertQuorum("quorate expected 3 total 2 needed 2");
        start(3, list(1, 2, 3));
        awaitTogether();
        assertQuorum("quorate expected 3 total 3 needed 2");

        Node removed = lab.node(3);
        long begin = lab.nowNanos();
        reload(1, list(1, 2));
        lab.run("node 3 has stopped", 2000, () -> removed.stopped != null);
        assertThat(removed.stopped).startsWith("NODE_NOT_LISTED: node 3 is not in its node list any more");
        awaitTogether();
        assertThat((lab.nowNanos() - begin) / MILLI)
                .as("nobody waits for a token timeout")
                .isLessThan(1500);
        assertQuorum("quorate expected 2 total 2 needed 2");
        assertThat(lab.node(2).notes).anyMatch(note -> note.contains("node 3 (n3) removed"));
    }

    /** As above, but its own file still has the old list, or it never hears of the reload. */
    @Test
    void aRemovedNodeThatDoesNotKnowIsNotHeardAnyMoreAndHasNoQuorum() {
        for (int id = 1; id <= 3; id++) start(id, list(1, 2, 3));
        awaitTogether();
        for (int id = 1; id <= 2; id++) lab.node(id).file = new File(list(1, 2).build(), 1);
        lab.node(2).reload();
        lab.run("1 and 2 are a ring of their own, and so is 3", 20_000, () -> viewSize(1) == 2 && viewSize(3) == 1);
        lab.run(100);
        assertThat(quorum(1)).isEqualTo("quorate expected 2 total 2 needed 2");
        assertThat(quorum(2)).isEqualTo("quorate expected 2 total 2 needed 2");
        assertThat(quorum(3)).isEqualTo("blocked expected 3 total 1 needed 2");
        String ring = lab.node(1).viewId();
        int strangers = lab.node(1).strangers;
        lab.run(10_000);
        assertThat(lab.node(1).strangers).isGreaterThan(strangers);
        assertThat(lab.node(1).viewId()).isEqualTo(ring);
        // it is listed again: all is well after one more reload
        lab.writeFiles(new File(list(1, 2, 3).build(), 1));
        lab.node(1).reload();
        awaitTogether();
        assertQuorum("quorate expected 3 total 3 needed 2");
    }

    @Test
    void aNodeThatIsDownIsTakenOutAndTheRestIsQuorateAgain() {
        for (int id = 1; id <= 3; id++) start(id, list(1, 2, 3, 4));
        awaitTogether();
        assertQuorum("quorate expected 4 total 3 needed 3");
        lab.nodes.remove(3);
        awaitTogether();
        assertQuorum("blocked expected 4 total 2 needed 3");
        reload(1, list(1, 2, 4));
        lab.run(50);
        assertQuorum("quorate expected 3 total 2 needed 2");
        String ring = lab.node(1).viewId();
        reload(1, list(1, 2));
        lab.run(50);
        assertQuorum("quorate expected 2 total 2 needed 2");
        assertThat(lab.node(2).viewId()).as("nobody in the ring was concerned").isEqualTo(ring);
        lab.nodes.remove(2);
        awaitTogether();
        assertQuorum("blocked expected 2 total 1 needed 2");
        reload(1, list(1));
        lab.run(50);
        assertQuorum("quorate expected 1 total 1 needed 1");
    }

    /** What is expected falls by a message, which is delivered after the ring without node 2 was formed: as with daemons, not quorate for that long. */
    @Test
    void theLastOneOfTwoIsQuorateAgainOneMessageAfterTheOtherWasTakenOut() {
        for (int id = 1; id <= 2; id++) start(id, list(1, 2));
        awaitTogether();
        reload(1, list(1));
        lab.run("node 1 is alone", 5000, () -> viewSize(1) == 1);
        View alone = Objects.requireNonNull(lab.node(1).view);
        assertThat(alone.quorum().reason()).isEqualTo("not quorate: 1 of 1 vote, 2 needed");
        lab.run("node 1 is quorate", 10, () -> lab.node(1).engine.quorum().quorate());
        lab.run(50);
        assertThat(quorum(1)).isEqualTo("quorate expected 1 total 1 needed 1");
    }

    @Test
    void twoNodeComesAndGoesWithTheThirdNode() {
        start(1, list(1, 2).quorumOption("two_node", "1"));
        awaitTogether();
        assertQuorum("blocked expected 2 total 1 needed 1"); // waits for all
        start(2, list(1, 2).quorumOption("two_node", "1"));
        awaitTogether();
        assertQuorum("quorate expected 2 total 2 needed 1");
        lab.nodes.remove(2);
        awaitTogether();
        assertQuorum("quorate expected 2 total 1 needed 1");
        reload(1, list(1, 2, 3));
        lab.run(50);
        assertQuorum("blocked expected 3 total 1 needed 2");
        assertThat(lab.node(1).engine.quorum().flags()).isEmpty();
        start(2, list(1, 2, 3));
        awaitTogether();
        assertQuorum("quorate expected 3 total 2 needed 2");
        lab.nodes.remove(2);
        awaitTogether();
        reload(1, list(1, 2).quorumOption("two_node", "1"));
        lab.run(50);
        assertQuorum("quorate expected 2 total 1 needed 1");
        assertThat(lab.node(1).engine.quorum().flags())
                .containsExactlyInAnyOrder(
                        QuorumState.Flag.TWO_NODE, QuorumState.Flag.QUORATE, QuorumState.Flag.WAIT_FOR_ALL);
        reload(1, list(1, 2, 3).quorumOption("two_node", "1"));
        lab.run(50);
        assertQuorum("quorate expected 3 total 1 needed 1");
        reload(1, list(1));
        lab.run(50);
        assertQuorum("quorate expected 1 total 1 needed 1");
    }

    @Test
    void votesExpectedVotesAndNodesChangeInOneReload() {
        for (int id = 1; id <= 3; id++) start(id, list(1, 2, 3));
        awaitTogether();
        ClusterConfig.Builder fresh =
                list(1, 3, 4).node(NodeConfig.of(2, "n2", "10.77.0.2").withVotes(3));
        reload(3, fresh);
        lab.run(50);
        assertQuorum("quorate expected 6 total 5 needed 4");
        reload(3, list(1, 2, 3).quorumOption("expected_votes", "7"));
        lab.run(50);
        assertQuorum("blocked expected 7 total 3 needed 4");
        reload(3, list(1, 2, 3));
        lab.run(50);
        assertQuorum("quorate expected 3 total 3 needed 2");
    }

    /** A rule without messages hears of the list at once, on each node at the same place in the order. */
    @Test
    void aRuleOfTheApplicationSeesTheNewList() {
        lab.quorum = QuorumProvider.of("most", in -> {
            boolean most = in.present().size() * 2 > in.settings().nodes().size();
            String reason = in.present().size() + " of " + in.settings().nodes().size();
            return most ? RuleDecision.quorate(reason) : RuleDecision.inquorate(reason);
        });
        for (int id = 1; id <= 2; id++) start(id, list(1, 2));
        awaitTogether();
        reload(2, list(1, 2, 3, 4));
        lab.run(50);
        for (Node node : lab.nodes.values())
            assertThat(node.engine.quorum().reason()).isEqualTo("2 of 4");
        reload(1, list(1, 2, 3));
        lab.run(50);
        for (Node node : lab.nodes.values()) {
            assertThat(node.engine.quorum().reason()).isEqualTo("2 of 3");
            assertThat(node.engine.quorum().quorate()).isTrue();
        }
    }

    @Test
    void aNodeWhoseLinksCannotBeChangedFollowsTheListAllTheSame() {
        for (int id = 1; id <= 2; id++) start(id, list(1, 2));
        awaitTogether();
        lab.node(2).linksRefusal = "the port is busy";
        reload(1, list(1, 2, 3));
        lab.run(50);
        assertThat(lab.node(2).notes)
                .contains("WARN the links were not changed, this node keeps those it has: the port is busy");
        start(3, list(1, 2, 3));
        awaitTogether();
        assertQuorum("quorate expected 3 total 3 needed 2");
    }

    /** Nodes come and go at random under load; reading takes each node its own time. */
    @TestFactory
    Stream<DynamicTest> nodesComeAndGo() {
        return LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> random(seed)));
    }

    private static int number;

    private void random(long seed) {
        Random random = new Random(seed);
        ReloadLab world = new ReloadLab(seed);
        world.quorum = new VoteQuorum();
        List<Integer> listed = new ArrayList<>(List.of(1));
        world.start(1, new File(list(1).build(), 1));
        world.run("a ring of one", 10_000, world::together);
        world.node(1).input(new NodeInput.JoinGroup("g"));
        for (int change = 0; change < 6; change++) {
            boolean grow = listed.size() < 2 || (listed.size() < 6 && random.nextBoolean());
            int changed = grow ? listed.get(listed.size() - 1) + 1 : listed.get(random.nextInt(listed.size()));
            if (grow) listed.add(changed);
            else listed.remove((Integer) changed);
            File file = new File(
                    list(listed.stream().mapToInt(n -> n).toArray())
                            .configVersion(change + 2)
                            .build(),
                    1);
            Map<Integer, Integer> heard = new TreeMap<>();
            for (Node node : world.nodes.values()) {
                node.readNanos = (1 + random.nextInt(30)) * MILLI;
                heard.put(node.id, node.messages.size());
            }
            load(world, random);
            world.run(random.nextInt(30));
            world.writeFiles(file);
            List<Integer> alive = List.copyOf(world.nodes.keySet());
            world.node(alive.get(random.nextInt(alive.size()))).reload();
            if (grow) {
                world.run(random.nextInt(200));
                Node fresh = world.start(changed, file);
                world.run("the new node is in the group", 30_000, () -> {
                    if (fresh.view != null && fresh.groupSize == 0) fresh.input(new NodeInput.JoinGroup("g"));
                    return world.together();
                });
            }
            world.run(
                    "who is listed is together",
                    30_000,
                    () -> List.copyOf(world.nodes.keySet())
                                    .equals(listed.stream().sorted().toList())
                            && world.together()
                            && world.nodes.values().stream().allMatch(n -> n.groupSize == listed.size()));
            world.run(500);
            List<List<String>> since = new ArrayList<>();
            for (Node node : world.nodes.values()) {
                QuorumState said = node.engine.quorum();
                assertThat(said.expectedVotes()).as(world + " " + said).isEqualTo(listed.size());
                assertThat(said.quorum()).as(world + " " + said).isEqualTo(listed.size() / 2 + 1);
                assertThat(said.quorate()).isTrue();
                assertThat(node.failed).isEmpty();
                Integer from = heard.get(node.id);
                if (from != null) since.add(List.copyOf(node.messages.subList(from, node.messages.size())));
            }
            assertThat(since.stream().distinct()).as("one order, " + world).hasSize(1);
            assertThat(since.get(0)).isNotEmpty();
        }
    }

    private static void load(ReloadLab world, Random random) {
        for (int i = 0; i < 60; i++)
            for (Node node : List.copyOf(world.nodes.values()))
                world.at(random.nextInt(60) * MILLI, () -> {
                    if (world.nodes.get(node.id) == node) node.send(node.id + ":" + number++);
                });
    }
}
