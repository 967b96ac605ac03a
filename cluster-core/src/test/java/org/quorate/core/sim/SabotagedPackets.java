package org.quorate.core.sim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.quorate.RingId;
import org.quorate.core.ring.wire.Decoded;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.ring.wire.RingMessage;
import org.quorate.core.ring.wire.RingMessages;
import org.quorate.core.ring.wire.Token;

/** Changes packets of the ring on their way into a node, so that its engine breaks a rule without knowing. */
final class SabotagedPackets {
    private static final int RING_ID_AT = 25;
    private static final int TOKEN_SEQ_AT = 13;
    private static final int TOKEN_ARU_AT = 21;
    private static final int TOKEN_ARU_ADDR_AT = 25;
    private static final int WINDOW = 16_384;

    private SabotagedPackets() {}

    /** What an envelope carries is of a ring that nobody was in. */
    static byte[] withoutRecovered(byte[] packet) {
        if (!(decode(packet) instanceof Mcast mcast) || mcast.encapsulated() != Mcast.ENCAPSULATED) return packet;
        byte[] copy = packet.clone();
        int at = Mcast.HEADER_BYTES + RING_ID_AT;
        if (at < copy.length) copy[at] ^= 0x55;
        return copy;
    }

    /** A token says that everybody has everything. */
    static byte[] receivedByAll(byte[] packet) {
        if (!(decode(packet) instanceof Token)) return packet;
        ByteBuffer copy = ByteBuffer.wrap(packet.clone()).order(ByteOrder.LITTLE_ENDIAN);
        copy.putInt(TOKEN_ARU_AT, copy.getInt(TOKEN_SEQ_AT)).putInt(TOKEN_ARU_ADDR_AT, 0);
        return copy.array();
    }

    /** The same for a token whose aru is larger than its seq, if one forgets that numbers roll over. */
    static byte[] receivedByAllAfterWrap(byte[] packet) {
        return decode(packet) instanceof Token token && Integer.compareUnsigned(token.aru(), token.seq()) > 0
                ? receivedByAll(packet)
                : packet;
    }

    /** Takes a message of a ring for an old one if its number is far smaller than one that came before, as if numbers did not roll over. */
    static final class OldMessages implements PacketFilter {
        private RingId ring = RingId.NONE;
        private int highest;

        @Override
        public byte @Nullable [] received(byte[] packet) {
            if (!(decode(packet) instanceof Mcast mcast)) return packet;
            boolean known = mcast.ringId().equals(ring);
            if (known && Integer.compareUnsigned(highest, mcast.seq()) > 0)
                return Integer.compareUnsigned(highest - mcast.seq(), WINDOW) > 0 ? null : packet;
            ring = mcast.ringId();
            highest = mcast.seq();
            return packet;
        }
    }

    private static @Nullable RingMessage decode(byte[] packet) {
        return RingMessages.decode(packet) instanceof Decoded.Ok ok ? ok.message() : null;
    }
}
