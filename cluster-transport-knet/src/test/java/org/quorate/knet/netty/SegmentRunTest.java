package org.quorate.knet.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Which datagrams the kernel may get as one packet. */
class SegmentRunTest {
    private static final InetSocketAddress TO = new InetSocketAddress(InetAddress.getLoopbackAddress(), 5405);

    private static SegmentRun run(int bytes) {
        return new SegmentRun(TO, ByteBuffer.allocate(bytes), UnpooledByteBufAllocator.DEFAULT);
    }

    @Test
    void datagramsOfOneLengthFollowEachOtherAndAShorterOneEndsTheRun() {
        SegmentRun run = run(1472);
        assertThat(run.append(ByteBuffer.allocate(1472))).isTrue();
        assertThat(run.isFull()).isFalse();
        assertThat(run.append(ByteBuffer.allocate(80))).isTrue();
        assertThat(run.isFull()).isTrue();
        assertThat(run.append(ByteBuffer.allocate(80))).isFalse();
        assertThat(run.segments()).isEqualTo(3);
        assertThat(run.segmentBytes()).isEqualTo(1472);
        assertThat(run.bytes().readableBytes()).isEqualTo(2 * 1472 + 80);
        run.bytes().release();
    }

    @Test
    void aLongerOneNeedsARunOfItsOwn() {
        SegmentRun run = run(80);
        assertThat(run.append(ByteBuffer.allocate(96))).isFalse();
        assertThat(run.append(ByteBuffer.allocate(80))).isTrue();
        run.bytes().release();
    }

    @Test
    void aRunHasAtMost64DatagramsAndAtMost65000Bytes() {
        SegmentRun small = run(80);
        for (int i = 1; i < SegmentRun.MAX_SEGMENTS; i++)
            assertThat(small.append(ByteBuffer.allocate(80))).isTrue();
        assertThat(small.isFull()).isTrue();
        assertThat(small.append(ByteBuffer.allocate(80))).isFalse();
        small.bytes().release();

        SegmentRun large = run(8972);
        int datagrams = 1;
        while (large.append(ByteBuffer.allocate(8972))) datagrams++;
        assertThat(datagrams).isEqualTo(SegmentRun.MAX_BYTES / 8972);
        assertThat(large.isFull()).isTrue();
        large.bytes().release();
    }

    @Test
    void theCallersBufferStaysAsItWas() {
        ByteBuffer datagram = ByteBuffer.allocate(100).position(20);
        SegmentRun run = new SegmentRun(TO, datagram, UnpooledByteBufAllocator.DEFAULT);
        run.append(datagram);
        assertThat(datagram.position()).isEqualTo(20);
        assertThat(run.bytes().readableBytes()).isEqualTo(160);
        run.bytes().release();
    }
}
