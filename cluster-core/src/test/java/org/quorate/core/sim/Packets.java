package org.quorate.core.sim;

import java.nio.ByteBuffer;
import org.quorate.core.ring.wire.Decoded;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.ring.wire.RingMessages;

/** Prints packets for a trace. */
final class Packets {
    private static final int LONGEST = 200;

    private Packets() {}

    static String describe(byte[] packet) {
        if (packet.length == Long.BYTES)
            return "sequence "
                    + Long.toHexString(Long.reverseBytes(ByteBuffer.wrap(packet).getLong()));
        Decoded decoded = RingMessages.decode(packet.clone());
        if (decoded instanceof Decoded.Malformed bad) return packet.length + " bytes, " + bad.reason();
        var message = ((Decoded.Ok) decoded).message();
        String text = message instanceof Mcast m
                ? "Mcast " + m.seq() + " of " + m.systemFrom() + " in " + m.ringId()
                        + (m.encapsulated() == Mcast.ORDINARY ? "" : " encapsulated") + ", " + packet.length + " bytes"
                : message.toString();
        return text.length() > LONGEST ? text.substring(0, LONGEST) + ".." : text;
    }
}
