package org.quorate.core.wire;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * Which octets of a service's or the synchronisation's message mean nothing, by this table and not by the codecs: real senders leave residue there.
 * Little-endian messages only.
 */
public final class UndefinedOctets {
    private UndefinedOctets() {}

    /** The positions of a message of a service. */
    public static BitSet ofService(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message).order(LITTLE_ENDIAN);
        BitSet undefined = header();
        int id = in.getInt(0);
        switch (id) {
            case 0x00000 -> configVersion(undefined, in);
            case 0x10000, 0x10003 -> undefined.set(20, 24);
            case 0x10001 -> {
                undefined.set(20, 24);
                undefined.set(26, 32);
                undefined.set(32 + in.getShort(24), 288);
            }
            case 0x10002 -> {}
            case 0x10004 -> undefined.set(20, 24);
            case 0x20000, 0x20001 -> {
                name(undefined, in, 16);
                slots(undefined, 152, 168);
            }
            case 0x20002 -> {
                undefined.set(20, 24);
                for (int at = 24; at < message.length; at += 144) {
                    undefined.set(at + 4, at + 8);
                    name(undefined, in, at + 8);
                }
            }
            case 0x20003 -> {
                name(undefined, in, 16);
                slots(undefined, 152, 176);
            }
            case 0x20005 -> {
                slots(undefined, 16, 32);
                undefined.set(32 + 4 * in.getInt(24), 1568);
            }
            case 0x20006 -> {
                name(undefined, in, 16);
                slots(undefined, 152, 192);
            }
            default -> throw new AssertionError("message " + Integer.toHexString(id));
        }
        return undefined;
    }

    /** The positions of a message of the synchronisation. */
    public static BitSet ofSync(byte[] message) {
        BitSet undefined = header();
        undefined.set(28, 32);
        if (message.length == 552) undefined.set(36, 40);
        return undefined;
    }

    /** Sets the undefined octets of a message to 0. */
    public static byte[] cleared(byte[] message, BitSet undefined) {
        byte[] cleared = message.clone();
        undefined.stream().filter(at -> at < cleared.length).forEach(at -> cleared[at] = 0);
        return cleared;
    }

    private static BitSet header() {
        BitSet undefined = new BitSet();
        slots(undefined, 0, 16);
        return undefined;
    }

    private static void configVersion(BitSet undefined, ByteBuffer in) {
        undefined.set(17, 24);
        undefined.set(25, 48);
        undefined.set(50, 56);
        undefined.set(56 + in.getShort(48), 48 + 264);
        undefined.set(48 + 265, 48 + 272);
    }

    private static void name(BitSet undefined, ByteBuffer in, int at) {
        undefined.set(at + 4, at + 8);
        undefined.set(at + 8 + in.getInt(at), at + 136);
    }

    private static void slots(BitSet undefined, int from, int to) {
        for (int at = from; at < to; at += 8) undefined.set(at + 4, at + 8);
    }
}
