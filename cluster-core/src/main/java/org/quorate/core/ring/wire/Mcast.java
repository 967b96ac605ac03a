package org.quorate.core.ring.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.quorate.RingId;

/**
 * A message with a place in the order of its ring. Type 1, to all, 45 octets and a body.
 *
 * <table>
 * <caption>Behind the common header</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>13</td><td>4</td><td>system from: originator of this envelope</td></tr>
 * <tr><td>17</td><td>4</td><td>seq: place in the order, the first of a ring is 1</td></tr>
 * <tr><td>21</td><td>4</td><td>this seqno: the sender's private count, ignored</td></tr>
 * <tr><td>25</td><td>12</td><td>ring id in which seq counts</td></tr>
 * <tr><td>37</td><td>4</td><td>0, ignored</td></tr>
 * <tr><td>41</td><td>4</td><td>guarantee, ignored: everything is delivered in agreed order</td></tr>
 * <tr><td>45</td><td></td><td>body: encapsulated 2: a packed frame. 1: a whole mcast message of the old ring, in its own byte order</td></tr>
 * </table>
 *
 * <p>The record keeps the packet itself, because the ring stores messages and sends the same octets again on request. Nobody may change the array.
 * Two are equal if their octets are.
 *
 * @param packet the whole message; owned by the holder of this record
 * @param nodeId the originator, also in a retransmitted copy; unsigned
 * @param encapsulated {@link #ENCAPSULATED} or {@link #ORDINARY}
 * @param systemFrom originator of this envelope; unsigned
 * @param seq unsigned
 * @param ringId the ring in which {@code seq} counts
 * @param littleEndian byte order of the sender, which is also that of an ordinary body
 */
