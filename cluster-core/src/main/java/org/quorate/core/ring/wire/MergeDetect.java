package org.quorate.core.ring.wire;

import java.nio.ByteBuffer;
import org.quorate.RingId;

/**
 * "This ring is here": what the representative of an idle ring says so that other rings find it. Type 2, to all, 29 octets: behind the common header
 * 13 system from u32, 17 ring id 12.
 *
 * @param nodeId who sent it, unsigned
 * @param target 0
 * @param systemFrom the same as {@code nodeId}
 * @param ringId the sender's ring
 */
public record MergeDetect(int nodeId, int target, int systemFrom, RingId ringId) implements RingMessage {
    private static final int SYSTEM_FROM_AT = 13;
    private static final int RING_ID_AT = 17;
    private static final int BYTES = 29;

    @Override
    public byte[] encode() {
        byte[] packet = new byte[BYTES];
        ByteBuffer out = RingMessages.start(packet, RingMessages.TYPE_MERGE_DETECT, 0, nodeId, target);
        out.putInt(systemFrom);
        RingMessages.putRingId(out, ringId);
        return packet;
    }

    static Decoded decode(ByteBuffer in) {
        if (in.limit() < BYTES) return new Decoded.Malformed(RingDropReason.SHORT);
        int systemFrom = in.getInt(SYSTEM_FROM_AT);
        if (systemFrom == 0) return new Decoded.Malformed(RingDropReason.NODE_ID);
        return new Decoded.Ok(new MergeDetect(
                in.getInt(RingMessages.NODE_ID_AT),
                in.getInt(RingMessages.TARGET_AT),
                systemFrom,
                RingMessages.ringId(in, RING_ID_AT)));
    }
}
