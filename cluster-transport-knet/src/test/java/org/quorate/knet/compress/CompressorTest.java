package org.quorate.knet.compress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quorate.CompressionConfig;
import org.quorate.CompressionConfig.Model;

/** What is sent becomes smaller or stays as it was, and short messages are left alone. */
class CompressorTest {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void longMessagesAreSentInAShorterForm(Model model) {
        try (Compressor compressor = new Compressor(config(model, 0));
                Decompressor decompressor = new Decompressor()) {
            assertThat(compressor.model().name()).isEqualTo(model.name());
            for (int length : new int[] {300, 5000, 65_536}) {
                byte[] text = text(length);
                ByteBuffer direct = ByteBuffer.allocateDirect(length + 9).put(4, text);
                ByteBuffer[] messages = {ByteBuffer.wrap(text), direct.slice(4, length)};
                for (ByteBuffer message : messages) {
                    ByteBuffer same = message.duplicate();
                    ByteBuffer compressed = compressor.compress(message);
                    assertThat(compressed.remaining()).isLessThan(length);
                    assertThat(message).isEqualTo(same);
                    assertThat(decompressor.decompress(compressor.model().number(), compressed))
                            .isEqualTo(new Decompressed.Message(ByteBuffer.wrap(text)));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void messagesThatDoNotBecomeSmallerStayAsTheyAre(Model model) {
        Random random = new Random(3);
        try (Compressor compressor = new Compressor(config(model, 1))) {
            for (int length : new int[] {2, 5, 101, 2000, 65_536}) {
                byte[] bytes = new byte[length];
                random.nextBytes(bytes);
                ByteBuffer message = ByteBuffer.wrap(bytes);
                assertThat(compressor.compress(message)).isSameAs(message);
                assertThat(message.remaining()).isEqualTo(length);
            }
        }
    }

    @Test
    void onlyMessagesLongerThanTheThresholdAreTried() {
        try (Compressor compressor = new Compressor(zlib(1000));
                Compressor standard = new Compressor(zlib(0));
                Compressor eager = new Compressor(zlib(1))) {
            assertCompressed(compressor, 1000, false);
            assertCompressed(compressor, 1001, true);
            assertCompressed(standard, 100, false);
            assertCompressed(standard, 101, true);
            assertCompressed(eager, 1, false);
            assertCompressed(eager, 60, true);
            assertCompressed(eager, 65_537, false); // is no message
        }
    }

    private static void assertCompressed(Compressor compressor, int length, boolean expected) {
        ByteBuffer message = ByteBuffer.allocate(length);
        assertThat(compressor.compress(message).remaining() < length)
                .as(length + " bytes")
                .isEqualTo(expected);
    }

    private static CompressionConfig zlib(int threshold) {
        return new CompressionConfig(Model.ZLIB, threshold, 0);
    }

    private static CompressionConfig config(Model model, int threshold) {
        return new CompressionConfig(model, threshold, model == Model.BZIP2 ? 9 : 0);
    }

    private static byte[] text(int length) {
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) text[i] = (byte) ('a' + i / 7 % 5);
        return text;
    }
}
