package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The check of the ring chaos finds each broken promise in logs that are made up, and nothing in logs without any. */
class ChaosCheckTest {
    private static final Set<Integer> DAEMONS = Set.of(1);

    /** Node 1 is behind a daemon, 2 and 3 are agents. 3 is cut off from ring 1.4 on, sends alone, and comes back. */
    private static final List<String> ONE = List.of(
            "start 1 71",
            "change 1 1:71 -",
            "view 1.1 1",
            "m 1 71 0 10",
            "change 4 2:72,3:73 -",
            "view 1.4 1,2,3",
            "m 2 72 0 10",
            "m 3 73 0 10",
            "m 1 71 1 99",
            "change 3 - 3:73",
            "view 1.8 1,2",
            "m 2 72 1 50",
            "m 1 71 2 50",
            "change 4 3:73 -",
            "view 1.c 1,2,3",
            "m 3 73 3 70",
            "m 2 72 2 20",
            "m 1 71 3 10",
            "complete 4");

    private static final List<String> TWO = List.of(
            "start 2 72",
            "view 2.1 2",
            "change 1 2:72 -",
            "change 4 1:71,3:73 -",
            "view 1.4 1,2,3",
            "m 2 72 0 10",
            "m 3 73 0 10",
            "m 1 71 1 99",
            "change 3 - 3:73",
            "view 1.8 1,2",
            "m 2 72 1 50",
            "m 1 71 2 50",
            "change 4 3:73 -",
            "view 1.c 1,2,3",
            "m 3 73 3 70",
            "m 2 72 2 20",
            "m 1 71 3 10",
            "complete 3");

    private static final List<String> THREE = List.of(
            "start 3 73",
            "view 3.1 3",
            "change 1 3:73 -",
            "change 4 1:71,2:72 -",
            "view 1.4 1,2,3",
            "m 2 72 0 10",
            "m 3 73 0 10",
            "change 3 - 1:71,2:72",
            "view 3.8 3",
            "m 3 73 1 20",
            "m 3 73 2 20",
            "change 4 1:71,2:72 -",
            "view 1.c 1,2,3",
            "m 3 73 3 70",
            "m 2 72 2 20",
            "m 1 71 3 10",
            "complete 4");

    @Test
    void findsNothingInASoundStory() {
        ChaosCheck.Result result = check(ONE, TWO, THREE);
        assertThat(result.problems()).isEmpty();
        assertThat(result.rings()).isEqualTo(7);
        assertThat(result.pairs())
                .as("1 and 2 from 1.4 and from 1.8, all in 1.c")
                .isEqualTo(2 + 3);
        assertThat(result.compared()).isEqualTo(3 + 2 + 3 * 3);
        assertThat(result.cut()).isZero();
        assertThat(result.hidden()).isZero();
    }

    @Test
    void findsAMessageThatOneOfTwoMissesAtTheEndOfARing() {
        assertThat(check(ONE, without(TWO, "m 1 71 1 99"), THREE).problems())
                .anySatisfy(text ->
                        assertThat(text).contains("from ring 1.4 to 1.8").contains("1:71#1"));
    }

    @Test
    void findsTwoOrders() {
        List<String> other = replaced(without(THREE, "m 3 73 0 10"), "m 2 72 0 10", "m 3 73 0 10", "m 2 72 0 10");
        assertThat(check(ONE, TWO, other).problems())
                .anySatisfy(text -> assertThat(text).contains("in ring 1.4").contains("later than"));
    }

    @Test
    void findsAMessageHeardTwiceOrInAnotherRing() {
        assertThat(check(ONE, replaced(TWO, "m 2 72 1 50", "m 2 72 1 50", "m 2 72 1 50"), THREE)
                        .problems())
                .anySatisfy(text -> assertThat(text).contains("hears twice: 2:72#1"));
        List<String> late = replaced(without(TWO, "m 1 71 2 50"), "m 3 73 3 70", "m 1 71 2 50", "m 3 73 3 70");
        assertThat(check(ONE, late, THREE).problems())
                .anySatisfy(text -> assertThat(text).contains("1:71#2 in ring 1.c, another in 1.8"));
    }

