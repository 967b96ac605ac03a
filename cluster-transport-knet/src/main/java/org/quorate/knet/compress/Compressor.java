package org.quorate.knet.compress;

import java.nio.ByteBuffer;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.CompressionConfig;
import org.quorate.knet.wire.KnetFrames;

/**
 * Compresses whole messages where that makes them smaller. For one thread.
 *
 * <p>Source: docs/protocol/knet.md 4, and corosync.conf(5) knet_compression_model, _level and _threshold.
 */
public final class Compressor implements AutoCloseable {
    private final CompressionModel model;
    private final Codec codec;
    private final int thresholdBytes;
    private final byte[] output = new byte[Codecs.OUTPUT_BYTES];

    /** For messages that are not in an array of their own. */
    private byte[] input = {};

    /**
     * A compressor.
     *
     * @param config with a model other than none
     * @throws ClusterException if the model's library is not there
     */
    public Compressor(CompressionConfig config) {
        this.model = CompressionModel.of(config.model());
        this.thresholdBytes =
                config.thresholdBytes() == 0 ? CompressionConfig.DEFAULT_THRESHOLD_BYTES : config.thresholdBytes();
        try {
            this.codec = Codecs.open(model, config.level());
        } catch (LibraryMissingException e) {
            throw new ClusterException(
                    Reason.PROVIDER_MISSING,
                    "messages cannot be compressed with " + e.why()
                            + "; until that is mended, set another knet_compression_model: zlib and lzo2 are built in",
                    e);
        }
    }

    /** Throws what the constructor would throw, if {@code config} asks for compression. */
    public static void check(CompressionConfig config) {
        if (config.isOn()) new Compressor(config).close();
    }

    /** What {@link #compress} compresses with. */
    public CompressionModel model() {
        return model;
    }

    /**
     * The message between position and limit of {@code message}, which stay as they were, in its shortest form: {@code message} itself if
     * it is not longer than the threshold or would not become smaller, else a buffer that is valid until the next call.
     */
    public ByteBuffer compress(ByteBuffer message) {
        int length = message.remaining();
        if (length <= thresholdBytes || length > KnetFrames.MAX_MESSAGE_BYTES) return message;
        int compressed = message.hasArray() ? inPlace(message) : copied(message);
        return compressed < length ? ByteBuffer.wrap(output, 0, compressed) : message;
    }

    private int inPlace(ByteBuffer message) {
        return codec.compress(message.array(), message.arrayOffset() + message.position(), message.remaining(), output);
    }

    private int copied(ByteBuffer message) {
        int length = message.remaining();
        if (input.length < length) input = new byte[KnetFrames.MAX_MESSAGE_BYTES];
        message.get(message.position(), input, 0, length);
        return codec.compress(input, 0, length, output);
    }

    /** Releases the native memory; not to be used afterwards. */
    @Override
    public void close() {
        codec.close();
    }
}
