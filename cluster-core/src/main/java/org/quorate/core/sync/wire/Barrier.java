package org.quorate.core.sync.wire;

import java.nio.ByteBuffer;
import org.quorate.RingId;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.MessageHeader;
import org.quorate.core.wire.Parsed;

/**
 * "I have sent everything for this phase". 32 octets: 0 header with id 0; 16 ring id 12; 28 unused 4. Carries no phase: members count them.
 *
 * @param ringId the ring for which it counts
 */
public record Barrier(RingId ringId) implements SyncMessage {
    static final int ID = 0;
    static final int RING_ID_AT = 16;

    private static final int BYTES = 32;

    @Override
    public byte[] encode() {
        byte[] message = new byte[BYTES];
        MessageHeader.start(message, ID).putInt(ringId.representative()).putLong(ringId.sequence());
        return message;
    }

    static Parsed<SyncMessage> decode(ByteBuffer in, int size) {
        if (size < BYTES) return Parsed.malformed(DropReason.MESSAGE_SIZE);
        return Parsed.ok(new Barrier(new RingId(in.getInt(RING_ID_AT), in.getLong(RING_ID_AT + 4))));
    }
}
