package org.quorate.core.group.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Optional;
import org.quorate.core.wire.MessageHeader;

/**
 * Name of a process group: 1 to 128 octets of any value. On the wire 136: 0 length u32, 8 the octets, undefined behind their end.
 *
 * <p>Two names are the same if length and octets are. Names are ordered by their octets as unsigned numbers, a shorter one first.
 */
public final class GroupName implements Comparable<GroupName> {
    /** Most octets of a name. */
    public static final int MAX_BYTES = 128;

    static final int WIRE_BYTES = 136;

    private static final int VALUE_AT = 8;

    private final byte[] octets;

    private GroupName(byte[] octets) {
        this.octets = octets;
    }

    /**
     * A name of these octets.
     *
     * @throws IllegalArgumentException if they are none or more than {@link #MAX_BYTES}
     */
    public static GroupName of(byte[] octets) {
        if (octets.length == 0 || octets.length > MAX_BYTES) {
            throw new IllegalArgumentException("group name of " + octets.length + " octets, 1 to 128 allowed");
        }
        return new GroupName(octets.clone());
    }

    /** A name in UTF-8; refuses what {@link #of(byte[])} and {@link #utf8} refuse. */
    public static GroupName of(String name) {
        return of(utf8(name));
    }

    /**
     * The octets of a name of any length.
     *
     * @throws IllegalArgumentException if it has an unpaired surrogate, which UTF-8 cannot write: replaced, it would be another's name
     */
    public static byte[] utf8(String name) {
        try {
            ByteBuffer encoded = UTF_8.newEncoder().encode(CharBuffer.wrap(name));
            byte[] octets = new byte[encoded.remaining()];
            encoded.get(octets);
            return octets;
        } catch (CharacterCodingException unpaired) {
            throw new IllegalArgumentException(
                    "the group name has an unpaired surrogate, which UTF-8 cannot write", unpaired);
        }
    }

    /** A copy of its octets. */
    public byte[] octets() {
        return octets.clone();
    }

    /** Empty if the length is outside 1 to 128. The buffer has to have {@link #WIRE_BYTES} octets there. */
    static Optional<GroupName> decode(ByteBuffer in, int at) {
        int length = in.getInt(at);
        if (length < 1 || length > MAX_BYTES) return Optional.empty();
        byte[] octets = new byte[length];
        in.get(at + VALUE_AT, octets);
        return Optional.of(new GroupName(octets));
    }

    void encode(ByteBuffer out) {
        MessageHeader.putSlot(out, octets.length);
        out.put(octets).position(out.position() + MAX_BYTES - octets.length);
    }

    @Override
    public int compareTo(GroupName other) {
        return Arrays.compareUnsigned(octets, other.octets);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GroupName name && Arrays.equals(octets, name.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    /** The octets read as UTF-8. */
    @Override
    public String toString() {
        return new String(octets, UTF_8);
    }
}
