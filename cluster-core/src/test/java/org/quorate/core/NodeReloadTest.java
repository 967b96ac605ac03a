package org.quorate.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quorate.core.ReloadLab.MILLI;
import static org.quorate.core.ReloadLab.NO_KEY;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.quorate.ClusterConfig;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.TotemConfig;
import org.quorate.core.ReloadLab.File;
import org.quorate.core.ReloadLab.Node;

/** Rings that read their configuration again and change their key; times in milliseconds. Three nodes: token timeout 3650, hold 912. */
class NodeReloadTest {
    private static final int SEEDS = 60;

    private final ReloadLab lab = new ReloadLab(1);
    private final File otherKey = new File(ReloadLab.config(3).build(), 2);

    /** Three nodes that send all the time; the key is changed in their files. */
    private void threeUnderLoad() {
        lab.startAll(3);
        for (int i = 1; i <= 200; i++) {
            int number = i;
            for (Node node : lab.nodes.values())
                lab.at(i * MILLI, () -> node.send(node.id + ":" + number + "x".repeat(number * 37 % 3000)));
        }
        lab.run(50);
        lab.writeFiles(otherKey);
    }

    private void assertNothingLost(String ring) {
        lab.run("all has arrived", 20_000, () -> lab.nodes.values().stream().allMatch(n -> n.messages.size() == 600));
        assertThat(lab.node(2).messages).isEqualTo(lab.node(1).messages).doesNotHaveDuplicates();
        assertThat(lab.node(3).messages).isEqualTo(lab.node(1).messages);
        for (Node node : lab.nodes.values()) {
            assertThat(node.viewId()).isEqualTo(ring);
            assertThat(node.failed).isEmpty();
        }
    }

    @Test
    void aKeyIsChangedUnderLoadAndNoPacketIsRefused() {
        threeUnderLoad();
        String ring = lab.node(1).viewId();
        lab.node(2).reload();
        lab.run("all are on the new key", 1000, () -> lab.allOn(2));
        assertThat(lab.node(2).ended).containsExactly("0: [another key] []");
        assertThat(lab.node(1).ended).isEmpty();
        assertNothingLost(ring);
        assertThat(lab.refused).isZero();
        assertThat(lab.node(1).notes)
                .contains("node 2 asked all nodes to reload their configuration", "reloaded: another key");
    }

    @Test
    void aSlowDiskHoldsUpTheChangeAndNothingElse() {
        threeUnderLoad();
        String ring = lab.node(1).viewId();
        lab.node(3).readNanos = 800 * MILLI;
        lab.node(1).reload();
        lab.run(700);
        assertThat(lab.node(1).inUse)
                .as("nobody uses what node 3 has not loaded")
                .isEqualTo(1);
        lab.run("all are on the new key", 1000, () -> lab.allOn(2));
        assertNothingLost(ring);
        assertThat(lab.refused).isZero();
    }

    @Test
    void aDiskThatIsSlowerThanTheRingMayWaitCostsTimeButNoMessage() {
        threeUnderLoad();
        String ring = lab.node(1).viewId();
        lab.node(3).readNanos = 2500 * MILLI;
        lab.node(1).reload();
        lab.run("the others are on the new key", 2000, () -> lab.node(1).inUse == 2 && lab.node(2).inUse == 2);
        assertThat(lab.node(3).inUse).isEqualTo(1);
        lab.run("all are on the new key", 4000, () -> lab.allOn(2));
        assertNothingLost(ring);
        assertThat(lab.refused).isPositive();
    }

    @Test
    void aNodeThatIsBehindWithReceivingIsNotLeftBehind() {
        threeUnderLoad();
        String ring = lab.node(1).viewId();
        lab.deaf = 3;
        lab.node(1).reload();
        lab.run(2000);
        assertThat(lab.node(1).inUse).as("node 3 does not know of the reload").isEqualTo(1);
        lab.deaf = NO_KEY;
        lab.run("all are on the new key", 2000, () -> lab.allOn(2));
        assertNothingLost(ring);
        assertThat(lab.refused).isZero();
    }

