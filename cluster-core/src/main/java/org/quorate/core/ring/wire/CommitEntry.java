package org.quorate.core.ring.wire;

import java.nio.ByteBuffer;
import org.quorate.RingId;

/**
 * What one node tells in a commit token about the ring it comes from. 24 octets: 0 old ring id 12, 12 aru u32, 16 high delivered u32, 20 received flag u32.
 *
 * @param oldRing ring it comes from
 * @param aru all received up to, in the old ring; unsigned
 * @param highDelivered highest message number delivered in the old ring; unsigned
 * @param receivedFlag whether it has every message of the old ring that anybody has
 */
public record CommitEntry(RingId oldRing, int aru, int highDelivered, boolean receivedFlag) {
    /** An entry not filled in yet: all octets 0. */
    public static final CommitEntry EMPTY = new CommitEntry(RingId.NONE, 0, 0, false);

    static final int BYTES = 24;

    static CommitEntry decode(ByteBuffer in, int at) {
        return new CommitEntry(
                RingMessages.ringId(in, at), in.getInt(at + 12), in.getInt(at + 16), in.getInt(at + 20) != 0);
    }

    void encode(ByteBuffer out) {
        RingMessages.putRingId(out, oldRing);
        out.putInt(aru).putInt(highDelivered).putInt(receivedFlag ? 1 : 0);
    }
}
