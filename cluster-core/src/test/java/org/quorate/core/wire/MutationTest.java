package org.quorate.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.quorate.core.pack.wire.GroupHeader;
import org.quorate.core.pack.wire.PackedFrame;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.wire.AllCodecs.Outcome;
import org.quorate.core.wire.RecordedFrames.Frame;

/**
 * Random messages survive the wire, and no damage to recorded or random ones makes a decoder do anything but accept or refuse. What it accepts can be
 * encoded, and is then decoded to the same. {@code fuzz.mutations} sets the number of damaged messages, {@code fuzz.seed} repeats a run.
 */
class MutationTest {
    private static final int MUTATIONS = Integer.getInteger("fuzz.mutations", 200_000);
    private static final int ROUND_TRIPS = 2_000;
    private static final int[] ODD_NUMBERS = {
        0, 1, 30, 31, 64, 127, 128, 129, 255, 256, 384, 385, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000, -1, -2
    };

    private final long seed = Long.getLong("fuzz.seed", new SplittableRandom().nextLong());
    private final RandomGenerator random = new SplittableRandom(seed);

    @BeforeEach
    void printSeed(TestInfo test) {
        System.out.println(test.getDisplayName() + ": " + MUTATIONS + " mutations, -Dfuzz.seed=" + seed);
    }

    @Test
    void everyRandomMessageSurvivesTheWire() {
        for (AllCodecs codec : AllCodecs.values()) {
            for (int i = 0; i < ROUND_TRIPS; i++) {
                Object message = codec.random(random);
                byte[] octets = AllCodecs.encode(message);
                assertThat(codec.decode(octets, true).value()).isEqualTo(message);
            }
        }
    }

    @Test
    void damageIsAcceptedOrRefusedAndNothingElse() {
        Map<AllCodecs, List<byte[]>> corpora = corpora();
        Map<String, Integer> outcomes = new TreeMap<>();
        AllCodecs[] codecs = AllCodecs.values();
        for (int i = 0; i < MUTATIONS; i++) {
            AllCodecs codec = codecs[i % codecs.length];
            List<byte[]> corpus = corpora.getOrDefault(codec, List.of());
            byte[] octets = mutated(corpus.get(random.nextInt(corpus.size())));
            boolean littleEndian = random.nextInt(8) != 0;
            Outcome outcome = tried(codec, octets, littleEndian);
            outcomes.merge(codec + (outcome.ok() ? " accepted" : " refused"), 1, Integer::sum);
            if (!outcome.ok()) outcomes.merge(outcome.reason(), 1, Integer::sum);
        }
        System.out.println(outcomes);
        if (MUTATIONS < 10_000) return;
        for (AllCodecs codec : codecs) assertThat(outcomes).containsKeys(codec + " accepted", codec + " refused");
    }

    private static Outcome tried(AllCodecs codec, byte[] octets, boolean littleEndian) {
        try {
            byte[] before = octets.clone();
            Outcome outcome = codec.decode(octets, littleEndian);
            assertThat(octets).isEqualTo(before);
            if (outcome.value() != null && codec != AllCodecs.GROUPS) {
                byte[] again = AllCodecs.encode(outcome.value());
                assertThat(codec.decode(again, true).value()).isEqualTo(outcome.value());
            }
            return outcome;
        } catch (RuntimeException | AssertionError e) {
            String hex = HexFormat.of().formatHex(octets);
            throw new AssertionError(codec + (littleEndian ? " little-endian " : " big-endian ") + hex, e);
        }
    }

    private byte[] mutated(byte[] original) {
        byte[] octets = original.clone();
        int steps = 1 + random.nextInt(3);
        for (int i = 0; i < steps; i++) octets = mutatedOnce(octets);
        return octets;
    }

    private byte[] mutatedOnce(byte[] octets) {
        switch (random.nextInt(6)) {
            case 0 -> {
                return Arrays.copyOf(octets, random.nextInt(octets.length + 1));
            }
            case 1 -> {
                byte[] longer = Arrays.copyOf(octets, octets.length + 1 + random.nextInt(40));
                for (int i = octets.length; i < longer.length; i++) longer[i] = (byte) random.nextInt();
                return longer;
            }
            case 2 -> {
                for (int i = 0; i < 8 && octets.length > 0; i++) {
                    octets[random.nextInt(octets.length)] = (byte) random.nextInt();
                }
            }
            case 3, 4 -> {
                // numbers stand at the start of a message more than elsewhere
                int room = random.nextBoolean() ? Math.min(octets.length, 64) : octets.length;
                if (room >= 4) {
                    int at = random.nextInt(room - 3);
                    if (random.nextBoolean()) at &= ~7;
                    ByteBuffer.wrap(octets)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(at, ODD_NUMBERS[random.nextInt(ODD_NUMBERS.length)]);
                }
            }
            default -> {
                if (octets.length > 0) octets[random.nextInt(octets.length)] ^= (byte) (1 << random.nextInt(8));
            }
        }
        return octets;
    }

    /** Recorded and random messages of each codec. */
    private Map<AllCodecs, List<byte[]>> corpora() {
        Map<AllCodecs, List<byte[]>> corpora = new EnumMap<>(AllCodecs.class);
        for (AllCodecs codec : AllCodecs.values()) {
            List<byte[]> corpus = new ArrayList<>();
            for (int i = 0; i < 100; i++) corpus.add(AllCodecs.encode(codec.random(random)));
            corpora.put(codec, corpus);
        }
        for (Frame frame : RecordedFrames.captured()) {
            corpora.getOrDefault(AllCodecs.RING, new ArrayList<>()).add(frame.octets());
        }
        for (Frame frame : RecordedFrames.bigEndian()) {
            corpora.getOrDefault(AllCodecs.RING, new ArrayList<>()).add(frame.octets());
        }
        for (Frame frame : RecordedFrames.packed()) {
            Mcast mcast = RecordedFrames.mcast(frame);
            byte[] body = octets(mcast.body());
            corpora.getOrDefault(AllCodecs.FRAME, new ArrayList<>()).add(body);
            if (!(PackedFrame.decode(ByteBuffer.wrap(body), true) instanceof Parsed.Ok<PackedFrame> packed)) continue;
            for (ByteBuffer part : packed.value().parts()) addMessage(corpora, octets(part));
        }
        return corpora;
    }

    private static void addMessage(Map<AllCodecs, List<byte[]>> corpora, byte[] message) {
        corpora.getOrDefault(AllCodecs.GROUPS, new ArrayList<>()).add(message);
        if (!(GroupHeader.decode(ByteBuffer.wrap(message), true) instanceof Parsed.Ok<GroupHeader> groups)) return;
        byte[] payload = Arrays.copyOfRange(message, groups.value().payloadOffset(), message.length);
        for (AllCodecs codec : List.of(AllCodecs.SYNC, AllCodecs.CMAP, AllCodecs.CFG, AllCodecs.CPG)) {
            boolean sync = groups.value().names().contains(GroupHeader.SYNC);
            if (sync == (codec == AllCodecs.SYNC) && codec.decode(payload, true).ok()) {
                corpora.getOrDefault(codec, new ArrayList<>()).add(payload);
            }
        }
    }

    private static byte[] octets(ByteBuffer buffer) {
        byte[] octets = new byte[buffer.remaining()];
        buffer.get(buffer.position(), octets);
        return octets;
    }
}
