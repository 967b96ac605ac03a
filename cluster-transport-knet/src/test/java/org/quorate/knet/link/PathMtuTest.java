package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.quorate.CryptoConfig;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.knet.link.LinkEffect.MtuFound;
import org.quorate.knet.link.LinkEffect.SendProbe;
import org.quorate.knet.link.PathMtu.Reply;
import org.quorate.knet.link.PathMtu.Start;
import org.quorate.knet.link.PathMtu.Stop;
import org.quorate.knet.link.PathMtu.TooLong;

/** How the size of frames is found. Times in milliseconds. */
class PathMtuTest {
    private static final long MILLI = 1_000_000;
    private static final int IPV4 = 28;

    private final List<LinkEffect> effects = new ArrayList<>();
    private final FrameSizes clear = sizes(CryptoConfig.NONE);
    private final FrameSizes sealed = sizes(CryptoConfig.DEFAULT);
    private int interfaceMtu = 1500;
    private long nowMillis;

    private static FrameSizes sizes(CryptoConfig config) {
        return new CipherSlots(FrameCipher.of(config, new byte[128], RandomGenerator.getDefault()));
    }

    private PathMtu search(FrameSizes sizes) {
        return new PathMtu(sizes, IPV4, 30_000 * MILLI, () -> interfaceMtu, () -> 200 * MILLI, () -> 1500 * MILLI);
    }

    private List<LinkEffect> step(PathMtu search, PathMtu.Input input) {
        search.step(nowMillis * MILLI, input, effects::add);
        return taken();
    }

    private List<LinkEffect> wake(PathMtu search) {
        nowMillis = search.deadlineNanos() / MILLI;
        search.tick(search.deadlineNanos(), effects::add);
        return taken();
    }

    private List<LinkEffect> taken() {
        List<LinkEffect> taken = List.copyOf(effects);
        effects.clear();
        return taken;
    }

    /** Plays a path that carries packets up to {@code limit}; gives the probes and the result. */
    private List<LinkEffect> play(PathMtu search, List<LinkEffect> first, int limit) {
        List<LinkEffect> all = new ArrayList<>();
        List<LinkEffect> next = first;
        while (true) {
            all.addAll(next);
            assertThat(next).hasSizeLessThan(2);
            if (!next.isEmpty() && next.get(0) instanceof MtuFound) return all;
            assertThat(all).as("bounded").hasSizeLessThan(PathMtu.MAX_SIZES * PathMtu.TRIES);
            next = !next.isEmpty() && next.get(0) instanceof SendProbe probe && probe.packetBytes() <= limit
                    ? step(search, new Reply(probe.packetBytes()))
                    : wake(search);
        }
    }

    private static MtuFound found(List<LinkEffect> all) {
        return (MtuFound) all.get(all.size() - 1);
    }

