package org.quorate.knet.compress;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import org.jspecify.annotations.Nullable;

/**
 * zstd frames, with zstd-jni. Frames are decoded into the output at once, so that no window is allocated however large a frame says
 * that its own is.
 */
final class ZstdCodec implements Codec {
    private static final int DEFAULT_LEVEL = 3;

    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
    private final int level;
    private @Nullable ZstdCompressCtx compressor; // most nodes never compress

    /** Levels out of range are bent as the library does it; 0 means 3. */
    ZstdCodec(int level) {
        this.level = level == 0
                ? DEFAULT_LEVEL
                : Math.max(Zstd.minCompressionLevel(), Math.min(level, Zstd.maxCompressionLevel()));
    }

    @Override
    public int decompress(byte[] data, int from, int length, byte[] output) throws UndecodableException {
        try {
            return decompressor.decompressByteArray(output, 0, output.length, data, from, length);
        } catch (ZstdException e) {
            if (e.getErrorCode() == Zstd.errDstSizeTooSmall())
                throw UndecodableException.tooLong(CompressionModel.ZSTD);
            throw UndecodableException.bad("not a zstd frame: " + e.getMessage());
        }
    }

    @Override
    public int compress(byte[] data, int from, int length, byte[] output) {
        ZstdCompressCtx present = compressor;
        if (present == null) compressor = present = new ZstdCompressCtx().setLevel(level);
        return present.compressByteArray(output, 0, output.length, data, from, length);
    }

    @Override
    public void close() {
        decompressor.close();
        if (compressor != null) compressor.close();
    }
}