public record Mcast(
        byte[] packet, int nodeId, int encapsulated, int systemFrom, int seq, RingId ringId, boolean littleEndian)
        implements RingMessage {
    /** The body is an mcast message of the old ring. */
    public static final int ENCAPSULATED = 1;
    /** The body is a packed frame. */
    public static final int ORDINARY = 2;
    /** Octets in front of the body. */
    public static final int HEADER_BYTES = 45;
    /** Longest body of an ordinary message: one that fits into an envelope when recovered. */
    public static final int MAX_ORDINARY_BODY_BYTES = RingMessages.MAX_PACKET_BYTES - 2 * HEADER_BYTES;

    private static final int SYSTEM_FROM_AT = 13;
    private static final int SEQ_AT = 17;
    private static final int THIS_SEQNO_AT = 21;
    private static final int RING_ID_AT = 25;
    private static final int GUARANTEE_AT = 41;

    /**
     * Makes the octets of a message to all.
     *
     * @param nodeId originator and sender of the envelope
     * @param encapsulated {@link #ENCAPSULATED} or {@link #ORDINARY}
     * @param seq place in the order
     * @param thisSeqno the sender's private count of everything it ever multicast
     * @param ringId ring in which {@code seq} counts
     * @param guarantee 0, or 1 if safe delivery was asked for, which nobody looks at
     * @param body parts of the body, put together
     * @throws IllegalArgumentException if it would be longer than peers take
     */
    public static byte[] encode(
            int nodeId, int encapsulated, int seq, int thisSeqno, RingId ringId, int guarantee, byte[]... body) {
        if (encapsulated != ENCAPSULATED && encapsulated != ORDINARY) {
            throw new IllegalArgumentException("encapsulated: " + encapsulated + " is not 1 or 2");
        }
        long bytes = HEADER_BYTES;
        for (byte[] part : body) bytes += part.length;
        int limit = encapsulated == ORDINARY ? HEADER_BYTES + MAX_ORDINARY_BODY_BYTES : RingMessages.MAX_PACKET_BYTES;
        if (bytes > limit) throw new IllegalArgumentException("mcast of " + bytes + " octets, at most " + limit);
        byte[] packet = new byte[(int) bytes];
        ByteBuffer out = RingMessages.start(packet, RingMessages.TYPE_MCAST, encapsulated, nodeId, 0);
        out.putInt(nodeId).putInt(seq).putInt(thisSeqno);
        RingMessages.putRingId(out, ringId);
        out.putInt(0).putInt(guarantee);
        for (byte[] part : body) out.put(part);
        return packet;
    }

    /**
     * Reads the message inside an envelope, from a copy.
     *
     * @throws IndexOutOfBoundsException if the part is not inside the array
     */
    public static Optional<Mcast> parse(byte[] bytes, int offset, int length) {
        return RingMessages.decode(bytes, offset, length) instanceof Decoded.Ok ok
                        && ok.message() instanceof Mcast mcast
                        && mcast.encapsulated == ORDINARY
                ? Optional.of(mcast)
                : Optional.empty();
    }

    /** The old ring's message that an encapsulated one carries, as a copy; empty if this is an ordinary one or the content is none. */
    public Optional<Mcast> inner() {
        return encapsulated == ENCAPSULATED ? parse(packet, HEADER_BYTES, bodyBytes()) : Optional.empty();
    }

    @Override
    public int target() {
        return in().getInt(RingMessages.TARGET_AT);
    }

    /** The sender's private count of everything it multicast; unsigned; nothing depends on it. */
    public int thisSeqno() {
        return in().getInt(THIS_SEQNO_AT);
    }

    /** 1 if the sender was asked for safe delivery, which is not implemented by anybody; else 0. */
    public int guarantee() {
        return in().getInt(GUARANTEE_AT);
    }

    /** Where the body starts in {@link #packet}. */
    @SuppressWarnings("MethodCanBeStatic")
    public int bodyOffset() {
        return HEADER_BYTES;
    }

    /** Octets of the body. */
    public int bodyBytes() {
        return packet.length - HEADER_BYTES;
    }

    /** The body, read-only, in the sender's byte order. */
    public ByteBuffer body() {
        return in().position(HEADER_BYTES).slice().asReadOnlyBuffer().order(order());
    }

    /** The packet itself, whatever its target and byte order. */
    @Override
    public byte[] encode() {
        return packet;
    }

    /** The octets to send again to all: the packet itself, or a copy of it if its target was a single node. */
    public byte[] encodeForAll() {
        if (target() == 0) return packet;
        byte[] copy = packet.clone();
        ByteBuffer.wrap(copy).putInt(RingMessages.TARGET_AT, 0);
        return copy;
    }

    static Decoded decode(byte[] packet, ByteBuffer in) {
        if (in.limit() < HEADER_BYTES) return new Decoded.Malformed(RingDropReason.SHORT);
        int encapsulated = in.get(RingMessages.ENCAPSULATED_AT);
        if (encapsulated != ENCAPSULATED && encapsulated != ORDINARY) {
            return new Decoded.Malformed(RingDropReason.ENCAPSULATED);
        }
        return new Decoded.Ok(new Mcast(
                packet,
                in.getInt(RingMessages.NODE_ID_AT),
                encapsulated,
                in.getInt(SYSTEM_FROM_AT),
                in.getInt(SEQ_AT),
                RingMessages.ringId(in, RING_ID_AT),
                in.order() == LITTLE_ENDIAN));
    }

    private ByteOrder order() {
        return littleEndian ? LITTLE_ENDIAN : BIG_ENDIAN;
    }

    private ByteBuffer in() {
        return ByteBuffer.wrap(packet).order(order());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mcast mcast && Arrays.equals(packet, mcast.packet);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(packet);
    }

    @Override
    public String toString() {
        return "Mcast[nodeId=" + Integer.toUnsignedString(nodeId) + ", encapsulated=" + encapsulated + ", systemFrom="
                + Integer.toUnsignedString(systemFrom) + ", seq=" + Integer.toUnsignedString(seq) + ", ringId=" + ringId
                + ", bodyBytes=" + bodyBytes() + "]";
    }
}
