package org.quorate.quorum.vote.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A quorum device was registered at the sender, or is no longer.
 *
 * <pre>
 * offset size meaning
 *      0    4 0 unregistered, 1 registered
 *      4  255 name, ended by a zero; what follows the zero has no meaning
 *    259    5 without meaning
 * </pre>
 *
 * Source: votequorum.c 3.1.7, struct req_exec_quorum_qdevice_reg.
 *
 * @param registered true for registered
 * @param name at most 254 octets, one char each
 */
public record DeviceRegister(boolean registered, String name) implements VoteMessage {
    /** Number of this message. */
    public static final int FUNCTION = 2;
    /** Size of its body. */
    public static final int BODY_BYTES = 264;

    private static final int OPERATION_AT = 0;
    private static final int NAME_AT = 4;

    /** Checks the name. */
    public DeviceRegister {
        VoteMessage.checkName(name);
    }

    @Override
    public int function() {
        return FUNCTION;
    }

    @Override
    public byte[] encode() {
        return VoteMessage.body(BODY_BYTES)
                .putInt(registered ? 1 : 0)
                .put(VoteMessage.nameBytes(name))
                .array();
    }

    static Decoded decode(byte[] body) {
        if (body.length != BODY_BYTES) return VoteMessage.wrongSize("device register", BODY_BYTES, body);
        int operation = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getInt(OPERATION_AT);
        if (operation != 0 && operation != 1)
            return new Decoded.Malformed(
                    DropReason.OUT_OF_RANGE, "device register with operation " + Integer.toUnsignedString(operation));
        String name = VoteMessage.name(body, NAME_AT);
        if (name == null) return new Decoded.Malformed(DropReason.UNTERMINATED_NAME, "device register");
        return new Decoded.Ok(new DeviceRegister(operation == 1, name));
    }
}