    @Test
    void asksForTheInterfacesMtuFirstAndThatIsUsuallyTheEnd() {
        PathMtu search = search(sealed);
        assertThat(search.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(step(search, new Start())).containsExactly(new SendProbe(1500, 1423));
        assertThat(search.deadlineNanos()).isEqualTo(200 * MILLI);
        nowMillis = 3;
        assertThat(step(search, new Reply(1500))).containsExactly(new MtuFound(1397));
        assertThat(search.deadlineNanos()).isEqualTo(30_003 * MILLI);
    }

    @Test
    void theSizesAreThoseThatCorosyncReports() {
        interfaceMtu = 9000;
        assertThat(play(search(sealed), step(search(sealed), new Start()), 0).get(0))
                .isEqualTo(new SendProbe(8988, 8911));
        assertThat(found(play1500(clear))).isEqualTo(new MtuFound(1446));
        assertThat(found(play1500(sizes(new CryptoConfig(CryptoConfig.Cipher.NONE, CryptoConfig.Hash.SHA512)))))
                .isEqualTo(new MtuFound(1382));
        assertThat(found(play1500(sizes(new CryptoConfig(CryptoConfig.Cipher.AES128, CryptoConfig.Hash.MD5)))))
                .isEqualTo(new MtuFound(1413));
        assertThat(PathMtu.leastDataBytes(clear)).isEqualTo(482);
        assertThat(PathMtu.leastDataBytes(sealed)).isEqualTo(421);
    }

    private List<LinkEffect> play1500(FrameSizes sizes) {
        interfaceMtu = 1500;
        PathMtu search = search(sizes);
        return play(search, step(search, new Start()), 1500);
    }

    @Test
    void findsTheLongestPacketOfEveryPath() {
        for (FrameSizes sizes : List.of(clear, sealed)) {
            for (int limit = 556; limit <= 1500; limit++) {
                PathMtu search = search(sizes);
                MtuFound found = found(play(search, step(search, new Start()), limit));
                assertThat(found.dataBytes()).as("path of %d", limit).isEqualTo(sizes.maxDataBytes(limit - IPV4));
                nowMillis += 1000;
            }
        }
    }

    @Test
    void aShorterPathIsFoundByBisection() {
        PathMtu search = search(sealed);
        assertThat(play(search, step(search, new Start()), 1400).stream()
                        .filter(e -> e instanceof SendProbe)
                        .map(e -> ((SendProbe) e).packetBytes())
                        .distinct())
                .containsExactly(1500, 524, 1004, 1244, 1372, 1436, 1404, 1388);
    }

    @Test
    void aSizeIsTriedThreeTimes() {
        PathMtu search = search(clear);
        assertThat(step(search, new Start())).containsExactly(new SendProbe(1500, 1472));
        assertThat(wake(search)).containsExactly(new SendProbe(1500, 1472));
        assertThat(wake(search)).containsExactly(new SendProbe(1500, 1472));
        assertThat(wake(search)).containsExactly(new SendProbe(536, 508));
        assertThat(nowMillis).isEqualTo(600);
    }

    @Test
    void aRefusalOfTheKernelCostsNoWaiting() {
        PathMtu search = search(clear);
        step(search, new Start());
        assertThat(step(search, new TooLong(1500))).containsExactly(new SendProbe(536, 508));
        assertThat(step(search, new TooLong(1500))).isEmpty();
        assertThat(step(search, new TooLong(536))).as("it has another cause").isEmpty();
    }

    @Test
    void theNextSearchTriesTheLastResultBeforeItBisects() {
        PathMtu search = search(clear);
        play(search, step(search, new Start()), 1400);
        List<LinkEffect> again = play(search, wake(search), 1400);
        assertThat(again.stream()
                        .filter(e -> e instanceof SendProbe)
                        .map(e -> ((SendProbe) e).packetBytes())
                        .distinct()
                        .limit(2))
                .containsExactly(1500, 1400);
        assertThat(found(again)).isEqualTo(new MtuFound(1400 - IPV4 - 26));
    }

    @Test
    void silenceEndsTheSearchAfterTheLinksOwnPatienceAndItBeginsAgainSoon() {
        PathMtu search = search(clear);
        List<LinkEffect> all = play(search, step(search, new Start()), 0);
        assertThat(found(all)).isEqualTo(new MtuFound(0));
        assertThat(nowMillis).isEqualTo(1800);
        assertThat(search.deadlineNanos()).isEqualTo((1800 + 2000) * MILLI);
        assertThat(wake(search)).containsExactly(new SendProbe(1500, 1472));
        assertThat(step(search, new Reply(1500))).containsExactly(new MtuFound(1446));
    }

    @Test
    void aLinkThatCarriedNothingCarriesSomethingFromTheFirstAnswerOn() {
        PathMtu search = search(clear);
        play(search, step(search, new Start()), 0);
        wake(search);
        wake(search);
        wake(search);
        SendProbe least = (SendProbe) wake(search).get(0);
        List<LinkEffect> answered = step(search, new Reply(least.packetBytes()));
        assertThat(answered.get(0)).isEqualTo(new MtuFound(PathMtu.leastDataBytes(clear)));
        assertThat(answered.get(1)).isInstanceOf(SendProbe.class);
        assertThat(found(play(search, List.of(answered.get(1)), 1400))).isEqualTo(new MtuFound(1400 - IPV4 - 26));
    }

    @Test
    void anAnswerToAnotherProbeIsIgnored() {
        PathMtu search = search(clear);
        assertThat(step(search, new Reply(1500))).isEmpty();
        step(search, new Start());
        assertThat(step(search, new Reply(1499))).isEmpty();
    }

    @Test
    void aLinkThatGoesDownEndsTheSearch() {
        PathMtu search = search(clear);
        step(search, new Start());
        assertThat(step(search, new Stop())).isEmpty();
        assertThat(search.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(step(search, new Reply(1500))).isEmpty();
    }

    @Test
    void anInterfaceBelowTheLeastSizeIsAskedForTheLeastSize() {
        interfaceMtu = 300;
        assertThat(step(search(clear), new Start())).containsExactly(new SendProbe(536, 508));
    }
}
