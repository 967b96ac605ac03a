package org.quorate.core.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quorate.core.pack.wire.PackedFrame;
import org.quorate.core.wire.Parsed;

/** Whatever is put in comes out whole and in order on the other side; sync frames go first, bounds hold. */
class PackerTest {
    private final Packer packer = new Packer();

    @Test
    void smallMessagesShareAFrame() {
        packer.add(new byte[10]);
        packer.add(new byte[20]);
        assertThat(packer.size(false)).isEqualTo(1);
        assertThat(decode(packer.poll(false)).parts())
                .extracting(ByteBuffer::remaining)
                .containsExactly(10, 20);
        assertThat(packer.size(false)).isZero();
        assertThat(packer.waitingBytes()).isZero();
    }

    @Test
    void aMessageThatDoesNotFitBeginsANewFrame() {
        packer.add(new byte[60_000]);
        packer.add(new byte[10_000]);
        assertThat(packer.size(false)).isEqualTo(2);
        assertThat(packer.poll(false).length).isEqualTo(60_000 + 10);
    }

    @Test
    void theLongestWholeMessageFillsAFrame() {
        packer.add(new byte[PackedFrame.MAX_PART_BYTES]);
        assertThat(packer.size(false)).isEqualTo(1);
        PackedFrame frame = decode(packer.poll(false));
        assertThat(frame.bytes()).isEqualTo(Packer.MAX_FRAME_BYTES);
        assertThat(frame.fragmented()).isZero();
    }

    @Test
    void aLongMessageIsCutAndNothingIsPackedBehindItsTail() {
        packer.add(new byte[100_000]);
        packer.add(new byte[10]);
        PackedFrame first = decode(packer.poll(false));
        PackedFrame second = decode(packer.poll(false));
        PackedFrame third = decode(packer.poll(false));
        assertThat(List.of(first.fragmented(), first.continuation())).containsExactly(1, 0);
        assertThat(List.of(second.fragmented(), second.continuation())).containsExactly(0, 1);
        assertThat(second.parts()).hasSize(1);
        assertThat(List.of(third.fragmented(), third.continuation())).containsExactly(0, 0);
    }

    @Test
    void aMessageThatAMembershipCutOffIsSentAgainFromItsBeginning() {
        byte[] message = new byte[150_000];
        new Random(1).nextBytes(message);
        Unpacker stayed = new Unpacker();
        Unpacker came = new Unpacker();
        List<byte[]> atStayed = new ArrayList<>();
        List<byte[]> atCame = new ArrayList<>();
        stayed.finishSync();
        packer.add(message);
        stayed.accept(1, decode(packer.poll(false)), (node, whole) -> atStayed.add(whole));
        stayed.accept(1, decode(packer.poll(false)), (node, whole) -> atStayed.add(whole));
        packer.restartCutMessage();
        stayed.startSync();
        stayed.finishSync();
        came.finishSync();
        packer.add(new byte[7]);
        while (packer.size(false) > 0) {
            PackedFrame frame = decode(packer.poll(false));
            stayed.accept(1, frame, (node, whole) -> atStayed.add(whole));
            came.accept(1, frame, (node, whole) -> atCame.add(whole));
        }
        // the message for nobody comes first
        assertThat(atStayed).hasSize(3).endsWith(message, new byte[7]);
        assertThat(atCame).containsExactlyElementsOf(atStayed);
        assertThat(packer.waitingBytes()).isZero();
    }

    @Test
    void aMembershipBetweenTwoMessagesRepeatsNothing() {
        packer.add(new byte[100_000]);
        packer.poll(false);
        packer.poll(false);
        packer.restartCutMessage();
        assertThat(packer.size(false)).isZero();
        packer.add(new byte[100_000]);
        packer.restartCutMessage();
        assertThat(packer.size(false)).isEqualTo(2);
    }

    @Test
    void whileSynchronisingOnlySyncFramesGoOut() {
        packer.add(new byte[1]);
        assertThat(packer.size(true)).isZero();
        packer.addSync(new byte[2]);
        assertThat(packer.size(true)).isEqualTo(1);
        assertThat(packer.size(false)).isEqualTo(2);
        assertThat(decode(packer.poll(false)).parts().get(0).remaining()).isEqualTo(2);
        packer.addSync(new byte[3]);
        packer.clearSync();
        assertThat(packer.size(true)).isZero();
        assertThat(packer.size(false)).isEqualTo(1);
    }

    @Test
    void theRestOfASyncMessageThatHasBegunToGoOutStaysSoThatTheNextOneIsUnderstood() {
        Unpacker receiver = new Unpacker();
        List<Integer> received = new ArrayList<>();
        packer.addSync(new byte[200_000]);
        packer.addSync(new byte[90_000]);
        packer.addSync(new byte[7]);
        receiver.accept(1, decode(packer.poll(true)), (node, message) -> received.add(message.length));

        packer.clearSync();
        packer.addSync(new byte[552]);
        while (packer.size(true) > 0)
            receiver.accept(1, decode(packer.poll(true)), (node, message) -> received.add(message.length));

        assertThat(received).containsExactly(200_000, 552);
        assertThat(receiver.skippedFrames()).isZero();
        packer.addSync(new byte[90_000]);
        packer.clearSync();
        assertThat(packer.size(true)).isZero();
    }

    @Test
    void roomEndsWithTheBoundAndComesBack() {
        while (packer.hasRoom()) packer.add(new byte[1 << 20]);
        assertThat(packer.waitingBytes())
                .isBetween((long) Packer.MAX_WAITING_BYTES, Packer.MAX_WAITING_BYTES + (1L << 20));
        while (packer.size(false) > 0) packer.poll(false);
        assertThat(packer.hasRoom()).isTrue();
        assertThatThrownBy(() -> packer.add(new byte[Packer.MAX_MESSAGE_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anyMixtureOfSizesComesOutAsItWentIn() {
        long seed = Long.getLong("pack.seed", System.nanoTime());
        Random random = new Random(seed);
        List<byte[]> in = new ArrayList<>();
        List<byte[]> out = new ArrayList<>();
        Unpacker unpacker = new Unpacker();
        unpacker.finishSync();
        for (int i = 0; i < 300; i++) {
            byte[] message = new byte[1 + random.nextInt(random.nextInt(20) == 0 ? 900_000 : 20_000)];
            random.nextBytes(message);
            in.add(message);
            packer.add(message);
            while (packer.size(false) > 0 && random.nextInt(3) > 0)
                unpacker.accept(1, decode(packer.poll(false)), (node, m) -> out.add(m));
        }
        while (packer.size(false) > 0) unpacker.accept(1, decode(packer.poll(false)), (node, m) -> out.add(m));
        assertThat(out).as("pack.seed=%d", seed).hasSameSizeAs(in);
        for (int i = 0; i < in.size(); i++)
            assertThat(Arrays.equals(in.get(i), out.get(i)))
                    .as("message %d, pack.seed=%d", i, seed)
                    .isTrue();
        assertThat(unpacker.skippedFrames()).isZero();
    }

    static PackedFrame decode(byte[] frame) {
        return ((Parsed.Ok<PackedFrame>) PackedFrame.decode(ByteBuffer.wrap(frame), true)).value();
    }
}
