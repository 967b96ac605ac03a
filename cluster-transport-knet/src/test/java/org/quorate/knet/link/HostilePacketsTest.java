package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.knet.Ciphers;
import org.quorate.knet.HostilePackets;
import org.quorate.knet.Vectors;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.knet.wire.Decoded;
import org.quorate.knet.wire.DropReason;
import org.quorate.knet.wire.KnetFrame;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrame.PmtudFrame;
import org.quorate.knet.wire.KnetFrames;
import org.quorate.spi.TransportSettings;

/**
 * A node among peers of which each may be malicious, in clear text and with all of them having the key. Its links stay up meanwhile.
 * Nothing throws, every packet that is no frame is counted, memory does not grow, and afterwards the node works as before.
 *
 * <p>{@code -Dfuzz.mutations} says how many packets, {@code -Dfuzz.seed} repeats a run.
 */
class HostilePacketsTest {
    private static final int SELF = 9;
    private static final long TAG = 1000 + SELF;
    private static final int BATCH = 500;
    /** More than the noise of a garbage collector; a leak of a hundred bytes a packet shows within a run of default length. */
    private static final long GROWTH_BYTES = 6_000_000;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whateverPeersSendIsUsedOrCounted(boolean encrypted) {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        int packets = Integer.getInteger("fuzz.mutations", 200_000) / 2;
        System.out.println("fuzz.mutations=" + 2 * packets + " fuzz.seed=" + seed);
        Random random = new Random(seed);
        HostilePackets hostile = new HostilePackets(random, TAG);
        try (Victim victim = new Victim(random, encrypted)) {
            victim.awaitPeers();
            long early = 0;
            long before = victim.dropped();
            long mustDrop = 0;
            for (int i = 1; i <= packets; i++) {
                if (victim.receive(hostile, hostile.next())) mustDrop++;
                if (i % BATCH == 0) {
                    long now = victim.dropped();
                    assertThat(now - before).isBetween(mustDrop, (long) BATCH);
                    before = now;
                    mustDrop = 0;
                }
                if (i == packets / 4) early = usedHeap();
            }
            long growth = usedHeap() - early;
            System.out.println(packets + " packets, heap " + early / 1024 + " KiB after a quarter, " + growth / 1024
                    + " KiB more at the end; " + victim);
            assertThat(growth).isLessThan(GROWTH_BYTES);
            victim.assertCounted();
            assertThat(victim.answers).isPositive();
            for (int model = 0; model < victim.delivered.length; model++)
                assertThat(victim.delivered[model])
                        .as("messages of model " + model)
                        .isPositive();
            assertThat(victim.reasons())
                    .contains(
                            DropReason.TOO_SHORT,
                            DropReason.BAD_VERSION,
                            DropReason.UNKNOWN_TYPE,
                            DropReason.UNKNOWN_HOST,
                            DropReason.OWN_ID,
                            DropReason.BAD_LINK,
                            DropReason.WRONG_ADDRESS,
                            DropReason.DUPLICATE,
                            DropReason.LATE_FRAGMENT,
                            DropReason.EMPTY_PAYLOAD,
                            DropReason.BAD_FRAGMENT,
                            DropReason.BAD_CHANNEL,
                            DropReason.BAD_COMPRESSION,
                            DropReason.TOO_LARGE,
                            DropReason.REASSEMBLY_EVICTED,
                            DropReason.UNEXPECTED_REPLY);
            victim.awaitPeers();
            victim.assertWorks();
        }
    }

