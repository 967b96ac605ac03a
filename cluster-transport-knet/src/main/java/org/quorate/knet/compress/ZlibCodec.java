package org.quorate.knet.compress;

import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** zlib streams, with what the JDK has. Bytes behind the end of a stream are ignored, as libknet does. */
final class ZlibCodec implements Codec {
    private final Inflater inflater = new Inflater();
    private final int level;
    private @Nullable Deflater deflater; // most nodes never compress

    /** {@code level} 0, Corosync's default, means zlib's own default of 6; so libknet has it. */
    ZlibCodec(int level) {
        this.level = level == 0 ? Deflater.DEFAULT_COMPRESSION : level;
    }

    @Override
    public int decompress(byte[] data, int from, int length, byte[] output) throws UndecodableException {
        inflater.reset();
        inflater.setInput(data, from, length);
        try {
            int filled = 0;
            while (!inflater.finished() && filled < output.length) {
                int step = inflater.inflate(output, filled, output.length - filled);
                filled += step;
                if (step == 0 && !inflater.finished())
                    throw UndecodableException.bad(
                            inflater.needsDictionary()
                                    ? "a zlib stream wants a dictionary"
                                    : "a zlib stream is cut short");
            }
            return filled;
        } catch (DataFormatException e) {
            throw UndecodableException.bad("not a zlib stream: " + e.getMessage());
        }
    }

    @Override
    public int compress(byte[] data, int from, int length, byte[] output) {
        Deflater present = deflater;
        if (present == null) deflater = present = new Deflater(level);
        present.reset();
        present.setInput(data, from, length);
        present.finish();
        // room for one byte less than the message: what does not fit was not worth it
        int written = present.deflate(output, 0, length - 1);
        return present.finished() ? written : length;
    }

    @Override
    public void close() {
        inflater.end();
        if (deflater != null) deflater.end();
    }
}
