package org.quorate.knet.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrame.PmtudFrame;
import org.quorate.knet.wire.KnetFrame.PmtudReplyFrame;
import org.quorate.knet.wire.KnetFrame.PongFrame;

/** Every frame that can be made survives encoding and decoding; what must never be sent cannot be made. */
class KnetFramesTest {
    @Test
    void randomFramesSurviveTheRoundTripInEitherByteOrder() {
        long seed = Long.getLong("frames.seed", System.nanoTime());
        System.out.println("frames.seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            KnetFrame frame = random(random);
            ByteOrder order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            int offset = random.nextInt(20);
            ByteBuffer buffer =
                    ByteBuffer.allocate(offset + frame.encodedBytes() + 5).order(order);
            buffer.position(offset);
            frame.encode(buffer);
            assertThat(buffer.position()).isEqualTo(offset + frame.encodedBytes());
            buffer.flip().position(offset);
            assertThat(KnetFrames.decode(buffer)).isEqualTo(new Decoded.Ok(frame));
            assertThat(buffer.position()).isEqualTo(offset);
            assertThat(buffer.order()).isEqualTo(order);
        }
    }

    @Test
    void answersEchoEverythingButTheSource() {
        assertThat(new PingFrame(2, 3, Long.MIN_VALUE, 5, 65_535, true).answeredBy(1))
                .isEqualTo(new PongFrame(1, 3, Long.MIN_VALUE, 5, 65_535, true));
        assertThat(new PmtudFrame(2, 7, 1500, 1423).answeredBy(1)).isEqualTo(new PmtudReplyFrame(1, 7, 1500));
    }

    @Test
    void reservedBytesAreSentAsZeroAndNotRead() {
        ByteBuffer ping = ByteBuffer.allocate(26);
        new PingFrame(2, 0, 0, 0, 0, true).encode(ping);
        assertThat(ping.array()[4]).isZero();
        // the unreleased 2.x line writes the highest version it speaks here
        ping.put(4, (byte) 1).put(5, (byte) 0x55).flip();
        assertThat(KnetFrames.decode(ping)).isEqualTo(new Decoded.Ok(new PingFrame(2, 0, 0, 0, 0, true)));
    }

    @Test
    void framesThatMustNotBeSentCannotBeMade() {
        ByteBuffer one = ByteBuffer.allocate(1);
        assertRefused(() -> new DataFrame(0, 1, 0, true, 1, 0, 0, one), "source 0");
        assertRefused(() -> new DataFrame(65_536, 1, 0, true, 1, 0, 0, one), "source 65536");
        assertRefused(() -> new DataFrame(1, 65_536, 0, true, 1, 0, 0, one), "sequence 65536");
        assertRefused(() -> new DataFrame(1, 1, 8, true, 1, 0, 0, one), "BAD_COMPRESSION");
        assertRefused(() -> new DataFrame(1, 1, 0, true, 0, 0, 0, one), "BAD_FRAGMENT");
        assertRefused(() -> new DataFrame(1, 1, 0, true, 1, 1, 0, one), "BAD_FRAGMENT");
        assertRefused(() -> new DataFrame(1, 1, 0, true, 2, 0, 0, one), "BAD_FRAGMENT");
        assertRefused(() -> new DataFrame(1, 1, 0, true, 2, 3, 0, one), "BAD_FRAGMENT");
        assertRefused(() -> new DataFrame(1, 1, 0, true, 255, 1, 0, one), "BAD_FRAGMENT");
        assertRefused(() -> new DataFrame(1, 1, 0, true, 1, 0, 32, one), "BAD_CHANNEL");
        assertRefused(() -> new DataFrame(1, 1, 0, true, 1, 0, 0, ByteBuffer.allocate(0)), "EMPTY_PAYLOAD");
        assertRefused(() -> new DataFrame(1, 1, 0, true, 1, 0, 0, ByteBuffer.allocate(65_537)), "TOO_LARGE");
        assertRefused(() -> new PingFrame(1, 8, 0, 0, 0, true), "link 8");
        assertRefused(() -> new PongFrame(1, -1, 0, 0, 0, true), "link -1");
        assertRefused(() -> new PmtudFrame(1, 0, 65_536, 100), "size 65536");
        assertRefused(() -> new PmtudFrame(1, 0, 1500, 8), "plain bytes 8");
        assertRefused(() -> new PmtudFrame(1, 0, 1500, 65_563), "plain bytes 65563");
        assertRefused(() -> new PmtudReplyFrame(1, 0, -1), "size -1");
    }

    private static void assertRefused(Runnable frame, String why) {
        assertThatThrownBy(frame::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    private static KnetFrame random(Random random) {
        int source = 1 + random.nextInt(65_535);
        int link = random.nextInt(8);
        int number = random.nextInt(65_536);
        return switch (random.nextInt(5)) {
            case 0 -> {
                int fragments = random.nextBoolean() ? 1 : 2 + random.nextInt(253);
                byte[] payload = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 250 : 50)];
                random.nextBytes(payload);
                yield new DataFrame(
                        source,
                        number,
                        random.nextInt(8),
                        random.nextBoolean(),
                        fragments,
                        fragments == 1 ? 0 : 1 + random.nextInt(fragments),
                        random.nextInt(32),
                        ByteBuffer.wrap(payload));
            }
            case 1 -> new PingFrame(source, link, random.nextLong(), random.nextLong(), number, random.nextBoolean());
            case 2 -> new PongFrame(source, link, random.nextLong(), random.nextLong(), number, random.nextBoolean());
            case 3 -> new PmtudFrame(source, link, number, 9 + random.nextInt(100));
            default -> new PmtudReplyFrame(source, link, number);
        };
    }
}
