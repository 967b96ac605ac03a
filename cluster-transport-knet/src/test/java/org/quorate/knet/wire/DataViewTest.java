package org.quorate.knet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quorate.knet.wire.KnetFrame.DataFrame;

/** A look at a frame shows what decoding it gives, for frames that are right and for frames that are not. */
class DataViewTest {
    private static final int LONGEST = 300;

    @Test
    void aLookAgreesWithTheDecoder() {
        long seed = Long.getLong("view.seed", System.nanoTime());
        System.out.println("view.seed=" + seed);
        Random random = new Random(seed);
        ByteBuffer buffer = ByteBuffer.allocate(LONGEST + 20);
        DataView view = new DataView(buffer);
        int good = 0;
        int bad = 0;
        for (int i = 0; i < 200_000; i++) {
            int start = random.nextInt(20);
            int length = random.nextInt(LONGEST);
            fill(random, buffer.clear(), start, length);
            buffer.position(start).limit(start + length);
            Decoded decoded = KnetFrames.decode(buffer);
            if (!view.isPresent()) {
                boolean isData = decoded instanceof Decoded.Ok ok && ok.frame() instanceof DataFrame;
                assertThat(isData).isFalse();
                continue;
            }
            DropReason fault = view.look();
            if (decoded instanceof Decoded.Malformed malformed) {
                assertThat(fault).isEqualTo(malformed.reason());
                bad++;
            } else if (decoded instanceof Decoded.Ok ok) {
                assertThat(fault).isNull();
                assertThat(copy(view)).isEqualTo(ok.frame());
                good++;
            }
        }
        assertThat(good).isGreaterThan(1000);
        assertThat(bad).isGreaterThan(1000);
    }

    /** Mostly data frames with small numbers in their fields, so that right ones are among them. */
    private static void fill(Random random, ByteBuffer buffer, int start, int length) {
        byte[] noise = new byte[buffer.capacity()];
        random.nextBytes(noise);
        buffer.put(0, noise);
        if (random.nextInt(10) == 0) return;
        buffer.put(start, (byte) 1).put(start + 1, (byte) 0);
        if (random.nextInt(10) == 0 || length < KnetFrames.DATA_HEADER_BYTES) return;
        buffer.put(start + 8, (byte) random.nextInt(9));
        buffer.put(start + 11, (byte) random.nextInt(5));
        buffer.put(start + 12, (byte) random.nextInt(5));
        buffer.put(start + 13, (byte) random.nextInt(34));
    }

    private static DataFrame copy(DataView view) {
        return new DataFrame(
                view.source(),
                view.sequence(),
                view.compress(),
                view.broadcast(),
                view.fragments(),
                view.fragment(),
                view.channel(),
                view.payload());
    }

    @Test
    void whatTheReaderOfOnePayloadDidToItIsGoneAtTheNext() {
        ByteBuffer buffer = ByteBuffer.allocate(64);
        DataView view = new DataView(buffer);
        new DataFrame(2, 1, 0, true, 1, 0, 0, ByteBuffer.allocate(10)).encode(buffer);
        buffer.flip();
        assertThat(view.isPresent()).isTrue();
        assertThat(view.look()).isNull();
        view.payload().order(ByteOrder.LITTLE_ENDIAN).position(20).limit(20);
        assertThat(view.look()).isNull();
        assertThat(view.payload().remaining()).isEqualTo(10);
        assertThat(view.payload().order()).isEqualTo(ByteOrder.BIG_ENDIAN);
    }
}
