package org.quorate.knet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.knet.wire.Decoded;
import org.quorate.knet.wire.KnetFrame;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrame.PmtudFrame;
import org.quorate.knet.wire.KnetFrame.PmtudReplyFrame;
import org.quorate.knet.wire.KnetFrame.PongFrame;
import org.quorate.knet.wire.KnetFrames;
import org.quorate.testkit.Json;

/** Every recorded datagram of real nodes means to us what it meant to them, and we would have sent the very same bytes. */
class RecordedFramesTest {
    @TestFactory
    Stream<DynamicTest> everyRecordedDatagramOpensDecodesAndIsSealedToTheSameBytes() {
        return Vectors.NAMES.stream().map(name -> DynamicTest.dynamicTest(name, () -> check(Vectors.load(name))));
    }

    private static void check(Vectors vectors) {
        Set<String> types = new TreeSet<>();
        int sealed = 0;
        for (Json vector : vectors.json().get("frames").items()) {
            byte[] datagram = vector.get("datagram").hex();
            Json expected = vector.get("frame");
            types.add(expected.get("type").text());
            int key = expected.has("crypto")
                    ? expected.get("crypto").get("config").integer()
                    : 0;
            byte[] iv = Arrays.copyOf(datagram, 16);
            try (FrameCipher cipher = vectors.cipher(key, Vectors.replaying(iv))) {
                ByteBuffer out = ByteBuffer.allocate(cipher.openBytes(datagram.length));
                assertThat(cipher.open(ByteBuffer.wrap(datagram), out)).isEqualTo(FrameCipher.Opened.OK);
                byte[] plain = Vectors.bytes(out.flip());
                if (vector.has("plain"))
                    assertThat(plain).isEqualTo(vector.get("plain").hex());
                if (expected.has("crypto"))
                    assertThat(plain)
                            .hasSize(expected.get("crypto").get("plain_len").integer());

                KnetFrame frame = decode(plain);
                compare(frame, expected);
                ByteBuffer encoded = ByteBuffer.allocate(frame.encodedBytes());
                frame.encode(encoded);
                assertThat(encoded.flip()).isEqualTo(ByteBuffer.wrap(plain));

                assertThat(cipher.sealedBytes(plain.length)).isEqualTo(datagram.length);
                ByteBuffer again = ByteBuffer.allocate(datagram.length);
                cipher.seal(encoded, again);
                assertThat(again.flip()).isEqualTo(ByteBuffer.wrap(datagram));
                if (frame instanceof PmtudFrame)
                    assertThat(cipher.maxDataBytes(datagram.length))
                            .isEqualTo(expected.get("data_mtu_if_acknowledged").integer());
                sealed++;
            }
        }
        System.out.println(vectors.name() + ": " + sealed + " datagrams of types " + types);
        assertThat(sealed).isEqualTo(vectors.json().get("frames").size()).isGreaterThan(15);
        assertThat(types).contains("DATA", "PING", "PONG");
    }

    @Test
    void framesOfAllCompressionModelsDecode() {
        Set<String> models = new TreeSet<>();
        for (Json vector : Json.resource("knet/compress.json").get("frames").items()) {
            byte[] plain = vector.get("datagram").hex();
            compare(decode(plain), vector.get("frame"));
            models.add(vector.get("model").text());
        }
        assertThat(models).containsExactly("bzip2", "lz4", "lz4hc", "lzma", "lzo2", "zstd");
    }

    private static KnetFrame decode(byte[] plain) {
        Decoded decoded = KnetFrames.decode(ByteBuffer.wrap(plain));
        assertThat(decoded).isInstanceOf(Decoded.Ok.class);
        return ((Decoded.Ok) decoded).frame();
    }

    private static void compare(KnetFrame frame, Json expected) {
        int source = expected.get("node").integer();
        KnetFrame same = switch (expected.get("type").text()) {
            case "DATA" -> {
                ByteBuffer payload = ((DataFrame) frame).payload();
                assertThat(payload.remaining())
                        .isEqualTo(expected.get("payload_len").integer());
                yield new DataFrame(
                        source,
                        expected.get("seq").integer(),
                        expected.get("compress").integer(),
                        expected.get("bcast").integer() == 1,
                        expected.get("frag_num").integer(),
                        expected.get("frag_seq").integer(),
                        expected.get("channel").integer(),
                        payload);
            }
            case "PING" ->
                new PingFrame(
                        source,
                        expected.get("link").integer(),
                        Long.reverseBytes(expected.get("time_sec").number()),
                        Long.reverseBytes(expected.get("time_nsec").number()),
                        expected.get("seq").integer(),
                        expected.get("timed").integer() == 1);
            case "PONG" ->
                new PongFrame(
                        source,
                        expected.get("link").integer(),
                        Long.reverseBytes(expected.get("time_sec").number()),
                        Long.reverseBytes(expected.get("time_nsec").number()),
                        expected.get("seq").integer(),
                        expected.get("timed").integer() == 1);
            case "PMTUD" ->
                new PmtudFrame(
                        source,
                        expected.get("link").integer(),
                        expected.get("size").integer(),
                        expected.get("filler").integer() + KnetFrames.PMTUD_HEADER_BYTES);
            case "PMTUD_REPLY" ->
                new PmtudReplyFrame(
                        source,
                        expected.get("link").integer(),
                        expected.get("size").integer());
            default -> throw new AssertionError("unknown type in " + expected);
        };
        assertThat(frame).isEqualTo(same);
    }
}
