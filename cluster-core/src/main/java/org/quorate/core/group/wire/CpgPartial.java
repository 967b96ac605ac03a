package org.quorate.core.group.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.quorate.core.service.wire.ServiceHeader;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.MessageHeader;
import org.quorate.core.wire.Parsed;

/**
 * A piece of a message to a group that is too long for one {@link CpgMcast}. Function 6, 200 octets and the piece.
 *
 * <table>
 * <caption>Layout</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>16</td><td>header</td></tr>
 * <tr><td>16</td><td>136</td><td>name of the group</td></tr>
 * <tr><td>152</td><td>4</td><td>octets of the whole message</td></tr>
 * <tr><td>160</td><td>4</td><td>octets of this piece</td></tr>
 * <tr><td>168</td><td>4</td><td>pid of the sender</td></tr>
 * <tr><td>176</td><td>4</td><td>part: 1 first, 2 continued, 3 last</td></tr>
 * <tr><td>184</td><td>4</td><td>node id of the sender</td></tr>
 * <tr><td>192</td><td>8</td><td>connection of the sender: its own business</td></tr>
 * <tr><td>200</td><td></td><td>the piece</td></tr>
 * </table>
 *
 * @param group its name
 * @param messageBytes octets of the whole message, below 2^31; not compared with the piece
 * @param pid of the sender
 * @param part which piece
 * @param sourceNode of the sender; what the ring says counts
 * @param sourceConnection opaque
 * @param piece at most {@link CpgMcast#MAX_PAYLOAD_BYTES} if it is to be encoded; a decoded one is a copy. Nobody may change it
 */
public record CpgPartial(
        GroupName group, int messageBytes, int pid, Part part, int sourceNode, long sourceConnection, byte[] piece)
        implements CpgMessage {
    /** Which piece of a message it is. */
    public enum Part {
        /** Starts a message. */
        FIRST,
        /** Neither first nor last. */
        CONTINUED,
        /** Completes it. */
        LAST
    }

    static final int FUNCTION = 6;

    private static final Part[] PARTS = Part.values();

    private static final int NAME_AT = 16;
    private static final int MESSAGE_BYTES_AT = 152;
    private static final int PIECE_BYTES_AT = 160;
    private static final int PID_AT = 168;
    private static final int PART_AT = 176;
    private static final int NODE_AT = 184;
    private static final int CONNECTION_AT = 192;
    private static final int PIECE_AT = 200;

    @Override
    public byte[] encode() {
        if (piece.length > CpgMcast.MAX_PAYLOAD_BYTES) throw new IllegalArgumentException("piece: " + piece.length);
        byte[] message = new byte[PIECE_AT + piece.length];
        ByteBuffer out = MessageHeader.start(message, ServiceHeader.id(ServiceHeader.CPG, FUNCTION));
        group.encode(out);
        MessageHeader.putSlot(out, messageBytes);
        MessageHeader.putSlot(out, piece.length);
        MessageHeader.putSlot(out, pid);
        MessageHeader.putSlot(out, Arrays.asList(PARTS).indexOf(part) + 1);
        MessageHeader.putSlot(out, sourceNode);
        out.putLong(sourceConnection).put(piece);
        return message;
    }

    static Parsed<CpgMessage> decode(ByteBuffer in, int size) {
        if (size < PIECE_AT) return Parsed.malformed(DropReason.MESSAGE_SIZE);
        int messageBytes = in.getInt(MESSAGE_BYTES_AT);
        int pieceBytes = in.getInt(PIECE_BYTES_AT);
        if (messageBytes < 0 || pieceBytes < 0 || pieceBytes > size - PIECE_AT) {
            return Parsed.malformed(DropReason.CPG_LENGTH);
        }
        int part = in.getInt(PART_AT);
        if (part < 1 || part > PARTS.length) return Parsed.malformed(DropReason.CPG_PART);
        return GroupName.decode(in, NAME_AT)
                .map(name -> {
                    byte[] piece = new byte[pieceBytes];
                    in.get(PIECE_AT, piece);
                    return Parsed.<CpgMessage>ok(new CpgPartial(
                            name,
                            messageBytes,
                            in.getInt(PID_AT),
                            PARTS[part - 1],
                            in.getInt(NODE_AT),
                            in.getLong(CONNECTION_AT),
                            piece));
                })
                .orElse(Parsed.malformed(DropReason.CPG_NAME));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CpgPartial partial
                && group.equals(partial.group)
                && messageBytes == partial.messageBytes
                && pid == partial.pid
                && part == partial.part
                && sourceNode == partial.sourceNode
                && sourceConnection == partial.sourceConnection
                && Arrays.equals(piece, partial.piece);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * group.hashCode() + pid) + Arrays.hashCode(piece);
    }

    @Override
    public String toString() {
        return "CpgPartial[group=" + group + ", messageBytes=" + messageBytes + ", pid=" + Integer.toUnsignedString(pid)
                + ", part=" + part + ", sourceNode=" + Integer.toUnsignedString(sourceNode) + ", pieceBytes="
                + piece.length + "]";
    }
}
