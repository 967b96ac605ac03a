package org.quorate.core.sim;

import java.nio.ByteBuffer;
import org.quorate.core.ring.wire.Decoded;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.ring.wire.RingMessages;
import org.quorate.knet.wire.Decoded.Ok;
import org.quorate.knet.wire.KnetFrame;
import org.quorate.knet.wire.KnetFrames;

/** Prints packets for a trace. */
final class Packets {
    private static final int LONGEST = 200;

    private Packets() {}

    static String describe(byte[] packet) {
        if (packet.length == Long.BYTES)
            return "sequence "
                    + Long.toHexString(Long.reverseBytes(ByteBuffer.wrap(packet).getLong()));
        if (packet.length > 1 && packet[0] == 1 && KnetFrames.decode(ByteBuffer.wrap(packet)) instanceof Ok ok)
            return ok.frame() instanceof KnetFrame.DataFrame data
                    ? describe(data)
                    : ok.frame().toString();
        Decoded decoded = RingMessages.decode(packet.clone());
        if (decoded instanceof Decoded.Malformed bad) return packet.length + " bytes, " + bad.reason();
        var message = ((Decoded.Ok) decoded).message();
        String text = message instanceof Mcast m
                ? "Mcast " + m.seq() + " of " + m.systemFrom() + " in " + m.ringId()
                        + (m.encapsulated() == Mcast.ORDINARY ? "" : " encapsulated") + ", " + packet.length + " bytes"
                : message.toString();
        return text.length() > LONGEST ? text.substring(0, LONGEST) + ".." : text;
    }

    private static String describe(KnetFrame.DataFrame data) {
        String number = "knet " + data.sequence() + " ";
        if (data.fragments() > 1)
            return number + "part " + data.fragment() + " of " + data.fragments() + ", "
                    + data.payload().remaining() + " bytes";
        byte[] message = new byte[data.payload().remaining()];
        data.payload().duplicate().get(message);
        return number + describe(message);
    }
}
