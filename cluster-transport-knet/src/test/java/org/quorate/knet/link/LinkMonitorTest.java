package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.knet.link.LinkEffect.LinkChanged;
import org.quorate.knet.link.LinkEffect.SendPing;
import org.quorate.spi.TransportSettings.PeerLink;

/** When a link is pinged, when it counts as connected, and when no longer. Times in milliseconds since the link began. */
class LinkMonitorTest {
    private static final long MILLI = 1_000_000;

    private final List<LinkEffect> effects = new ArrayList<>();
    private LinkMonitor monitor = new LinkMonitor(0, link(750, 1500, 2));

    private static PeerLink link(int interval, int timeout, int pongCount) {
        return new PeerLink(
                InetSocketAddress.createUnresolved("peer", 5405),
                1,
                Duration.ofMillis(interval),
                Duration.ofMillis(timeout),
                2048,
                pongCount);
    }

    private static SendPing ping(long millis) {
        return new SendPing(millis * MILLI);
    }

    private List<LinkEffect> taken() {
        List<LinkEffect> taken = List.copyOf(effects);
        effects.clear();
        return taken;
    }

    private List<LinkEffect> tick(long millis) {
        monitor.tick(millis * MILLI, effects::add);
        return taken();
    }

    private List<LinkEffect> pong(long millis, long sentMillis) {
        monitor.step(millis * MILLI, new LinkMonitor.Pong(sentMillis * MILLI), effects::add);
        return taken();
    }

    private List<LinkEffect> data(long millis) {
        monitor.step(millis * MILLI, new LinkMonitor.DataSeen(), effects::add);
        return taken();
    }

    /** Runs all ticks up to {@code toMillis}, answering each ping sent before {@code silentFrom} after a millisecond. */
    private List<String> run(long toMillis, long silentFrom) {
        List<String> changes = new ArrayList<>();
        while (monitor.deadlineNanos() <= toMillis * MILLI) {
            long now = monitor.deadlineNanos() / MILLI;
            for (LinkEffect effect : tick(now)) {
                if (effect instanceof LinkChanged change) changes.add(now + (change.up() ? " up" : " down"));
                if (effect instanceof SendPing && now < silentFrom)
                    for (LinkEffect answer : pong(now + 1, now))
                        if (answer instanceof LinkChanged change)
                            changes.add(now + 1 + (change.up() ? " up" : " down"));
            }
        }
        return changes;
    }

    @Test
    void aLinkThatWasUpIsPingedAtTheFirstTickAfterTheInterval() {
        run(2000, 2000);
        List<LinkEffect> sent = new ArrayList<>();
        while (monitor.deadlineNanos() <= 4400 * MILLI) sent.addAll(tick(monitor.deadlineNanos() / MILLI));
        assertThat(monitor.up()).isTrue();
        assertThat(sent).containsExactly(ping(2800), ping(3600), ping(4400));
    }

    @Test
    void aLinkThatWasNeverUpIsPingedAtEveryTickForTenSeconds() {
        List<LinkEffect> sent = new ArrayList<>();
        while (monitor.deadlineNanos() < 10_000 * MILLI) sent.addAll(tick(monitor.deadlineNanos() / MILLI));
        assertThat(sent).hasSize(50);
        sent.clear();
        while (monitor.deadlineNanos() <= 11_600 * MILLI) sent.addAll(tick(monitor.deadlineNanos() / MILLI));
        assertThat(sent).containsExactly(ping(10_600), ping(11_400));
    }

    @Test
    void nodesThatStartTogetherHaveTheirLinkAfterTwoTicks() {
        assertThat(run(1000, 1000)).containsExactly("401 up");
    }

    @Test
    void aTickThatComesLateDoesNotMoveTheGrid() {
        run(1400, 1400);
        assertThat(monitor.deadlineNanos()).isEqualTo(1600 * MILLI);
        List<LinkEffect> sent = new ArrayList<>();
        for (int millis = 1604; millis < 2400; millis += 200) sent.addAll(tick(millis));
        assertThat(sent).containsExactly(ping(2004));
        assertThat(tick(2603)).isEmpty();
        assertThat(tick(2801)).containsExactly(ping(2801));
        assertThat(monitor.deadlineNanos()).isEqualTo(3000 * MILLI);
    }

    @Test
    void comesUpAtThePongAfterPongCount() {
        tick(0);
        assertThat(pong(1, 0)).isEmpty();
        assertThat(pong(801, 800)).isEmpty();
        assertThat(pong(1601, 1600)).containsExactly(new LinkChanged(true, "answered 3 pings"));
        assertThat(pong(2401, 2400)).isEmpty();
        assertThat(monitor.up()).isTrue();
    }

