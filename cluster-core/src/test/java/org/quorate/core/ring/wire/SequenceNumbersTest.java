package org.quorate.core.ring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The odd order of sequence numbers, at its edges. */
class SequenceNumbersTest {
    @Test
    void smallNumbersAreOrderedAsUsual() {
        assertThat(SequenceNumbers.lessThan(0, 1)).isTrue();
        assertThat(SequenceNumbers.lessThan(1, 0)).isFalse();
        assertThat(SequenceNumbers.lessThan(7, 7)).isFalse();
        assertThat(SequenceNumbers.lessOrEqual(7, 7)).isTrue();
        assertThat(SequenceNumbers.lessOrEqual(8, 7)).isFalse();
        assertThat(SequenceNumbers.lessThan(0x7FFF_FFFF, 0x8000_0000)).isTrue();
    }

    @Test
    void zeroIsNotLessThanTheAruOfAFirstToken() {
        assertThat(SequenceNumbers.lessThan(0, 0xFFFF_FFFF)).isFalse();
        assertThat(SequenceNumbers.lessThan(0xFFFF_FFFF, 0)).isTrue();
        assertThat(SequenceNumbers.lessOrEqual(0xFFFF_FFFF, 0)).isTrue();
    }

    @Test
    void numbersAfterTheRollOverComeBehindThoseBeforeIt() {
        assertThat(SequenceNumbers.lessThan(0xFFFF_FFFE, 1)).isTrue();
        assertThat(SequenceNumbers.lessThan(0xFFFF_8000, 0x7FFF)).isTrue();
        assertThat(SequenceNumbers.lessThan(0x7FFF, 0xFFFF_8000)).isFalse();
    }

    @Test
    void theShiftStartsAboveHalfTheRangeAndMovesBothNumbers() {
        // 0x80000000 itself does not shift, so small numbers stay below it
        assertThat(SequenceNumbers.lessThan(5, 0x8000_0000)).isTrue();
        // 0x80000001 does: 5 becomes 0xFFFF0005 and is above it
        assertThat(SequenceNumbers.lessThan(5, 0x8000_0001)).isFalse();
        assertThat(SequenceNumbers.lessThan(0x8000_0001, 5)).isTrue();
        // a number of at least 0x10000 stays below
        assertThat(SequenceNumbers.lessThan(0x1_0000, 0x8000_0001)).isTrue();
        assertThat(SequenceNumbers.lessThan(0xFFFF, 0x8000_0001)).isFalse();
    }
}
