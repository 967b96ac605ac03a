package org.quorate.quorum.vote.wire;

/**
 * The cluster's quorum device has a new name.
 *
 * <pre>
 * offset size meaning
 *      0  255 old name, ended by a zero; what follows the zero has no meaning
 *    255  255 new name, likewise
 *    510    2 without meaning
 * </pre>
 *
 * Source: votequorum.c 3.1.7, struct req_exec_quorum_qdevice_reconfigure.
 *
 * @param oldName at most 254 octets, one char each
 * @param newName likewise
 */
public record DeviceRename(String oldName, String newName) implements VoteMessage {
    /** Number of this message. */
    public static final int FUNCTION = 3;
    /** Size of its body. */
    public static final int BODY_BYTES = 512;

    private static final int OLD_AT = 0;
    private static final int NEW_AT = NAME_BYTES;

    /** Checks the names. */
    public DeviceRename {
        VoteMessage.checkName(oldName);
        VoteMessage.checkName(newName);
    }

    @Override
    public int function() {
        return FUNCTION;
    }

    @Override
    public byte[] encode() {
        return VoteMessage.body(BODY_BYTES)
                .put(VoteMessage.nameBytes(oldName))
                .position(NEW_AT)
                .put(VoteMessage.nameBytes(newName))
                .array();
    }

    static Decoded decode(byte[] body) {
        if (body.length != BODY_BYTES) return VoteMessage.wrongSize("device rename", BODY_BYTES, body);
        String oldName = VoteMessage.name(body, OLD_AT);
        String newName = VoteMessage.name(body, NEW_AT);
        if (oldName == null || newName == null)
            return new Decoded.Malformed(DropReason.UNTERMINATED_NAME, "device rename");
        return new Decoded.Ok(new DeviceRename(oldName, newName));
    }
}
