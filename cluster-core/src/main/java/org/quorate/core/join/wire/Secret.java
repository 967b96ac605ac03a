package org.quorate.core.join.wire;

import java.util.Arrays;

/** Bytes that nobody is to see: not printed, compared by identity, wiped by whoever has used them last. Confined to one thread at a time. */
public final class Secret implements AutoCloseable {
    private final byte[] bytes;

    private Secret(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes {@code bytes} over: they are wiped when this is closed. */
    public static Secret of(byte[] bytes) {
        return new Secret(bytes);
    }

    /** A copy, which the caller wipes. */
    public byte[] copy() {
        return bytes.clone();
    }

    /** How many bytes there are. */
    public int length() {
        return bytes.length;
    }

    /** Wipes the bytes. Idempotent. */
    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "secret of " + bytes.length + " bytes";
    }
}
