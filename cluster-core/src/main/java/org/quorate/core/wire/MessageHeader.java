package org.quorate.core.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;

/**
 * The first 16 octets of every message of a service or of the synchronisation: 0 id u32, 8 size u32. Every field of these messages stands at a multiple of 8;
 * what is between two fields is whatever the sender had in its memory: written as 0 here, never looked at.
 *
 * @param id of a service: service number in the upper, message number in the lower half
 * @param size octets of the whole message, header included; at least {@link #BYTES}
 */
public record MessageHeader(int id, int size) {
    /** Octets of the header. */
    public static final int BYTES = 16;

    private static final int ID_AT = 0;
    private static final int SIZE_AT = 8;

    /** The payload as a buffer of its own, from 0 to its end, in the sender's order. */
    public static ByteBuffer open(ByteBuffer payload, boolean littleEndian) {
        return payload.slice().order(littleEndian ? LITTLE_ENDIAN : BIG_ENDIAN);
    }

    /**
     * Reads the header of a message that starts at 0. Octets behind the message are tolerated.
     *
     * @param in from {@link #open}
     */
    public static Parsed<MessageHeader> decode(ByteBuffer in) {
        if (in.limit() < BYTES) return Parsed.malformed(DropReason.MESSAGE_SHORT);
        int size = in.getInt(SIZE_AT);
        if (size < BYTES || size > in.limit()) return Parsed.malformed(DropReason.MESSAGE_SIZE);
        return Parsed.ok(new MessageHeader(in.getInt(ID_AT), size));
    }

    /** A little-endian buffer over {@code message} that stands behind a header for its whole length. */
    public static ByteBuffer start(byte[] message, int id) {
        ByteBuffer out = ByteBuffer.wrap(message).order(LITTLE_ENDIAN);
        putSlot(out, id);
        putSlot(out, message.length);
        return out;
    }

    /** Writes a 32-bit number and the four unused octets behind it. */
    public static void putSlot(ByteBuffer out, int value) {
        out.putInt(value).putInt(0);
    }
}