    private static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }

    /** An engine whose peers 1 to 3 answer its pings and probes, mostly. */
    private static final class Victim extends DeafOutput implements AutoCloseable {
        private final Random random;
        private final boolean encrypted;
        private final FrameCipher cipher;
        private final KnetEngine engine;
        private final ByteBuffer opened = ByteBuffer.allocate(70_000);
        private final List<KnetFrame> owed = new ArrayList<>();
        private final long[] delivered = new long[8];
        /** Of packets that open and are no frames, how many are to be counted under each reason at least. */
        private final Map<DropReason, Long> expected = new EnumMap<>(DropReason.class);

        private long now;
        private long answers;
        private long fromNobody;
        private int outputs;
        private int messages;
        private byte last;

        Victim(Random random, boolean encrypted) {
            this.random = random;
            this.encrypted = encrypted;
            CryptoConfig crypto = encrypted ? CryptoConfig.DEFAULT : CryptoConfig.NONE;
            TransportSettings clear = EngineLab.settings(
                    SELF,
                    LinkMode.PASSIVE,
                    2,
                    EngineLab.peer(1, 1, 1),
                    EngineLab.peer(2, 1, 1),
                    EngineLab.peer(3, 1, 1));
            TransportSettings settings = new TransportSettings(
                    clear.self(),
                    clear.localAddresses(),
                    clear.peers(),
                    crypto,
                    clear.key(),
                    clear.linkMode(),
                    clear.pmtudInterval(),
                    clear.manualMtu());
            this.cipher = Ciphers.of(crypto, new Random(1));
            this.engine = new KnetEngine(now, settings, Ciphers.of(crypto, new Random(2)), TAG, link -> 1500, this);
        }

        /** Lets time pass until all peers are reachable. */
        void awaitPeers() {
            for (int i = 0; i < 1000; i++) {
                pass(20_000_000);
                if (engine.links(now).stream().allMatch(LinkStatus::up)) return;
            }
            throw new AssertionError(engine.links(now).toString());
        }

        private void pass(long nanos) {
            now += nanos;
            if (now >= engine.deadlineNanos()) engine.tick(now);
            // answers to answers come with the next step
            List<KnetFrame> frames = List.copyOf(owed);
            owed.clear();
            for (KnetFrame frame : frames) give(frame);
        }

        private void give(KnetFrame frame) {
            ByteBuffer plain = ByteBuffer.allocate(frame.encodedBytes());
            frame.encode(plain);
            engine.datagram(now, EngineLab.address(frame.source(), linkOf(frame)), seal(plain.array()));
        }

        private static int linkOf(KnetFrame frame) {
            if (frame instanceof KnetFrame.PongFrame pong) return pong.link();
            if (frame instanceof KnetFrame.PmtudReplyFrame reply) return reply.link();
            if (frame instanceof PingFrame ping) return ping.link();
            return 0;
        }

        /** Takes a hostile packet; true if it is none that a node may use. */
        boolean receive(HostilePackets hostile, byte[] plain) {
            if (random.nextInt(8) == 0) pass(random.nextInt(1_000_000));
            InetSocketAddress from = from(plain);
            boolean damaged = false;
            ByteBuffer datagram = seal(plain);
            if (encrypted && random.nextInt(4) == 0) {
                byte[] sealed = Vectors.bytes(datagram);
                byte[] forged = hostile.damage(sealed);
                damaged = !Arrays.equals(sealed, forged);
                datagram = ByteBuffer.wrap(forged);
            }
            outputs = 0;
            messages = 0;
            engine.datagram(now, from, datagram);
            assertThat(outputs).as("datagrams sent for one").isLessThan(4);
            assertThat(messages).isLessThan(2);
            if (damaged) return true;
            if (isNobody(from)) {
                fromNobody++;
                return true;
            }
            if (!(KnetFrames.decode(ByteBuffer.wrap(plain)) instanceof Decoded.Malformed bad)) return false;
            expected.merge(bad.reason(), 1L, Long::sum);
            return true;
        }

        /** Nothing from there is accepted; under which reason depends on how many such came in the last second. */
        private static boolean isNobody(InetSocketAddress from) {
            int host = from.getAddress().getAddress()[3]; // the peers are 1 to 3
            return host < 1 || host > 3;
        }

        private InetSocketAddress from(byte[] plain) {
            int source = plain.length > 3 ? plain[3] & 3 : 1;
            boolean control = plain.length > 6 && plain[1] < 0;
            int link = control ? plain[6] & 1 : random.nextInt(2);
            return EngineLab.address(random.nextInt(50) == 0 ? 77 : source, link);
        }

        private ByteBuffer seal(byte[] plain) {
            ByteBuffer out = ByteBuffer.allocate(cipher.sealedBytes(plain.length));
            cipher.seal(ByteBuffer.wrap(plain), out);
            return out.flip();
        }

        /** Drops so far, without what gave way to newer ones and was counted as a packet before. */
        long dropped() {
            long sum = 0;
            for (Map.Entry<String, Long> counter : engine.counters().entrySet())
                if (counter.getKey().startsWith("drop.")
                        && !counter.getKey().equals(DropReason.REASSEMBLY_EVICTED.counterName()))
                    sum += counter.getValue();
            return sum;
        }

        /** No packet that is no frame was left out; versions and types are refused nowhere else, so theirs are exact but for strangers. */
        void assertCounted() {
            Map<String, Long> counters = engine.counters();
            expected.forEach((reason, least) -> {
                assertThat(counters.get(reason.counterName())).as(reason.name()).isGreaterThanOrEqualTo(least);
                if (reason == DropReason.BAD_VERSION || reason == DropReason.UNKNOWN_TYPE)
                    assertThat(counters.get(reason.counterName()))
                            .as(reason.name())
                            .isBetween(least, least + fromNobody);
            });
        }

        List<DropReason> reasons() {
            Map<String, Long> counters = engine.counters();
            return Arrays.stream(DropReason.values())
                    .filter(reason -> counters.getOrDefault(reason.counterName(), 0L) > 0)
                    .toList();
        }

        /** A peer that starts over is heard, and its ping answered. */
        void assertWorks() {
            for (int source = 1; source <= HostilePackets.SOURCES; source++) {
                give(new PingFrame(source, 0, 1, 2, 5, true));
                outputs = 0;
                give(new PingFrame(source, 0, 1, 2, 0, true));
                assertThat(outputs).isEqualTo(1);
                messages = 0;
                give(new DataFrame(source, 1, 0, true, 1, 0, 0, ByteBuffer.wrap(new byte[] {(byte) source, 1})));
                assertThat(messages).isEqualTo(1);
                assertThat(last).isEqualTo((byte) source);
            }
        }

        @Override
        public void datagram(int localLink, InetSocketAddress peer, ByteBuffer sealed) {
            outputs++;
            answers++;
            opened.clear();
            assertThat(cipher.open(sealed, opened)).isEqualTo(FrameCipher.Opened.OK);
            if (!(KnetFrames.decode(opened.flip()) instanceof Decoded.Ok ok)) throw new AssertionError("sent no frame");
            int to = peer.getAddress().getAddress()[3];
            if (random.nextInt(30) == 0) return;
            if (ok.frame() instanceof PingFrame ping) owed.add(ping.answeredBy(to));
            else if (ok.frame() instanceof PmtudFrame probe) owed.add(probe.answeredBy(to));
        }

        @Override
        public void probe(int localLink, InetSocketAddress peer, ByteBuffer sealed, NodeId to, int packetBytes) {
            datagram(localLink, peer, sealed);
        }

        @Override
        public void message(NodeId from, ByteBuffer message) {
            assertThat(message.remaining()).isBetween(1, KnetFrames.MAX_MESSAGE_BYTES);
            last = message.get(message.position());
            if (last >= 0 && last < delivered.length) delivered[last]++;
            messages++;
        }

        @Override
        public String toString() {
            Map<String, Long> counters = new TreeMap<>(engine.counters());
            counters.values().removeIf(value -> value == 0);
            counters.keySet().removeIf(name -> name.startsWith("link."));
            return "answers " + answers + ", messages by model " + Arrays.toString(delivered) + ", " + counters;
        }

        @Override
        public void close() {
            engine.close();
            cipher.close();
        }
    }
}
