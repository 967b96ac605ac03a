package org.quorate.knet.compress;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.quorate.knet.wire.KnetFrames;

/**
 * bzip2 streams, with Commons Compress.
 *
 * <p>A stream says how large its blocks may be, 100 to 900 kB, and its decoder allocates up to five times that. A message is smaller than
 * the smallest block, even if the first stage of the format makes it longer by a quarter, so every stream is decoded as one of 100 kB.
 */
final class Bzip2Codec implements Codec {
    private static final int LEVEL_AT = 3;

    private final int level;
    private final byte[] copy = new byte[KnetFrames.MAX_PLAIN_BYTES];

    /** {@code level} is the size of blocks when compressing, 1..9; where it cannot matter, 0 will do. */
    Bzip2Codec(int level) {
        this.level = Math.max(level, BZip2CompressorOutputStream.MIN_BLOCKSIZE);
    }

    @Override
    public int decompress(byte[] data, int from, int length, byte[] output) throws UndecodableException {
        System.arraycopy(data, from, copy, 0, length);
        if (length > LEVEL_AT && copy[LEVEL_AT] > '1' && copy[LEVEL_AT] <= '9') copy[LEVEL_AT] = '1';
        ByteArrayInputStream in = new ByteArrayInputStream(copy, 0, length);
        try (BZip2CompressorInputStream bzip2 = new BZip2CompressorInputStream(in, false)) {
            int filled = 0;
            while (filled < output.length) {
                int step = bzip2.read(output, filled, output.length - filled);
                if (step < 0) break;
                filled += step;
            }
            if (filled < output.length && in.available() > 0)
                throw UndecodableException.bad("bytes follow the end of a bzip2 stream");
            return filled;
        } catch (IOException | RuntimeException e) { // its decoder runs over the ends of its own tables on some input
            throw UndecodableException.bad("not a bzip2 stream: " + e);
        }
    }

    @Override
    public int compress(byte[] data, int from, int length, byte[] output) {
        FixedOutput out = new FixedOutput(output);
        try (BZip2CompressorOutputStream bzip2 = new BZip2CompressorOutputStream(out, level)) {
            bzip2.write(data, from, length);
        } catch (IOException e) {
            throw new UncheckedIOException("the output is an array", e);
        }
        return out.written();
    }
}
