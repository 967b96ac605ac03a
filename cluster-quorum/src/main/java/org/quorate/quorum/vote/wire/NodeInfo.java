package org.quorate.quorum.vote.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.quorate.NodeId;

/**
 * What a node says of itself, or with node id 0 of the quorum device.
 *
 * <pre>
 * offset size meaning
 *      0    4 node id 1..65535, 0 for the quorum device
 *      4    4 votes 0..2^31-1
 *      8    4 expected votes 0..2^31-1
 *     12    4 flags, bits below
 * </pre>
 *
 * Source: votequorum.c 3.1.7, struct req_exec_quorum_nodeinfo. Differs: votes above 2^31-1 are refused; no configuration reaches them.
 *
 * @param node 0..65535
 * @param votes 0..2^31-1
 * @param expectedVotes 0..2^31-1
 * @param flags at the sender when it sent; unknown bits are kept
 */
public record NodeInfo(int node, int votes, int expectedVotes, int flags) implements VoteMessage {
    /** Number of this message. */
    public static final int FUNCTION = 0;
    /** Size of its body. */
    public static final int BODY_BYTES = 16;
    /** The node id that stands for the quorum device. */
    public static final int DEVICE = 0;

    /** The sender is quorate. */
    public static final int QUORATE = 1;
    /** The sender is leaving in order. */
    public static final int LEAVING = 1 << 1;
    /** The sender still waits for all. */
    public static final int WAITING = 1 << 2;
    /** The sender never was in a ring with others. */
    public static final int FIRST = 1 << 3;
    /** A quorum device is registered at the sender. */
    public static final int DEVICE_REGISTERED = 1 << 4;
    /** The sender's device polled in time. */
    public static final int DEVICE_ALIVE = 1 << 5;
    /** The sender's device casts its votes there. */
    public static final int DEVICE_CASTS = 1 << 6;
    /** The sender's device allows that its partition wins alone. */
    public static final int DEVICE_MASTER_WINS = 1 << 7;

    private static final int NODE_AT = 0;
    private static final int VOTES_AT = 4;
    private static final int EXPECTED_AT = 8;
    private static final int FLAGS_AT = 12;

    /** Checks the ranges. */
    public NodeInfo {
        if (node < 0 || node > NodeId.MAX || votes < 0 || expectedVotes < 0)
            throw new IllegalArgumentException("node " + node + " votes " + votes + " expected " + expectedVotes);
    }

    @Override
    public int function() {
        return FUNCTION;
    }

    @Override
    public byte[] encode() {
        return VoteMessage.body(BODY_BYTES)
                .putInt(node)
                .putInt(votes)
                .putInt(expectedVotes)
                .putInt(flags)
                .array();
    }

    static Decoded decode(byte[] body) {
        if (body.length != BODY_BYTES) return VoteMessage.wrongSize("nodeinfo", BODY_BYTES, body);
        ByteBuffer in = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
        int node = in.getInt(NODE_AT);
        int votes = in.getInt(VOTES_AT);
        int expected = in.getInt(EXPECTED_AT);
        if (node < 0 || node > NodeId.MAX || votes < 0 || expected < 0)
            return new Decoded.Malformed(
                    DropReason.OUT_OF_RANGE,
                    "nodeinfo of node " + Integer.toUnsignedString(node) + " with " + Integer.toUnsignedString(votes)
                            + " votes, " + Integer.toUnsignedString(expected) + " expected");
        return new Decoded.Ok(new NodeInfo(node, votes, expected, in.getInt(FLAGS_AT)));
    }
}
