package org.quorate.knet.link;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.quorate.knet.wire.DataFields;
import org.quorate.knet.wire.KnetFrames;

/** A message of which fragments are missing, with room for the longest message; used again and again. */
final class PartialMessage {
    /** What became of a fragment. */
    enum Outcome {
        /** It is new. */
        KEPT,
        /** It had been received before. */
        REPEATED,
        /** It does not belong to the others. */
        CONTRADICTS,
        /** The message would be longer than a message can be. */
        TOO_LARGE
    }

    private final byte[] bytes = new byte[KnetFrames.MAX_MESSAGE_BYTES];
    private final ByteBuffer message = ByteBuffer.wrap(bytes);
    /** Fragment n is bit n. */
    private final long[] received = new long[4];

    private int receivedCount;
    private int sequence;
    private int fragments;
    private int compress;
    private int channel;
    private boolean broadcast;
    /** Size of all fragments but the last; 0 until one of them has come. */
    private int fragmentBytes;
    /** Size of the last fragment; 0 until it has come. */
    private int lastBytes;
    /** The last fragment, kept apart while nobody knows where it belongs. */
    private byte @Nullable [] last;

    /** Starts over, with the message that {@code pattern} is a fragment of. */
    void begin(DataFields pattern) {
        sequence = pattern.sequence();
        fragments = pattern.fragments();
        compress = pattern.compress();
        channel = pattern.channel();
        broadcast = pattern.broadcast();
        for (int i = 0; i < received.length; i++) received[i] = 0;
        receivedCount = 0;
        fragmentBytes = 0;
        lastBytes = 0;
        last = null;
    }

    int sequence() {
        return sequence;
    }

    Outcome add(DataFields fragment) {
        if (!fits(fragment)) return Outcome.CONTRADICTS;
        int number = fragment.fragment();
        long bit = 1L << number; // the shift takes the number modulo 64
        if ((received[number >> 6] & bit) != 0) return Outcome.REPEATED;
        int size = fragment.payload().remaining();
        boolean isLast = number == fragments;
        int others = isLast ? fragmentBytes : size;
        if (!isLast && fragmentBytes != 0 && size != fragmentBytes) return Outcome.CONTRADICTS;
        int end = isLast ? size : Math.max(1, lastBytes);
        if (others != 0 && end > others) return Outcome.CONTRADICTS;
        if ((fragments - 1) * others + end > KnetFrames.MAX_MESSAGE_BYTES) return Outcome.TOO_LARGE;

        received[number >> 6] |= bit;
        receivedCount++;
        if (isLast) keepLast(fragment.payload(), size);
        else keep(fragment.payload(), number, size);
        return Outcome.KEPT;
    }

    private boolean fits(DataFields fragment) {
        return fragment.fragments() == fragments
                && fragment.compress() == compress
                && fragment.channel() == channel
                && fragment.broadcast() == broadcast;
    }

    private void keepLast(ByteBuffer payload, int size) {
        lastBytes = size;
        if (fragmentBytes == 0) {
            last = new byte[size];
            payload.get(payload.position(), last);
        } else {
            payload.get(payload.position(), bytes, (fragments - 1) * fragmentBytes, size);
        }
    }

    private void keep(ByteBuffer payload, int number, int size) {
        fragmentBytes = size;
        payload.get(payload.position(), bytes, (number - 1) * size, size);
        if (last == null) return;
        System.arraycopy(last, 0, bytes, (fragments - 1) * size, last.length);
        last = null;
    }

    boolean isComplete() {
        return receivedCount == fragments;
    }

    /** All of it, once it is complete; valid until {@link #begin}. */
    ByteBuffer message() {
        return message.order(ByteOrder.BIG_ENDIAN).clear().limit((fragments - 1) * fragmentBytes + lastBytes);
    }
}