    @Test
    void dataBringsTheLinkUpAfterOnePongButNotWithout() {
        tick(0);
        assertThat(data(1)).isEmpty();
        assertThat(pong(2, 0)).isEmpty();
        assertThat(data(3)).containsExactly(new LinkChanged(true, "sends data and answered a ping"));
        assertThat(data(4)).isEmpty();
    }

    @Test
    void aLatePongShowsLifeButDoesNotCount() {
        tick(0);
        assertThat(pong(1501, 0)).isEmpty();
        assertThat(pong(1600, 1599)).isEmpty();
        assertThat(pong(1601, 1600)).isEmpty();
        assertThat(monitor.up()).isFalse();
        assertThat(monitor.latency()).isEqualTo(Duration.ofMillis(1));
        assertThat(monitor.lastPongNanos()).isEqualTo(1601 * MILLI);
    }

    @Test
    void anAnswerToAPingOfTheFutureIsIgnored() {
        tick(0);
        assertThat(pong(5, 6)).isEmpty();
        assertThat(monitor.lastPongNanos()).isEqualTo(-1);
    }

    @Test
    void forgivesForTwentySecondsAndThenTenTimesLessEachSecond() {
        monitor = new LinkMonitor(0, link(200, 400, 2));
        assertThat(monitor.timeoutNanos()).isEqualTo(20_000 * MILLI);
        run(1000, 0);
        assertThat(monitor.timeoutNanos()).isEqualTo(3600 * MILLI);
        run(5000, 0);
        assertThat(monitor.timeoutNanos()).isEqualTo(2000 * MILLI);
        run(12_000, 0);
        assertThat(monitor.timeoutNanos()).isEqualTo(400 * MILLI);
    }

    @Test
    void aLinkThatHasJustComeUpMayBeSilentForLonger() {
        monitor = new LinkMonitor(0, link(200, 400, 2));
        assertThat(run(20_000, 401)).containsExactly("401 up", "3400 down");
    }

    @Test
    void aLinkThatHasLivedForLongGoesDownAfterTheTimeoutAtTheNextTick() {
        monitor = new LinkMonitor(0, link(200, 400, 2));
        assertThat(run(20_000, 12_001)).containsExactly("401 up", "12600 down");
        assertThat(monitor.lastPongNanos()).isEqualTo(-1);
    }

    @Test
    void saysHowLongThePeerWasSilent() {
        monitor = new LinkMonitor(0, link(200, 400, 2));
        run(12_400, 12_001);
        assertThat(tick(12_600))
                .containsExactly(new LinkChanged(false, "no pong for 599 ms, allowed 402 ms"), ping(12_600));
    }

    @Test
    void afterADownItTakesAllPongsAgainAndIsForgivenAgain() {
        monitor = new LinkMonitor(0, link(200, 400, 2));
        run(12_600, 12_001);
        assertThat(data(12_601)).isEmpty();
        assertThat(run(13_200, 20_000)).containsExactly("13201 up");
        assertThat(monitor.timeoutNanos()).isEqualTo((400 * 9 + 2) * MILLI);
    }

    @Test
    void timeInWhichThisProcessDidNotRunIsNotSilence() {
        monitor = new LinkMonitor(0, link(200, 400, 2));
        run(12_000, 20_000);
        assertThat(tick(42_000)).containsExactly(ping(42_000));
        assertThat(monitor.up()).isTrue();
        assertThat(monitor.deadlineNanos()).isEqualTo(42_200 * MILLI);
        assertThat(run(50_000, 0)).containsExactly("42400 down");
    }

    @Test
    void theLatencyIsAMeanThatBecomesExponential() {
        monitor = new LinkMonitor(
                0,
                new PeerLink(
                        InetSocketAddress.createUnresolved("peer", 5405),
                        1,
                        Duration.ofMillis(200),
                        Duration.ofMillis(1000),
                        4,
                        1));
        pong(500, 0);
        assertThat(pong(501, 0)).hasSize(1);
        for (int roundTrip : new int[] {10, 20, 30, 40}) pong(1000 + roundTrip, 1000);
        assertThat(monitor.latency()).isEqualTo(Duration.ofMillis(25)); // without those of before it was up
        pong(2065, 2000);
        assertThat(monitor.latency()).isEqualTo(Duration.ofMillis(35)); // (25 x 3 + 65) / 4
    }

    @Test
    void newTimesHoldFromTheNextTickOnAndDoNotDisturbTheState() {
        run(2000, 20_000);
        assertThat(monitor.up()).isTrue();
        monitor.step(2000 * MILLI, new LinkMonitor.Reconfigured(link(200, 600, 2)), effects::add);
        assertThat(taken()).isEmpty();
        assertThat(tick(2200)).containsExactly(ping(2200));
        assertThat(tick(2400)).containsExactly(ping(2400));
        assertThat(monitor.up()).isTrue();
    }
}
