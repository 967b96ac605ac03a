package org.quorate.examples.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * A message of the group benchmark: who sent it, which one it is, when, a checksum, and what it is for. 32 octets, little-endian, and a
 * body; the same as that of the C program that loads a Corosync node, so that both may share a group.
 */
final class GroupMessage {
    static final int HEADER_BYTES = 32;
    /** The last message of a sender. */
    static final int END = 1;
    /** Not to be counted. */
    static final int WARM_UP = 2;

    private static final int MAGIC = 0x4c6f6164;
    private static final int SENDER_AT = 4;
    private static final int SEQUENCE_AT = 8;
    private static final int TIME_AT = 16;
    private static final int CHECKSUM_AT = 24;
    private static final int FLAGS_AT = 28;

    private final byte[] octets;
    private final ByteBuffer bytes;

    private GroupMessage(byte[] octets) {
        this.octets = octets;
        this.bytes = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A message of {@code length} bytes with an arbitrary body and its checksum. */
    static GroupMessage make(int sender, int length) {
        byte[] octets = new byte[length];
        long value = 88_172_645_463_325_252L + sender;
        for (int at = HEADER_BYTES; at < length; at++) {
            value ^= value << 13;
            value ^= value >>> 7;
            value ^= value << 17;
            octets[at] = (byte) value;
        }
        GroupMessage message = new GroupMessage(octets);
        message.bytes.putInt(0, MAGIC).putInt(SENDER_AT, sender).putInt(CHECKSUM_AT, message.checksum());
        return message;
    }

    /** The message in {@code payload}, which is not copied. */
    static GroupMessage of(byte[] payload) {
        return new GroupMessage(payload);
    }

    /** Another number, time and purpose; the body stays. */
    byte[] stamped(long sequence, long nanos, int flags) {
        bytes.putLong(SEQUENCE_AT, sequence).putLong(TIME_AT, nanos).putInt(FLAGS_AT, flags);
        return octets;
    }

    /** Whether it is one, and its body as it was sent. */
    boolean isWhole() {
        return bytes.limit() >= HEADER_BYTES && bytes.getInt(0) == MAGIC && bytes.getInt(CHECKSUM_AT) == checksum();
    }

    int sender() {
        return bytes.getInt(SENDER_AT);
    }

    long sequence() {
        return bytes.getLong(SEQUENCE_AT);
    }

    long nanos() {
        return bytes.getLong(TIME_AT);
    }

    boolean has(int flag) {
        return (bytes.getInt(FLAGS_AT) & flag) != 0;
    }

    private int checksum() {
        CRC32C crc = new CRC32C();
        crc.update(octets, HEADER_BYTES, octets.length - HEADER_BYTES);
        return (int) crc.getValue();
    }
}
