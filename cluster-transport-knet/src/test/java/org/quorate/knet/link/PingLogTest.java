package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.quorate.LinkStatus.Latency;

/** What is remembered of pings: how many were answered, how many are lost, how long the answers took. */
class PingLogTest {
    private static final Duration MEAN = Duration.ofNanos(5);

    private final PingLog log = new PingLog();

    @Test
    void aPingIsLostOnlyWhenItCanBeJudged() {
        log.sent(1000);
        assertThat(log.lost(999)).isZero();
        assertThat(log.recentLoss(999, 0).share()).isEmpty();
        assertThat(log.lost(1000)).isEqualTo(1);
        assertThat(log.recentLoss(1000, 0).share()).hasValue(1.0);
    }

    @Test
    void aLateAnswerIsAnAnswer() {
        log.sent(1000);
        log.sent(2000);
        log.answered(9000, 1000);
        assertThat(log.answered()).isEqualTo(1);
        assertThat(log.lost(5000)).isEqualTo(1);
        assertThat(log.latency(MEAN)).contains(new Latency(MEAN, Duration.ofNanos(8000), Duration.ofNanos(8000), 1));
    }

    @Test
    void answersToWhatWasNotAskedCountForNothing() {
        log.sent(1000);
        log.answered(1100, 1000);
        log.answered(1200, 1000); // again
        log.answered(1300, 999);
        log.answered(1400, 1200);
        assertThat(log.answered()).isEqualTo(1);
        assertThat(log.latency(MEAN).orElseThrow().samples()).isEqualTo(1);
    }

    @Test
    void percentilesAreRoundTripsThatReallyWere() {
        for (int i = 1; i <= 100; i++) {
            log.sent(i * 1000L);
            log.answered(i * 1000L + (101 - i), i * 1000L);
        }
        assertThat(log.latency(MEAN)).contains(new Latency(MEAN, Duration.ofNanos(50), Duration.ofNanos(99), 100));
    }

    @Test
    void recentLossForgetsOldPings() {
        for (int i = 1; i <= 10; i++) log.sent(i);
        for (int i = 11; i <= 10 + PingLog.RECENT; i++) {
            log.sent(i);
            if (i % 2 == 0) log.answered(i, i);
        }
        assertThat(log.recentLoss(1000, 0)).isEqualTo(new PingLog.Loss(PingLog.RECENT / 2, PingLog.RECENT));
        assertThat(log.recentLoss(1000, 70)).isEqualTo(new PingLog.Loss(2, 5));
        assertThat(log.lost(1000)).isEqualTo(10 + PingLog.RECENT / 2);
    }

    @Test
    void manyPingsAreCountedAsASimpleListWouldCountThem() {
        long seed = Long.getLong("pinglog.seed", System.nanoTime());
        System.out.println("pinglog.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Map<Long, Boolean> model = new HashMap<>();
        long now = 0;
        for (int i = 0; i < 5000; i++) {
            now += random.nextLong(1, 1000);
            log.sent(now);
            model.put(now, false);
            if (random.nextInt(10) < 7) {
                log.answered(now + random.nextLong(500), now);
                model.put(now, true);
            }
            long judge = now - random.nextLong(3000);
            long lost = model.entrySet().stream()
                    .filter(e -> e.getKey() <= judge && !e.getValue())
                    .count();
            if (i % 100 == 0)
                assertThat(log.lost(judge)).as("after %s pings", i + 1).isEqualTo(lost);
        }
        assertThat(log.sent()).isEqualTo(5000);
        assertThat(log.answered())
                .isEqualTo(model.values().stream().filter(answered -> answered).count());
    }
}
