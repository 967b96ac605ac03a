package org.quorate.knet.wire;

import static org.quorate.knet.wire.KnetFrames.checkLink;
import static org.quorate.knet.wire.KnetFrames.checkRange;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One knet frame, before encryption. Immutable, except that the payload of a {@link DataFrame} may be a view of a reused buffer.
 *
 * <p>Every frame starts with six bytes: version (1), type, source host id (16 bit, big-endian), and two that are sent as 0 and not read.
 * The constructors refuse, with {@link IllegalArgumentException}, what must never be sent.
 */
public sealed interface KnetFrame {
    /** Host id of the sender of this very frame, 1..65535. */
    int source();

    /** Length of the encoded frame in bytes. */
    int encodedBytes();

    /** Writes {@link #encodedBytes} bytes at the position of {@code out}, whatever its byte order, and moves the position behind them. */
    void encode(ByteBuffer out);

    /**
     * A message of the application or one fragment of it.
     *
     * <pre>
     *  6  u16 BE  sequence   one number for all fragments and copies of a message
     *  8  u8      compress   0, or the number of a compression model
     *  9  u8      0
     * 10  u8      broadcast  1 or 0; nobody acts on it
     * 11  u8      fragments  1..254
     * 12  u8      fragment   0 if fragments is 1, else 1..fragments
     * 13  u8      channel    0..31
     * 14  ...     payload    1..65536 bytes
     * </pre>
     *
     * @param source host id of the sender
     * @param sequence 0..65535; 0 is never sent but is accepted
     * @param compress 0..7, see CompressionModel
     * @param broadcast whether the message is to all
     * @param fragments 1..254
     * @param fragment 0 if {@code fragments} is 1, else 1..{@code fragments}
     * @param channel 0..31
     * @param payload from its position to its limit; not empty. Of a decoded frame: a view of the buffer that was decoded
     */
    record DataFrame(
            int source,
            int sequence,
            int compress,
            boolean broadcast,
            int fragments,
            int fragment,
            int channel,
            ByteBuffer payload)
            implements KnetFrame, DataFields {
        /** Refuses what a receiver would drop. */
        public DataFrame {
            KnetFrames.checkSource(source);
            checkRange("sequence", sequence, 0, 0xffff);
            DropReason reason = fault(compress, fragments, fragment, channel, payload.remaining());
            if (reason != null || (fragments == 1 && fragment != 0))
                throw new IllegalArgumentException("data frame with compress " + compress + ", fragment " + fragment
                        + " of " + fragments + ", channel " + channel + ", " + payload.remaining() + " bytes: "
                        + (reason == null ? DropReason.BAD_FRAGMENT : reason));
        }

        /** What is wrong with these fields, if anything. */
        static @Nullable DropReason fault(int compress, int fragments, int fragment, int channel, int payloadBytes) {
            if (payloadBytes == 0) return DropReason.EMPTY_PAYLOAD;
            if (fragments < 1 || fragments > KnetFrames.MAX_FRAGMENTS) return DropReason.BAD_FRAGMENT;
            if (fragments > 1 && (fragment < 1 || fragment > fragments)) return DropReason.BAD_FRAGMENT;
            if (channel < 0 || channel >= KnetFrames.CHANNELS) return DropReason.BAD_CHANNEL;
            if (compress < 0 || compress > KnetFrames.MAX_COMPRESS) return DropReason.BAD_COMPRESSION;
            // every fragment but the last says how long the message is at least
            int atLeast = fragment < fragments && fragments > 1 ? (fragments - 1) * payloadBytes + 1 : payloadBytes;
            return atLeast > KnetFrames.MAX_MESSAGE_BYTES ? DropReason.TOO_LARGE : null;
        }

        @Override
        public int encodedBytes() {
            return KnetFrames.DATA_HEADER_BYTES + payload.remaining();
        }

        @Override
        public void encode(ByteBuffer out) {
            KnetFrames.putDataHeader(out, source, sequence, compress, broadcast, fragments, fragment, channel);
            out.put(payload.duplicate());
        }
    }

