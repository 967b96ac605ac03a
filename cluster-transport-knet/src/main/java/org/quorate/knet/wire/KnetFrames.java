package org.quorate.knet.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrame.PmtudFrame;
import org.quorate.knet.wire.KnetFrame.PmtudReplyFrame;
import org.quorate.knet.wire.KnetFrame.PongFrame;

/**
 * The decoder of knet frames, with the numbers of the format.
 *
 * <p>Source: docs/protocol/knet.md 1 and 7.3; checked against frames recorded from libknet 1.25.
 */
public final class KnetFrames {
    /** Largest message, in bytes, before compression and after. */
    public static final int MAX_MESSAGE_BYTES = 65_536;

    /** Largest frame before encryption, in bytes. */
    public static final int MAX_PLAIN_BYTES = MAX_MESSAGE_BYTES + 26;

    /** Length of a data frame without its payload. */
    public static final int DATA_HEADER_BYTES = 14;

    /** Length of a ping and of a pong. */
    public static final int PING_BYTES = 26;

    /** Length of a path MTU reply, and of a probe without its filler. */
    public static final int PMTUD_HEADER_BYTES = 9;

    /** Largest number of fragments of a message: receivers from libknet 1.35 on refuse 255. */
    public static final int MAX_FRAGMENTS = 254;

    /** Number of links between two hosts, numbered from 0. */
    public static final int LINKS = 8;

    /** Number of channels, numbered from 0. */
    public static final int CHANNELS = 32;

    /** Highest number of a compression model. */
    public static final int MAX_COMPRESS = 7;

    static final int TYPE_DATA = 0x00;
    static final int TYPE_PING = 0x81;
    static final int TYPE_PONG = 0x82;
    static final int TYPE_PMTUD = 0x83;
    static final int TYPE_PMTUD_REPLY = 0x84;

    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 6;
    private static final int MAX_SOURCE = 0xffff;

    private KnetFrames() {}

    /**
     * Decodes the bytes from position to limit of {@code plain}, which are the whole frame. Never throws.
     *
     * <p>Bytes behind a ping, a pong or a path MTU reply are ignored, as is the filler of a probe. The payload of a data frame is a view of
     * {@code plain}; position, limit and byte order of {@code plain} stay as they were. Nothing is allocated for frames that are refused.
     */
    public static Decoded decode(ByteBuffer plain) {
        int start = plain.position();
        int length = plain.remaining();
        if (length <= HEADER_BYTES) return Refused.TOO_SHORT;
        if (length > MAX_PLAIN_BYTES) return Refused.TOO_LARGE;
        if (unsigned(plain, start) != VERSION) return Refused.BAD_VERSION;
        int source = unsignedShort(plain, start + 2);
        if (source == 0) return Refused.UNKNOWN_HOST;
        return switch (unsigned(plain, start + 1)) {
            case TYPE_DATA -> decodeData(plain, start, length, source);
            case TYPE_PING -> decodePing(plain, start, length, source, true);
            case TYPE_PONG -> decodePing(plain, start, length, source, false);
            case TYPE_PMTUD -> decodePmtud(plain, start, length, source, true);
            case TYPE_PMTUD_REPLY -> decodePmtud(plain, start, length, source, false);
            default -> Refused.UNKNOWN_TYPE;
        };
    }

    private static Decoded decodeData(ByteBuffer plain, int start, int length, int source) {
        if (length < DATA_HEADER_BYTES) return Refused.TOO_SHORT;
        int compress = unsigned(plain, start + 8);
        int fragments = unsigned(plain, start + 11);
        int fragment = unsigned(plain, start + 12);
        int channel = unsigned(plain, start + 13);
        int payloadBytes = length - DATA_HEADER_BYTES;
        DropReason fault = DataFrame.fault(compress, fragments, fragment, channel, payloadBytes);
        if (fault != null) return Refused.of(fault);
        return new Decoded.Ok(new DataFrame(
                source,
                unsignedShort(plain, start + 6),
                compress,
                plain.get(start + 10) != 0,
                fragments,
                fragments == 1 ? 0 : fragment,
                channel,
                plain.slice(start + DATA_HEADER_BYTES, payloadBytes)));
    }

    private static Decoded decodePing(ByteBuffer plain, int start, int length, int source, boolean ping) {
        if (length < PING_BYTES) return Refused.TOO_SHORT;
        int link = unsigned(plain, start + 6);
        if (link >= LINKS) return Refused.BAD_LINK;
        long timeHigh = bigEndianLong(plain, start + 7);
        long timeLow = bigEndianLong(plain, start + 15);
        int sequence = unsignedShort(plain, start + 23);
        boolean timed = plain.get(start + 25) != 0;
        return new Decoded.Ok(
                ping
                        ? new PingFrame(source, link, timeHigh, timeLow, sequence, timed)
                        : new PongFrame(source, link, timeHigh, timeLow, sequence, timed));
    }

