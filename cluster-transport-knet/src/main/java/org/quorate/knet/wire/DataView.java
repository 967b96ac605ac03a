package org.quorate.knet.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Looks at the data frames that come to lie in one buffer, one after another, without making an object for each. Not thread-safe. */
public final class DataView implements DataFields {
    private final ByteBuffer frame;
    private final ByteBuffer payload;
    private int start;

    /** Looks at what will be in {@code frame}. */
    public DataView(ByteBuffer frame) {
        this.frame = frame;
        this.payload = frame.duplicate();
    }

    /** Whether the frame between position and limit of the buffer is a data frame, by its first two bytes. */
    public boolean isPresent() {
        return frame.remaining() >= KnetFrames.DATA_HEADER_BYTES && KnetFrames.isData(frame);
    }

    /** Looks at the data frame between position and limit of the buffer. What is wrong with it, if anything; then nothing may be asked. */
    public @Nullable DropReason look() {
        start = frame.position();
        if (frame.remaining() > KnetFrames.MAX_PLAIN_BYTES) return DropReason.TOO_LARGE;
        if (source() == 0) return DropReason.UNKNOWN_HOST;
        payload.order(ByteOrder.BIG_ENDIAN).limit(frame.limit()).position(start + KnetFrames.DATA_HEADER_BYTES);
        return KnetFrame.DataFrame.fault(compress(), fragments(), unsigned(12), channel(), payload.remaining());
    }

    private int unsigned(int offset) {
        return frame.get(start + offset) & 0xff;
    }

    @Override
    public int source() {
        return unsigned(2) << 8 | unsigned(3);
    }

    @Override
    public int sequence() {
        return unsigned(6) << 8 | unsigned(7);
    }

    @Override
    public int compress() {
        return unsigned(8);
    }

    @Override
    public boolean broadcast() {
        return unsigned(10) != 0;
    }

    @Override
    public int fragments() {
        return unsigned(11);
    }

    @Override
    public int fragment() {
        return fragments() == 1 ? 0 : unsigned(12);
    }

    @Override
    public int channel() {
        return unsigned(13);
    }

    @Override
    public ByteBuffer payload() {
        return payload;
    }
}
