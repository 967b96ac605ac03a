package org.quorate.knet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.quorate.CryptoConfig;
import org.quorate.CryptoConfig.Cipher;
import org.quorate.CryptoConfig.Hash;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.knet.wire.Decoded;
import org.quorate.knet.wire.DropReason;
import org.quorate.knet.wire.KnetFrame;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrame.PmtudFrame;
import org.quorate.knet.wire.KnetFrame.PmtudReplyFrame;
import org.quorate.knet.wire.KnetFrame.PongFrame;
import org.quorate.knet.wire.KnetFrames;

/**
 * Every malformed frame of docs/protocol/knet.md 7.3 that shows by its bytes alone is dropped for the right reason, in clear text, with an HMAC
 * only, and encrypted by someone who has the key. Each test starts from a frame that is fine and breaks one thing. (Who sent it, and whether the link exists: ForeignFramesTest; fragments that contradict each other are in PeerInboxTest, compression
 * bombs in DecompressorTest, datagrams with bad HMAC, blocks or padding in FrameCipherTest.)
 */
class MalformedInputTest {
    private static final List<CryptoConfig> CONFIGURATIONS =
            List.of(CryptoConfig.NONE, new CryptoConfig(Cipher.NONE, Hash.SHA512), CryptoConfig.DEFAULT);

    private static final KnetFrame DATA =
            new DataFrame(2, 9, 0, true, 3, 2, 0, ByteBuffer.wrap("payload".getBytes(StandardCharsets.US_ASCII)));
    private static final KnetFrame PING = new PingFrame(2, 1, 77, 88, 9, true);
    private static final KnetFrame PONG = new PongFrame(2, 1, 77, 88, 9, true);
    private static final KnetFrame PROBE = new PmtudFrame(2, 1, 1500, 60);
    private static final KnetFrame REPLY = new PmtudReplyFrame(2, 1, 1500);

    @Test
    void theFramesThatAreBrokenHereAreFineBefore() {
        for (KnetFrame frame : List.of(DATA, PING, PONG, PROBE, REPLY)) assertArrives(encode(frame), frame);
    }

    @Test
    void framesShorterThanSevenBytes() {
        for (KnetFrame frame : List.of(DATA, PING, PONG, PROBE, REPLY))
            for (int length = 1; length < 7; length++)
                assertDropped(Arrays.copyOf(encode(frame), length), DropReason.TOO_SHORT);
    }

    @Test
    void anotherVersion() {
        for (int version : new int[] {0, 2, 129, 255}) assertDropped(PING, 0, version, DropReason.BAD_VERSION);
    }

    @Test
    void unknownTypes() {
        int unknown = 0;
        for (int type = 0; type < 256; type++) {
            if (type == 0 || (type >= 0x81 && type <= 0x84)) continue;
            assertDropped(PING, 1, type, DropReason.UNKNOWN_TYPE);
            unknown++;
        }
        assertThat(unknown).isEqualTo(251);
    }

    @Test
    void sourceZeroWhichNoHostCanHave() {
        for (KnetFrame frame : List.of(DATA, PING, PONG, PROBE, REPLY))
            assertDropped(frame, 3, 0, DropReason.UNKNOWN_HOST);
    }

    @Test
    void pingsAndPongsShorterThanTwentySixBytes() {
        for (KnetFrame frame : List.of(PING, PONG))
            for (int length = 7; length < 26; length++)
                assertDropped(Arrays.copyOf(encode(frame), length), DropReason.TOO_SHORT);
    }

    @Test
    void pathMtuFramesShorterThanNineBytes() {
        for (KnetFrame frame : List.of(PROBE, REPLY))
            for (int length = 7; length < 9; length++)
                assertDropped(Arrays.copyOf(encode(frame), length), DropReason.TOO_SHORT);
    }

    @Test
    void bytesBehindFramesOfFixedLengthAreIgnored() {
        for (KnetFrame frame : List.of(PING, PONG, REPLY)) assertArrives(Arrays.copyOf(encode(frame), 40), frame);
    }

    @Test
    void dataShorterThanItsHeader() {
        for (int length = 7; length < 14; length++)
            assertDropped(Arrays.copyOf(encode(DATA), length), DropReason.TOO_SHORT);
    }

    @Test
    void dataWithoutPayload() {
        assertDropped(Arrays.copyOf(encode(DATA), 14), DropReason.EMPTY_PAYLOAD);
    }

    @Test
    void dataOfNoFragments() {
        assertDropped(DATA, 11, 0, DropReason.BAD_FRAGMENT);
    }

