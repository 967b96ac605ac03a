package org.quorate.core.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quorate.core.change.Objection.Kind;
import org.quorate.core.change.SimulatedNodes.Node;

/** Single histories of a few engines. */
class ChangeEngineTest {
    private final SimulatedNodes world = new SimulatedNodes(7, 3);

    @BeforeEach
    void together() {
        world.calm = true;
        world.nodes.forEach(Node::start);
        world.cut(0);
        world.run(500);
    }

    private static List<Kind> kinds(Node node) {
        return node.answers.values().stream()
                .flatMap(List::stream)
                .map(Objection::kind)
                .toList();
    }

    @Test
    void ofTwoAtOnceTheFirstInTheOrderIsMade() {
        world.node(1).ask("text");
        world.node(2).ask("text");
        world.run(1000);
        List<Kind> refusals = new ArrayList<>(kinds(world.node(1)));
        refusals.addAll(kinds(world.node(2)));
        assertThat(refusals).containsExactly(Kind.BUSY);
        assertThat(world.made).containsOnlyKeys(2L);
        assertThat(world.nodes).allMatch(node -> node.disk.version == 2 && node.disk.lock.isEmpty());
    }

    @Test
    void everyObjectionOfEveryMemberComesBackAndNothingHasChanged() {
        world.node(1).ask("bad for 2, bad for 3");
        world.run(1000);
        assertThat(world.node(1).answers.values().iterator().next())
                .extracting(Objection::node)
                .containsExactly(2, 3);
        assertThat(world.made).isEmpty();
        assertThat(world.nodes).allMatch(node -> node.disk.lock.isEmpty());
    }

    private static List<String> sentences(Node node) {
        return node.answers.values().stream()
                .flatMap(List::stream)
                .map(Objection::sentence)
                .toList();
    }

    @Test
    void aLinkThatIsDeafInOneDirectionIsRefusedBeforeAnythingIsPromised() {
        world.deaf.add(List.of(2, 3));
        world.node(1).ask("link");
        world.run(2000);
        assertThat(kinds(world.node(1))).containsExactly(Kind.LINK_UNREACHABLE);
        assertThat(sentences(world.node(1)))
                .containsExactly("link 1 carries nothing from node 2 to node 3; check the firewall of node 3");
        assertThat(world.made).isEmpty();
        assertThat(world.nodes).allMatch(node -> node.disk.lock.isEmpty() && node.trying == null);
    }

    @Test
    void everyPairAndEveryAddressThatIsNoGoodIsListedAtOnce() {
        SimulatedNodes four = new SimulatedNodes(8, 4);
        four.calm = true;
        four.nodes.forEach(Node::start);
        four.cut(0);
        four.run(500);
        four.node(4).portTaken = true;
        four.deaf.add(List.of(1, 2));
        four.deaf.add(List.of(2, 3));
        four.deaf.add(List.of(3, 2));
        four.node(3).ask("link");
        four.run(2000);
        assertThat(kinds(four.node(3)))
                .containsExactly(Kind.ADDRESS_UNUSABLE, Kind.LINK_UNREACHABLE, Kind.LINK_UNREACHABLE);
        assertThat(sentences(four.node(3)))
                .contains(
                        "link 1 carries nothing from node 1 to node 2; check the firewall of node 2",
                        "link 1 carries nothing between node 2 and node 3 in either direction; check cable, network,"
                                + " firewalls");
    }

    @Test
    void byForceTheChangeIsMadeAndWhatWasNotHeardIsAWarning() {
        world.deaf.add(List.of(2, 3));
        world.node(1).ask("forced link");
        world.run(2000);
        assertThat(kinds(world.node(1))).isEmpty();
        assertThat(world.made).containsOnlyKeys(2L);
        assertThat(world.node(1).warnings.values())
                .containsExactly(List.of("link 1 carries nothing from node 2 to node 3; check the firewall of node 3"));
    }

    @Test
    void aMemberThatCannotTryLinksIsWarnedOfAndKeepsNobodyFromTheChange() {
        world.node(3).die();
        world.node(3).isOld = true;
        world.node(3).start();
        world.cut(0);
        world.run(500);
        world.deaf.add(List.of(2, 3));
        world.node(1).ask("link");
        world.run(2000);
        assertThat(world.made).containsOnlyKeys(2L);
        assertThat(world.node(1).warnings.values())
                .containsExactly(
                        List.of("the links to nodes 3 were not tried before the change: they cannot (a Corosync"
                                + " daemon, or an older version)"));
    }

    @Test
    void daemonsAreWarnedOfAsTheyCannotTryLinks() {
        SimulatedNodes mixed = new SimulatedNodes(10, 3, 2);
        mixed.calm = true;
        mixed.nodes.forEach(Node::start);
        mixed.cut(0);
        mixed.run(500);
        mixed.node(2).ask("link");
        mixed.run(2000);
        assertThat(mixed.made).containsOnlyKeys(2L);
        assertThat(mixed.node(2).warnings.values())
                .containsExactly(
                        List.of("the links to nodes 4, 5 were not tried before the change: they cannot (a Corosync"
                                + " daemon, or an older version)"));
    }