    private static Decoded decodePmtud(ByteBuffer plain, int start, int length, int source, boolean probe) {
        if (length < PMTUD_HEADER_BYTES) return Refused.TOO_SHORT;
        int link = unsigned(plain, start + 6);
        if (link >= LINKS) return Refused.BAD_LINK;
        int size = unsigned(plain, start + 7) | unsigned(plain, start + 8) << 8;
        return new Decoded.Ok(
                probe ? new PmtudFrame(source, link, size, length) : new PmtudReplyFrame(source, link, size));
    }

    static void putHeader(ByteBuffer out, int type, int source) {
        out.put((byte) VERSION).put((byte) type);
        putUnsignedShort(out, source);
        out.put((byte) 0).put((byte) 0);
    }

    /** Writes the {@value #DATA_HEADER_BYTES} bytes before the payload of a data frame; the fields are not checked. */
    public static void putDataHeader(
            ByteBuffer out,
            int source,
            int sequence,
            int compress,
            boolean broadcast,
            int fragments,
            int fragment,
            int channel) {
        putHeader(out, TYPE_DATA, source);
        putUnsignedShort(out, sequence);
        out.put((byte) compress)
                .put((byte) 0)
                .put((byte) (broadcast ? 1 : 0))
                .put((byte) fragments)
                .put((byte) fragment)
                .put((byte) channel);
    }

    /** Whether a frame of the known version that begins at the position of {@code plain} carries data. */
    static boolean isData(ByteBuffer plain) {
        int start = plain.position();
        return plain.get(start) == VERSION && plain.get(start + 1) == TYPE_DATA;
    }

    static void putPing(
            ByteBuffer out, int type, int source, int link, long timeHigh, long timeLow, int sequence, boolean timed) {
        putHeader(out, type, source);
        out.put((byte) link);
        putBigEndianLong(out, timeHigh);
        putBigEndianLong(out, timeLow);
        putUnsignedShort(out, sequence);
        out.put((byte) (timed ? 1 : 0));
    }

    static void putPmtud(ByteBuffer out, int type, int source, int link, int size) {
        putHeader(out, type, source);
        out.put((byte) link).put((byte) size).put((byte) (size >>> 8));
    }

    static void putUnsignedShort(ByteBuffer out, int value) {
        out.put((byte) (value >>> 8)).put((byte) value);
    }

    private static void putBigEndianLong(ByteBuffer out, long value) {
        out.putLong(out.order() == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value));
    }

    private static long bigEndianLong(ByteBuffer in, int index) {
        long value = in.getLong(index);
        return in.order() == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value);
    }

    private static int unsigned(ByteBuffer in, int index) {
        return in.get(index) & 0xff;
    }

    private static int unsignedShort(ByteBuffer in, int index) {
        return unsigned(in, index) << 8 | unsigned(in, index + 1);
    }

    static void checkSource(int source) {
        checkRange("source", source, 1, MAX_SOURCE);
    }

    static void checkLink(int link) {
        checkRange("link", link, 0, LINKS - 1);
    }

    static void checkRange(String name, int value, int from, int to) {
        if (value < from || value > to)
            throw new IllegalArgumentException(name + " " + value + " is not in " + from + ".." + to);
    }

    /** One answer for each reason, made once: a flood of bad frames makes no garbage. */
    private static final class Refused {
        private static final Map<DropReason, Decoded> BY_REASON = new EnumMap<>(DropReason.class);

        static {
            for (DropReason reason : DropReason.values()) BY_REASON.put(reason, new Decoded.Malformed(reason));
        }

        static final Decoded TOO_SHORT = of(DropReason.TOO_SHORT);
        static final Decoded TOO_LARGE = of(DropReason.TOO_LARGE);
        static final Decoded BAD_VERSION = of(DropReason.BAD_VERSION);
        static final Decoded UNKNOWN_TYPE = of(DropReason.UNKNOWN_TYPE);
        static final Decoded UNKNOWN_HOST = of(DropReason.UNKNOWN_HOST);
        static final Decoded BAD_LINK = of(DropReason.BAD_LINK);

        static Decoded of(DropReason reason) {
            return Objects.requireNonNull(BY_REASON.get(reason));
        }
    }
}
