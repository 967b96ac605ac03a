package org.quorate.core.pack.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.Parsed;

/**
 * What a message starts with: the groups that it is for. 0 number of groups g u16; 2 length of each name g x u16; then the names, then the payload.
 *
 * <p>Two groups exist: {@link #SERVICES}, whose prefix has 5 octets so that its payload stands at an odd offset, and {@link #SYNC}. Others are nobody's.
 *
 * @param names as ISO 8859-1
 * @param payloadOffset where the payload starts
 */
public record GroupHeader(List<String> names, int payloadOffset) {
    /** Messages of services. */
    public static final String SERVICES = "a";
    /** Messages of the synchronisation. */
    public static final String SYNC = "sync";
    /** Most groups of a message that is taken. Nobody names more than one. */
    public static final int MAX_GROUPS = 16;

    /** Keeps a copy of the list. */
    public GroupHeader {
        names = List.copyOf(names);
    }

    /**
     * Reads the group list.
     *
     * @param message from its position to its limit
     * @param littleEndian byte order of the sender
     */
    public static Parsed<GroupHeader> decode(ByteBuffer message, boolean littleEndian) {
        ByteBuffer in = message.slice().order(littleEndian ? LITTLE_ENDIAN : BIG_ENDIAN);
        if (in.limit() < 2) return Parsed.malformed(DropReason.PACK_GROUPS);
        int count = Short.toUnsignedInt(in.getShort(0));
        int at = 2 + 2 * count;
        if (count > MAX_GROUPS || at > in.limit()) return Parsed.malformed(DropReason.PACK_GROUPS);
        List<String> names = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int length = Short.toUnsignedInt(in.getShort(2 + 2 * i));
            if (length > in.limit() - at) return Parsed.malformed(DropReason.PACK_GROUPS);
            byte[] name = new byte[length];
            in.get(at, name);
            names.add(new String(name, ISO_8859_1));
            at += length;
        }
        return Parsed.ok(new GroupHeader(names, at));
    }

    /** The octets in front of the payload of a message for one group, little-endian. */
    public static byte[] prefix(String name) {
        byte[] prefix = new byte[4 + name.length()];
        ByteBuffer.wrap(prefix)
                .order(LITTLE_ENDIAN)
                .putShort((short) 1)
                .putShort((short) name.length())
                .put(name.getBytes(ISO_8859_1));
        return prefix;
    }
}
