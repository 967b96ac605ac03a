package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.quorate.LinkMode;
import org.quorate.NodeId;
import org.quorate.knet.link.ChangeLab.Node;
import org.quorate.spi.TransportSettings;
import org.quorate.spi.TransportSettings.Peer;
import org.quorate.spi.TransportSettings.PeerLink;

/**
 * Random changes of links under continuous traffic in both directions. Each change reaches the nodes at different times, up to seconds
 * apart. Nothing may be lost while one link is left alone or the only link just moves, and nothing may come twice.
 *
 * <p>{@code -Dseed=N} repeats one run, {@code -Druns=N} makes more of them.
 */
class ChangingLinksTest {
    private static final int RUNS = Integer.getInteger("runs", 30);
    private static final List<LinkMode> MODES = List.of(LinkMode.values());
    private static final long MESSAGE_MILLIS = 10;

    /** What all nodes are to have in the end. */
    private static final class Plan {
        final TreeMap<Integer, int[]> variants = new TreeMap<>(); // by link: address variant of node 1 and of node 2
        final TreeMap<Integer, Integer> priorities = new TreeMap<>();
        LinkMode mode = LinkMode.PASSIVE;

        void put(int link, int priority) {
            variants.put(link, new int[] {0, 0});
            priorities.put(link, priority);
        }

        TransportSettings settingsOf(int self) {
            int other = 3 - self;
            TreeMap<Integer, InetSocketAddress> own = new TreeMap<>();
            TreeMap<Integer, PeerLink> links = new TreeMap<>();
            variants.forEach((link, variant) -> {
                own.put(link, ChangeLab.address(self, link, variant[self - 1]));
                links.put(
                        link,
                        ChangeLab.link(
                                ChangeLab.address(other, link, variant[other - 1]), priorities.getOrDefault(link, 1)));
            });
            return ChangeLab.settings(self, mode, own, List.of(new Peer(NodeId.of(other), links)));
        }
    }

    private record Due(long atMillis, Node node, TransportSettings settings) {}

    @Test
    void nothingIsLostNorComesTwiceWhileOneLinkIsLeftAlone() {
        eachSeed(seed -> run(seed, false));
    }

    @Test
    void nothingIsLostNorComesTwiceWhenTheOnlyLinkMoves() {
        eachSeed(seed -> run(seed, true));
    }

    @Test
    void runsThatOnceFailedDoNotFailAgain() {
        run(758_424_137L, false); // the socket of a pair that went down stayed open
        run(2_421_280_123L, false); // a link moved that was up for the peer only
        run(2_579_282_722L, false); // a link was removed just when the peer had taken over to its successor
        run(4_023_121_057L, true); // two moves within a second, and only one former pair was listened to
        run(4_190_921_586L, true); // a successor was replaced just when the peer had taken over
    }

    private static void eachSeed(java.util.function.LongConsumer run) {
        Long given = Long.getLong("seed");
        long first = given != null ? given : System.nanoTime() & 0xffff_ffffL;
        for (long seed = first; seed < first + (given != null ? 1 : RUNS); seed++) run.accept(seed);
    }

    private static void run(long seed, boolean onlyLink) {
        SplittableRandom random = new SplittableRandom(seed);
        Plan plan = new Plan();
        if (!onlyLink) plan.mode = MODES.get(random.nextInt(3));
        plan.put(3, 1);
        if (!onlyLink) for (int link = 0; link < 3; link++) plan.put(link, 2 + link);
        ChangeLab lab = new ChangeLab(random.split());
        List<Node> nodes = List.of(lab.new Node(1, plan.settingsOf(1)), lab.new Node(2, plan.settingsOf(2)));
        lab.run(1500);
        List<Due> queue = new ArrayList<>();
        List<String> story = new ArrayList<>();
        long nextChange = 0;
        for (long millis = 0; millis < 40_000; millis += MESSAGE_MILLIS) {
            if (millis >= nextChange && millis < 30_000) {
                story.add(millis + " " + change(plan, random, onlyLink));
                for (Node node : nodes) queue.add(new Due(millis + lag(random), node, plan.settingsOf(node.id)));
                nextChange = millis + 200 + random.nextInt(onlyLink ? 8000 : 4000);
            }
            long now = millis;
            for (Node node : nodes) {
                Due last = null;
                for (Due due : queue) if (due.node == node && due.atMillis <= now) last = due;
                if (last == null) continue;
                queue.subList(0, queue.indexOf(last) + 1).removeIf(due -> due.node == node);
                last.node.reconfigure(last.settings);
                story.add(now + " node " + node.id + " has " + last.settings.localAddresses());
            }
            nodes.get(0).send(2);
            nodes.get(1).send(1);
            lab.run(MESSAGE_MILLIS);
        }
        lab.run(30_000); // whatever was kept for the sake of the peer is gone by now
        for (Node node : nodes) {
            int peerSent = nodes.get(2 - node.id).sent;
            String what = "seed " + seed + ", node " + node.id + "\n" + String.join("\n", story) + "\n"
                    + String.join("\n", nodes.get(0).events) + "\n-\n" + String.join("\n", nodes.get(1).events) + "\n"
                    + node.engine.counters();
            TreeSet<Integer> missing = new TreeSet<>();
            for (int i = 1; i <= peerSent; i++) if (!node.arrived.containsKey(i)) missing.add(i);
            assertThat(missing).as("lost; " + what).isEmpty();
            assertThat(node.arrived.values()).as("twice; " + what).containsOnly(1);
            assertThat(node.sockets.values())
                    .as("sockets; " + what)
                    .containsExactlyInAnyOrderElementsOf(
                            plan.settingsOf(node.id).localAddresses().values());
            assertThat(node.links()).as("links; " + what).hasSize(plan.variants.size());
            assertThat(node.links()).as("links; " + what).allMatch(link -> link.up());
        }
    }

    private static long lag(RandomGenerator random) {
        return random.nextInt(4) == 0 ? random.nextInt(3000) : random.nextInt(100);
    }

    private static String change(Plan plan, RandomGenerator random, boolean onlyLink) {
        if (onlyLink) return move(plan, random, 3);
        int link = random.nextInt(3);
        if (!plan.variants.containsKey(link)) {
            plan.put(link, 2 + random.nextInt(4));
            return "adds " + link;
        }
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                plan.variants.remove(link);
                plan.priorities.remove(link);
                return "removes " + link;
            }
            case 2, 3 -> {
                return move(plan, random, link);
            }
            case 4 -> {
                plan.priorities.put(link, random.nextInt(6));
                return "priorities " + plan.priorities;
            }
            default -> {
                plan.mode = MODES.get(random.nextInt(3));
                return "mode " + plan.mode;
            }
        }
    }

    private static String move(Plan plan, RandomGenerator random, int link) {
        int[] now = plan.variants.getOrDefault(link, new int[2]);
        int[] next = now.clone();
        int which = random.nextInt(3); // one end, or both
        if (which != 1) next[0] = random.nextInt(4);
        if (which != 0) next[1] = random.nextInt(4);
        plan.variants.put(link, next);
        return "moves " + link + " to variants " + next[0] + " and " + next[1];
    }
}
