package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.quorate.LinkDiagnosis.Kind;
import org.quorate.spi.TransportSettings.PeerLink;

/** When a link is called what. Interval and timeout are those of three nodes with a token of 3000 ms; times in milliseconds. */
class LinkHealthTest {
    private static final long MILLI = 1_000_000;
    private static final PeerLink CONFIG = new PeerLink(
            InetSocketAddress.createUnresolved("peer", 5405), 1, Duration.ofMillis(912), Duration.ofMillis(1825), 1, 2);

    private final LinkHealth health = new LinkHealth(0);
    private long now;
    private boolean up = true;

    /** A second in which this side pings, is answered or not, and hears a ping of the peer or not. */
    private Kind second(boolean answered, boolean heard) {
        now += 1000;
        health.pinged(now * MILLI);
        if (answered) health.ponged((now + 1) * MILLI, now * MILLI, CONFIG);
        if (heard) health.heard((now + 500) * MILLI, CONFIG);
        return judge(now + 900);
    }

    private Kind judge(long at) {
        health.judge(at * MILLI, CONFIG, up ? 0 : -1, true);
        return health.kind();
    }

    @Test
    void aLinkIsSoundWhileItAnswers() {
        for (int i = 0; i < 100; i++) assertThat(second(true, true)).isEqualTo(Kind.SOUND);
    }

    @Test
    void oneDirectionIsSaidAfterFiveIntervalsAndATimeout() {
        for (int i = 0; i < 10; i++) second(true, true);
        long first = now + 1000;
        Kind kind = Kind.SOUND;
        while (kind == Kind.SOUND) kind = second(false, true);
        assertThat(kind).isEqualTo(Kind.ONE_WAY);
        assertThat(now + 900 - first).isBetween(5L * 912 + 1825, 5L * 912 + 1825 + 1000);
        assertThat(second(true, true)).isEqualTo(Kind.LOSSY); // up all the time, and many were lost
    }

    @Test
    void aCutCableIsNeverCalledOneWay() {
        for (int phase = 0; phase < 1000; phase += 50) {
            LinkHealth cut = new LinkHealth(0);
            for (long at = 0; at <= 30_000; at += 50) {
                if (at % 1000 == 0) {
                    cut.pinged(at * MILLI);
                    if (at < 10_000) cut.ponged(at * MILLI, at * MILLI, CONFIG);
                }
                if (at % 1000 == phase && at < 10_000) cut.heard(at * MILLI, CONFIG);
                if (at % 200 == 0) cut.judge(at * MILLI, CONFIG, 0, true);
                assertThat(cut.kind()).as("at %s ms, phase %s ms", at, phase).isNotEqualTo(Kind.ONE_WAY);
            }
            assertThat(cut.kind()).isEqualTo(Kind.SILENT);
        }
    }

    @Test
    void aPeerThatHasJustStartedIsNotCalledDeaf() {
        up = false;
        for (int i = 0; i < 60; i++) second(false, false);
        assertThat(health.kind()).isEqualTo(Kind.SILENT);
        for (int i = 0; i < 3; i++) assertThat(second(false, true)).isEqualTo(Kind.CONNECTING);
        for (int i = 0; i < 10; i++) second(false, true);
        assertThat(health.kind()).isEqualTo(Kind.ONE_WAY);
    }

    @Test
    void aPauseOfThisProcessIsNoEvidence() {
        for (int i = 0; i < 10; i++) second(true, true);
        health.pinged((now + 1000) * MILLI);
        now += 60_000;
        health.paused(59_000 * MILLI);
        assertThat(judge(now)).isEqualTo(Kind.SOUND);
        for (int i = 0; i < 5; i++) assertThat(second(false, true)).isEqualTo(Kind.SOUND);
    }

    @Test
    void twoCasesAreToldApartWhenThePeersPingsEnd() {
        for (int i = 0; i < 20; i++) second(false, true);
        assertThat(health.kind()).isEqualTo(Kind.ONE_WAY);
        for (int i = 0; i < 2; i++) assertThat(second(false, false)).isEqualTo(Kind.ONE_WAY);
        assertThat(second(false, false)).isEqualTo(Kind.SILENT);
    }

    @Test
    void lateAnswersAreSaidOfALinkThatIsDown() {
        up = false;
        for (int i = 0; i < 3; i++) {
            now += 1000;
            health.pinged(now * MILLI);
        }
        for (int i = 2; i >= 0; i--) {
            assertThat(judge(now + 1990)).isEqualTo(Kind.CONNECTING);
            health.ponged((now + 1990) * MILLI, (now - i * 1000L) * MILLI, CONFIG);
        }
        assertThat(judge(now + 2000)).isEqualTo(Kind.LATE);
        second(true, true);
        assertThat(health.kind()).isEqualTo(Kind.CONNECTING);
    }

    @Test
    void aTenthOfThePingsLostIsSaidUntilItIsLessThanATwentieth() {
        for (int i = 0; i < 64; i++) second(true, true);
        int lost = 0;
        while (health.kind() == Kind.SOUND) {
            second(false, true);
            lost++;
            for (int i = 0; i < 4; i++) second(true, true);
        }
        assertThat(health.kind()).isEqualTo(Kind.LOSSY);
        assertThat(lost).isEqualTo(7); // of 64
        int sound = 0;
        for (; health.kind() == Kind.LOSSY; sound++) second(true, true);
        assertThat(sound).isBetween(30, 64);
    }

    @Test
    void theLossOfAnOutageIsNotHeldAgainstALinkThatHasComeUpAgain() {
        for (int i = 0; i < 30; i++) second(false, false);
        health.pinged((now + 1000) * MILLI);
        health.ponged((now + 1001) * MILLI, (now + 1000) * MILLI, CONFIG);
        health.judge((now + 1001) * MILLI, CONFIG, (now + 1000) * MILLI, true);
        assertThat(health.kind()).isEqualTo(Kind.SOUND);
        assertThat(health.recentLoss((now + 1001) * MILLI, CONFIG, 0).lost()).isGreaterThan(20);
    }

    @Test
    void onlyTheBeginningAndTheEndOfTroubleAreTold() {
        assertThat(health.judge(0, CONFIG, 0, true)).isFalse(); // connecting, then sound
        assertThat(health.judge(0, CONFIG, 0, false)).isTrue();
        assertThat(health.judge(MILLI, CONFIG, 0, false)).isFalse();
        assertThat(health.kind()).isEqualTo(Kind.NO_MTU);
        assertThat(health.sinceNanos()).isZero();
        assertThat(health.judge(2 * MILLI, CONFIG, -1, false)).isTrue();
        assertThat(health.kind()).isEqualTo(Kind.CONNECTING);
    }
}
