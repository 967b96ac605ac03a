package org.quorate.core.ring.wire;

import java.nio.ByteBuffer;
import org.quorate.RingId;

/**
 * "I have something to send": makes the representative let go of a token that it holds while the ring is idle. Type 5, to all, 25 octets:
 * behind the common header 13 ring id 12.
 *
 * @param nodeId who sent it, unsigned
 * @param target 0
 * @param ringId the sender's ring
 */
public record HoldCancel(int nodeId, int target, RingId ringId) implements RingMessage {
    private static final int RING_ID_AT = 13;
    private static final int BYTES = 25;

    @Override
    public byte[] encode() {
        byte[] packet = new byte[BYTES];
        ByteBuffer out = RingMessages.start(packet, RingMessages.TYPE_HOLD_CANCEL, 0, nodeId, target);
        RingMessages.putRingId(out, ringId);
        return packet;
    }

    static Decoded decode(ByteBuffer in) {
        if (in.limit() < BYTES) return new Decoded.Malformed(RingDropReason.SHORT);
        return new Decoded.Ok(new HoldCancel(
                in.getInt(RingMessages.NODE_ID_AT),
                in.getInt(RingMessages.TARGET_AT),
                RingMessages.ringId(in, RING_ID_AT)));
    }
}