    @Test
    void aNodeThatCannotReadItsFileSaysSoIsCutOffAndComesBackWhenItsFileIsMended() {
        lab.startAll(3);
        lab.writeFiles(otherKey);
        lab.node(3).readNanos = -MILLI;
        lab.node(1).reload();
        lab.run("the others are on the new key", 1000, () -> lab.node(1).inUse == 2 && lab.node(2).inUse == 2);
        assertThat(lab.node(3).notes)
                .contains("WARN the configuration was not reloaded, this node keeps the one it has: the file is gone")
                .anyMatch(
                        note -> note.startsWith("WARN node ") && note.contains("changes its key, this node does not"));
        lab.run(
                "the others are by themselves",
                15_000,
                () -> lab.node(1).view.members().equals(ids(1, 2))
                        && lab.node(3).view.members().equals(ids(3)));
        assertThat(lab.node(1).other).isEqualTo(NO_KEY);

        lab.node(3).readNanos = MILLI;
        lab.node(3).reload();
        lab.run("all are together again", 10_000, () -> lab.allOn(2) && lab.together());
        assertThat(lab.node(3).ended).containsExactly("0: [another key] []");
    }

    @Test
    void aNodeWithTheOldKeyInItsFileIsWarned() {
        lab.startAll(3);
        lab.node(1).file = otherKey;
        lab.node(2).file = otherKey;
        lab.node(1).reload();
        lab.run(100);
        assertThat(lab.node(3).notes)
                .contains("nothing that this node applies has changed")
                .anyMatch(
                        note -> note.startsWith("WARN node ") && note.contains("changes its key, this node does not"));
        assertThat(lab.node(1).other).as("the old key is kept for node 3").isEqualTo(1);
        lab.run("it is given up", 20_000, () -> lab.node(1).other == NO_KEY && lab.node(2).other == NO_KEY);
    }

    @Test
    void whoeverNeverSaysThatItUsesTheNewKeyIsWaitedForForFiveSeconds() {
        lab.startAll(3);
        // node 3 has the key, but its messages do not get through
        lab.writeFiles(otherKey);
        lab.node(3).file = new File(ReloadLab.config(3).build(), 1);
        lab.node(1).reload();
        lab.run("it uses the new key", 1000, () -> lab.node(1).inUse == 2);
        long begin = lab.nowNanos();
        lab.run("it drops the old one", 20_000, () -> lab.node(1).other == NO_KEY);
        assertThat(lab.nowNanos() - begin).isLessThanOrEqualTo(8_100 * MILLI);
    }

    @Test
    void aSecondReloadIsReadWhenTheFirstIsOver() {
        threeUnderLoad();
        String ring = lab.node(1).viewId();
        lab.node(1).reload();
        lab.node(1).reload();
        lab.run("the first has begun", 1000, () -> lab.node(3).other == 2);
        lab.writeFiles(new File(ReloadLab.config(3).build(), 3));
        lab.node(2).reload();
        lab.run("all are on the third key", 2000, () -> lab.allOn(3));
        assertThat(lab.node(1).ended).hasSize(2).first().isEqualTo("0: [another key] []");
        assertThat(lab.node(2).ended).containsExactly("0: [another key] []");
        assertNothingLost(ring);
        assertThat(lab.refused).isZero();
    }

    @Test
    void aNodeThatStartsWithTheNewKeyInTheMiddleIsLetIn() {
        lab.startAll(3);
        lab.nodes.remove(3);
        lab.run("two are left", 15_000, lab::together);
        lab.writeFiles(otherKey);
        lab.node(2).readNanos = 900 * MILLI;
        lab.node(1).reload();
        lab.run(100);
        lab.start(3, otherKey);
        lab.run("all are together", 20_000, () -> lab.allOn(2) && lab.together());
    }

    @Test
    void theNodeThatAskedMayDieAtOnce() {
        lab.startAll(3);
        lab.writeFiles(otherKey);
        lab.node(1).reload();
        lab.run("somebody has loaded the key", 1000, () -> lab.node(2).other == 2);
        lab.nodes.remove(1);
        lab.run("the others change their key all the same", 30_000, () -> lab.allOn(2) && lab.together());
    }

