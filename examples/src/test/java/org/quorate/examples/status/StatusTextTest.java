package org.quorate.examples.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** The reports have, byte for byte, the form that operators and their scripts know. */
class StatusTextTest {
    private static final ZoneId UTC = ZoneOffset.UTC;

    @Test
    void statusOfAQuorateCluster() {
        assertThat(StatusText.status(Samples.quorate(), UTC)).isEqualTo(GoldenFile.text("quorate-status.txt"));
    }

    @Test
    void statusOfANodeWithoutQuorumSaysThatActivityIsBlocked() {
        assertThat(StatusText.status(Samples.inquorate(), UTC)).isEqualTo(GoldenFile.text("inquorate-status.txt"));
    }

    @Test
    void statusBeforeTheFirstMembershipHasAnEmptyTable() {
        assertThat(StatusText.status(Samples.withoutView(), UTC)).isEqualTo(GoldenFile.text("joining-status.txt"));
    }

    @Test
    void nodesHaveDecimalIdsAndNamesOrElseAddresses() {
        assertThat(StatusText.nodes(Samples.quorate()) + StatusText.nodes(Samples.inquorate()))
                .isEqualTo(GoldenFile.text("nodes.txt"));
    }

    @Test
    void membersShowsWhoIsMissingSinceWhen() {
        assertThat(StatusText.members(Samples.inquorate(), UTC)).isEqualTo(GoldenFile.text("inquorate-members.txt"));
    }

    @Test
    void datesAreLocal() {
        assertThat(StatusText.ctime(Instant.parse("2026-11-22T23:59:59Z"), ZoneOffset.ofHours(2)))
                .isEqualTo("Mon Nov 23 01:59:59 2026");
    }
}
