package org.quorate.core.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may wait follows the heap, and the steps of the brake follow what may wait. */
class CallbackBoundsTest {
    private static final long MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource({"0, 16", "16, 16", "64, 16", "65, 16.25", "100, 25", "256, 64", "512, 128", "4096, 128"})
    void aQuarterOfTheHeapBetweenTheLeastAndTheMost(long heapMib, double mib) {
        assertThat(CallbackBounds.ofHeap(heapMib * MIB).maxBytes()).isEqualTo((long) (mib * MIB));
    }

    @Test
    void aHeapWithoutABoundGivesTheMost() {
        assertThat(CallbackBounds.ofHeap(Long.MAX_VALUE).maxBytes()).isEqualTo(128 * MIB);
    }

    @Test
    void theStepsAreSharesOfTheBound() {
        CallbackBounds small = CallbackBounds.ofHeap(64 * MIB);
        assertThat(small.brake(0, 2 * MIB - 1)).isZero();
        assertThat(small.brake(0, 2 * MIB)).isEqualTo(1);
        assertThat(small.lastStepBytes()).isEqualTo(7424 << 10);
        assertThat(small.brake(0, small.lastStepBytes() - 1)).isEqualTo(7);
        assertThat(small.brake(0, small.lastStepBytes())).isEqualTo(8);
        assertThat(CallbackBounds.ofHeap(512 * MIB).lastStepBytes()).isEqualTo(58 * MIB);
    }

    @Test
    void aBrakeIsLetGoHalfAStepLater() {
        CallbackBounds bounds = new CallbackBounds(16 * MIB);
        assertThat(bounds.brakeToKeep(0, 2 * MIB - 1)).isEqualTo(1);
        assertThat(bounds.brakeToKeep(0, 2 * MIB - (384 << 10) - 1)).isZero();
        assertThat(bounds.brakeToKeep(8191, 0)).isEqualTo(1);
        assertThat(bounds.brakeToKeep(8192 - 1025, 0)).isZero();
    }

    @Test
    void whatComesAfterTheLastStepHasRoomEvenInTheLeast() {
        CallbackBounds least = CallbackBounds.ofHeap(1);
        assertThat(least.maxBytes() - least.lastStepBytes()).isGreaterThan(2 * 50 * 65_536L);
        assertThatThrownBy(() -> new CallbackBounds(127)).isInstanceOf(IllegalArgumentException.class);
    }
}
