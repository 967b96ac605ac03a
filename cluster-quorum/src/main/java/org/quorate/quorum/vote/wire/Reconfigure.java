package org.quorate.quorum.vote.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.quorate.NodeId;

/**
 * A change asked for on one node and applied by all.
 *
 * <pre>
 * offset size meaning
 *      0    4 node id: whose votes; the sender for the other two
 *      4    4 value 0..2^31-1
 *      8    1 what: 1 expected votes, 2 votes of the node, 3 stop waiting for all
 *      9    3 zero
 *     12    4 without meaning
 * </pre>
 *
 * Source: votequorum.c 3.1.7, struct req_exec_quorum_reconfigure.
 *
 * @param node whose votes, or the sender
 * @param value votes; 0 for {@link What#CANCEL_WAIT_FOR_ALL}
 * @param what which change
 */
public record Reconfigure(NodeId node, int value, What what) implements VoteMessage {
    /** Number of this message. */
    public static final int FUNCTION = 1;
    /** Size of its body. */
    public static final int BODY_BYTES = 16;

    private static final int NODE_AT = 0;
    private static final int VALUE_AT = 4;
    private static final int WHAT_AT = 8;

    /** Kinds of change. */
    public enum What {
        /** All members expect that many votes. */
        EXPECTED_VOTES(1),
        /** A node has that many votes. */
        NODE_VOTES(2),
        /** All members stop waiting for absent nodes. */
        CANCEL_WAIT_FOR_ALL(3);

        private final int code;

        What(int code) {
            this.code = code;
        }

        private static @Nullable What of(int code) {
            for (What what : values()) if (what.code == code) return what;
            return null;
        }
    }

    /** Checks the range. */
    public Reconfigure {
        if (value < 0) throw new IllegalArgumentException("value " + value);
    }

    @Override
    public int function() {
        return FUNCTION;
    }

    @Override
    public byte[] encode() {
        return VoteMessage.body(BODY_BYTES)
                .putInt(node.value())
                .putInt(value)
                .put((byte) what.code)
                .array();
    }

    static Decoded decode(byte[] body) {
        if (body.length != BODY_BYTES) return VoteMessage.wrongSize("reconfigure", BODY_BYTES, body);
        ByteBuffer in = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
        int node = in.getInt(NODE_AT);
        int value = in.getInt(VALUE_AT);
        int code = Byte.toUnsignedInt(in.get(WHAT_AT));
        What what = What.of(code);
        if (node < 1 || node > NodeId.MAX || value < 0 || what == null)
            return new Decoded.Malformed(
                    DropReason.OUT_OF_RANGE,
                    "reconfigure " + code + " of node " + Integer.toUnsignedString(node) + " to "
                            + Integer.toUnsignedString(value));
        return new Decoded.Ok(new Reconfigure(NodeId.of(node), value, what));
    }
}
