package org.quorate.core.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.RingId;
import org.quorate.core.ring.wire.CommitEntry;
import org.quorate.core.ring.wire.CommitToken;

/** The first rotation of a commit token finds out who misses messages of an old ring: totem.md 2.7. */
class CommitRotationTest {
    private static final RingId OLD = new RingId(1, 4);
    private static final RingId OTHER = new RingId(7, 4);

    @Test
    void isFullWhenEveryNodeHasFilledItsEntry() {
        CommitToken token = CommitRotation.begin(1, new RingId(1, 8), List.of(1, 2));
        assertThat(CommitRotation.isFull(token)).isFalse();
        token = CommitRotation.fill(token, new CommitEntry(OLD, 5, 5, true));
        token = CommitRotation.fill(token, new CommitEntry(OLD, 5, 5, true));
        assertThat(CommitRotation.isFull(token)).isTrue();
        assertThat(token.entries()).allMatch(CommitEntry::receivedFlag);
    }

    @Test
    void whoeverReceivedLessThanAnotherOfTheSameRingMissesSomething() {
        CommitToken token = CommitRotation.begin(1, new RingId(1, 8), List.of(1, 2, 7));
        token = CommitRotation.fill(token, new CommitEntry(OLD, 5, 5, true));
        token = CommitRotation.fill(token, new CommitEntry(OLD, 9, 9, true));
        token = CommitRotation.fill(token, new CommitEntry(OTHER, 2, 2, true));
        assertThat(token.entries()).extracting(CommitEntry::receivedFlag).containsExactly(false, true, true);
    }

    @Test
    void aLaterEntryIsMeasuredAgainstTheEarlierOnes() {
        CommitToken token = CommitRotation.begin(1, new RingId(1, 8), List.of(1, 2));
        token = CommitRotation.fill(token, new CommitEntry(OLD, 9, 9, true));
        token = CommitRotation.fill(token, new CommitEntry(OLD, 5, 5, true));
        assertThat(token.entries()).extracting(CommitEntry::receivedFlag).containsExactly(true, false);
    }

    @Test
    void theLastTokenOfTheFirstRotationIsFullButNotTwiceRound() {
        CommitToken token = CommitRotation.begin(1, new RingId(1, 8), List.of(1, 2));
        for (int hop = 1; hop <= 4; hop++) {
            if (hop <= 2) token = CommitRotation.fill(token, new CommitEntry(OLD, 5, 5, true));
            token = CommitRotation.sendOn(token, 1, 2);
            assertThat(CommitRotation.isFull(token)).isEqualTo(hop >= 2);
            assertThat(CommitRotation.isTwiceRound(token)).isEqualTo(hop == 4);
        }
    }

    @Test
    void eachHopCounts() {
        CommitToken token = CommitRotation.begin(1, new RingId(1, 8), List.of(1, 2));
        CommitToken sent = CommitRotation.sendOn(CommitRotation.sendOn(token, 1, 2), 2, 1);
        assertThat(sent.tokenSeq()).isEqualTo(2);
        assertThat(sent.nodeId()).isEqualTo(2);
        assertThat(sent.target()).isEqualTo(1);
    }
}
