package org.quorate.core.sim;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Names one message of the load for ever.
 *
 * @param node who sent it
 * @param life which of the sender's lives
 * @param number counted by that life, from 0
 */
record MessageId(int node, int life, long number) {
    /** Octets of the smallest message. */
    static final int LEAST_BYTES = 16;

    /** A message of {@code bytes} octets that begins with this id; the rest follows from it. */
    byte[] toPayload(int bytes) {
        byte[] payload = new byte[Math.max(bytes, LEAST_BYTES)];
        fill(payload);
        return payload;
    }

    /**
     * The id of a message.
     *
     * @throws AssertionError if an octet of it is not what was sent
     */
    static MessageId of(byte[] payload) {
        if (payload.length < LEAST_BYTES) throw new AssertionError("a message of " + payload.length + " bytes arrived");
        ByteBuffer buffer = ByteBuffer.wrap(payload);
        MessageId id = new MessageId(buffer.getInt(), buffer.getInt(), buffer.getLong());
        byte[] expected = new byte[payload.length];
        id.fill(expected);
        int damage = Arrays.mismatch(expected, payload);
        if (damage >= 0)
            throw new AssertionError(
                    "message " + id + " arrived damaged from octet " + damage + " of " + payload.length);
        return id;
    }

    private void fill(byte[] payload) {
        ByteBuffer.wrap(payload).putInt(node).putInt(life).putLong(number);
        int pattern = (int) (node * 31L + life * 17L + number * 7 + payload.length);
        for (int i = LEAST_BYTES; i < payload.length; i++) payload[i] = (byte) (pattern += 0x9D);
    }

    @Override
    public String toString() {
        return node + "/" + life + "#" + number;
    }
}
