package org.quorate.core.group.wire;

import java.nio.ByteBuffer;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.Parsed;

/**
 * A process of the sender leaves a group. Function 1, the layout of {@link ProcJoin}.
 *
 * @param group its name
 * @param pid of the process
 * @param reason {@link CpgMessage#REASON_LEAVE} or {@link CpgMessage#REASON_PROCESS_DOWN}
 */
public record ProcLeave(GroupName group, int pid, int reason) implements CpgMessage {
    static final int FUNCTION = 1;

    @Override
    public byte[] encode() {
        return ProcJoin.encode(FUNCTION, group, pid, reason);
    }

    static Parsed<CpgMessage> decode(ByteBuffer in, int size) {
        if (size < ProcJoin.BYTES) return Parsed.malformed(DropReason.MESSAGE_SIZE);
        return GroupName.decode(in, ProcJoin.NAME_AT)
                .map(name -> Parsed.<CpgMessage>ok(
                        new ProcLeave(name, in.getInt(ProcJoin.PID_AT), in.getInt(ProcJoin.REASON_AT))))
                .orElse(Parsed.malformed(DropReason.CPG_NAME));
    }
}
