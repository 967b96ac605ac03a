package org.quorate.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;

/**
 * Flow control between nodes: all senders get their share, and a node whose application is behind makes the ring bring less or nothing,
 * while membership goes on. In simulated time, with all members sending as much as they can.
 */
class SlowListenerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final String GROUP = "g";
    private static final int FRAME_BYTES = 60_000;
    private static final int WINDOW = 50;

    private final long seed = Long.getLong("flow.seed", new Random().nextLong());
    private GroupLab lab = new GroupLab(3, seed, 0);
    private final Map<Integer, Sender> senders = new TreeMap<>();

    /** A member that keeps so many messages under way, each as big as a frame, and counts what it hears. */
    private final class Sender implements GroupLab.Ears {
        private final GroupLab.Host host;
        private final Map<Integer, Long> heardFrom = new TreeMap<>();
        private final int underWay;
        private int members;
        private long heard;
        private long ticket;

        Sender(int id, int underWay) {
            this.underWay = underWay;
            senders.put(id, this);
            this.host = lab.start(id, this);
            host.input(new NodeInput.JoinGroup(GROUP));
        }

        void begin() {
            for (int i = 0; i < underWay; i++) send();
        }

        private void send() {
            host.input(new NodeInput.Send(GROUP, new byte[FRAME_BYTES], ticket++));
        }

        @Override
        public void message(String group, GroupMember sender, byte[] payload, long back) {
            heard++;
            heardFrom.merge(sender.node().value(), 1L, Long::sum);
            if (back >= 0) send();
        }

        @Override
        public void change(String group, Change change) {
            members = change.members().size();
        }

        void behind(int eighths) {
            host.input(new NodeInput.Behind(eighths));
        }

        long counter(String name) {
            return host.counters().getOrDefault(name, 0L);
        }
    }

    private void start(int... underWay) {
        System.out.println("-Dflow.seed=" + seed);
        for (int i = 0; i < underWay.length; i++) new Sender(i + 1, underWay[i]);
        lab.runUntil("all in one group", 60 * SECOND, () -> lab.isTogether() && allSee(senders.size()));
        senders.values().forEach(Sender::begin);
        lab.runFor(SECOND / 2);
    }

    private boolean allSee(int members) {
        return senders.values().stream().allMatch(s -> s.members == members);
    }

    private Sender node(int id) {
        return senders.get(id);
    }

    @Test
    void allThatSendAsMuchAsTheyCanGetTheSame() {
        start(60, 60, 60);
        node(1).heardFrom.clear();
        lab.runFor(SECOND);
        long all =
                node(1).heardFrom.values().stream().mapToLong(Long::longValue).sum();
        assertThat(all).isGreaterThan(2000);
        assertThat(node(1).heardFrom.values())
                .hasSize(3)
                .allSatisfy(n -> assertThat(n).isBetween(all * 3 / 10, all * 4 / 10));
    }

    @Test
    void whoHasLittleToSendIsNotLeftBehind() {
        start(60, 1, 60);
        node(1).heardFrom.clear();
        long visits = node(2).counter("ring.tokens");
        lab.runFor(SECOND);
        long rotations = node(2).counter("ring.tokens") - visits;
        // a message is under way for at most two rotations: sent at the next visit, delivered when the token is back
        assertThat(node(1).heardFrom.get(2)).isGreaterThan(rotations / 2 - 2);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.03})
    void atFullBrakeNothingNewComesAfterTwoRotationsAndAllGoesOnAfterwards(double loss) {
        lab = new GroupLab(3, seed, loss);
        start(60, 60, 60);
        for (int slow = 1; slow <= 3; slow++) {
            Sender behind = node(slow);
            behind.behind(8);
            long before = behind.heard;
            lab.runFor(SECOND);
            // what was under way, two rotations, and what waited for a lost one
            assertThat(behind.heard - before)
                    .as("after the brake of node " + slow)
                    .isLessThanOrEqualTo(5 * WINDOW);
            long stopped = behind.heard;
            lab.runFor(SECOND);
            assertThat(behind.heard).isEqualTo(stopped);
            assertThat(behind.counter("ring.brake")).isEqualTo(8);
            behind.behind(0);
            lab.runUntil("messages flow again", SECOND, () -> behind.heard > stopped + 500);
        }
        assertThat(node(1).counter("ring.brake-given-up")).isZero();
        assertThat(lab.isTogether()).isTrue();
    }

    @Test
    void aPartialBrakeLeavesThatPartOfTheWindow() {
        start(60, 60, 60);
        for (int eighths = 1; eighths < 8; eighths++) {
            node(3).behind(eighths);
            lab.runFor(SECOND / 4);
            long heard = node(3).heard;
            long tokens = node(3).counter("ring.tokens");
            lab.runFor(SECOND);
            double each = (double) (node(3).heard - heard) / (node(3).counter("ring.tokens") - tokens);
            double left = WINDOW * (8 - eighths) / 8.0;
            assertThat(each).as("messages in a rotation at brake " + eighths).isBetween(left * 0.6, left + 0.5);
        }
        assertThat(node(1).heard).isPositive();
    }

    @Test
    void aNodeGoesAndComesBackWhileTheRingStandsStill() {
        start(60, 60, 60);
        node(3).behind(8);
        lab.runFor(SECOND / 2);
        long stopped = node(1).heard;
        lab.crash(2);
        senders.remove(2);
        lab.runUntil("node 2 is missed", 9 * SECOND, () -> lab.isTogether() && allSee(2));
        node(3).behind(8);
        new Sender(2, 0);
        lab.runUntil("node 2 is back", 9 * SECOND, lab::isTogether);
        // the new rings begin without the brake of the old one; what they let through is bounded too
        assertThat(node(1).heard - stopped).isLessThan(6 * WINDOW);
        node(3).behind(0);
        long before = node(1).heard;
        lab.runUntil("messages flow again, also the join", 3 * SECOND, () -> node(1).heard > before + 200 && allSee(3));
    }

    @Test
    void whoHangsSlowsTheOthersForTenSecondsOnly() {
        start(60, 60, 60);
        node(3).behind(8);
        lab.runFor(5 * SECOND);
        // a sign of life
        node(3).behind(8);
        long stopped = node(1).heard;
        lab.runFor(9 * SECOND + SECOND / 2);
        assertThat(node(1).heard).isEqualTo(stopped);
        lab.runFor(SECOND);
        assertThat(node(1).heard).isGreaterThan(stopped + 500);
        assertThat(node(3).counter("ring.brake-given-up")).isEqualTo(1);
        assertThat(node(3).host.notes)
                .anyMatch(n -> n.startsWith("the listeners of this node are far behind"))
                .anyMatch(n -> n.startsWith("no callback of the application has ended for 10 s"));
    }

    @Test
    void aNodeAloneObeysItsOwnBrake() {
        lab = new GroupLab(1, seed, 0);
        start(60);
        node(1).behind(8);
        lab.runFor(SECOND / 2);
        long stopped = node(1).heard;
        lab.runFor(SECOND);
        assertThat(node(1).heard).isEqualTo(stopped);
        node(1).behind(0);
        lab.runUntil("messages flow again", 2 * SECOND, () -> node(1).heard > stopped + 100);
    }
}
