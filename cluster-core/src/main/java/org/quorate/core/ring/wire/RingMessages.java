package org.quorate.core.ring.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.quorate.RingId;

/** Decodes packets of the ring, and holds what the layouts share. Stateless; any thread. */
public final class RingMessages {
    /** Octets of the common header. */
    public static final int HEADER_BYTES = 13;
    /** Octets of a ring id: representative u32, sequence u64. */
    public static final int RING_ID_BYTES = 12;
    /** Longest packet. */
    public static final int MAX_PACKET_BYTES = 65536;
    /** Most nodes of a list. */
    public static final int MAX_NODES = 384;

    static final int TYPE_TOKEN = 0;
    static final int TYPE_MCAST = 1;
    static final int TYPE_MERGE_DETECT = 2;
    static final int TYPE_JOIN = 3;
    static final int TYPE_COMMIT_TOKEN = 4;
    static final int TYPE_HOLD_CANCEL = 5;

    static final int ENCAPSULATED_AT = 4;
    static final int NODE_ID_AT = 5;
    static final int TARGET_AT = 9;

    private static final short MAGIC = (short) 0xC070;
    private static final byte VERSION = 3;
    private static final int VERSION_AT = 2;
    private static final int TYPE_AT = 3;

    private RingMessages() {}

    /**
     * Decodes one packet. Octets behind the end of a message are ignored. Never throws.
     *
     * @param packet a {@link Mcast} keeps the array, the others do not
     */
    public static Decoded decode(byte[] packet) {
        if (packet.length < HEADER_BYTES) return new Decoded.Malformed(RingDropReason.SHORT);
        if (packet.length > MAX_PACKET_BYTES) return new Decoded.Malformed(RingDropReason.LONG);
        ByteBuffer in = ByteBuffer.wrap(packet).order(LITTLE_ENDIAN);
        if (in.getShort(0) != MAGIC) in.order(BIG_ENDIAN);
        if (in.getShort(0) != MAGIC) return new Decoded.Malformed(RingDropReason.MAGIC);
        if (in.get(VERSION_AT) != VERSION) return new Decoded.Malformed(RingDropReason.VERSION);
        return switch (in.get(TYPE_AT)) {
            case TYPE_TOKEN -> Token.decode(in);
            case TYPE_MCAST -> Mcast.decode(packet, in);
            case TYPE_MERGE_DETECT -> MergeDetect.decode(in);
            case TYPE_JOIN -> Join.decode(in);
            case TYPE_COMMIT_TOKEN -> CommitToken.decode(in);
            case TYPE_HOLD_CANCEL -> HoldCancel.decode(in);
            default -> new Decoded.Malformed(RingDropReason.TYPE);
        };
    }

    /**
     * Decodes the message in a part of an array, as {@link #decode(byte[])} does, from a copy of it.
     *
     * @throws IndexOutOfBoundsException if the part is not inside the array
     */
    public static Decoded decode(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return decode(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    /** Writes the common header; a little-endian buffer that stands behind it. */
    static ByteBuffer start(byte[] packet, int type, int encapsulated, int nodeId, int target) {
        return ByteBuffer.wrap(packet)
                .order(LITTLE_ENDIAN)
                .putShort(MAGIC)
                .put(VERSION)
                .put((byte) type)
                .put((byte) encapsulated)
                .putInt(nodeId)
                .putInt(target);
    }

    static RingId ringId(ByteBuffer in, int at) {
        return new RingId(in.getInt(at), in.getLong(at + 4));
    }

    static void putRingId(ByteBuffer out, RingId ringId) {
        out.putInt(ringId.representative()).putLong(ringId.sequence());
    }

    static List<Integer> nodeIds(ByteBuffer in, int at, int count) {
        List<Integer> nodes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) nodes.add(in.getInt(at + 4 * i));
        return List.copyOf(nodes);
    }

    static void putNodeIds(ByteBuffer out, List<Integer> nodes) {
        for (int node : nodes) out.putInt(node);
    }

    /** Whether a count read from the wire is above its limit; as an {@code int} it may also be negative. */
    static boolean exceeds(int count, int limit) {
        return count < 0 || count > limit;
    }

    static void requireAtMost(int limit, List<?> list, String name) {
        if (list.size() > limit) throw new IllegalArgumentException(name + ": " + list.size() + " of at most " + limit);
    }
}
