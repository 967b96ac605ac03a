package org.quorate.quorum.vote.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A message between votequorum nodes. Numbers are little-endian; sizes are multiples of eight, so some bodies end in octets without
 * a meaning, written as zero and ignored when read.
 */
public sealed interface VoteMessage permits NodeInfo, Reconfigure, DeviceRegister, DeviceRename {
    /** Octets of a name with its terminating zero. */
    int NAME_BYTES = 255;

    /** The message's number. */
    int function();

    /** The body without the service header. */
    byte[] encode();

    /** Reads a body; never throws. */
    static Decoded decode(int function, byte[] body) {
        return switch (function) {
            case NodeInfo.FUNCTION -> NodeInfo.decode(body);
            case Reconfigure.FUNCTION -> Reconfigure.decode(body);
            case DeviceRegister.FUNCTION -> DeviceRegister.decode(body);
            case DeviceRename.FUNCTION -> DeviceRename.decode(body);
            default -> new Decoded.Malformed(DropReason.UNKNOWN_FUNCTION, "function " + function);
        };
    }

    /** A zeroed little-endian body. */
    static ByteBuffer body(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The complaint about a body of the wrong size. */
    static Decoded wrongSize(String what, int expected, byte[] body) {
        return new Decoded.Malformed(
                DropReason.WRONG_SIZE, what + " of " + body.length + " octets instead of " + expected);
    }

    /** The name at {@code offset}, up to its zero; null when there is none within {@link #NAME_BYTES}. One char per octet. */
    static @Nullable String name(byte[] body, int offset) {
        for (int i = 0; i < NAME_BYTES; i++)
            if (body[offset + i] == 0) return new String(body, offset, i, StandardCharsets.ISO_8859_1);
        return null;
    }

    /** Whether a device can have this name: 1 to 254 characters of one octet, none zero. */
    static boolean isName(String name) {
        return !name.isEmpty() && fits(name);
    }

    private static boolean fits(String name) {
        return name.length() < NAME_BYTES && name.chars().allMatch(c -> c > 0 && c <= 255);
    }

    /** Checks that a name fits and loses nothing. */
    static void checkName(String name) {
        if (!fits(name))
            throw new IllegalArgumentException(
                    "a device name has at most 254 characters of one octet, none zero: " + name);
    }

    /** The octets of a checked name. */
    static byte[] nameBytes(String name) {
        return name.getBytes(StandardCharsets.ISO_8859_1);
    }
}
