package org.quorate.knet.compress;

import org.quorate.knet.wire.KnetFrames;

/** Makes codecs; the one place that knows what happens without a library. */
final class Codecs {
    /** Length of the buffer to compress into: no format here makes a message of 65536 bytes longer by an eighth. */
    static final int OUTPUT_BYTES = KnetFrames.MAX_MESSAGE_BYTES + KnetFrames.MAX_MESSAGE_BYTES / 8;

    private Codecs() {}

    /**
     * A codec for {@code model}, which is not {@link CompressionModel#NONE}.
     *
     * @param level for compressing, as in {@link org.quorate.CompressionConfig}; not used for decompressing
     */
    static Codec open(CompressionModel model, int level) throws LibraryMissingException {
        try {
            Codec codec = make(model, level);
            if (!model.library().isEmpty()) tryOut(codec);
            return codec;
        } catch (LinkageError | UndecodableException e) {
            throw new LibraryMissingException(
                    e.getCause() instanceof ClassNotFoundException
                            ? model.confName() + ", which needs " + where(model)
                            : model.confName() + ", whose library " + model.library() + " is there but does not work: "
                                    + root(e), // its native part, for example
                    e);
        }
    }

    private static Codec make(CompressionModel model, int level) {
        return switch (model) {
            case NONE -> throw new IllegalArgumentException("no codec for " + model);
            case ZLIB -> new ZlibCodec(level);
            case LZ4 -> Lz4Codec.fast();
            case LZ4HC -> Lz4Codec.small(level);
            case LZO2 -> new LzoCodec();
            case LZMA -> new LzmaCodec(level);
            case BZIP2 -> new Bzip2Codec(level);
            case ZSTD -> new ZstdCodec(level);
        };
    }

    /** Classes are loaded when they are first used, so that only use shows whether all of them are there. */
    private static void tryOut(Codec codec) throws UndecodableException {
        byte[] message = new byte[200];
        byte[] compressed = new byte[OUTPUT_BYTES];
        int length = codec.compress(message, 0, message.length, compressed);
        if (codec.decompress(compressed, 0, length, new byte[KnetFrames.MAX_MESSAGE_BYTES + 1]) != message.length)
            throw UndecodableException.bad("a message does not come back as it was");
    }

    private static String where(CompressionModel model) {
        return Codecs.class.getModule().isNamed()
                ? model.library() + " on the module path and --add-modules " + model.moduleName()
                : model.library() + " on the class path";
    }

    private static Throwable root(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) root = root.getCause();
        return root;
    }
}
