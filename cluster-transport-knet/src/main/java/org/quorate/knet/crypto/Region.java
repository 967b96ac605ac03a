package org.quorate.knet.crypto;

import java.nio.ByteBuffer;

/**
 * Where the content of a buffer lies in an array: its own one, or a stand-in where there is none to be had (direct and read-only buffers).
 *
 * @param array the array
 * @param offset index of the first byte
 */
record Region(byte[] array, int offset) {
    /** What is between position and limit of {@code buffer}. */
    static Region of(ByteBuffer buffer) {
        if (buffer.hasArray()) return new Region(buffer.array(), buffer.arrayOffset() + buffer.position());
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(buffer.position(), copy);
        return new Region(copy, 0);
    }

    /** Room to write {@code length} bytes at the position of {@code buffer}; {@link #finish} is to follow. */
    static Region in(ByteBuffer buffer, int length) {
        return buffer.hasArray()
                ? new Region(buffer.array(), buffer.arrayOffset() + buffer.position())
                : new Region(new byte[length], 0);
    }

    /** Moves the position of {@code buffer} behind {@code length} bytes that were written here for it. */
    void finish(ByteBuffer buffer, int length) {
        if (buffer.hasArray()) buffer.position(buffer.position() + length);
        else buffer.put(array, 0, length);
    }
}
