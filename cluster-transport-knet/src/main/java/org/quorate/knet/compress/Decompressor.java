package org.quorate.knet.compress;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.quorate.knet.wire.DropReason;
import org.quorate.knet.wire.KnetFrames;

/**
 * Undoes the compression of whole messages, whatever model their sender chose. Never gives out more than 65536 bytes, and allocates no more
 * than that however much is promised. Here: no compression and zlib. For one thread.
 *
 * <p>Source: docs/protocol/knet.md 4. Bytes behind the end of a zlib stream are ignored, as libknet does.
 */
public final class Decompressor implements AutoCloseable {
    private final Inflater inflater = new Inflater();

    /** One byte more than a message may have: filling it is how a bomb shows. */
    private final byte[] output = new byte[KnetFrames.MAX_MESSAGE_BYTES + 1];

    /** The message in {@code data}, from its position to its limit, compressed by the model with this number. */
    public Decompressed decompress(int model, ByteBuffer data) {
        return CompressionModel.of(model)
                .map(known -> decompress(known, data))
                .orElseGet(() -> refused(DropReason.BAD_COMPRESSION, "there is no compression model " + model));
    }

    private Decompressed decompress(CompressionModel model, ByteBuffer data) {
        return switch (model) {
            case NONE -> new Decompressed.Message(data);
            case ZLIB -> inflate(data);
            case LZ4, LZ4HC, LZO2, LZMA, BZIP2, ZSTD ->
                refused(
                        DropReason.COMPRESSION_UNAVAILABLE,
                        "compression model " + model.confName()
                                + " is not available here; available are none and zlib");
        };
    }

    private Decompressed inflate(ByteBuffer data) {
        inflater.reset();
        inflater.setInput(data.duplicate());
        try {
            int length = 0;
            while (!inflater.finished()) {
                int step = inflater.inflate(output, length, output.length - length);
                length += step;
                if (length == output.length)
                    return refused(
                            DropReason.TOO_LARGE,
                            "a zlib stream holds more than " + KnetFrames.MAX_MESSAGE_BYTES + " bytes");
                if (step == 0 && !inflater.finished())
                    return refused(
                            DropReason.BAD_COMPRESSION,
                            inflater.needsDictionary()
                                    ? "a zlib stream wants a dictionary"
                                    : "a zlib stream is cut short");
            }
            if (length == 0) return refused(DropReason.EMPTY_PAYLOAD, "a zlib stream holds nothing");
            return new Decompressed.Message(ByteBuffer.wrap(output, 0, length));
        } catch (DataFormatException e) {
            return refused(DropReason.BAD_COMPRESSION, "not a zlib stream: " + e.getMessage());
        }
    }

    private static Decompressed refused(DropReason reason, String why) {
        return new Decompressed.Refused(reason, why);
    }

    /** Releases the native memory; not to be used afterwards. */
    @Override
    public void close() {
        inflater.end();
    }
}
