package org.quorate.core.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quorate.core.ring.Candidates.Verdict;
import org.quorate.core.ring.wire.Join;

/** What a join message does to the lists of candidates: totem.md 2.6, case by case, seen from node 1. */
class CandidatesTest {
    private final Candidates candidates = new Candidates(1);

    @Test
    void anEqualJoinCountsAsAgreement() {
        candidates.reset(List.of(1, 2));
        candidates.startConsensus();
        assertThat(candidates.isAgreed()).isFalse();
        assertThat(candidates.consider(join(2, List.of(2, 1), List.of()), List.of()))
                .isEqualTo(Verdict.SAME);
        assertThat(candidates.isAgreed()).isTrue();
    }

    @Test
    void anEqualLeaveIsNoAgreement() {
        candidates.reset(List.of(1, 2));
        candidates.startConsensus();
        Join leave = new Join(0, 0, 2, List.of(1, 2), List.of(), 5);
        assertThat(candidates.consider(leave, List.of())).isEqualTo(Verdict.SAME);
        assertThat(candidates.isAgreed()).isFalse();
    }

    @Test
    void aJoinThatKnowsLessChangesNothing() {
        candidates.reset(List.of(1, 2, 3));
        assertThat(candidates.consider(join(2, List.of(2), List.of()), List.of()))
                .isEqualTo(Verdict.NOTHING_NEW);
    }

    @Test
    void aJoinThatKnowsMoreIsTakenOver() {
        assertThat(candidates.consider(join(2, List.of(2, 3), List.of()), List.of()))
                .isEqualTo(Verdict.CHANGED);
        assertThat(candidates.known()).containsExactly(1, 2, 3);
    }

    @Test
    void onlyAMemberOfTheOldRingIsBelievedWhenItCallsOthersFailed() {
        candidates.reset(List.of(1, 2, 3));
        candidates.consider(join(2, List.of(1, 2, 3), List.of(3)), List.of(1, 3));
        assertThat(candidates.failed()).isEmpty();
        candidates.consider(join(2, List.of(1, 2, 3), List.of(3)), List.of(1, 2, 3));
        assertThat(candidates.failed()).containsExactly(3);
    }

    @Test
    void aFailedListThatIsNotBelievedDoesNotStartTheAgreementOver() {
        candidates.reset(List.of(1, 2, 3));
        assertThat(candidates.consider(join(2, List.of(1, 2, 3), List.of(3)), List.of(1)))
                .isEqualTo(Verdict.NOTHING_NEW);
        assertThat(candidates.consider(join(2, List.of(1, 2, 3, 4), List.of(3)), List.of(1)))
                .isEqualTo(Verdict.CHANGED);
        assertThat(candidates.failed()).isEmpty();
    }

    @Test
    void whoCallsThisNodeFailedIsGivenUpItself() {
        candidates.reset(List.of(1, 2, 3));
        assertThat(candidates.consider(join(2, List.of(1, 2, 3), List.of(1)), List.of(1, 2, 3)))
                .isEqualTo(Verdict.CHANGED);
        assertThat(candidates.failed()).containsExactly(2);
        assertThat(candidates.alive()).containsExactly(1, 3);
    }

    @Test
    void whatSomebodySaysInThisNodesNameTeachesItNothing() {
        candidates.reset(List.of(1, 2));
        assertThat(candidates.consider(join(1, List.of(1, 2, 9), List.of(1)), List.of(1, 2)))
                .isEqualTo(Verdict.NOTHING_NEW);
        assertThat(candidates.alive()).containsExactly(1, 2);
    }

    @Test
    void theFailedAreNotListenedTo() {
        candidates.reset(List.of(1, 2));
        candidates.fail(2);
        assertThat(candidates.consider(join(2, List.of(1, 2, 9), List.of()), List.of(1, 2)))
                .isEqualTo(Verdict.NOTHING_NEW);
        assertThat(candidates.known()).containsExactly(1, 2);
    }

    @Test
    void theSilentAreGivenUp() {
        candidates.reset(List.of(1, 2, 3));
        candidates.startConsensus();
        candidates.consider(join(2, List.of(1, 2, 3), List.of()), List.of());
        assertThat(candidates.giveUpSilent()).containsExactly(3);
        assertThat(candidates.alive()).containsExactly(1, 2);
    }

    @Test
    void tooManyNodesAreNoticedBeforeTheyAreTakenOver() {
        List<Integer> many =
                IntStream.rangeClosed(2, Candidates.MAX_NODES).boxed().toList();
        assertThat(candidates.wouldOverflow(join(2, many, List.of()))).isFalse();
        assertThat(candidates.wouldOverflow(join(2, many, List.of(1000)))).isTrue();
    }

    @Test
    void thoseGivenUpCountTowardsTooManyThoughNobodyKnowsThem() {
        candidates.reset(List.of(1, 2));
        List<Integer> strangers = IntStream.rangeClosed(1001, 1380).boxed().toList();
        candidates.consider(join(2, List.of(1, 2), strangers), List.of(1, 2));
        assertThat(candidates.failed()).hasSize(380);
        assertThat(candidates.wouldOverflow(join(2, List.of(1, 2), List.of(3, 4))))
                .isFalse();
        assertThat(candidates.wouldOverflow(join(2, List.of(1, 2), List.of(3, 4, 5))))
                .isTrue();
        assertThat(candidates.hasRoomFor(1001)).isTrue();
        candidates.add(3);
        candidates.add(4);
        assertThat(candidates.hasRoomFor(4)).isTrue();
        assertThat(candidates.hasRoomFor(5)).isFalse();
    }

    private static Join join(int from, List<Integer> procs, List<Integer> failed) {
        return new Join(from, 0, from, procs, failed, 5);
    }
}
