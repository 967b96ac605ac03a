package org.quorate.knet.compress;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quorate.knet.Vectors;
import org.quorate.knet.wire.DropReason;
import org.quorate.knet.wire.KnetFrames;
import org.quorate.testkit.Json;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/** All seven models: what one side compresses the other reads, and nothing a hostile sender makes costs more than a refusal. */
class CodecsTest {
    /** More than any decoder takes for one message, and far less than what a bomb asks for. */
    private static final long FEW_BYTES = 2_000_000;

    private final Decompressor decompressor = new Decompressor();

    @AfterEach
    void release() {
        decompressor.close();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void whatIsCompressedIsUndone(CompressionModel model) throws LibraryMissingException {
        SplittableRandom random = new SplittableRandom(7);
        for (int level : levels(model)) {
            try (Codec codec = Codecs.open(model, level)) {
                for (int length : new int[] {1, 2, 5, 20, 101, 1000, 16_390, 49_200, 65_536}) {
                    byte[][] all = messages(random, length);
                    for (byte[] message : all) {
                        byte[] compressed = compress(codec, message);
                        if (compressed.length <= KnetFrames.MAX_PLAIN_BYTES) assertMessage(model, compressed, message);
                        else assertThat(message).isSameAs(all[3]); // random, so nobody would send it compressed
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void buffersOfEveryKindAreRead(CompressionModel model) throws LibraryMissingException {
        byte[] message = messages(new SplittableRandom(1), 3000)[1];
        byte[] compressed = compressed(model, message);
        ByteBuffer direct = ByteBuffer.allocateDirect(70_000).put(5, compressed).position(5);
        ByteBuffer heap = ByteBuffer.allocate(70_000)
                .slice(3, 60_000)
                .put(4, compressed)
                .position(4)
                .limit(4 + compressed.length);
        for (ByteBuffer buffer :
                new ByteBuffer[] {direct.limit(5 + compressed.length), heap, heap.asReadOnlyBuffer()}) {
            ByteBuffer same = buffer.duplicate();
            assertThat(decompressor.decompress(model.number(), buffer))
                    .isEqualTo(new Decompressed.Message(ByteBuffer.wrap(message)));
            assertThat(buffer).isEqualTo(same);
        }
    }

    @Test
    void recordedMessagesOfLibknetAreRead() {
        int messages = 0;
        for (Json vector : Json.resource("knet/compress.json").get("frames").items()) {
            byte[] frame = vector.get("datagram").hex();
            Json expected = vector.get("frame");
            byte[] message = message(
                    expected.get("compress").integer(),
                    Arrays.copyOfRange(
                            frame, frame.length - expected.get("payload_len").integer(), frame.length));
            assertThat(message).hasSize(expected.get("inflated_len").integer());
            assertThat(HexFormat.of().formatHex(message, 0, 2)).isEqualTo("70c0"); // begins as all of the ring's do
            messages++;
        }
        assertThat(messages).isGreaterThanOrEqualTo(6);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void whatIsCutShortAnywhereIsRefused(CompressionModel model) throws LibraryMissingException {
        byte[] message = messages(new SplittableRandom(2), 700)[1];
        byte[] compressed = compressed(model, message);
        for (int length = 0; length < compressed.length; length++) {
            Decompressed result = decompress(model, Arrays.copyOf(compressed, length));
            if (result instanceof Decompressed.Message part) {
                // an LZ4 block has no end mark: cut behind a whole sequence it is a shorter block
                assertThat(model).isIn(CompressionModel.LZ4, CompressionModel.LZ4HC);
                assertThat(part.bytes().remaining()).isLessThan(message.length);
            } else {
                assertThat(((Decompressed.Refused) result).reason())
                        .isIn(DropReason.BAD_COMPRESSION, DropReason.EMPTY_PAYLOAD);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "ZLIB"})
    void bytesBehindTheEndAreRefused(CompressionModel model) throws LibraryMissingException {
        byte[] compressed = compressed(model, messages(new SplittableRandom(3), 500)[1]);
        for (int more : new int[] {1, 4, 9})
            assertRefused(DropReason.BAD_COMPRESSION, model, Arrays.copyOf(compressed, compressed.length + more));
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "LZ4", "LZ4HC"})
    void streamsThatHoldNothingAreRefused(CompressionModel model) throws LibraryMissingException {
        byte[] output = new byte[100];
        byte[] empty = model == CompressionModel.ZLIB
                ? HexFormat.of().parseHex("789c030000000001")
                : Arrays.copyOf(output, codecLength(model, output));
        assertRefused(DropReason.EMPTY_PAYLOAD, model, empty);
    }

    private static int codecLength(CompressionModel model, byte[] output) throws LibraryMissingException {
        try (Codec codec = Codecs.open(model, level(model))) {
            return codec.compress(new byte[0], 0, 0, output);
        }
    }

    @Test
    void anEmptyLz4BlockIsRefused() {
        assertRefused(DropReason.EMPTY_PAYLOAD, CompressionModel.LZ4, new byte[1]);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void bombsAreRefusedAndCostLittle(CompressionModel model) throws LibraryMissingException {
        byte[] fine = compressed(model, new byte[65_536]);
        assertThat(message(model.number(), fine)).hasSize(65_536); // loads the library, and fills its caches
        for (int length : new int[] {65_537, 70_000, 8_000_000}) {
            byte[] bomb = compressed(model, new byte[length]);
            assertThat(bomb.length).isLessThan(65_000);
            long before = allocated();
            Decompressed.Refused refused = (Decompressed.Refused) decompress(model, bomb);
            assertThat(allocated() - before).isLessThan(FEW_BYTES);
            assertThat(refused.reason()).isIn(DropReason.TOO_LARGE, DropReason.BAD_COMPRESSION);
            if (!model.name().startsWith("LZ4") && length == 65_537)
                assertThat(refused.reason()).isEqualTo(DropReason.TOO_LARGE);
        }
        assertThat(message(model.number(), fine)).as("it still works").hasSize(65_536);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void garbageIsRefusedOrShort(CompressionModel model) throws LibraryMissingException {
        long seed = Long.getLong("fuzz.seed", 11);
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        byte[] compressed = compressed(model, messages(random, 2000)[1]);
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] data = i % 2 == 0 ? new byte[random.nextInt(1, 300)] : compressed.clone();
            if (i % 2 == 0) random.nextBytes(data);
            else
                for (int n = random.nextInt(1, 4); n > 0; n--)
                    data[random.nextInt(data.length)] = (byte) random.nextInt();
            if (decompress(model, data) instanceof Decompressed.Refused) refused++;
        }
        assertThat(refused).isGreaterThan(500);
        assertMessage(model, compressed, message(model.number(), compressed));
    }

    @ParameterizedTest
    @EnumSource(names = {"LZMA", "BZIP2"})
    void whatAskedForMuchMemoryIsReadWithLittle(CompressionModel model) throws Exception {
        byte[] message = messages(new SplittableRandom(4), 5000)[1];
        byte[] stream = model == CompressionModel.BZIP2 ? compress(Codecs.open(model, 9), message) : xz(message, 9);
        assertMessage(model, stream, message);
        long before = allocated();
        assertMessage(model, stream, message);
        assertThat(allocated() - before).isLessThan(FEW_BYTES);
    }

    @Test
    void anXzStreamWithAHugeDictionaryInALaterBlockIsRefused() throws Exception {
        byte[] message = messages(new SplittableRandom(5), 2000)[1];
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (XZOutputStream xz = new XZOutputStream(out, new LZMA2Options(9), XZ.CHECK_CRC64)) {
            xz.write(message, 0, 1000);
            xz.endBlock();
            xz.write(message, 1000, 1000);
        }
        byte[] two = out.toByteArray();
        long before = allocated();
        Decompressed.Refused refused = assertRefused(DropReason.BAD_COMPRESSION, CompressionModel.LZMA, two);
        assertThat(refused.why()).contains("memory");
        assertThat(allocated() - before).isLessThan(FEW_BYTES);
    }

    @Test
    void aZstdFrameWithAHugeWindowCostsNoMoreThanItHolds() {
        // window of 2 GiB and no length; one raw block "hello"
        byte[] frame = HexFormat.of().parseHex("28b52ffd" + "00" + "a8" + "290000" + "68656c6c6f");
        long before = allocated();
        assertThat(message(7, frame)).isEqualTo("hello".getBytes(StandardCharsets.US_ASCII));
        assertThat(allocated() - before).isLessThan(FEW_BYTES);
    }

    @Test
    void aZstdFrameThatNeedsADictionaryIsRefused() {
        byte[] frame = HexFormat.of().parseHex("28b52ffd" + "03" + "58" + "11223344" + "290000" + "68656c6c6f");
        assertRefused(DropReason.BAD_COMPRESSION, CompressionModel.ZSTD, frame);
    }

    @Test
    void zstdFramesInARowCountAsOneMessage() throws LibraryMissingException {
        byte[] one = compressed(CompressionModel.ZSTD, new byte[40_000]);
        byte[] two = Arrays.copyOf(one, 2 * one.length);
        System.arraycopy(one, 0, two, one.length, one.length);
        assertRefused(DropReason.TOO_LARGE, CompressionModel.ZSTD, two);
    }

    @Test
    void lzoReachesNeitherBeforeItsBeginningNorBehindItsInput() {
        for (String hex : new String[] {
            "11",
            "1100",
            "110001", // end mark cut short or wrong
            "124040000000", // a match that reaches back further than there is output
            "00",
            "000000",
            "0000000001", // a run of bytes that are not there
            "ff",
            "1261",
            "20",
            "2000",
            "20000000",
            "10000000",
            "80",
            "40",
            "4000"
        })
            assertRefused(
                    DropReason.BAD_COMPRESSION,
                    CompressionModel.LZO2,
                    HexFormat.of().parseHex(hex));
    }

    // ---- what it takes

    private static int[] levels(CompressionModel model) {
        return switch (model) {
            case ZLIB -> new int[] {-1, 0, 1, 9};
            case LZMA -> new int[] {0, 9};
            case BZIP2 -> new int[] {1, 9};
            case LZ4HC -> new int[] {-3, 0, 1, 12, 99};
            case ZSTD -> new int[] {-200_000, -5, 0, 3, 19, 999};
            default -> new int[] {0};
        };
    }

    private static int level(CompressionModel model) {
        return model == CompressionModel.BZIP2 ? 9 : 1;
    }

    /** Of one value, of words, random but repeated at two distances, and random. */
    private static byte[][] messages(SplittableRandom random, int length) {
        byte[][] all = new byte[4][length];
        for (int i = 0; i < length; i++) {
            all[1][i] = (byte) ('a' + (i / 7 + i / 61) % 5);
            all[2][i] = i < 16_500 ? (byte) random.nextInt() : all[2][i - 16_383 - i / 97 % 2];
        }
        random.nextBytes(all[3]);
        return all;
    }

    private static byte[] compressed(CompressionModel model, byte[] message) throws LibraryMissingException {
        try (Codec codec = Codecs.open(model, level(model))) {
            return compress(codec, message);
        }
    }

    private static byte[] compress(Codec codec, byte[] message) {
        byte[] output = new byte[Math.max(Codecs.OUTPUT_BYTES, message.length)];
        if (codec instanceof ZlibCodec && message.length <= 65_536) { // gives up what does not become smaller
            Deflater deflater = new Deflater();
            deflater.setInput(message);
            deflater.finish();
            int length = deflater.deflate(output);
            deflater.end();
            return Arrays.copyOf(output, length);
        }
        int length = codec.compress(message, 0, message.length, output);
        assertThat(length).isLessThanOrEqualTo(output.length);
        return Arrays.copyOf(output, length);
    }

    private static byte[] xz(byte[] message, int preset) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (XZOutputStream xz = new XZOutputStream(out, new LZMA2Options(preset), XZ.CHECK_NONE)) {
            xz.write(message);
        }
        return out.toByteArray();
    }

    private Decompressed decompress(CompressionModel model, byte[] data) {
        return decompressor.decompress(model.number(), ByteBuffer.wrap(data));
    }

    private byte[] message(int model, byte[] data) {
        Decompressed result = decompressor.decompress(model, ByteBuffer.wrap(data));
        assertThat(result).isInstanceOf(Decompressed.Message.class);
        return Vectors.bytes(((Decompressed.Message) result).bytes());
    }

    private void assertMessage(CompressionModel model, byte[] data, byte[] message) {
        assertThat(message(model.number(), data)).isEqualTo(message);
    }

    private Decompressed.Refused assertRefused(DropReason reason, CompressionModel model, byte[] data) {
        Decompressed result = decompress(model, data);
        assertThat(result).as(HexFormat.of().formatHex(data)).isInstanceOf(Decompressed.Refused.class);
        Decompressed.Refused refused = (Decompressed.Refused) result;
        assertThat(refused.reason()).as(refused.why()).isEqualTo(reason);
        return refused;
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
