package org.quorate.examples.interop;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Messages of the C programs of these tests: sender (1 byte), number (4), checksum of the rest (4), rest, all of which follows from
 * sender and number.
 *
 * @param largest longest message in bytes
 * @param rarity one message in so many is up to the largest
 */
record NumberedMessages(int largest, int rarity) {
    /** Number of a sender's last message. */
    static final int LAST = -1;

    private static final int HEAD = 9;
    private static final int SMALLEST = 10;
    private static final long HASH_START = 1_469_598_103_934_665_603L;
    private static final long HASH_PRIME = 1_099_511_628_211L;

    /** The message of this number; the first and the last are the shortest, the second is the longest. */
    byte[] make(int sender, int number) {
        byte[] message = new byte[sizeOf(number)];
        ByteBuffer fields = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        fields.put(0, (byte) sender).putInt(1, number);
        for (int i = HEAD; i < message.length; i++) message[i] = (byte) (i * 31 + number * 7 + sender);
        fields.putInt(5, checksum(message));
        return message;
    }

    /** Whether there is a whole head. */
    static boolean hasHead(byte[] message) {
        return message.length >= SMALLEST;
    }

    static int number(byte[] message) {
        return ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getInt(1);
    }

    /** Whether length and content are as the sender made them. */
    boolean isWhole(byte[] message) {
        ByteBuffer fields = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        return message.length == sizeOf(fields.getInt(1)) && fields.getInt(5) == checksum(message);
    }

    private int sizeOf(int number) {
        if (number == 0 || number == LAST) return SMALLEST;
        if (number == 1) return largest;
        int spread = number % rarity == 0 ? largest - SMALLEST + 1 : number % 4 == 0 ? 4000 : 300;
        return SMALLEST + Integer.remainderUnsigned((number * 0x9E3779B1) >>> 4, spread);
    }

    private static int checksum(byte[] message) {
        long hash = hash(HASH_START, message, HEAD, message.length);
        return (int) (hash ^ hash >>> 32);
    }

    /** Where a hash over an order of messages begins. */
    static long startOfOrder() {
        return HASH_START;
    }

    /** Takes these bytes into a hash. */
    static long hash(long start, byte[] data, int from, int to) {
        long hash = start;
        for (int i = from; i < to; i++) hash = (hash ^ (data[i] & 0xff)) * HASH_PRIME;
        return hash;
    }
}
