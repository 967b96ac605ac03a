package org.quorate.core.group.wire;

import java.nio.ByteBuffer;
import org.quorate.core.service.wire.ServiceHeader;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.MessageHeader;
import org.quorate.core.wire.Parsed;

/** A message of the process groups. Numbers are unsigned. Real senders leave residue in unused octets; here they are 0. */
public sealed interface CpgMessage permits ProcJoin, ProcLeave, JoinList, CpgMcast, CpgPartial, Downlist {
    /** A process joined. */
    int REASON_JOIN = 1;
    /** A process left. */
    int REASON_LEAVE = 2;
    /** A node vanished. Never on the wire between nodes. */
    int REASON_NODE_DOWN = 3;
    /** A node came. Never on the wire between nodes. */
    int REASON_NODE_UP = 4;
    /** A process ended or closed its connection. */
    int REASON_PROCESS_DOWN = 5;

    /** The message, header included, little-endian. */
    byte[] encode();

    /**
     * Reads a message of service 2.
     *
     * @param payload behind the group list, from its position to its limit
     * @param littleEndian byte order of the sender
     */
    static Parsed<CpgMessage> decode(ByteBuffer payload, boolean littleEndian) {
        ByteBuffer in = MessageHeader.open(payload, littleEndian);
        return ServiceHeader.decode(in).then(header -> {
            if (header.service() != ServiceHeader.CPG) return Parsed.malformed(DropReason.SERVICE_FUNCTION);
            return switch (header.function()) {
                case ProcJoin.FUNCTION -> ProcJoin.decode(in, header.size());
                case ProcLeave.FUNCTION -> ProcLeave.decode(in, header.size());
                case JoinList.FUNCTION -> JoinList.decode(in, header.size());
                case CpgMcast.FUNCTION -> CpgMcast.decode(in, header.size());
                case Downlist.OLD_FUNCTION -> Parsed.malformed(DropReason.CPG_OLD_DOWNLIST);
                case Downlist.FUNCTION -> Downlist.decode(in, header.size());
                case CpgPartial.FUNCTION -> CpgPartial.decode(in, header.size());
                default -> Parsed.malformed(DropReason.SERVICE_FUNCTION);
            };
        });
    }
}
