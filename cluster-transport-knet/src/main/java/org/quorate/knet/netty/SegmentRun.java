package org.quorate.knet.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Datagrams to one destination, end to end, for the kernel to cut apart (UDP segmentation offload): all of one length, but that the last may
 * be shorter. Datagrams of one message and of equal messages come in such runs by themselves.
 */
final class SegmentRun {
    /** As many as every kernel that can do it takes. */
    static final int MAX_SEGMENTS = 64;
    /** What the kernel takes at once, less IP and UDP headers. */
    static final int MAX_BYTES = 65_000;

    final InetSocketAddress to;
    private final ByteBuf bytes;
    private final int segmentBytes;
    private int segments = 1;
    private boolean complete;

    /** A run that begins with {@code first}, which is copied. */
    SegmentRun(InetSocketAddress to, ByteBuffer first, ByteBufAllocator allocator) {
        this.to = to;
        this.segmentBytes = first.remaining();
        this.bytes = allocator.directBuffer(Math.max(segmentBytes, Math.min(MAX_BYTES, MAX_SEGMENTS * segmentBytes)));
        copy(first);
    }

    private void copy(ByteBuffer datagram) {
        int position = datagram.position();
        bytes.writeBytes(datagram);
        datagram.position(position);
    }

    /** Whether {@code datagram} could be appended; if so it was. */
    boolean append(ByteBuffer datagram) {
        int length = datagram.remaining();
        if (complete || length > segmentBytes || bytes.readableBytes() + length > MAX_BYTES) return false;
        copy(datagram);
        complete = ++segments == MAX_SEGMENTS || length < segmentBytes;
        return true;
    }

    int segments() {
        return segments;
    }

    /** Length of every segment but the last. */
    int segmentBytes() {
        return segmentBytes;
    }

    /** The datagrams; to be released by the caller. */
    ByteBuf bytes() {
        return bytes;
    }

    /** Whether no further datagram of the present length fits. */
    boolean isFull() {
        return complete || bytes.readableBytes() + segmentBytes > MAX_BYTES;
    }
}