    @Test
    void aMemberThatDiesWhileLinksAreTriedEndsItForAllAndEverythingBoundIsFree() {
        world.deaf.add(List.of(2, 3));
        world.node(1).ask("link");
        world.run(100);
        assertThat(world.nodes).allMatch(node -> node.trying != null);
        world.node(3).die();
        world.run(2000);
        assertThat(kinds(world.node(1))).containsExactly(Kind.MEMBERSHIP_CHANGED);
        assertThat(world.made).isEmpty();
        assertThat(world.nodes).allMatch(node -> node.trying == null);
        world.node(2).ask("link");
        world.run(2000);
        assertThat(world.made).containsOnlyKeys(2L);
    }

    @Test
    void withoutQuorumTheAskerHearsItAtItsLimit() {
        world.cut(0, 1, 1);
        world.run(100);
        world.node(1).ask("text");
        world.run(20_000);
        assertThat(kinds(world.node(1))).containsExactly(Kind.TIME_LIMIT);
        assertThat(world.made).isEmpty();
    }

    @Test
    void ofTwoNodesBesideDaemonsOnlyTheLowerOneChangesAnythingAlone() {
        SimulatedNodes mixed = new SimulatedNodes(9, 2, 3);
        mixed.calm = true;
        mixed.nodes.forEach(Node::start);
        mixed.cut(0);
        mixed.run(500);
        mixed.cut(1, 0, 0, 0, 0);
        mixed.run(500);
        mixed.node(2).ask("text");
        mixed.run(20_000);
        assertThat(kinds(mixed.node(2))).containsExactly(Kind.TIME_LIMIT);
        assertThat(sentences(mixed.node(2)).get(0))
                .contains("beside them more than half of the nodes [1, 2] have to be");
        mixed.cut(0, 1, 0, 0, 0);
        mixed.run(500);
        mixed.node(1).ask("text");
        mixed.run(1000);
        assertThat(mixed.made).containsOnlyKeys(2L);
        mixed.cut(0);
        mixed.run(1000);
        assertThat(mixed.node(2).disk.digest()).isEqualTo(mixed.node(1).disk.digest());
    }

    @Test
    void whoWasAwayTakesWhatTheOthersMade() {
        world.cut(0, 1, 1);
        world.run(100);
        world.node(2).ask("key");
        world.run(1000);
        assertThat(kinds(world.node(2))).isEmpty();
        assertThat(world.node(1).disk.version).isEqualTo(1);
        world.cut(0);
        world.run(1000);
        assertThat(world.node(1).disk.digest()).isEqualTo(world.node(3).disk.digest());
        assertThat(world.node(1).disk.key).isEqualTo(world.node(3).disk.key);
    }

    @Test
    void aNodeThatTakesNoPartIsNamedUnlessItIsPrepared() {
        Member self = new Member(1, 1);
        ChangeEngine engine = new ChangeEngine(self, false);
        List<ChangeEffect> out = new ArrayList<>();
        engine.step(1, new ChangeInput.Members(List.of(self), true), out::add);
        engine.step(
                1, new ChangeInput.View(8, new TreeSet<>(List.of(1, 2)), new ChangeInput.Quorum(true, true)), out::add);
        Standing standing = new Standing(1, 0, Standing.digest("conf", ""), false, "", 1, 0);
        engine.step(1, new ChangeInput.Inspected(1, standing, Optional.empty(), new TreeMap<>(), ""), out::add);
        deliver(engine, self, out);
        assertThat(engine.isReady()).isTrue();
        for (boolean prepared : List.of(false, true)) {
            Proposal.Traits traits =
                    new Proposal.Traits(0, -1, true, false, new TreeSet<>(prepared ? List.of(2) : List.of()));
            Proposal proposal = new Proposal(
                    new ProposalId(self, prepared ? 2 : 1), "trying", standing.digest(), 2, "new", "", "", "", traits);
            engine.step(1, new ChangeInput.Ask(proposal, Optional.empty(), Duration.ofSeconds(8)), out::add);
            deliver(engine, self, out);
            if (prepared) assertThat(out).contains(new ChangeEffect.Validate(proposal));
            else
                assertThat(out)
                        .anyMatch(each -> each instanceof ChangeEffect.Answer answer
                                && answer.objections().get(0).kind() == Kind.NOT_TAKING_PART
                                && answer.objections().get(0).sentence().startsWith("nodes 2 do not take part"));
            out.clear();
        }
    }

    /** Hands the engine what it has sent. */
    private static void deliver(ChangeEngine engine, Member self, List<ChangeEffect> out) {
        for (int i = 0; i < out.size(); i++)
            if (out.get(i) instanceof ChangeEffect.Send send) {
                out.remove(i--);
                engine.step(1, new ChangeInput.Delivered(self, send.message()), out::add);
            }
    }
}
