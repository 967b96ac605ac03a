package org.quorate.core.request.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.Parsed;

/**
 * A request or an answer: payload of a group message. Little-endian, whatever the sender's machine is.
 *
 * <table>
 * <caption>Layout</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>4</td><td>{@code QASK}</td></tr>
 * <tr><td>4</td><td>1</td><td>version: 1</td></tr>
 * <tr><td>5</td><td>1</td><td>kind: 1 request, 2 answer, 3 error</td></tr>
 * <tr><td>6</td><td>2</td><td>0</td></tr>
 * <tr><td>8</td><td>8</td><td>number that the asker has given to the request</td></tr>
 * <tr><td>16</td><td>4</td><td>node that is addressed; 0 in a request to all</td></tr>
 * <tr><td>20</td><td>4</td><td>1 if the member of the next field is addressed, 0 if all of the node are</td></tr>
 * <tr><td>24</td><td>4</td><td>id of the member that is addressed</td></tr>
 * <tr><td>28</td><td>4</td><td>0</td></tr>
 * <tr><td>32</td><td></td><td>request, answer, or a sentence in UTF-8</td></tr>
 * </table>
 *
 * @param kind what it is
 * @param number of the request
 * @param node 0 or 1..65535
 * @param oneMember whether {@code member} counts
 * @param member unsigned; 0 if it does not count
 * @param payload nobody may change it
 */
public record RequestMessage(Kind kind, long number, int node, boolean oneMember, int member, byte[] payload) {
    /** Octets before the payload. */
    public static final int HEADER_BYTES = 32;

    private static final int MAGIC = 'Q' | 'A' << 8 | 'S' << 16 | 'K' << 24;
    private static final int VERSION = 1;
    private static final int MAX_NODE = 65_535;
    private static final int VERSION_AT = 4;
    private static final int KIND_AT = 5;
    private static final int NUMBER_AT = 8;
    private static final int NODE_AT = 16;

    /** What a message is. */
    public enum Kind {
        /** Asks. */
        REQUEST(1),
        /** Answers. */
        ANSWER(2),
        /** Says why there is no answer. */
        ERROR(3);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        private static @Nullable Kind of(byte code) {
            for (Kind kind : values()) if (kind.code == code) return kind;
            return null;
        }
    }

    /** The message in octets. */
    public byte[] encode() {
        byte[] octets = new byte[HEADER_BYTES + payload.length];
        ByteBuffer.wrap(octets)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(MAGIC)
                .put((byte) VERSION)
                .put(kind.code)
                .putShort((short) 0)
                .putLong(number)
                .putInt(node)
                .putInt(oneMember ? 1 : 0)
                .putInt(member)
                .putInt(0)
                .put(payload);
        return octets;
    }

    /** Reads a message; the payload is a copy. Undefined octets are not looked at. */
    public static Parsed<RequestMessage> decode(byte[] octets) {
        if (octets.length < HEADER_BYTES) return Parsed.malformed(DropReason.REQUEST_FORMAT);
        ByteBuffer in = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        Kind kind = Kind.of(octets[KIND_AT]);
        if (in.getInt(0) != MAGIC || octets[VERSION_AT] != VERSION || kind == null)
            return Parsed.malformed(DropReason.REQUEST_FORMAT);
        int node = in.getInt(NODE_AT);
        int oneMember = in.getInt(NODE_AT + 4);
        int member = in.getInt(NODE_AT + 8);
        boolean addressed = oneMember == 1 ? node != 0 : member == 0;
        if (node < 0 || node > MAX_NODE || oneMember < 0 || oneMember > 1 || !addressed)
            return Parsed.malformed(DropReason.REQUEST_FORMAT);
        if (kind != Kind.REQUEST && oneMember == 0) return Parsed.malformed(DropReason.REQUEST_FORMAT);
        return Parsed.ok(new RequestMessage(
                kind,
                in.getLong(NUMBER_AT),
                node,
                oneMember == 1,
                member,
                Arrays.copyOfRange(octets, HEADER_BYTES, octets.length)));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RequestMessage message
                && kind == message.kind
                && number == message.number
                && node == message.node
                && oneMember == message.oneMember
                && member == message.member
                && Arrays.equals(payload, message.payload);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(number) + Arrays.hashCode(payload);
    }

    @Override
    public String toString() {
        return kind + " " + number + " to " + (node == 0 ? "all" : oneMember ? node + "/" + member : "node " + node)
                + ", " + payload.length + " octets";
    }
}
