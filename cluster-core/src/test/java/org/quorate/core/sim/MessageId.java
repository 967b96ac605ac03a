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
    /** Octets of the smallest message that carries its id; shorter ones are full of their sender's node id. */
    static final int LEAST_BYTES = 16;

    private static final int MEMBERS_BITS = 20;

    /** A message of {@code bytes} octets that begins with this id if there is room for it; the rest follows from it. */
    byte[] toPayload(int bytes) {
        byte[] payload = new byte[bytes];
        if (bytes < LEAST_BYTES) {
            Arrays.fill(payload, (byte) node);
            return payload;
        }
        fill(payload);
        return payload;
    }

    /** Id of the first group member of a life; others count up from there. */
    static int memberOf(int life) {
        return life << MEMBERS_BITS;
    }

    /** The life that a group member belongs to. */
    static int lifeOf(int member) {
        return member >>> MEMBERS_BITS;
    }

    /** Whether a message is too short to carry its id; then it must consist of its sender's. */
    static boolean isTiny(byte[] payload, int sender) {
        if (payload.length >= LEAST_BYTES) return false;
        for (byte octet : payload)
            if (octet != (byte) sender) throw new AssertionError("a short message of node " + sender + " is damaged");
        return true;
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
