package org.quorate.knet.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterException;
import org.quorate.spi.LinkProbes.Path;
import org.quorate.spi.LinkProbes.Window;

/** Links between a joiner (node 0) and members are tried in simulated time; each direction takes 0.1 ms. */
class ProbeEngineTest {
    private static final long MILLI = 1_000_000;
    private static final byte[] KEY = new byte[32];

    private record Flying(long atNanos, long order, Host to, int socket, InetSocketAddress from, ByteBuffer datagram) {}

    /** Whether a datagram arrives. */
    @FunctionalInterface
    private interface Cables {
        boolean carries(int from, int to, int link, int bytes);
    }

    private final Random random = new Random(7);
    private final Map<InetSocketAddress, Host> hosts = new HashMap<>();
    private final PriorityQueue<Flying> flying = new PriorityQueue<>(
            (a, b) -> a.atNanos != b.atNanos ? Long.compare(a.atNanos, b.atNanos) : Long.compare(a.order, b.order));
    private final List<ByteBuffer> seen = new ArrayList<>();
    private Cables network = (from, to, link, bytes) -> true;
    private long now;
    private long count;

    private final class Host {
        final int id;
        final ProbeEngine engine;
        final List<Integer> sent = new ArrayList<>();

        Host(int id, int links) {
            this.id = id;
            engine = new ProbeEngine(random, link -> link < links ? link : -1, this::send);
            for (int link = 0; link < links; link++) hosts.put(address(id, link), this);
        }

        private void send(int socket, InetSocketAddress to, ByteBuffer datagram) {
            sent.add(datagram.remaining());
            seen.add(datagram.duplicate());
            Host target = hosts.get(to);
            if (target == null || !network.carries(id, target.id, socket, datagram.remaining())) return;
            flying.add(new Flying(now + MILLI / 10, count++, target, socket, address(id, socket), datagram));
        }

        long open(byte[] key, int... others) {
            return engine.open(now, window(id, key, others));
        }
    }

    private static Window window(int self, byte[] key, int... others) {
        TreeMap<Integer, SortedMap<Integer, InetSocketAddress>> all = new TreeMap<>();
        for (int other : others) {
            TreeMap<Integer, InetSocketAddress> links = new TreeMap<>();
            for (int link = 0; link < 2; link++) links.put(link, address(other, link));
            all.put(other, links);
        }
        return new Window(self, key, all, Duration.ofSeconds(30));
    }

