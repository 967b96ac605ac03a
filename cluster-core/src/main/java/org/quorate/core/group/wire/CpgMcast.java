package org.quorate.core.group.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.quorate.core.service.wire.ServiceHeader;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.MessageHeader;
import org.quorate.core.wire.Parsed;

/**
 * A message to a group. Function 3, 184 octets and the payload.
 *
 * <table>
 * <caption>Layout</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>16</td><td>header</td></tr>
 * <tr><td>16</td><td>136</td><td>name of the group</td></tr>
 * <tr><td>152</td><td>4</td><td>octets of the payload</td></tr>
 * <tr><td>160</td><td>4</td><td>pid of the sender</td></tr>
 * <tr><td>168</td><td>4</td><td>node id of the sender</td></tr>
 * <tr><td>176</td><td>8</td><td>connection of the sender: its own business</td></tr>
 * <tr><td>184</td><td></td><td>payload</td></tr>
 * </table>
 *
 * @param group its name
 * @param pid of the sender
 * @param sourceNode of the sender; what the ring says counts
 * @param sourceConnection opaque
 * @param payload at most {@link #MAX_PAYLOAD_BYTES} if it is to be encoded; a decoded one is a copy. Nobody may change it
 */
public record CpgMcast(GroupName group, int pid, int sourceNode, long sourceConnection, byte[] payload)
        implements CpgMessage {
    /** Most octets of a payload that real nodes send in one message. */
    public static final int MAX_PAYLOAD_BYTES = 1_047_552;

    static final int FUNCTION = 3;

    private static final int NAME_AT = 16;
    private static final int PAYLOAD_BYTES_AT = 152;
    private static final int PID_AT = 160;
    private static final int NODE_AT = 168;
    private static final int CONNECTION_AT = 176;
    private static final int PAYLOAD_AT = 184;

    @Override
    public byte[] encode() {
        if (payload.length > MAX_PAYLOAD_BYTES) throw new IllegalArgumentException("payload: " + payload.length);
        byte[] message = new byte[PAYLOAD_AT + payload.length];
        ByteBuffer out = MessageHeader.start(message, ServiceHeader.id(ServiceHeader.CPG, FUNCTION));
        group.encode(out);
        MessageHeader.putSlot(out, payload.length);
        MessageHeader.putSlot(out, pid);
        MessageHeader.putSlot(out, sourceNode);
        out.putLong(sourceConnection).put(payload);
        return message;
    }

    static Parsed<CpgMessage> decode(ByteBuffer in, int size) {
        if (size < PAYLOAD_AT) return Parsed.malformed(DropReason.MESSAGE_SIZE);
        int payloadBytes = in.getInt(PAYLOAD_BYTES_AT);
        if (payloadBytes < 0 || payloadBytes > size - PAYLOAD_AT) return Parsed.malformed(DropReason.CPG_LENGTH);
        return GroupName.decode(in, NAME_AT)
                .map(name -> {
                    byte[] payload = new byte[payloadBytes];
                    in.get(PAYLOAD_AT, payload);
                    return Parsed.<CpgMessage>ok(new CpgMcast(
                            name, in.getInt(PID_AT), in.getInt(NODE_AT), in.getLong(CONNECTION_AT), payload));
                })
                .orElse(Parsed.malformed(DropReason.CPG_NAME));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CpgMcast mcast
                && group.equals(mcast.group)
                && pid == mcast.pid
                && sourceNode == mcast.sourceNode
                && sourceConnection == mcast.sourceConnection
                && Arrays.equals(payload, mcast.payload);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * group.hashCode() + pid) + Arrays.hashCode(payload);
    }

    @Override
    public String toString() {
        return "CpgMcast[group=" + group + ", pid=" + Integer.toUnsignedString(pid) + ", sourceNode="
                + Integer.toUnsignedString(sourceNode) + ", payloadBytes=" + payload.length + "]";
    }
}
