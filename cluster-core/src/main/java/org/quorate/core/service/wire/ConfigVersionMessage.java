package org.quorate.core.service.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.MessageHeader;
import org.quorate.core.wire.Parsed;

/**
 * The version of the sender's configuration: service 0, function 0. In general a list of keys with values; {@code totem.config_version} is the only one that is sent.
 *
 * <table>
 * <caption>Layout</caption>
 * <tr><th>offset</th><th>size</th><th>field</th></tr>
 * <tr><td>0</td><td>16</td><td>header</td></tr>
 * <tr><td>16</td><td>1</td><td>reason: 0 synchronisation, 1 the version changed</td></tr>
 * <tr><td>24</td><td>1</td><td>number of items, at most 32</td></tr>
 * <tr><td>32</td><td>16</td><td>reserved</td></tr>
 * <tr><td>48</td><td></td><td>items</td></tr>
 * <tr><td>item + 0</td><td>2</td><td>octets of the key</td></tr>
 * <tr><td>item + 8</td><td>256</td><td>key</td></tr>
 * <tr><td>item + 264</td><td>1</td><td>type of the value: 0 not present, 8 unsigned 64-bit; others exist</td></tr>
 * <tr><td>item + 272</td><td>8</td><td>octets of the value</td></tr>
 * <tr><td>item + 280</td><td></td><td>value, filled up to a multiple of 8</td></tr>
 * </table>
 *
 * @param reason {@link #SYNC} or {@link #CHANGED}; others are passed on
 * @param version empty if the sender's configuration has none; unsigned
 */
public record ConfigVersionMessage(int reason, OptionalLong version) {
    /** Number of the message within its service. */
    public static final int FUNCTION = 0;
    /** Sent by everybody after each change of membership. */
    public static final int SYNC = 0;
    /** Sent when the version changes while the node runs. */
    public static final int CHANGED = 1;

    private static final String KEY = "totem.config_version";
    private static final int MAX_ITEMS = 32;
    private static final int TYPE_ABSENT = 0;
    private static final int TYPE_U64 = 8;

    private static final int REASON_AT = 16;
    private static final int ITEM_COUNT_AT = 24;
    private static final int ITEMS_AT = 48;
    private static final int KEY_AT = 8;
    private static final int MAX_KEY_BYTES = 256;
    private static final int TYPE_AT = 264;
    private static final int VALUE_LENGTH_AT = 272;
    private static final int VALUE_AT = 280;

    /** The message, header included. */
    public byte[] encode() {
        byte[] message = new byte[ITEMS_AT + VALUE_AT + (version.isPresent() ? 8 : 0)];
        ByteBuffer out = MessageHeader.start(message, ServiceHeader.id(ServiceHeader.CMAP, FUNCTION));
        out.put(REASON_AT, (byte) reason);
        out.put(ITEM_COUNT_AT, (byte) 1);
        out.putShort(ITEMS_AT, (short) KEY.length());
        out.put(ITEMS_AT + KEY_AT, KEY.getBytes(US_ASCII));
        out.put(ITEMS_AT + TYPE_AT, (byte) (version.isPresent() ? TYPE_U64 : TYPE_ABSENT));
        if (version.isPresent()) {
            out.putLong(ITEMS_AT + VALUE_LENGTH_AT, 8);
            out.putLong(ITEMS_AT + VALUE_AT, version.getAsLong());
        }
        return message;
    }

    /**
     * Reads a message of service 0. Other keys are skipped; a version of another type counts as absent.
     *
     * @param payload behind the group list, from its position to its limit
     * @param littleEndian byte order of the sender
     */
    public static Parsed<ConfigVersionMessage> decode(ByteBuffer payload, boolean littleEndian) {
        ByteBuffer in = MessageHeader.open(payload, littleEndian);
        return ServiceHeader.decode(in).then(header -> {
            if (header.service() != ServiceHeader.CMAP || header.function() != FUNCTION) {
                return Parsed.malformed(DropReason.SERVICE_FUNCTION);
            }
            if (header.size() < ITEMS_AT) return Parsed.malformed(DropReason.MESSAGE_SIZE);
            return items(in, header.size());
        });
    }

    private static Parsed<ConfigVersionMessage> items(ByteBuffer in, int size) {
        int count = Byte.toUnsignedInt(in.get(ITEM_COUNT_AT));
        if (count > MAX_ITEMS) return Parsed.malformed(DropReason.CMAP_ITEM);
        OptionalLong version = OptionalLong.empty();
        int at = ITEMS_AT;
        for (int i = 0; i < count; i++) {
            if (size - at < VALUE_AT) return Parsed.malformed(DropReason.CMAP_ITEM);
            int keyBytes = Short.toUnsignedInt(in.getShort(at));
            long valueBytes = in.getLong(at + VALUE_LENGTH_AT);
            int room = size - at - VALUE_AT;
            if (keyBytes > MAX_KEY_BYTES || valueBytes < 0 || valueBytes > room) {
                return Parsed.malformed(DropReason.CMAP_ITEM);
            }
            if (valueBytes == 8
                    && in.get(at + TYPE_AT) == TYPE_U64
                    && key(in, at, keyBytes).equals(KEY)) {
                version = OptionalLong.of(in.getLong(at + VALUE_AT));
            }
            at += VALUE_AT + Math.min(room, ((int) valueBytes + 7) & ~7);
        }
        return Parsed.ok(new ConfigVersionMessage(Byte.toUnsignedInt(in.get(REASON_AT)), version));
    }

    private static String key(ByteBuffer in, int item, int keyBytes) {
        byte[] key = new byte[keyBytes];
        in.get(item + KEY_AT, key);
        String text = new String(key, US_ASCII);
        int end = text.indexOf(0);
        return end < 0 ? text : text.substring(0, end);
    }
}