    @Test
    void aWholeMessageMayHaveAnyFragmentNumber() {
        for (int fragment : new int[] {0, 1, 2, 7, 255}) {
            byte[] bytes = encode(DATA);
            bytes[11] = 1;
            bytes[12] = (byte) fragment;
            DataFrame data = (DataFrame) DATA;
            assertArrives(bytes, new DataFrame(2, 9, 0, true, 1, 0, 0, data.payload()));
        }
    }

    @Test
    void fragmentZeroOfSeveral() {
        assertDropped(DATA, 12, 0, DropReason.BAD_FRAGMENT);
    }

    @Test
    void aFragmentNumberAboveTheNumberOfFragments() {
        for (int fragment : new int[] {4, 9, 254, 255}) assertDropped(DATA, 12, fragment, DropReason.BAD_FRAGMENT);
    }

    @Test
    void twoHundredAndFiftyFiveFragments() {
        assertDropped(DATA, 11, 255, DropReason.BAD_FRAGMENT);
        byte[] last = encode(DATA);
        last[11] = (byte) 255;
        last[12] = (byte) 255;
        assertDropped(last, DropReason.BAD_FRAGMENT);
    }

    @Test
    void fragmentsThatAddUpToMoreThanAMessage() {
        byte[] frame = Arrays.copyOf(encode(DATA), 14 + 1400);
        frame[11] = (byte) 254;
        frame[12] = (byte) 253;
        assertDropped(frame, DropReason.TOO_LARGE);
        frame[12] = 1;
        assertDropped(frame, DropReason.TOO_LARGE);
    }

    @Test
    void aPayloadLargerThanAMessage() {
        byte[] frame = Arrays.copyOf(encode(DATA), 14 + 65_537);
        frame[11] = 1;
        assertDropped(frame, DropReason.TOO_LARGE);
        assertDropped(Arrays.copyOf(encode(PROBE), 65_563), DropReason.TOO_LARGE);
        assertArrives(Arrays.copyOf(encode(PROBE), 65_562), new PmtudFrame(2, 1, 1500, 65_562));
    }

    @Test
    void channelsOutsideZeroToThirtyOne() {
        for (int channel : new int[] {32, 127, 128, 255}) assertDropped(DATA, 13, channel, DropReason.BAD_CHANNEL);
    }

    @Test
    void linkNumbersFromEight() {
        for (KnetFrame frame : List.of(PING, PONG, PROBE, REPLY))
            for (int link : new int[] {8, 9, 128, 255}) assertDropped(frame, 6, link, DropReason.BAD_LINK);
    }

    @Test
    void compressionModelsFromEight() {
        for (int model = 8; model < 256; model++) assertDropped(DATA, 8, model, DropReason.BAD_COMPRESSION);
    }

    @Test
    void anEncryptedFrameOfNoBytes() {
        // in clear text and with an HMAC alone such a datagram is too short already for the cipher
        assertDropped(new byte[0], DropReason.TOO_SHORT);
    }

    private static void assertDropped(KnetFrame frame, int offset, int value, DropReason reason) {
        byte[] bytes = encode(frame);
        assertThat(bytes[offset]).isNotEqualTo((byte) value);
        bytes[offset] = (byte) value;
        assertDropped(bytes, reason);
    }

    private static void assertDropped(byte[] plain, DropReason reason) {
        receive(plain, decoded -> assertThat(decoded).isEqualTo(new Decoded.Malformed(reason)));
    }

    private static void assertArrives(byte[] plain, KnetFrame frame) {
        receive(plain, decoded -> assertThat(decoded).isEqualTo(new Decoded.Ok(frame)));
    }

    private static void receive(byte[] plain, Consumer<Decoded> check) {
        int received = 0;
        for (CryptoConfig config : CONFIGURATIONS) {
            try (FrameCipher cipher = Ciphers.of(config, new Random(5))) {
                ByteBuffer datagram = ByteBuffer.allocate(cipher.sealedBytes(plain.length));
                cipher.seal(ByteBuffer.wrap(plain), datagram);
                ByteBuffer out = ByteBuffer.allocate(datagram.capacity());
                FrameCipher.Opened opened = cipher.open(datagram.flip(), out);
                // what lies behind the frame must not be read
                Arrays.fill(out.array(), out.position(), out.capacity(), (byte) 0x01);
                check.accept(
                        opened == FrameCipher.Opened.OK
                                ? KnetFrames.decode(out.flip())
                                : new Decoded.Malformed(opened.reason()));
                received++;
            }
        }
        assertThat(received).isEqualTo(3);
    }

    private static byte[] encode(KnetFrame frame) {
        ByteBuffer out = ByteBuffer.allocate(frame.encodedBytes());
        frame.encode(out);
        return out.array();
    }
}
