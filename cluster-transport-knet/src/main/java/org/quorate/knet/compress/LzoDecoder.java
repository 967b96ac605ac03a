package org.quorate.knet.compress;

/** Undoes LZO1X; see {@link LzoCodec}. Reads no byte before or behind its input, and writes none behind its output. */
final class LzoDecoder {
    /** An instruction that follows a run of four bytes or more from the input. */
    private static final int AFTER_RUN = 4;
    /** Distances beyond this have an instruction of their own; this one itself means the end. */
    private static final int FAR = 16_384;

    private byte[] in = {};
    private byte[] out = {};
    private int at;
    private int end;
    private int filled;

    /** Returns how many bytes of {@code output} were filled. */
    int decode(byte[] data, int from, int length, byte[] output) throws UndecodableException {
        in = data;
        out = output;
        at = from;
        end = from + length;
        filled = 0;
        int literals = first();
        while (true) {
            int code = next();
            if (code < 16 && literals == 0) {
                copyInput(3 + lengthOf(code, 15));
                literals = AFTER_RUN;
                continue;
            }
            int tail = code; // its two lowest bits: how many bytes of input follow the match
            if (code >= 64) {
                int count = code >= 128 ? 5 + ((code >> 5) & 3) : 3 + ((code >> 5) & 1);
                copyOutput(count, 1 + ((code >> 2) & 7) + (next() << 3));
            } else if (code >= 32) {
                int count = 2 + lengthOf(code & 31, 31);
                tail = nextTwo();
                copyOutput(count, 1 + (tail >> 2));
            } else if (code >= 16) {
                int count = 2 + lengthOf(code & 7, 7);
                tail = nextTwo();
                int distance = FAR + ((code & 8) << 11) + (tail >> 2);
                if (distance == FAR) return end();
                copyOutput(count, distance);
            } else if (literals == AFTER_RUN) {
                copyOutput(3, 2049 + (code >> 2) + (next() << 2));
            } else {
                copyOutput(2, 1 + (code >> 2) + (next() << 2));
            }
            literals = tail & 3;
            copyInput(literals);
        }
    }

    /** A stream may begin with bytes of input, counted in a way of its own. */
    private int first() throws UndecodableException {
        if (at == end || (in[at] & 0xff) <= 17) return 0;
        int count = next() - 17;
        copyInput(count);
        return Math.min(count, AFTER_RUN);
    }

    private int end() throws UndecodableException {
        if (at < end) throw UndecodableException.bad("bytes follow the end of an LZO stream");
        return filled;
    }

    /** A length that is {@code bits} or, if that is 0, {@code most} and what the following bytes add. */
    private int lengthOf(int bits, int most) throws UndecodableException {
        if (bits != 0) return bits;
        int length = most;
        int more;
        while ((more = next()) == 0) length += 255;
        return length + more;
    }

    private int next() throws UndecodableException {
        if (at == end) throw UndecodableException.bad("an LZO stream is cut short");
        return in[at++] & 0xff;
    }

    private int nextTwo() throws UndecodableException {
        int low = next();
        return low | next() << 8;
    }

    private void copyInput(int count) throws UndecodableException {
        if (count > end - at) throw UndecodableException.bad("an LZO stream is cut short");
        checkRoom(count);
        System.arraycopy(in, at, out, filled, count);
        at += count;
        filled += count;
    }

    private void copyOutput(int count, int distance) throws UndecodableException {
        if (distance > filled) throw UndecodableException.bad("an LZO stream reaches back before its beginning");
        checkRoom(count);
        // byte by byte: a match may overlap what it makes
        for (int to = filled + count; filled < to; filled++) out[filled] = out[filled - distance];
    }

    private void checkRoom(int count) throws UndecodableException {
        if (count > out.length - filled) throw UndecodableException.tooLong(CompressionModel.LZO2);
    }
}
