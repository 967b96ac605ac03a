package org.quorate.knet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Counters have the names that operators see. */
class DropReasonTest {
    @Test
    void countersAreNamedAfterTheReason() {
        assertThat(DropReason.TOO_SHORT.counterName()).isEqualTo("drop.too-short");
        assertThat(DropReason.values())
                .allSatisfy(reason -> assertThat(reason.counterName()).matches("drop(\\.|[a-z]+-?)+"))
                .extracting(DropReason::counterName)
                .doesNotHaveDuplicates();
    }
}
