package org.quorate.core.pack.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.Parsed;

/**
 * The body of an ordinary multicast: whole messages and pieces of messages of one sender.
 *
 * <table>
 * <caption>Layout</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>2</td><td>version, 0, not checked</td></tr>
 * <tr><td>2</td><td>2</td><td>type, 0, not checked</td></tr>
 * <tr><td>4</td><td>1</td><td>fragmented</td></tr>
 * <tr><td>5</td><td>1</td><td>continuation</td></tr>
 * <tr><td>6</td><td>2</td><td>c, number of parts, at least 1</td></tr>
 * <tr><td>8</td><td>2 c</td><td>their lengths</td></tr>
 * <tr><td>8 + 2 c</td><td></td><td>the parts, back to back, up to exactly the end</td></tr>
 * </table>
 *
 * <p>Only the first part can be the continuation of a message, only the last one can be unfinished.
 *
 * @param fragmented 0 if the last part ends its message, else the number (1 to 255) of the fragment that it is
 * @param continuation 0 if the first part starts a message, else the number of the fragment that it follows
 * @param parts at least one; a decoded frame's are read-only views of the packet
 */
public record PackedFrame(int fragmented, int continuation, List<ByteBuffer> parts) {
    /** Octets in front of the list of lengths. */
    public static final int HEADER_BYTES = 8;
    /** Octets that each part needs in the list of lengths. */
    public static final int LENGTH_BYTES = 2;
    /** Longest frame: with two multicast headers around it, as recovery needs them, it is 65536 octets long. */
    public static final int MAX_BYTES = 65536 - 2 * 45;
    /** Longest part, which then has a frame of its own. */
    public static final int MAX_PART_BYTES = MAX_BYTES - HEADER_BYTES - LENGTH_BYTES;

    private static final int MAX_FRAGMENT_NUMBER = 255;
    private static final int FRAGMENTED_AT = 4;
    private static final int CONTINUATION_AT = 5;
    private static final int COUNT_AT = 6;

    /** Refuses fragment numbers outside 0 to 255 and a frame without parts. */
    public PackedFrame {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) throw new IllegalArgumentException("a frame without parts");
        if (fragmented < 0
                || fragmented > MAX_FRAGMENT_NUMBER
                || continuation < 0
                || continuation > MAX_FRAGMENT_NUMBER) {
            throw new IllegalArgumentException("fragment numbers " + fragmented + ", " + continuation);
        }
    }

    /**
     * Reads a frame.
     *
     * @param body from its position to its limit; must not change as long as the parts are used
     * @param littleEndian byte order of the sender of the multicast
     */
    public static Parsed<PackedFrame> decode(ByteBuffer body, boolean littleEndian) {
        ByteBuffer in = body.slice().order(littleEndian ? LITTLE_ENDIAN : BIG_ENDIAN);
        if (in.limit() < HEADER_BYTES) return Parsed.malformed(DropReason.PACK_SHORT);
        int count = Short.toUnsignedInt(in.getShort(COUNT_AT));
        if (count == 0) return Parsed.malformed(DropReason.PACK_EMPTY);
        int dataAt = HEADER_BYTES + LENGTH_BYTES * count;
        if (in.limit() < dataAt) return Parsed.malformed(DropReason.PACK_SHORT);
        long bytes = dataAt;
        for (int i = 0; i < count; i++) bytes += partBytes(in, i);
        if (bytes != in.limit()) return Parsed.malformed(DropReason.PACK_LENGTH);
        List<ByteBuffer> parts = new ArrayList<>(count);
        int at = dataAt;
        for (int i = 0; i < count; i++) {
            parts.add(in.slice(at, partBytes(in, i)).asReadOnlyBuffer());
            at += partBytes(in, i);
        }
        return Parsed.ok(new PackedFrame(
                Byte.toUnsignedInt(in.get(FRAGMENTED_AT)), Byte.toUnsignedInt(in.get(CONTINUATION_AT)), parts));
    }

    /** Octets of this frame. */
    public int bytes() {
        int bytes = HEADER_BYTES + LENGTH_BYTES * parts.size();
        for (ByteBuffer part : parts) bytes += part.remaining();
        return bytes;
    }

    /**
     * The octets of this frame, little-endian.
     *
     * @throws IllegalArgumentException if they are more than {@link #MAX_BYTES}
     */
    public byte[] encode() {
        int bytes = bytes();
        if (bytes > MAX_BYTES) throw new IllegalArgumentException("frame of " + bytes + " octets");
        byte[] frame = new byte[bytes];
        ByteBuffer out = ByteBuffer.wrap(frame).order(LITTLE_ENDIAN);
        out.putInt(0).put((byte) fragmented).put((byte) continuation).putShort((short) parts.size());
        for (ByteBuffer part : parts) out.putShort((short) part.remaining());
        for (ByteBuffer part : parts) out.put(part.duplicate());
        return frame;
    }

    private static int partBytes(ByteBuffer in, int index) {
        return Short.toUnsignedInt(in.getShort(HEADER_BYTES + LENGTH_BYTES * index));
    }
}
