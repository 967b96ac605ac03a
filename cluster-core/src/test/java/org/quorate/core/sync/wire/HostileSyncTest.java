package org.quorate.core.sync.wire;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.RingId;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.Parsed;

/** Messages of the synchronisation that cannot be right. */
class HostileSyncTest {
    private static final RingId RING = new RingId(3, 0x1234_5678_9ABCL);

    @Test
    void sizesAreThoseOfCorosync() {
        assertThat(new Barrier(RING).encode()).hasSize(32);
        assertThat(new ServiceBuild(RING, List.of(0, 2, 3, 5)).encode()).hasSize(552);
    }

    @Test
    void aShortMessageIsRefused() {
        byte[] barrier = new Barrier(RING).encode();
        for (int bytes = 0; bytes < 16; bytes++) {
            assertThat(decode(Arrays.copyOf(barrier, bytes))).isEqualTo(bad(DropReason.MESSAGE_SHORT));
        }
        for (int bytes = 16; bytes < 32; bytes++) {
            assertThat(decode(Arrays.copyOf(barrier, bytes))).isEqualTo(bad(DropReason.MESSAGE_SIZE));
            assertThat(decode(with32(Arrays.copyOf(barrier, bytes), 8, bytes))).isEqualTo(bad(DropReason.MESSAGE_SIZE));
        }
        byte[] build = new ServiceBuild(RING, List.of(1)).encode();
        assertThat(decode(with32(Arrays.copyOf(build, 551), 8, 551))).isEqualTo(bad(DropReason.MESSAGE_SIZE));
    }

    @Test
    void aSizeBelowTheHeaderOrAboveTheMessageIsRefused() {
        byte[] barrier = new Barrier(RING).encode();
        for (int size : new int[] {0, 15, 33, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThat(decode(with32(barrier, 8, size))).isEqualTo(bad(DropReason.MESSAGE_SIZE));
        }
    }

    @Test
    void octetsBehindAMessageAreTolerated() {
        byte[] barrier = new Barrier(RING).encode();
        assertThat(decode(Arrays.copyOf(barrier, 40))).isEqualTo(Parsed.ok(new Barrier(RING)));
    }

    @Test
    void residueInUnusedOctetsIsNotLookedAt() {
        byte[] build = new ServiceBuild(RING, List.of(0, 2)).encode();
        for (int at : new int[] {4, 7, 12, 15, 28, 31, 36, 39, 48, 551}) build[at] = 0x5A;
        assertThat(decode(build)).isEqualTo(Parsed.ok(new ServiceBuild(RING, List.of(0, 2))));
    }

    @Test
    void aListOfMoreThan128ServicesIsRefused() {
        List<Integer> most = Collections.nCopies(128, 7);
        byte[] build = new ServiceBuild(RING, most).encode();
        assertThat(decode(build)).isEqualTo(Parsed.ok(new ServiceBuild(RING, most)));
        for (int count : new int[] {129, -1, Integer.MAX_VALUE}) {
            assertThat(decode(with32(build, 32, count))).isEqualTo(bad(DropReason.SYNC_COUNT));
        }
        assertThatThrownBy(() -> new ServiceBuild(RING, Collections.nCopies(129, 7)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anUnknownKindIsRefused() {
        assertThat(decode(with32(new Barrier(RING).encode(), 0, 2))).isEqualTo(bad(DropReason.SYNC_KIND));
        assertThat(decode(with32(new Barrier(RING).encode(), 0, -1))).isEqualTo(bad(DropReason.SYNC_KIND));
    }

    @Test
    void aBigEndianSenderCannotTakePart() {
        assertThat(SyncMessage.decode(ByteBuffer.wrap(new Barrier(RING).encode()), false))
                .isEqualTo(bad(DropReason.MESSAGE_BYTE_ORDER));
    }

    private static Parsed<SyncMessage> decode(byte[] message) {
        return SyncMessage.decode(ByteBuffer.wrap(message), true);
    }

    private static <T> Parsed<T> bad(DropReason reason) {
        return Parsed.malformed(reason);
    }

    private static byte[] with32(byte[] message, int at, int value) {
        byte[] copy = message.clone();
        ByteBuffer.wrap(copy).order(LITTLE_ENDIAN).putInt(at, value);
        return copy;
    }
}
