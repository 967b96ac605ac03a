package org.quorate.knet.compress;

import java.io.OutputStream;
import java.util.Objects;

/** Writes into an array of fixed length; what does not fit is counted only. */
final class FixedOutput extends OutputStream {
    private final byte[] bytes;
    private int written;

    FixedOutput(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Bytes written, which may be more than fit. */
    int written() {
        return written;
    }

    @Override
    public void write(int value) {
        if (written < bytes.length) bytes[written] = (byte) value;
        written++;
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, from.length);
        int fits = Math.min(length, bytes.length - Math.min(written, bytes.length));
        if (fits > 0) System.arraycopy(from, offset, bytes, written, fits);
        written += length;
    }
}
