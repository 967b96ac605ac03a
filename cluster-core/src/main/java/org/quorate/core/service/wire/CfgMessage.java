package org.quorate.core.service.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.MessageHeader;
import org.quorate.core.wire.Parsed;

/** An order of an administrator, for all nodes: service 1. Only a kill exists in both byte orders. */
public sealed interface CfgMessage {
    /** The message, header included. */
    byte[] encode();

    /**
     * Leftover of an old protocol; means nothing. Function 0, 32 octets: 16 node id u32; 24 connection u64.
     *
     * @param sourceNode where it was asked for, unsigned
     * @param sourceConnection meaningless elsewhere
     */
    record RingReenable(int sourceNode, long sourceConnection) implements CfgMessage {
        static final int FUNCTION = 0;

        private static final int NODE_AT = 16;
        private static final int CONNECTION_AT = 24;
        private static final int BYTES = 32;

        @Override
        public byte[] encode() {
            return sourced(FUNCTION, sourceNode, sourceConnection);
        }
    }

    /**
     * The named node has to end at once, without a leave. Function 1, 288 octets: 16 node id u32; 24 octets of the text u16, a final zero included;
     * 32 text, 256 octets, undefined behind its end.
     *
     * @param node who has to end, unsigned
     * @param text why; without control characters as far as the sender plays fair. At most {@link #MAX_TEXT_BYTES} octets of UTF-8
     */
    record KillNode(int node, String text) implements CfgMessage {
        /** Most octets of a text: its field without the final zero. */
        public static final int MAX_TEXT_BYTES = 255;

        static final int FUNCTION = 1;

        private static final int NODE_AT = 16;
        private static final int LENGTH_AT = 24;
        private static final int TEXT_AT = 32;
        private static final int BYTES = 288;

        /** Refuses a text that does not fit. */
        public KillNode {
            if (text.getBytes(UTF_8).length > MAX_TEXT_BYTES) {
                throw new IllegalArgumentException("text of more than " + MAX_TEXT_BYTES + " octets: " + text);
            }
        }

        @Override
        public byte[] encode() {
            byte[] message = new byte[BYTES];
            byte[] octets = text.getBytes(UTF_8);
            ByteBuffer out = start(message, FUNCTION);
            out.putInt(NODE_AT, node).putShort(LENGTH_AT, (short) (octets.length + 1));
            out.put(TEXT_AT, octets);
            return message;
        }

        private static Parsed<CfgMessage> decode(ByteBuffer in) {
            int length = Short.toUnsignedInt(in.getShort(LENGTH_AT));
            if (length > BYTES - TEXT_AT) return Parsed.malformed(DropReason.CFG_TEXT);
            int end = 0;
            while (end < Math.min(length, MAX_TEXT_BYTES) && in.get(TEXT_AT + end) != 0) end++;
            byte[] octets = new byte[end];
            in.get(TEXT_AT, octets);
            String text = new String(octets, UTF_8);
            // octets that are no UTF-8 became longer
            if (text.getBytes(UTF_8).length > MAX_TEXT_BYTES) return Parsed.malformed(DropReason.CFG_TEXT);
            return Parsed.ok(new KillNode(in.getInt(NODE_AT), text));
        }
    }

    /** The sender is about to end. Function 2, 16 octets: the header only. */
    record Shutdown() implements CfgMessage {
        static final int FUNCTION = 2;

        @Override
        public byte[] encode() {
            byte[] message = new byte[MessageHeader.BYTES];
            start(message, FUNCTION);
            return message;
        }
    }

    /**
     * Every node reads its own configuration again. Function 3, 32 octets: 16 node id u32; 24 connection u64.
     *
     * @param sourceNode where it was asked for, unsigned
     * @param sourceConnection meaningless elsewhere
     */
    record Reload(int sourceNode, long sourceConnection) implements CfgMessage {
        static final int FUNCTION = 3;

        @Override
        public byte[] encode() {
            return sourced(FUNCTION, sourceNode, sourceConnection);
        }
    }

    /**
     * A step of a change of keys, for the sender itself. Function 4, 24 octets: 16 phase u32.
     *
     * @param phase {@link #USE} or {@link #DROP}; others mean nothing
     */
    record CryptoPhase(int phase) implements CfgMessage {
        /** Send under the new keys. */
        public static final int USE = 1;
        /** Forget the old keys. */
        public static final int DROP = 2;

        static final int FUNCTION = 4;

        private static final int PHASE_AT = 16;
        private static final int BYTES = 24;

        @Override
        public byte[] encode() {
            byte[] message = new byte[BYTES];
            start(message, FUNCTION).putInt(PHASE_AT, phase);
            return message;
        }
    }

    /**
     * Reads a message of service 1.
     *
     * @param payload behind the group list, from its position to its limit
     * @param littleEndian byte order of the sender
     */
    static Parsed<CfgMessage> decode(ByteBuffer payload, boolean littleEndian) {
        ByteBuffer in = MessageHeader.open(payload, littleEndian);
        return ServiceHeader.decode(in)
                .then(header -> header.service() == ServiceHeader.CFG
                        ? decode(in, header, littleEndian)
                        : Parsed.malformed(DropReason.SERVICE_FUNCTION));
    }

    private static Parsed<CfgMessage> decode(ByteBuffer in, ServiceHeader header, boolean littleEndian) {
        int function = header.function();
        int bytes = switch (function) {
            case RingReenable.FUNCTION, Reload.FUNCTION -> RingReenable.BYTES;
            case KillNode.FUNCTION -> KillNode.BYTES;
            case Shutdown.FUNCTION -> MessageHeader.BYTES;
            case CryptoPhase.FUNCTION -> CryptoPhase.BYTES;
            default -> 0;
        };
        if (bytes == 0) return Parsed.malformed(DropReason.SERVICE_FUNCTION);
        if (!littleEndian && function != KillNode.FUNCTION) return Parsed.malformed(DropReason.MESSAGE_BYTE_ORDER);
        if (header.size() < bytes) return Parsed.malformed(DropReason.MESSAGE_SIZE);
        return switch (function) {
            case RingReenable.FUNCTION ->
                Parsed.ok(new RingReenable(in.getInt(RingReenable.NODE_AT), in.getLong(RingReenable.CONNECTION_AT)));
            case KillNode.FUNCTION -> KillNode.decode(in);
            case Shutdown.FUNCTION -> Parsed.ok(new Shutdown());
            case Reload.FUNCTION ->
                Parsed.ok(new Reload(in.getInt(RingReenable.NODE_AT), in.getLong(RingReenable.CONNECTION_AT)));
            default -> Parsed.ok(new CryptoPhase(in.getInt(CryptoPhase.PHASE_AT)));
        };
    }

    private static byte[] sourced(int function, int sourceNode, long sourceConnection) {
        byte[] message = new byte[RingReenable.BYTES];
        start(message, function)
                .putInt(RingReenable.NODE_AT, sourceNode)
                .putLong(RingReenable.CONNECTION_AT, sourceConnection);
        return message;
    }

    private static ByteBuffer start(byte[] message, int function) {
        return MessageHeader.start(message, ServiceHeader.id(ServiceHeader.CFG, function));
    }
}