    /**
     * A heartbeat; always 26 bytes.
     *
     * <pre>
     *  6  u8      link
     *  7  16      time      meaningful to the sender alone
     * 23  u16 BE  sequence  newest data sequence the sender has used, 0 if none
     * 25  u8      timed     1 periodic, 0 sent out of turn
     * </pre>
     *
     * @param source host id of the sender
     * @param link 0..7
     * @param timeHigh the first eight of the 16 bytes, as a big-endian number
     * @param timeLow the last eight
     * @param sequence 0..65535
     * @param timed whether it is a periodic one
     */
    record PingFrame(int source, int link, long timeHigh, long timeLow, int sequence, boolean timed)
            implements KnetFrame {
        /** Checks the ranges. */
        public PingFrame {
            KnetFrames.checkSource(source);
            checkLink(link);
            checkRange("sequence", sequence, 0, 0xffff);
        }

        /** The answer of host {@code responder}: everything but the source is echoed. */
        public PongFrame answeredBy(int responder) {
            return new PongFrame(responder, link, timeHigh, timeLow, sequence, timed);
        }

        @Override
        public int encodedBytes() {
            return KnetFrames.PING_BYTES;
        }

        @Override
        public void encode(ByteBuffer out) {
            KnetFrames.putPing(out, KnetFrames.TYPE_PING, source, link, timeHigh, timeLow, sequence, timed);
        }
    }

    /**
     * The answer to a {@link PingFrame}, with the same layout and, but for the source, the same content.
     *
     * @param source host id of the responder
     * @param link 0..7
     * @param timeHigh as in the ping
     * @param timeLow as in the ping
     * @param sequence as in the ping
     * @param timed as in the ping
     */
    record PongFrame(int source, int link, long timeHigh, long timeLow, int sequence, boolean timed)
            implements KnetFrame {
        /** Checks the ranges. */
        public PongFrame {
            KnetFrames.checkSource(source);
            checkLink(link);
            checkRange("sequence", sequence, 0, 0xffff);
        }

        @Override
        public int encodedBytes() {
            return KnetFrames.PING_BYTES;
        }

        @Override
        public void encode(ByteBuffer out) {
            KnetFrames.putPing(out, KnetFrames.TYPE_PONG, source, link, timeHigh, timeLow, sequence, timed);
        }
    }

    /**
     * A path MTU probe: as long as the frames whose way it tries out.
     *
     * <pre>
     *  6  u8      link
     *  7  u16 LE  size    length of the IP packet that carries the probe; meaningful to the sender alone
     *  9  ...     filler, zeros
     * </pre>
     *
     * @param source host id of the sender
     * @param link 0..7
     * @param size 0..65535; little-endian as the usual hosts write it, but any value is only echoed
     * @param plainBytes length of the whole frame before encryption, 9..65562
     */
    record PmtudFrame(int source, int link, int size, int plainBytes) implements KnetFrame {
        /** Checks the ranges. */
        public PmtudFrame {
            KnetFrames.checkSource(source);
            checkLink(link);
            checkRange("size", size, 0, 0xffff);
            checkRange("plain bytes", plainBytes, KnetFrames.PMTUD_HEADER_BYTES, KnetFrames.MAX_PLAIN_BYTES);
        }

        /** The answer of host {@code responder}. */
        public PmtudReplyFrame answeredBy(int responder) {
            return new PmtudReplyFrame(responder, link, size);
        }

        @Override
        public int encodedBytes() {
            return plainBytes;
        }

        @Override
        public void encode(ByteBuffer out) {
            KnetFrames.putPmtud(out, KnetFrames.TYPE_PMTUD, source, link, size);
            for (int i = KnetFrames.PMTUD_HEADER_BYTES; i < plainBytes; i++) out.put((byte) 0);
        }
    }

    /**
     * The answer to a {@link PmtudFrame}: its first nine bytes with type and source replaced.
     *
     * @param source host id of the responder
     * @param link 0..7
     * @param size as in the probe
     */
    record PmtudReplyFrame(int source, int link, int size) implements KnetFrame {
        /** Checks the ranges. */
        public PmtudReplyFrame {
            KnetFrames.checkSource(source);
            checkLink(link);
            checkRange("size", size, 0, 0xffff);
        }

        @Override
        public int encodedBytes() {
            return KnetFrames.PMTUD_HEADER_BYTES;
        }

        @Override
        public void encode(ByteBuffer out) {
            KnetFrames.putPmtud(out, KnetFrames.TYPE_PMTUD_REPLY, source, link, size);
        }
    }
}
