package org.quorate.core.service.wire;

import java.nio.ByteBuffer;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.MessageHeader;
import org.quorate.core.wire.Parsed;

/**
 * For which service a message is. 16 octets: 0 {@code service << 16 | function} u32; 8 size u32; the rest unused.
 *
 * @param service 0 to 63
 * @param function number of the message within the service, 0 to 65535
 * @param size octets of the whole message, this header included; never more than there are
 */
public record ServiceHeader(int service, int function, int size) {
    /** The configuration map. */
    public static final int CMAP = 0;
    /** Orders of an administrator. */
    public static final int CFG = 1;
    /** Closed process groups. */
    public static final int CPG = 2;
    /** Quorum: takes part in the synchronisation, has no messages. */
    public static final int QUORUM = 3;
    /** Votes. */
    public static final int VOTEQUORUM = 5;

    private static final int MAX_SERVICE = 63;

    /**
     * Reads the header.
     *
     * @param payload behind the group list, from its position to its limit
     * @param littleEndian byte order of the sender
     */
    public static Parsed<ServiceHeader> decode(ByteBuffer payload, boolean littleEndian) {
        return decode(MessageHeader.open(payload, littleEndian));
    }

    /** As the other one, from a buffer that {@link MessageHeader#open} made. */
    public static Parsed<ServiceHeader> decode(ByteBuffer in) {
        return MessageHeader.decode(in).then(header -> {
            int service = header.id() >>> 16;
            if (service > MAX_SERVICE) return Parsed.malformed(DropReason.SERVICE_NUMBER);
            return Parsed.ok(new ServiceHeader(service, header.id() & 0xFFFF, header.size()));
        });
    }

    /** The id of a message of a service. */
    public static int id(int service, int function) {
        return service << 16 | function;
    }
}