    /** A node dies, or packets are lost, at any point of a change: whoever lives is on the new key, in one ring. */
    @TestFactory
    Stream<DynamicTest> ringsChangeWhileTheKeyIsChanged() {
        return LongStream.rangeClosed(1, SEEDS)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> disturbed(seed)));
    }

    private static void disturbed(long seed) {
        ReloadLab lab = new ReloadLab(seed);
        Random random = new Random(seed);
        lab.startAll(3);
        File file = new File(ReloadLab.config(3).build(), 2);
        lab.writeFiles(file);
        for (Node node : lab.nodes.values()) node.readNanos = random.nextInt(20) * MILLI;
        int victim = 1 + random.nextInt(3);
        lab.node(1 + random.nextInt(3)).reload();
        if (random.nextBoolean()) lab.lossPerMille = 300;
        lab.at(random.nextInt(40) * MILLI / 2, () -> lab.nodes.remove(victim));
        lab.run(5 + random.nextInt(1000));
        lab.lossPerMille = 0;
        lab.run(20_000);
        List<Integer> left = new ArrayList<>();
        for (Node node : lab.nodes.values()) if (node.inUse == 1) left.add(node.id);
        // a reload that died with the node that asked for it has not happened
        if (left.size() == lab.nodes.size())
            assertThat(lab.allOn(1)).as(lab.toString()).isTrue();
        else lab.run("all that live are on the new key", 60_000, () -> lab.allOn(2) && lab.together());
        lab.start(victim, lab.allOn(2) ? file : new File(file.config(), 1));
        lab.run("all are together", 60_000, lab::together);
    }

    @Test
    void otherTimersAndAnotherVersionAreInForceAfterAReload() {
        lab.startAll(3);
        ClusterConfig.Builder fresh = ReloadLab.config(3).configVersion(7);
        fresh.totem(TotemConfig.DEFAULT.withToken(Duration.ofSeconds(1), Duration.ofMillis(650)));
        lab.writeFiles(new File(fresh.build(), 1));
        lab.node(2).reload();
        lab.run("the reload is over", 1000, () -> !lab.node(2).ended.isEmpty());
        assertThat(lab.node(2).ended)
                .containsExactly("0: [token timeout 1650 ms and what depends on it, config_version 7] []");
        lab.run(100);
        assertThat(lab.node(3).applied)
                .singleElement()
                .satisfies(config -> assertThat(config.configVersion()).isEqualTo(7));
        lab.run(4000);
        long begin = lab.nowNanos();
        lab.nodes.remove(3);
        lab.run("two are left", 6000, lab::together);
        // token 1650 and consensus 1980 instead of 3650 and 4380
        assertThat((lab.nowNanos() - begin) / MILLI).isBetween(3000L, 3900L);
    }

    @Test
    void whatARunningNodeDoesNotChangeIsSaid() {
        lab.startAll(3);
        lab.writeFiles(new File(
                ReloadLab.config(3)
                        .quorumOption("wait_for_all", "1")
                        .quorumProvider("other")
                        .transport("other")
                        .build(),
                1));
        lab.node(1).reload();
        lab.run("the reload is over", 1000, () -> !lab.node(1).ended.isEmpty());
        assertThat(lab.node(1).ended).containsExactly("0: [] [transport, quorum.provider]");
        lab.run(100);
        assertThat(lab.node(3).notes).anyMatch(note -> note.startsWith("WARN the configuration that was read differs"));
    }

    @Test
    void linksAreChangedAtEachReloadAndReported() {
        lab.startAll(3);
        lab.node(2).linksChanged = List.of("link 1 added", "link_mode rr");
        lab.node(2).reload();
        lab.run("the reload is over", 1000, () -> !lab.node(2).ended.isEmpty());
        assertThat(lab.node(2).ended).containsExactly("0: [link 1 added, link_mode rr] []");
        assertThat(lab.node(2).notes).contains("reloaded: link 1 added, link_mode rr");
        lab.run(100);
        assertThat(lab.nodes.values()).allMatch(node -> node.linkChanges == 1);
    }

    @Test
    void linksThatCannotBeChangedDoNotKeepTheNodeFromTheNewKey() {
        threeUnderLoad();
        String ring = lab.node(1).viewId();
        ClusterConfig before = lab.node(3).file.config();
        lab.writeFiles(new File(
                ReloadLab.config(3)
                        .configVersion(2)
                        .node(NodeConfig.of(3, "n3", "10.77.9.3"))
                        .build(),
                2));
        lab.node(3).linksRefusal = "the port is busy";
        lab.node(3).reload();
        lab.run("all are on the new key", 1000, () -> lab.allOn(2));
        assertThat(lab.node(3).ended).containsExactly("0: [another key, config_version 2] [links (the port is busy)]");
        assertThat(lab.node(3).notes)
                .contains("WARN the links were not changed, this node keeps those it has: the port is busy")
                .noneMatch(note -> note.contains("start this node again"));
        assertThat(lab.node(3).applied)
                .singleElement()
                .satisfies(config -> assertThat(config.nodes()).isEqualTo(before.nodes()));
        assertThat(lab.node(1).applied)
                .singleElement()
                .satisfies(config -> assertThat(config.nodes()).isNotEqualTo(before.nodes()));
        assertNothingLost(ring);
    }

    /** Links take their time, for example behind a slow disk; the others go over to the key meanwhile. */
    @Test
    void whatIsHeardOfTheKeyWhileLinksAreChangedIsNotForgotten() {
        threeUnderLoad();
        String ring = lab.node(1).viewId();
        lab.node(3).linksNanos = 600 * MILLI;
        lab.node(1).reload();
        lab.run("node 3 has loaded the key and changes links", 1000, () -> lab.node(3).linkChanges == 1);
        lab.node(3).input(new NodeInput.LoadedKeySeen());
        lab.run(300);
        assertThat(lab.node(3).inUse).isEqualTo(1);
        lab.run("all are on the new key", 3000, () -> lab.allOn(2));
        assertNothingLost(ring);
    }

    @Test
    void aKeyThatCannotBeLoadedLeavesTheLinksAlone() {
        lab.startAll(3);
        lab.writeFiles(otherKey);
        lab.node(3).keyRefusal = "no such cipher";
        lab.node(3).reload();
        lab.run("it is refused", 1000, () -> !lab.node(3).ended.isEmpty());
        assertThat(lab.node(3).ended).containsExactly("0: no such cipher");
        assertThat(lab.node(3).linkChanges).isZero();
    }

    @Test
    void aReadingThatNeverEndsIsGivenUpAndTheNextOneIsTried() {
        lab.startAll(3);
        lab.writeFiles(otherKey);
        for (Node node : lab.nodes.values()) node.readNanos = Long.MAX_VALUE;
        String ring = lab.node(1).viewId();
        lab.node(1).reload();
        lab.run(100);
        for (Node node : lab.nodes.values()) node.readNanos = MILLI;
        lab.node(2).reload();
        lab.run("it is given up", 40_000, () -> !lab.node(1).ended.isEmpty());
        assertThat(lab.node(1).ended.get(0)).isEqualTo("0: it could not be read within 30 s");
        lab.run("the next one is read", 5000, () -> lab.allOn(2));
        assertThat(lab.node(1).viewId()).isEqualTo(ring);
    }

    @Test
    void aReloadWithoutAChangeIsOverAtOnce() {
        lab.startAll(2);
        lab.node(1).reload();
        lab.run("it is over", 1000, () -> !lab.node(1).ended.isEmpty());
        assertThat(lab.allOn(1)).isTrue();
        assertThat(lab.node(1).ended).containsExactly("0: [] []");
    }

    private static List<NodeId> ids(int... ids) {
        return java.util.Arrays.stream(ids).mapToObj(NodeId::of).toList();
    }
}
