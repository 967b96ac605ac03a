package org.quorate.knet.compress;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quorate.knet.wire.DropReason;
import org.quorate.knet.wire.KnetFrames;

/**
 * Undoes the compression of whole messages, whatever model their sender chose. Never gives out more than 65536 bytes, and allocates no more
 * than that however much is promised. For one thread.
 *
 * <p>Source: docs/protocol/knet.md 4. A codec, and its library, is loaded when the first message needs it. Bytes behind the end of a zlib
 * stream are ignored, as libknet does; behind those of the other models they are refused, since no sender makes such.
 */
public final class Decompressor implements AutoCloseable {
    private final Map<CompressionModel, Codec> codecs = new EnumMap<>(CompressionModel.class);
    private final Map<CompressionModel, Decompressed.Refused> missing = new EnumMap<>(CompressionModel.class);

    /** One byte more than a message may have: filling it is how a bomb shows. */
    private final byte[] output = new byte[KnetFrames.MAX_MESSAGE_BYTES + 1];

    /** For data that is not in an array of its own. */
    private byte[] input = {};

    /** The message in {@code data}, from its position to its limit, compressed by the model with this number. */
    public Decompressed decompress(int model, ByteBuffer data) {
        CompressionModel known = CompressionModel.of(model).orElse(null);
        if (known == null) return refused(DropReason.BAD_COMPRESSION, "there is no compression model " + model);
        if (known == CompressionModel.NONE) return new Decompressed.Message(data);
        int length = data.remaining();
        if (length == 0) return refused(DropReason.BAD_COMPRESSION, "an empty " + known.confName() + " stream");
        if (length > KnetFrames.MAX_PLAIN_BYTES)
            return refused(DropReason.TOO_LARGE, "a " + known.confName() + " stream of " + length + " bytes");
        Codec codec = codec(known);
        if (codec == null) return missing.getOrDefault(known, refused(DropReason.COMPRESSION_UNAVAILABLE, ""));
        try {
            return result(known, data.hasArray() ? inPlace(codec, data) : copied(codec, data));
        } catch (UndecodableException e) {
            return refused(e.reason(), e.why());
        }
    }

    private @Nullable Codec codec(CompressionModel model) {
        Codec present = codecs.get(model);
        if (present != null || missing.containsKey(model)) return present;
        try {
            Codec opened = Codecs.open(model, 0);
            codecs.put(model, opened);
            return opened;
        } catch (LibraryMissingException e) {
            missing.put(model, new Decompressed.Refused(DropReason.COMPRESSION_UNAVAILABLE, e.why()));
            return null;
        }
    }

    private int inPlace(Codec codec, ByteBuffer data) throws UndecodableException {
        return codec.decompress(data.array(), data.arrayOffset() + data.position(), data.remaining(), output);
    }

    private int copied(Codec codec, ByteBuffer data) throws UndecodableException {
        int length = data.remaining();
        if (input.length < length) input = new byte[KnetFrames.MAX_PLAIN_BYTES];
        data.get(data.position(), input, 0, length);
        return codec.decompress(input, 0, length, output);
    }

    private Decompressed result(CompressionModel model, int length) throws UndecodableException {
        if (length == output.length) throw UndecodableException.tooLong(model);
        if (length == 0)
            return refused(DropReason.EMPTY_PAYLOAD, "a " + model.confName() + " stream that holds nothing");
        return new Decompressed.Message(ByteBuffer.wrap(output, 0, length));
    }

    private static Decompressed.Refused refused(DropReason reason, String why) {
        return new Decompressed.Refused(reason, why);
    }

    /** Releases the native memory; not to be used afterwards. */
    @Override
    public void close() {
        codecs.values().forEach(Codec::close);
    }
}