    @Test
    void whatDaemonsLoseInARingOfTheirOwnIsTheirs() {
        List<ChaosLog> lives = logs(without(ONE, "m 2 72 1 50"), TWO, THREE);
        assertThat(ChaosCheck.of(lives, Set.of(1, 2)).problems())
                .as("1.8 is a ring of 1 and 2")
                .isEmpty();
        assertThat(ChaosCheck.of(lives, Set.of(1)).problems()).isNotEmpty();
    }

    @Test
    void findsAStranger() {
        assertThat(check(ONE, replaced(TWO, "m 2 72 1 50", "m 2 72 1 50", "m 3 73 1 20"), THREE)
                        .problems())
                .anySatisfy(text -> assertThat(text).contains("hears a stranger: 3:73#1"));
    }

    @Test
    void findsARingIdUsedTwice() {
        assertThat(check(ONE, replaced(TWO, "view 1.8 1,2", "view 1.8 2"), THREE)
                        .problems())
                .anySatisfy(text -> assertThat(text).contains("ring 1.8 is [1, 2] and, for 2:72, [2]"));
    }

    @Test
    void findsAGapWithinARing() {
        List<String> one = replaced(ONE, "m 2 72 2 20", "m 2 72 3 20");
        List<String> two = replaced(TWO, "m 2 72 2 20", "m 2 72 2 20", "m 2 72 3 20");
        assertThat(check(one, two, THREE).problems())
                .anySatisfy(text -> assertThat(text).contains("1:71 in ring 1.c misses 1 messages from 2:72#2 on"));
        assertThat(check(replaced(ONE, "m 2 72 2 20", "m 2 72 2 20", "m 2 72 4 20"), TWO, THREE)
                        .problems())
                .anySatisfy(text -> assertThat(text).contains("1:71 in ring 1.c hears 2:72#4 after number 2"));
    }

    @Test
    void anAbsenceIsToldByJvmNodesAndMayBeHiddenByADaemon() {
        ChaosCheck.Result hidden = check(without(ONE, "change 3 - 3:73"), TWO, THREE);
        assertThat(hidden.problems()).isEmpty();
        assertThat(hidden.hidden()).isEqualTo(1);
        assertThat(check(ONE, without(TWO, "change 3 - 3:73"), THREE).problems())
                .anySatisfy(text -> assertThat(text).contains("2:72 in ring 1.c hears number 3 of 3:73 after 0"));
    }

    @Test
    void aMessageCutByADaemonMayBeMissedByThoseWhoComeFromElsewhereAndNoOther() {
        List<String> one = replaced(ONE, "m 1 71 3 10", "m 1 71 3 90000", "m 1 71 4 30", "m 1 71 5 10");
        one = replaced(one, "complete 4", "complete 6");
        List<String> two = replaced(TWO, "m 1 71 3 10", "m 1 71 3 90000", "m 1 71 4 30", "m 1 71 5 10");
        List<String> three = replaced(THREE, "m 1 71 3 10", "m 1 71 4 30", "m 1 71 5 10");
        ChaosCheck.Result cut = check(one, two, three);
        assertThat(cut.problems()).isEmpty();
        assertThat(cut.cut()).isEqualTo(1);
        assertThat(check(one, replaced(two, "m 1 71 3 90000"), three).problems())
                .as("it was there all the time")
                .anySatisfy(text -> assertThat(text).contains("2:72 in ring 1.c misses"));
        List<String> threeLess = replaced(THREE, "m 1 71 3 10", "m 1 71 5 10");
        assertThat(check(one, two, threeLess).problems())
                .as("a JVM node reads what is behind the cut message")
                .anySatisfy(text -> assertThat(text).contains("3:73 in ring 1.c misses 2"));
        assertThat(ChaosCheck.of(logs(one, two, threeLess), Set.of(1, 3)).cut())
                .as("a daemon does not")
                .isEqualTo(2);
    }

