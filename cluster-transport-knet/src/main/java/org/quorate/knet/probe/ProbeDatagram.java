package org.quorate.knet.probe;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.quorate.LinkConfig;
import org.quorate.knet.crypto.ProbeSeal;

/**
 * One probe.
 *
 * <pre>
 *  0  8 octets  MAGIC      no clear knet frame begins so, and a sealed one once in 2^64
 *  8  u8        kind       1 question, 2 answer
 *  9  u8        link       0..7
 * 10  u16 BE    from       id of the sender, 0 for a host that is no node
 * 12  u16 BE    to         id of the receiver, or 0
 * 14  u8        heard      links on which the sender has heard the receiver, bit 0 for link 0
 * 15  u8        0
 * 16  u64 BE    number     random; an answer has that of its question
 * 24  u32 BE    life       random for each window of the sender, not 0
 * 28  u32 BE    heardLife  of the window of the receiver that "heard" is about; 0 if it was not heard
 * 32  32 octets HMAC-SHA256 of all the others
 * 64  ...       zeros
 * </pre>
 *
 * @param answer whether it is one
 * @param link 0..7
 * @param from 0..65535
 * @param to 0..65535
 * @param heard 0..255
 * @param number of the question
 * @param life of the sender's window
 * @param heardLife of the receiver's window
 * @param bytes length of the datagram, {@link #LEAST_BYTES} to {@link #MOST_BYTES}
 */
record ProbeDatagram(
        boolean answer, int link, int from, int to, int heard, long number, int life, int heardLife, int bytes) {
    static final int LEAST_BYTES = 64;
    static final int MOST_BYTES = 9216;

    static final long MAGIC = 0x51756f50726f6201L;

    private static final int QUESTION = 1;
    private static final int ANSWER = 2;
    private static final int HMAC_AT = 32;

    /** Whether it begins like a probe, and is as long as one. */
    static boolean isLikely(ByteBuffer datagram) {
        int length = datagram.remaining();
        if (length < LEAST_BYTES || length > MOST_BYTES || datagram.get(datagram.position()) != (byte) (MAGIC >>> 56))
            return false;
        long first = datagram.getLong(datagram.position());
        return (datagram.order() == ByteOrder.BIG_ENDIAN ? first : Long.reverseBytes(first)) == MAGIC;
    }

    ByteBuffer encode(ProbeSeal seal) {
        ByteBuffer out = ByteBuffer.allocate(bytes);
        out.putLong(MAGIC)
                .put((byte) (answer ? ANSWER : QUESTION))
                .put((byte) link)
                .putShort((short) from)
                .putShort((short) to)
                .put((byte) heard)
                .put((byte) 0)
                .putLong(number)
                .putInt(life)
                .putInt(heardLife)
                .rewind();
        seal.seal(out, HMAC_AT);
        return out;
    }

    /** Whether {@code datagram}, which is likely one, was sealed with that key. */
    static boolean isAuthentic(ByteBuffer datagram, ProbeSeal seal) {
        return seal.matches(datagram.slice(), HMAC_AT);
    }

    /** Null if it is malformed. */
    static @Nullable ProbeDatagram decode(ByteBuffer datagram) {
        ByteBuffer in = datagram.slice().order(ByteOrder.BIG_ENDIAN);
        int kind = in.get(8);
        int link = in.get(9);
        boolean good = (kind == QUESTION || kind == ANSWER)
                && link >= 0
                && link < LinkConfig.MAX_LINKS
                && in.get(15) == 0
                && in.getInt(24) != 0;
        for (int i = HMAC_AT + ProbeSeal.BYTES; good && i < in.limit(); i++) good = in.get(i) == 0;
        if (!good) return null;
        return new ProbeDatagram(
                kind == ANSWER,
                link,
                Short.toUnsignedInt(in.getShort(10)),
                Short.toUnsignedInt(in.getShort(12)),
                Byte.toUnsignedInt(in.get(14)),
                in.getLong(16),
                in.getInt(24),
                in.getInt(28),
                in.limit());
    }
}