    private static InetSocketAddress address(int id, int link) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(new byte[] {10, (byte) link, (byte) (id >> 8), (byte) id}), 5405 + link);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private void run(long millis) {
        long end = now + millis * MILLI;
        while (true) {
            long next = end;
            for (Host host : hosts.values()) next = Math.min(next, Math.max(now, host.engine.deadlineNanos()));
            Flying first = flying.peek();
            if (first != null && first.atNanos <= next) {
                flying.remove();
                now = first.atNanos;
                assertThat(first.to.engine.datagram(now, first.socket, first.from, first.datagram))
                        .isTrue();
                continue;
            }
            now = next;
            if (now >= end) return;
            for (Host host : hosts.values()) if (host.engine.deadlineNanos() <= now) host.engine.tick(now);
        }
    }

    private static Path path(Host host, long window, int node, int link) {
        return host.engine.report(window).stream()
                .filter(path -> path.node() == node && path.link() == link)
                .findFirst()
                .orElseThrow();
    }

    private static void assertGood(Path path, int bytes) {
        assertThat(path.forward() && path.back() && path.settled())
                .as(path.toString())
                .isTrue();
        assertThat(path.largestBytes()).isEqualTo(bytes);
        assertThat(path.rttNanos()).hasValue(MILLI / 5);
    }

    @Test
    void goodLinksAreKnownToBothSidesWithinARound() {
        Host joiner = new Host(0, 2);
        Host member = new Host(3, 2);
        long there = joiner.open(KEY, 3);
        // nobody is ready: these are no probes to the member
        network = (from, to, link, bytes) -> false;
        run(40);
        network = (from, to, link, bytes) -> true;
        long here = member.open(KEY, 0);
        run(170);
        for (int link = 0; link < 2; link++) {
            assertGood(path(joiner, there, 3, link), 1472);
            assertGood(path(member, here, 0, link), 1472);
        }
        assertThat(joiner.sent).contains(64, 1200, 1452, 1472);
        int questions = joiner.sent.size();
        run(5000);
        assertThat(joiner.sent.size() - questions)
                .as("one question and one answer a second for each link")
                .isBetween(16, 24);
    }

    @Test
    void aLinkThatIsDeafInOneDirectionIsToldFromOneThatCarriesNothing() {
        Host joiner = new Host(0, 2);
        Host member = new Host(3, 2);
        network = (from, to, link, bytes) -> link == 0 || from == 0;
        long there = joiner.open(KEY, 3);
        long here = member.open(KEY, 0);
        run(2200);
        assertGood(path(joiner, there, 3, 0), 1472);
        Path deaf = path(joiner, there, 3, 1);
        assertThat(deaf.forward()).isTrue();
        assertThat(deaf.back()).isFalse();
        assertThat(deaf.largestBytes()).isZero();
        assertThat(deaf.rttNanos()).isEmpty();
        assertThat(deaf.settled()).isTrue();
        Path mute = path(member, here, 0, 1);
        assertThat(mute.forward()).isFalse();
        assertThat(mute.back()).isTrue();
        // the firewall is opened: the slow questions find it
        network = (from, to, link, bytes) -> true;
        run(2100);
        assertThat(path(joiner, there, 3, 1).back()).isTrue();
        assertThat(path(member, here, 0, 1).forward()).isTrue();
    }

    /** A joiner tries again under the same key: what the member knew of the first attempt is not taken for news. */
    @Test
    void aSecondAttemptBeginsAnewOnBothSides() {
        Host joiner = new Host(0, 2);
        Host member = new Host(3, 2);
        long here = member.open(KEY, 0);
        long first = joiner.open(KEY, 3);
        run(300);
        assertGood(path(joiner, first, 3, 1), 1472);
        joiner.engine.close(first);
        network = (from, to, link, bytes) -> link == 0 || to == 0;
        flying.clear();
        long second = joiner.open(KEY, 3);
        run(2200);
        assertGood(path(joiner, second, 3, 0), 1472);
        Path cut = path(joiner, second, 3, 1);
        assertThat(cut.back()).isTrue();
        assertThat(cut.forward()).isFalse();
        assertThat(path(member, here, 0, 1).back()).isFalse();
        assertThat(path(member, here, 0, 1).forward()).isTrue();
    }

    @Test
    void aMemberThatDoesNotAnswerIsSettledAfterTenRounds() {
        Host joiner = new Host(0, 1);
        long there = joiner.open(KEY, 3);
        assertThat(joiner.engine.report(there)).hasSize(1);
        run(1700);
        assertThat(path(joiner, there, 3, 0).settled()).isFalse();
        run(200);
        Path nothing = path(joiner, there, 3, 0);
        assertThat(nothing.settled()).isTrue();
        assertThat(nothing.forward() || nothing.back()).isFalse();
    }

    @Test
    void aPathThatDropsLongPacketsIsFound() {
        Host joiner = new Host(0, 2);
        Host member = new Host(3, 2);
        network = (from, to, link, bytes) -> bytes < (link == 0 ? 1300 : 1000);
        long there = joiner.open(KEY, 3);
        member.open(KEY, 0);
        run(2200);
        assertGood(path(joiner, there, 3, 0), 1200);
        assertGood(path(joiner, there, 3, 1), 64);
    }

    @Test
    void lossDoesNotHideAGoodLink() {
        for (int seed = 0; seed < 50; seed++) {
            hosts.clear();
            Random lost = new Random(seed);
            network = (from, to, link, bytes) -> lost.nextInt(100) >= 30;
            Host joiner = new Host(0, 2);
            Host member = new Host(3, 2);
            long there = joiner.open(KEY, 3);
            long here = member.open(KEY, 0);
            run(2200);
            for (int link = 0; link < 2; link++) {
                assertThat(path(joiner, there, 3, link).largestBytes())
                        .as("seed " + seed)
                        .isGreaterThanOrEqualTo(1200);
                assertThat(path(member, here, 0, link).forward()).isTrue();
            }
        }
    }

    @Test
    void manyMembersAreAskedInBursts() {
        Host joiner = new Host(0, 2);
        int[] members = new int[200];
        for (int i = 0; i < members.length; i++) {
            members[i] = i + 1;
            assertThat(new Host(i + 1, 2).open(KEY, 0)).isPositive();
        }
        long there = joiner.open(KEY, members);
        run(3000);
        assertThat(joiner.engine.report(there))
                .hasSize(400)
                .allMatch(path -> path.forward() && path.back() && path.largestBytes() == 1472);
        assertThat(joiner.engine.counters().get("probe.questions")).isLessThanOrEqualTo(300L * ProbeEngine.BURST);
    }

    // ---- what attackers may try

    private @Nullable ByteBuffer question(Host of) {
        return seen.stream()
                .filter(datagram -> datagram.get(8) == 1 && datagram.getShort(10) == of.id)
                .findFirst()
                .orElse(null);
    }

    private long dropped(Host host, String reason) {
        return host.engine.counters().getOrDefault("drop.probe." + reason, 0L);
    }

    @Test
    void repeatedReflectedAndMisdirectedProbesAreDroppedAndAnswersAreAsLongAsQuestions() {
        Host joiner = new Host(0, 2);
        Host member = new Host(3, 2);
        joiner.open(KEY, 3);
        member.open(KEY, 0);
        run(100);
        Map<Long, Integer> lengths = new HashMap<>();
        for (ByteBuffer datagram : seen) if (datagram.get(8) == 1) lengths.put(datagram.getLong(16), datagram.limit());
        for (ByteBuffer datagram : seen)
            if (datagram.get(8) == 2) assertThat(datagram.limit()).isEqualTo(lengths.get(datagram.getLong(16)));

        ByteBuffer asked = question(joiner);
        assertThat(asked).isNotNull();
        int sent = member.sent.size();
        member.engine.datagram(now, 0, address(0, 0), asked);
        assertThat(dropped(member, "repeated")).isEqualTo(1);
        member.engine.datagram(now, 1, address(0, 0), asked);
        assertThat(dropped(member, "wrong-link")).isEqualTo(1);
        member.engine.datagram(now, 0, address(9, 0), asked);
        assertThat(dropped(member, "wrong-address")).isEqualTo(1);
        joiner.engine.datagram(now, 0, address(3, 0), asked);
        assertThat(dropped(joiner, "not-for-us")).isEqualTo(1);
        ByteBuffer answer = seen.stream()
                .filter(datagram -> datagram.get(8) == 2 && datagram.getShort(10) == 3)
                .findFirst()
                .orElseThrow();
        joiner.engine.datagram(now, 0, address(3, 0), answer);
        assertThat(dropped(joiner, "unexpected-answer")).isEqualTo(1);
        assertThat(member.sent).hasSize(sent);
    }

    @Test
    void whatIsNotSealedWithTheKeyIsSomebodyElses() {
        Host joiner = new Host(0, 2);
        Host member = new Host(3, 2);
        network = (from, to, link, bytes) -> false;
        joiner.open(KEY, 3);
        run(1);
        ByteBuffer good = question(joiner);
        assertThat(good).isNotNull();
        assertThat(member.engine.datagram(now, 0, address(0, 0), good))
                .as("no window")
                .isFalse();
        byte[] other = KEY.clone();
        other[31] = 1;
        member.open(other, 0);
        assertThat(member.engine.datagram(now, 0, address(0, 0), good))
                .as("another key")
                .isFalse();
        member.open(KEY, 0);
        for (int bit = 0; bit < good.limit() * 8; bit++) {
            ByteBuffer flipped = ByteBuffer.allocate(good.limit()).put(good.duplicate());
            flipped.put(bit / 8, (byte) (flipped.get(bit / 8) ^ 1 << bit % 8));
            assertThat(member.engine.datagram(now += MILLI, 0, address(0, 0), flipped.rewind()))
                    .as("bit " + bit)
                    .isFalse();
        }
        for (int length = 0; length < good.limit(); length++)
            assertThat(member.engine.datagram(
                            now += MILLI, 0, address(0, 0), good.duplicate().limit(length)))
                    .as("length " + length)
                    .isFalse();
        Random octets = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[octets.nextInt(ProbeDatagram.MOST_BYTES + 100)];
            octets.nextBytes(noise);
            if (i % 2 == 0 && noise.length >= 8) ByteBuffer.wrap(noise).putLong(ProbeDatagram.MAGIC);
            assertThat(member.engine.datagram(now += MILLI / 10, 0, address(0, 0), ByteBuffer.wrap(noise)))
                    .isFalse();
        }
        assertThat(member.engine.datagram(now += 1000 * MILLI, 0, address(0, 0), good))
                .isTrue();
    }

    @Test
    void questionsAreAnsweredUpToALimitAndForgeriesTriedUpToOne() {
        Host joiner = new Host(0, 2);
        Host member = new Host(3, 2);
        network = (from, to, link, bytes) -> false;
        member.open(KEY, 0);
        joiner.open(KEY, 3);
        run(1);
        int before = member.sent.size();
        try (var seal = new org.quorate.knet.crypto.ProbeSeal(KEY)) {
            for (int i = 0; i < 900; i++)
                member.engine.datagram(
                        now, 0, address(0, 0), new ProbeDatagram(false, 0, 0, 3, 0, 1000 + i, 77, 0, 64).encode(seal));
        }
        assertThat(member.sent).hasSize(before + ProbeWindow.LEAST_ANSWERS);
        assertThat(dropped(member, "too-many")).isEqualTo(900 - ProbeWindow.LEAST_ANSWERS);
        ByteBuffer good = question(joiner);
        assertThat(good).isNotNull();
        ByteBuffer forged =
                ByteBuffer.allocate(64).put(good.duplicate().limit(64)).rewind();
        forged.put(40, (byte) ~forged.get(40));
        for (int i = 0; i < ProbeEngine.FORGERIES_A_SECOND; i++)
            assertThat(member.engine.datagram(now, 0, address(0, 0), forged)).isFalse();
        assertThat(member.engine.datagram(now, 0, address(0, 0), good))
                .as("not even looked at")
                .isFalse();
        now += 1000 * MILLI;
        assertThat(member.engine.datagram(now, 0, address(0, 0), good)).isTrue();
    }

    @Test
    void fourWindowsMayBeOpenAndEachEndsByItself() {
        Host member = new Host(3, 2);
        for (int i = 0; i < 4; i++) member.open(KEY, 0);
        assertThatThrownBy(() -> member.open(KEY, 0))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("4 nodes try their links at the moment");
        member.engine.close(2);
        member.engine.close(77);
        long last = member.open(KEY, 0);
        run(29_999);
        assertThat(member.engine.isOpen()).isTrue();
        assertThat(member.engine.report(last)).hasSize(2);
        run(2);
        assertThat(member.engine.isOpen()).isFalse();
        assertThat(member.engine.report(last)).isEmpty();
        assertThat(member.engine.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aWindowIsChecked() {
        assertThatThrownBy(() -> window(3, new byte[31], 0)).hasMessage("a key of 31 bytes instead of 32");
        assertThatThrownBy(() -> window(3, KEY, 3)).hasMessage("node 3 is to probe itself");
        assertThatThrownBy(() -> new Window(1, KEY, new TreeMap<>(), Duration.ofMinutes(11)))
                .hasMessageContaining("is not in 0..PT10M");
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 5);
        assertThat(new Window(1, key, new TreeMap<>(), Duration.ofSeconds(1)).others())
                .isEmpty();
    }
}