    @Test
    void whatADaemonLosesInARecoveryOfDaemonsIsTheirs() {
        List<String> one = replaced(ONE, "m 1 71 1 99", "m 1 71 1 99", "m 2 72 2 10");
        one = replaced(one, "change 3 - 3:73", "change 3 - 2:72,3:73", "change 4 2:72 -");
        List<String> two = replaced(TWO, "m 1 71 1 99", "m 1 71 1 99", "m 2 72 1 10", "m 2 72 2 10");
        two = replaced(two, "change 3 - 3:73", "change 3 - 1:71,3:73", "change 4 1:71 -");
        two = replaced(two, "complete 3", "complete 5");
        List<ChaosLog> lives = logs(shifted(one), shifted(two), replaced(THREE, "m 2 72 2 20", "m 2 72 4 20"));
        ChaosCheck.Result lost = ChaosCheck.of(lives, Set.of(1, 2));
        assertThat(lost.problems()).isEmpty();
        assertThat(lost.unrecovered()).isEqualTo(1);
        assertThat(ChaosCheck.of(lives, DAEMONS).problems())
                .as("a JVM node's messages are not lost")
                .anySatisfy(text -> assertThat(text).contains("1:71 in ring 1.4 hears 2:72#2 after number 0"));
    }

    /** What node 2 sent in the last two rings, with two numbers more. */
    private static List<String> shifted(List<String> lines) {
        return replaced(replaced(lines, "m 2 72 1 50", "m 2 72 3 50"), "m 2 72 2 20", "m 2 72 4 20");
    }

    @Test
    void aCutMessageMayBeMissedAfterRingsInWhichNobodyHadASay() {
        List<String> one =
                replaced(replaced(ONE, "m 1 71 3 10", "m 1 71 3 90000", "m 1 71 4 30"), "complete 4", "complete 5");
        List<String> two = replaced(TWO, "m 1 71 3 10", "m 1 71 3 90000", "m 1 71 4 30");
        List<String> three = replaced(THREE, "m 1 71 3 10", "m 1 71 4 30");
        String empty = "view 1.a 1,2,3";
        assertThat(check(before(one, empty), before(two, empty), before(three, empty))
                        .problems())
                .isEmpty();
    }

    private static List<String> before(List<String> lines, String view) {
        return replaced(lines, "view 1.c 1,2,3", view, "view 1.c 1,2,3");
    }

    @Test
    void findsASenderThatDoesNotHearItself() {
        assertThat(check(ONE, TWO, without(THREE, "m 3 73 1 20")).problems())
                .anySatisfy(text -> assertThat(text).contains("3:73 hears its own number 2 instead of 1"));
        assertThat(check(replaced(ONE, "complete 4", "complete 5"), TWO, THREE).problems())
                .anySatisfy(text -> assertThat(text).contains("has sent 5 messages and heard 4"));
    }

    @Test
    void whatAProcessComplainsOfIsFoundAndAHashThatDoesNotFit() {
        assertThat(check(replaced(ONE, "complete 4", "bad message of 12 bytes", "complete 4"), TWO, THREE)
                        .problems())
                .anySatisfy(text -> assertThat(text).contains("bad message"));
        assertThat(check(replaced(ONE, "view 1.4 1,2,3", "order 1.1 1 0123456789abcdef", "view 1.4 1,2,3"), TWO, THREE)
                        .problems())
                .anySatisfy(text -> assertThat(text).contains("0123456789abcdef, but"));
    }

    @Test
    void aSecondLifeIsAnotherSenderAndAHalfLineIsNothing() {
        List<String> twice = new ArrayList<>(THREE.subList(0, 6));
        twice.addAll(List.of("m 3 7", "start 3 99", "view 3.a 3", "change 1 3:99 -", "m 3 99 0 10", "complete 1"));
        List<ChaosLog> lives = ChaosLog.parse(twice);
        assertThat(lives).hasSize(2);
        assertThat(lives.get(0).stays().get(1).messages()).hasSize(1);
        assertThat(lives.get(1).member()).isEqualTo(new ChaosLog.Member(3, 99));
        assertThat(lives.get(1).complete()).contains(1L);
    }

    @SafeVarargs
    private static ChaosCheck.Result check(List<String>... logs) {
        return ChaosCheck.of(logs(logs), DAEMONS);
    }

    @SafeVarargs
    private static List<ChaosLog> logs(List<String>... logs) {
        List<ChaosLog> lives = new ArrayList<>();
        for (List<String> log : logs) lives.addAll(ChaosLog.parse(log));
        return lives;
    }

    private static List<String> without(List<String> lines, String line) {
        return replaced(lines, line);
    }

    private static List<String> replaced(List<String> lines, String line, String... others) {
        assertThat(lines).contains(line);
        List<String> changed = new ArrayList<>();
        for (String each : lines)
            if (each.equals(line)) changed.addAll(List.of(others));
            else changed.add(each);
        return changed;
    }
}
