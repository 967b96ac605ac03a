package org.quorate.core.group.wire;

import java.nio.ByteBuffer;
import org.quorate.core.service.wire.ServiceHeader;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.MessageHeader;
import org.quorate.core.wire.Parsed;

/**
 * A process of the sender joins a group. Function 0, 168 octets: 0 header; 16 name 136; 152 pid u32; 160 reason u32.
 *
 * @param group its name
 * @param pid of the process; with the node id it names a member
 * @param reason {@link CpgMessage#REASON_JOIN}
 */
public record ProcJoin(GroupName group, int pid, int reason) implements CpgMessage {
    static final int FUNCTION = 0;
    static final int BYTES = 168;
    static final int NAME_AT = 16;
    static final int PID_AT = 152;
    static final int REASON_AT = 160;

    /** A join as everybody sends it. */
    public ProcJoin(GroupName group, int pid) {
        this(group, pid, REASON_JOIN);
    }

    @Override
    public byte[] encode() {
        return encode(FUNCTION, group, pid, reason);
    }

    static Parsed<CpgMessage> decode(ByteBuffer in, int size) {
        if (size < BYTES) return Parsed.malformed(DropReason.MESSAGE_SIZE);
        return GroupName.decode(in, NAME_AT)
                .map(name -> Parsed.<CpgMessage>ok(new ProcJoin(name, in.getInt(PID_AT), in.getInt(REASON_AT))))
                .orElse(Parsed.malformed(DropReason.CPG_NAME));
    }

    static byte[] encode(int function, GroupName group, int pid, int reason) {
        byte[] message = new byte[BYTES];
        ByteBuffer out = MessageHeader.start(message, ServiceHeader.id(ServiceHeader.CPG, function));
        group.encode(out);
        MessageHeader.putSlot(out, pid);
        MessageHeader.putSlot(out, reason);
        return message;
    }
}
