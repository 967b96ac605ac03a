package org.quorate.core.sync.wire;

import java.nio.ByteBuffer;
import org.quorate.RingId;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.MessageHeader;
import org.quorate.core.wire.Parsed;

/** A message of the group {@code sync}. They exist in little-endian only: no member of another byte order can take part. */
public sealed interface SyncMessage permits Barrier, ServiceBuild {
    /** The ring for which it counts. */
    RingId ringId();

    /** The message, header included. */
    byte[] encode();

    /**
     * Reads a message.
     *
     * @param payload behind the group list, from its position to its limit
     * @param littleEndian byte order of the sender
     */
    static Parsed<SyncMessage> decode(ByteBuffer payload, boolean littleEndian) {
        if (!littleEndian) return Parsed.malformed(DropReason.MESSAGE_BYTE_ORDER);
        ByteBuffer in = MessageHeader.open(payload, true);
        return MessageHeader.decode(in).then(header -> switch (header.id()) {
            case Barrier.ID -> Barrier.decode(in, header.size());
            case ServiceBuild.ID -> ServiceBuild.decode(in, header.size());
            default -> Parsed.malformed(DropReason.SYNC_KIND);
        });
    }
}
