package org.quorate.core.pack.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.Parsed;

/** Frames and group lists whose numbers do not add up. */
class HostileFrameTest {
    private static final byte[] FRAME = frame(0, 0, 3, 0, 5).encode();

    @Test
    void aFrameIsAsLongAsItsPartsToTheOctet() {
        assertThat(FRAME).hasSize(8 + 6 + 8);
        assertThat(decode(FRAME)).isEqualTo(Parsed.ok(frame(0, 0, 3, 0, 5)));
        assertThat(decode(Arrays.copyOf(FRAME, FRAME.length + 1))).isEqualTo(bad(DropReason.PACK_LENGTH));
        assertThat(decode(Arrays.copyOf(FRAME, FRAME.length - 1))).isEqualTo(bad(DropReason.PACK_LENGTH));
        byte[] longer = FRAME.clone();
        longer[8]++;
        assertThat(decode(longer)).isEqualTo(bad(DropReason.PACK_LENGTH));
    }

    @Test
    void aFrameThatEndsInItsHeaderIsShort() {
        for (int bytes = 0; bytes < 14; bytes++) {
            assertThat(decode(Arrays.copyOf(FRAME, bytes))).isEqualTo(bad(DropReason.PACK_SHORT));
        }
    }

    @Test
    void aFrameWithMorePartsThanItsLengthCanListIsShort() {
        byte[] frame = FRAME.clone();
        ByteBuffer.wrap(frame).order(LITTLE_ENDIAN).putShort(6, (short) 0xFFFF);
        assertThat(decode(frame)).isEqualTo(bad(DropReason.PACK_SHORT));
    }

    @Test
    void aFrameWithoutPartsIsRefused() {
        byte[] frame = new byte[8];
        assertThat(decode(frame)).isEqualTo(bad(DropReason.PACK_EMPTY));
        frame[4] = 1;
        assertThat(decode(frame)).isEqualTo(bad(DropReason.PACK_EMPTY));
    }

    @Test
    void versionAndTypeAreNotLookedAt() {
        byte[] frame = FRAME.clone();
        Arrays.fill(frame, 0, 4, (byte) 0x5A);
        assertThat(decode(frame)).isEqualTo(decode(FRAME));
    }

    @Test
    void fragmentNumbersAreUnsignedOctets() {
        assertThat(decode(frame(255, 254, 1).encode())).isEqualTo(Parsed.ok(frame(255, 254, 1)));
        assertThatThrownBy(() -> frame(256, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> frame(0, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> frame(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPartMayFillAFrameAndAFrameAMulticast() {
        PackedFrame full = frame(1, 0, PackedFrame.MAX_PART_BYTES);
        assertThat(PackedFrame.MAX_PART_BYTES).isEqualTo(65436);
        assertThat(full.bytes()).isEqualTo(65446);
        assertThat(decode(full.encode())).isEqualTo(Parsed.ok(full));
        assertThatThrownBy(() -> frame(1, 0, PackedFrame.MAX_PART_BYTES + 1).encode())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aBigEndianSendersFrameIsReadInItsOrder() {
        ByteBuffer big = ByteBuffer.allocate(22).order(BIG_ENDIAN);
        big.putInt(0).put((byte) 2).put((byte) 1).putShort((short) 3);
        big.putShort((short) 3).putShort((short) 0).putShort((short) 5);
        assertThat(PackedFrame.decode(big.rewind(), false)).isEqualTo(Parsed.ok(frame(2, 1, 3, 0, 5)));
        assertThat(PackedFrame.decode(big, true)).isInstanceOf(Parsed.Malformed.class);
    }

    @Test
    void thePartsAreReadOnlyAndLeaveTheBufferAlone() {
        ByteBuffer body = ByteBuffer.wrap(FRAME);
        PackedFrame frame = ((Parsed.Ok<PackedFrame>) PackedFrame.decode(body, true)).value();
        assertThat(body.position()).isZero();
        assertThat(frame.parts()).allMatch(ByteBuffer::isReadOnly);
        assertThat(frame.encode()).isEqualTo(FRAME).isEqualTo(frame.encode());
    }

    @Test
    void payloadsOfServicesStartAtAnOddOffset() {
        byte[] prefix = GroupHeader.prefix(GroupHeader.SERVICES);
        assertThat(prefix).containsExactly(1, 0, 1, 0, 'a');
        assertThat(groups(prefix)).isEqualTo(Parsed.ok(new GroupHeader(List.of("a"), 5)));
        assertThat(GroupHeader.prefix(GroupHeader.SYNC)).containsExactly(1, 0, 4, 0, 's', 'y', 'n', 'c');
        assertThat(groups(GroupHeader.prefix(GroupHeader.SYNC)))
                .isEqualTo(Parsed.ok(new GroupHeader(List.of("sync"), 8)));
    }

    @Test
    void aGroupListLongerThanItsMessageIsRefused() {
        byte[] list = {2, 0, 1, 0, 3, 0, 'a', 'x', 'y', 'z', 9};
        assertThat(groups(list)).isEqualTo(Parsed.ok(new GroupHeader(List.of("a", "xyz"), 10)));
        for (int bytes = 0; bytes < 10; bytes++) {
            assertThat(groups(Arrays.copyOf(list, bytes))).isEqualTo(bad(DropReason.PACK_GROUPS));
        }
    }

    @Test
    void moreGroupsThanSixteenAreRefusedBeforeTheyAreRead() {
        byte[] many = new byte[2 + 2 * 17];
        many[0] = 17;
        assertThat(groups(many)).isEqualTo(bad(DropReason.PACK_GROUPS));
        many[0] = 16;
        assertThat(groups(many)).isEqualTo(Parsed.ok(new GroupHeader(Collections.nCopies(16, ""), 34)));
        many[1] = (byte) 0xFF;
        assertThat(groups(many)).isEqualTo(bad(DropReason.PACK_GROUPS));
    }

    @Test
    void aMessageForNobodyIsWellFormed() {
        assertThat(groups(new byte[] {0, 0, 1})).isEqualTo(Parsed.ok(new GroupHeader(List.of(), 2)));
    }

    private static PackedFrame frame(int fragmented, int continuation, int... partBytes) {
        return new PackedFrame(
                fragmented,
                continuation,
                Arrays.stream(partBytes).mapToObj(ByteBuffer::allocate).toList());
    }

    private static Parsed<PackedFrame> decode(byte[] frame) {
        return PackedFrame.decode(ByteBuffer.wrap(frame), true);
    }

    private static Parsed<GroupHeader> groups(byte[] message) {
        return GroupHeader.decode(ByteBuffer.wrap(message), true);
    }

    private static <T> Parsed<T> bad(DropReason reason) {
        return Parsed.malformed(reason);
    }
}
