package org.quorate.core.ring.wire;

import org.quorate.RingId;

/**
 * An entry of a token's list: somebody lacks this message. 16 octets: ring id 12, sequence number 4.
 *
 * @param ringId ring in which {@code seq} counts
 * @param seq unsigned
 */
public record RetransmitRequest(RingId ringId, int seq) {
    static final int BYTES = RingMessages.RING_ID_BYTES + 4;
}
