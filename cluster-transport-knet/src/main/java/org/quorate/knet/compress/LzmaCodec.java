package org.quorate.knet.compress;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.quorate.knet.wire.KnetFrames;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.SingleXZInputStream;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/**
 * .xz streams, with XZ for Java.
 *
 * <p>libknet's streams ask for dictionaries of up to 64 MiB, which is a matter of the level and not of the message. No message reaches
 * back further than its own length, so such a wish is lowered in the stream's first header before it is decoded; whatever asks for more
 * than {@value #MEMORY_KIB} KiB then is refused. Source: the .xz file format 1.2, sections 2.1.1, 3.1 and 5.3.1.
 */
final class LzmaCodec implements Codec {
    /** For the decoder: the dictionary, and less than 100 KiB beside it. */
    private static final int MEMORY_KIB = 512;

    private static final int STREAM_HEADER_BYTES = 12;
    private static final int CRC_BYTES = 4;
    private static final int HAS_SIZES = 0xc0;
    private static final int LZMA2 = 0x21;
    /** Stands for a dictionary of 128 KiB. */
    private static final byte SUFFICIENT_DICTIONARY = 10;

    private final LZMA2Options options;
    private final CRC32 crc = new CRC32();
    private final byte[] copy = new byte[KnetFrames.MAX_PLAIN_BYTES];

    /** Of the level, 0..9, all but the size of the dictionary is used. */
    LzmaCodec(int level) {
        try {
            options = new LZMA2Options(level);
            options.setDictSize(KnetFrames.MAX_MESSAGE_BYTES);
        } catch (IOException e) {
            throw new IllegalArgumentException("lzma level " + level, e);
        }
    }

    @Override
    public int decompress(byte[] data, int from, int length, byte[] output) throws UndecodableException {
        System.arraycopy(data, from, copy, 0, length);
        lowerDictionary(length);
        ByteArrayInputStream in = new ByteArrayInputStream(copy, 0, length);
        try (SingleXZInputStream xz = new SingleXZInputStream(in, MEMORY_KIB)) {
            int filled = 0;
            while (filled < output.length) {
                int step = xz.read(output, filled, output.length - filled);
                if (step < 0) break;
                filled += step;
            }
            if (filled < output.length && in.available() > 0)
                throw UndecodableException.bad("bytes follow the end of an .xz stream");
            return filled;
        } catch (IOException | RuntimeException e) {
            throw UndecodableException.bad("not an .xz stream: " + e);
        }
    }

    /** Does nothing to what is not an .xz stream with one block of plain LZMA2. */
    private void lowerDictionary(int length) {
        if (length < STREAM_HEADER_BYTES + 3 * CRC_BYTES) return;
        int start = STREAM_HEADER_BYTES;
        int header = ((copy[start] & 0xff) + 1) * 4;
        int end = start + header - CRC_BYTES;
        if (end + CRC_BYTES > length || crcOf(start, end) != storedCrc(end)) return;
        int at = start + 2;
        if ((copy[start + 1] & HAS_SIZES) != 0) at = afterSizes(at, end, Integer.bitCount(copy[start + 1] & HAS_SIZES));
        if (at + 3 > end || copy[at] != LZMA2 || copy[at + 1] != 1 || copy[at + 2] <= SUFFICIENT_DICTIONARY) return;
        copy[at + 2] = SUFFICIENT_DICTIONARY;
        ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putInt(end, crcOf(start, end));
    }

    /** Where the filters begin behind {@code sizes} numbers of seven bits a byte. */
    private int afterSizes(int from, int end, int sizes) {
        int at = from;
        for (int left = sizes; left > 0 && at < end; at++) if (copy[at] >= 0) left--;
        return at;
    }

    private int crcOf(int from, int end) {
        crc.reset();
        crc.update(copy, from, end - from);
        return (int) crc.getValue();
    }

    private int storedCrc(int at) {
        return ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    }

    @Override
    public int compress(byte[] data, int from, int length, byte[] output) {
        FixedOutput out = new FixedOutput(output);
        try (XZOutputStream xz = new XZOutputStream(out, options, XZ.CHECK_NONE)) {
            xz.write(data, from, length);
        } catch (IOException e) {
            throw new UncheckedIOException("the output is an array", e);
        }
        return out.written();
    }
}
