package org.quorate.core.join.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Guesses get slower and slower, memory stays bounded, and whoever is right is not kept waiting. */
class AttemptLimitTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private final AttemptLimit limit = new AttemptLimit();

    @Test
    void theThirdFailureAndEachLaterOneDoubleTheDelay() {
        long now = 0;
        for (int i = 0; i < 3; i++) assertThat(limit.begin("a", false, now)).isZero();
        for (long delay : new long[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900}) {
            assertThat(limit.begin("a", false, now + delay * SECOND - 1)).isEqualTo(1);
            now += delay * SECOND;
            assertThat(limit.begin("a", false, now)).isZero();
        }
        assertThat(limit.begin("b", false, now)).isZero();
    }

    @Test
    void successEndsIt() {
        for (int i = 0; i < 3; i++) limit.begin("a", true, 0);
        assertThat(limit.begin("a", true, 0)).isPositive();
        limit.succeeded("a", true);
        assertThat(limit.begin("a", true, 0)).isZero();
    }

    @Test
    void anHourOfQuietEndsIt() {
        for (int i = 0; i < 3; i++) limit.begin("a", true, 0);
        long later = 3600 * SECOND + 1;
        for (int i = 0; i < 3; i++) assertThat(limit.begin("a", true, later)).isZero();
    }

    @Test
    void allSourcesTogetherHave30PasswordsAMinuteAndTokensAreNotCounted() {
        for (int i = 0; i < 30; i++)
            assertThat(limit.begin("s" + i, true, i * SECOND)).isZero();
        assertThat(limit.begin("other", true, 30 * SECOND)).isEqualTo(30 * SECOND);
        assertThat(limit.begin("other", false, 30 * SECOND)).isZero();
        assertThat(limit.begin("another", true, 60 * SECOND)).isZero();
    }

    @Test
    void atMost1024SourcesAreRemembered() {
        for (int i = 0; i < 5000; i++) limit.begin("s" + i, false, 0);
        assertThat(limit.sources()).isEqualTo(AttemptLimit.MAX_SOURCES);
    }
}
