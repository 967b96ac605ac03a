package org.quorate.knet.link;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quorate.knet.wire.DropReason;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.knet.wire.KnetFrames;

/**
 * Puts the fragments of one host's messages together; they may come in any order, more than once, over any link.
 *
 * <p>Rule: at most {@value #MAX_BUFFERS} messages at a time, keyed by sequence number; a further one takes the place of the one that was touched
 * longest ago. A message is given up when its number is not among the newest {@value #MAX_AGE} and one any more. What was given up or
 * finished never gets a buffer again while its number is in the {@link SequenceWindow}. All fragments but the last have one size, all agree
 * on how many there are, on compression, channel and broadcast; the last is no longer than the others; the message has at most 65536 bytes.
 *
 * <p>Source: docs/protocol/knet.md 2.5. Differs: libknet 1.25 makes none of these checks. One buffer holds at most 64 KiB, so one host 2 MiB.
 */
final class Reassembler {
    /** Messages that one host may have in parts at a time. */
    static final int MAX_BUFFERS = 32;

    /** A message this many numbers behind the newest one may still be completed. */
    static final int MAX_AGE = 32;

    /** What became of a fragment. */
    sealed interface Result {
        /** It was the last one missing. The caller owns the message, which is still compressed if its fragments were. */
        record Complete(ByteBuffer message) implements Result {}

        /** It is kept, or had been received before; others are missing. */
        record Incomplete() implements Result {}

        /** It is of no use. */
        record Refused(DropReason reason) implements Result {}
    }

    private static final Result INCOMPLETE = new Result.Incomplete();
    private static final Result LATE = new Result.Refused(DropReason.LATE_FRAGMENT);
    private static final Result CONTRADICTION = new Result.Refused(DropReason.BAD_FRAGMENT);
    private static final Result TOO_LARGE = new Result.Refused(DropReason.TOO_LARGE);

    private final SequenceWindow window;

    /** By sequence number, the one touched longest ago first. */
    private final Map<Integer, Partial> partials = new LinkedHashMap<>(MAX_BUFFERS * 2, 0.75f, true);

    private long evicted;

    /** Works on the numbers that {@code window} has admitted. */
    Reassembler(SequenceWindow window) {
        this.window = window;
    }

    /** Takes a fragment whose number has just been admitted, after {@link #forgetOld}; copies its payload. */
    Result add(DataFrame fragment) {
        Partial partial = partials.get(fragment.sequence());
        if (partial == null) {
            if (!window.begin(fragment.sequence())) return LATE;
            if (partials.size() == MAX_BUFFERS) evictOldest();
            partial = new Partial(fragment);
            partials.put(fragment.sequence(), partial);
        }
        Result result = partial.add(fragment);
        if (result != INCOMPLETE && result != CONTRADICTION) partials.remove(fragment.sequence());
        return result;
    }

    /** Gives up messages that are too far behind the newest number. To be called whenever a number has been admitted. */
    void forgetOld() {
        if (partials.isEmpty()) return;
        for (Iterator<Integer> i = partials.keySet().iterator(); i.hasNext(); ) {
            int age = window.age(i.next());
            if (age < 0 || age > MAX_AGE) {
                i.remove();
                evicted++;
            }
        }
    }

    /** Gives up all messages. */
    void reset() {
        evicted += partials.size();
        partials.clear();
    }

    /** How many messages are in parts now. */
    int pending() {
        return partials.size();
    }

    /** How many messages were given up since the beginning; to be counted as {@link DropReason#REASSEMBLY_EVICTED}. */
    long evicted() {
        return evicted;
    }

    private void evictOldest() {
        Iterator<Integer> oldest = partials.keySet().iterator();
        oldest.next();
        oldest.remove();
        evicted++;
    }

    /** A message of which fragments are missing. */
    private static final class Partial {
        private final int fragments;
        private final int compress;
        private final int channel;
        private final boolean broadcast;
        private final BitSet received = new BitSet();

        /** Size of all fragments but the last; 0 until one of them has come. */
        private int fragmentBytes;

        private byte[] bytes = {};

        /** The last fragment; kept apart while nobody knows where it belongs. */
        private byte @Nullable [] last;

        /** Room for the message that {@code pattern} is a fragment of. */
        Partial(DataFrame pattern) {
            this.fragments = pattern.fragments();
            this.compress = pattern.compress();
            this.channel = pattern.channel();
            this.broadcast = pattern.broadcast();
        }

        Result add(DataFrame fragment) {
            if (!fits(fragment)) return CONTRADICTION;
            if (received.get(fragment.fragment())) return INCOMPLETE;
            int size = fragment.payload().remaining();
            boolean isLast = fragment.fragment() == fragments;
            int others = isLast ? fragmentBytes : size;
            if (!isLast && fragmentBytes != 0 && size != fragmentBytes) return CONTRADICTION;
            int lastBytes = isLast ? size : last == null ? 1 : last.length;
            if (others != 0 && lastBytes > others) return CONTRADICTION;
            if ((fragments - 1) * others + lastBytes > KnetFrames.MAX_MESSAGE_BYTES) return TOO_LARGE;

            received.set(fragment.fragment());
            if (isLast) {
                last = new byte[size];
                fragment.payload().get(fragment.payload().position(), last);
            } else {
                if (fragmentBytes == 0) {
                    fragmentBytes = size;
                    bytes = new byte[Math.min(fragments * size, KnetFrames.MAX_MESSAGE_BYTES)];
                }
                int to = (fragment.fragment() - 1) * fragmentBytes;
                fragment.payload().get(fragment.payload().position(), bytes, to, size);
            }
            return received.cardinality() == fragments ? complete() : INCOMPLETE;
        }

        private boolean fits(DataFrame fragment) {
            return fragment.fragments() == fragments
                    && fragment.compress() == compress
                    && fragment.channel() == channel
                    && fragment.broadcast() == broadcast;
        }

        private Result complete() {
            byte[] end = Objects.requireNonNull(last); // as every other fragment, it has come
            int length = (fragments - 1) * fragmentBytes;
            System.arraycopy(end, 0, bytes, length, end.length);
            return new Result.Complete(ByteBuffer.wrap(bytes, 0, length + end.length));
        }
    }
}
