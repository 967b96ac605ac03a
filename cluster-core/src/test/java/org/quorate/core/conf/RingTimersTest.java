package org.quorate.core.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterException;
import org.quorate.LinkConfig;
import org.quorate.TotemConfig;

/** The derived timers equal those that a running corosync 3.1.7 shows in {@code runtime.config.totem}. */
class RingTimersTest {
    @Test
    void twoNodesHaveTheTimersOfCorosync() {
        assertThat(RingTimers.of(TotemConfig.DEFAULT, 2))
                .isEqualTo(millis(3000, 714, 561, 3600, 50, 0, 200, 600, 1500, 2250));
    }

    @Test
    void oneNodeHasTheTimersOfTwo() {
        assertThat(RingTimers.of(TotemConfig.DEFAULT, 1)).isEqualTo(RingTimers.of(TotemConfig.DEFAULT, 2));
    }

    @Test
    void threeNodesHaveTheTimersOfCorosync() {
        assertThat(RingTimers.of(TotemConfig.DEFAULT, 3))
                .isEqualTo(millis(3650, 869, 685, 4380, 50, 0, 200, 730, 1825, 2737));
    }

    @Test
    void heartbeatsFollowTheTokenTimeout() {
        LinkConfig link = LinkConfig.of(0);
        assertThat(RingTimers.pingInterval(TotemConfig.DEFAULT, 2, link)).isEqualTo(Duration.ofMillis(750));
        assertThat(RingTimers.pingTimeout(TotemConfig.DEFAULT, 2, link)).isEqualTo(Duration.ofMillis(1500));
        assertThat(RingTimers.pingInterval(TotemConfig.DEFAULT, 3, link)).isEqualTo(Duration.ofMillis(912));
        assertThat(RingTimers.pingTimeout(TotemConfig.DEFAULT, 3, link)).isEqualTo(Duration.ofMillis(1825));
    }

    @Test
    void heartbeatsGivenByHandAreTakenAsTheyAre() {
        LinkConfig link = LinkConfig.of(0).withPings(Duration.ofMillis(100), Duration.ofMillis(333));
        assertThat(RingTimers.pingInterval(TotemConfig.DEFAULT, 3, link)).isEqualTo(Duration.ofMillis(100));
        assertThat(RingTimers.pingTimeout(TotemConfig.DEFAULT, 3, link)).isEqualTo(Duration.ofMillis(333));
    }

    @Test
    void aTokenTooShortForItsRetransmitsIsRefusedWithTheNextStep() {
        TotemConfig tooShort = TotemConfig.DEFAULT.withToken(Duration.ofMillis(100), Duration.ZERO);
        assertThatThrownBy(() -> RingTimers.of(tooShort, 3))
                .isInstanceOf(ClusterException.class)
                .hasMessage("token_retransmit comes to 23 ms, which is below the least of 30 ms;"
                        + " raise token, or set token_retransmit");
    }

    private static RingTimers millis(
            int token,
            int retransmit,
            int hold,
            int consensus,
            int join,
            int sendJoin,
            int merge,
            int stamp,
            int limit,
            int warning) {
        TimeUnit ms = TimeUnit.MILLISECONDS;
        return new RingTimers(
                ms.toNanos(token),
                ms.toNanos(retransmit),
                ms.toNanos(hold),
                ms.toNanos(consensus),
                ms.toNanos(join),
                ms.toNanos(sendJoin),
                ms.toNanos(merge),
                ms.toNanos(stamp),
                ms.toNanos(limit),
                ms.toNanos(warning));
    }
}
