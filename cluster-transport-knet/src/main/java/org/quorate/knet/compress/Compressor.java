package org.quorate.knet.compress;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;
import org.quorate.knet.wire.KnetFrames;

/**
 * Compresses whole messages with zlib where that makes them smaller. For one thread.
 *
 * <p>Source: docs/protocol/knet.md 4, and corosync.conf(5) knet_compression_level and knet_compression_threshold.
 */
public final class Compressor implements AutoCloseable {
    /** Threshold in use when none is configured. */
    public static final int DEFAULT_THRESHOLD_BYTES = 100;

    /**
     * A message ready to be put into frames.
     *
     * @param model what it was compressed with
     * @param bytes the message as it was given, or compressed and then valid until the next call
     */
    public record Outgoing(CompressionModel model, ByteBuffer bytes) {}

    private final Deflater deflater;
    private final int thresholdBytes;
    private final byte[] output = new byte[KnetFrames.MAX_MESSAGE_BYTES];

    /**
     * A compressor.
     *
     * @param level 1, fast, to 9, small; 0, Corosync's default, means zlib's own default of 6
     * @param thresholdBytes only longer messages are tried; 0 means {@value #DEFAULT_THRESHOLD_BYTES}
     */
    public Compressor(int level, int thresholdBytes) {
        if (level < 0 || level > 9)
            throw new IllegalArgumentException("compression level " + level + " is not in 0..9");
        if (thresholdBytes < 0)
            throw new IllegalArgumentException("compression threshold " + thresholdBytes + " is negative");
        this.deflater = new Deflater(level == 0 ? Deflater.DEFAULT_COMPRESSION : level);
        this.thresholdBytes = thresholdBytes == 0 ? DEFAULT_THRESHOLD_BYTES : thresholdBytes;
    }

    /** The message between position and limit of {@code message}, which stay as they were, in its shortest form. */
    public Outgoing compress(ByteBuffer message) {
        Outgoing asItIs = new Outgoing(CompressionModel.NONE, message);
        int length = message.remaining();
        if (length <= thresholdBytes || length > output.length) return asItIs;
        deflater.reset();
        deflater.setInput(message.duplicate());
        deflater.finish();
        // room for one byte less than the message: what does not fit was not worth it
        int written = deflater.deflate(output, 0, length - 1);
        return deflater.finished() ? new Outgoing(CompressionModel.ZLIB, ByteBuffer.wrap(output, 0, written)) : asItIs;
    }

    /** Releases the native memory; not to be used afterwards. */
    @Override
    public void close() {
        deflater.end();
    }
}
