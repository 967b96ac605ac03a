package org.quorate.knet.compress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quorate.knet.Vectors;
import org.quorate.knet.wire.DropReason;

/** Messages compressed with zlib come out whole or not at all, and never larger than a message can be; so {@link CodecsTest} of all models. */
class DecompressorTest {
    private final Decompressor decompressor = new Decompressor();

    @AfterEach
    void release() {
        decompressor.close();
    }

    @Test
    void withoutCompressionTheBufferIsTheMessage() {
        ByteBuffer message = ByteBuffer.wrap(new byte[] {1, 2});
        assertThat(decompressor.decompress(0, message)).isEqualTo(new Decompressed.Message(message));
    }

    @Test
    void zlibIsUndone() {
        for (int length : new int[] {1, 100, 65_535, 65_536}) {
            byte[] message = text(length);
            ByteBuffer compressed = ByteBuffer.allocateDirect(70_000)
                    .put(5, deflate(message))
                    .position(5)
                    .limit(5 + deflate(message).length);
            assertThat(message(1, compressed)).isEqualTo(message);
            assertThat(compressed.position()).isEqualTo(5);
        }
    }

    @Test
    void bytesBehindAZlibStreamAreIgnored() {
        byte[] compressed = deflate(text(300));
        assertThat(message(1, ByteBuffer.wrap(Arrays.copyOf(compressed, compressed.length + 9))))
                .isEqualTo(text(300));
    }

    @Test
    void oneByteTooManyIsRefused() {
        assertRefused(DropReason.TOO_LARGE, 1, deflate(text(65_537)));
    }

    @Test
    void aBombIsRefused() {
        byte[] bomb = deflate(new byte[60_000_000]);
        assertThat(bomb.length).isLessThan(65_536);
        assertRefused(DropReason.TOO_LARGE, 1, bomb);
        assertThat(message(1, ByteBuffer.wrap(deflate(text(10)))))
                .as("it still works")
                .isEqualTo(text(10));
    }

    @Test
    void whatIsCutShortAnywhereIsRefused() {
        byte[] compressed = deflate(text(500));
        for (int length = 1; length < compressed.length; length++)
            assertRefused(DropReason.BAD_COMPRESSION, 1, Arrays.copyOf(compressed, length));
    }

    @Test
    void whatIsNoZlibStreamIsRefused() {
        assertRefused(DropReason.BAD_COMPRESSION, 1, new byte[] {1, 2, 3, 4, 5});
        byte[] damaged = deflate(text(500));
        damaged[damaged.length - 1] ^= 1; // its checksum
        assertRefused(DropReason.BAD_COMPRESSION, 1, damaged);
    }

    @Test
    void aStreamThatNeedsADictionaryIsRefused() {
        Deflater deflater = new Deflater();
        deflater.setDictionary(text(50));
        assertRefused(DropReason.BAD_COMPRESSION, 1, deflate(deflater, text(100)));
    }

    @Test
    void aStreamThatHoldsNothingIsRefused() {
        assertRefused(DropReason.EMPTY_PAYLOAD, 1, deflate(new byte[0]));
    }

    @Test
    void unknownModelsAreRefused() {
        for (int model : new int[] {-1, 8, 255}) {
            assertThat(CompressionModel.of(model)).isEmpty();
            assertThat(assertRefused(DropReason.BAD_COMPRESSION, model, new byte[] {1})
                            .why())
                    .contains(String.valueOf(model));
        }
    }

    @Test
    void modelsHaveTheNumbersOfTheWire() {
        assertThat(CompressionModel.values())
                .extracting(CompressionModel::number)
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        for (CompressionModel model : CompressionModel.values())
            assertThat(CompressionModel.of(model.number())).contains(model);
    }

    private byte[] message(int model, ByteBuffer compressed) {
        return Vectors.bytes(((Decompressed.Message) decompressor.decompress(model, compressed)).bytes());
    }

    private Decompressed.Refused assertRefused(DropReason reason, int model, byte[] data) {
        Decompressed.Refused refused = (Decompressed.Refused) decompressor.decompress(model, ByteBuffer.wrap(data));
        assertThat(refused.reason()).isEqualTo(reason);
        return refused;
    }

    private static byte[] text(int length) {
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) text[i] = (byte) ('a' + i / 7 % 5);
        return text;
    }

    private static byte[] deflate(byte[] message) {
        return deflate(new Deflater(), message);
    }

    private static byte[] deflate(Deflater deflater, byte[] message) {
        deflater.setInput(message);
        deflater.finish();
        byte[] out = new byte[message.length + 100];
        int length = deflater.deflate(out);
        assertThat(deflater.finished()).isTrue();
        deflater.end();
        return Arrays.copyOf(out, length);
    }
}
