package org.quorate.knet.link;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.knet.wire.DataFields;
import org.quorate.knet.wire.DropReason;

/**
 * Puts the fragments of one host's messages together; they may come in any order, more than once, over any link.
 *
 * <p>Rule: at most {@value #MAX_BUFFERS} messages at a time, keyed by sequence number; a further one takes the place of the one that was touched
 * longest ago. A message is given up when its number is not among the newest {@value #MAX_AGE} and one any more. What was given up or
 * finished never gets a buffer again while its number is in the {@link SequenceWindow}. All fragments but the last have one size, all agree
 * on how many there are, on compression, channel and broadcast; the last is no longer than the others; the message has at most 65536 bytes.
 *
 * <p>Source: docs/protocol/knet.md 2.5. Differs: libknet 1.25 makes none of these checks. One buffer holds 64 KiB, so one host 2 MiB;
 * {@value #MAX_SPARE} of them are kept for the next messages.
 */
final class Reassembler {
    /** Messages that one host may have in parts at a time. */
    static final int MAX_BUFFERS = 32;

    /** A message this many numbers behind the newest one may still be completed. */
    static final int MAX_AGE = 32;

    /** Buffers that wait for the next message. */
    static final int MAX_SPARE = 4;

    /** What became of a fragment. */
    sealed interface Result {
        /**
         * It was the last one missing.
         *
         * @param message still compressed if its fragments were; valid until the next fragment is added
         */
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

    /** The one touched longest ago first. */
    private final List<PartialMessage> partials = new ArrayList<>();

    private final ArrayDeque<PartialMessage> spare = new ArrayDeque<>();

    private long evicted;

    /** Works on the numbers that {@code window} has admitted. */
    Reassembler(SequenceWindow window) {
        this.window = window;
    }

    /** Takes a fragment whose number has just been admitted, after {@link #forgetOld}; copies its payload. */
    Result add(DataFields fragment) {
        PartialMessage partial = touch(fragment.sequence());
        if (partial == null) {
            if (!window.begin(fragment.sequence())) return LATE;
            if (partials.size() == MAX_BUFFERS) giveUp(0);
            @Nullable PartialMessage used = spare.poll();
            partial = used == null ? new PartialMessage() : used;
            partial.begin(fragment);
            partials.add(partial);
        }
        return switch (partial.add(fragment)) {
            case KEPT -> partial.isComplete() ? complete(partial) : INCOMPLETE;
            case REPEATED -> INCOMPLETE;
            case CONTRADICTS -> CONTRADICTION;
            case TOO_LARGE -> {
                dropNewest();
                yield TOO_LARGE;
            }
        };
    }

    private Result complete(PartialMessage partial) {
        dropNewest();
        return new Result.Complete(partial.message());
    }

    /** The message with that number, which is from now on the one touched last. */
    private @Nullable PartialMessage touch(int sequence) {
        for (int i = partials.size() - 1; i >= 0; i--) {
            PartialMessage partial = partials.get(i);
            if (partial.sequence() != sequence) continue;
            if (i < partials.size() - 1) partials.add(partials.remove(i));
            return partial;
        }
        return null;
    }

    private void dropNewest() {
        keep(partials.remove(partials.size() - 1));
    }

    private void giveUp(int index) {
        keep(partials.remove(index));
        evicted++;
    }

    private void keep(PartialMessage partial) {
        if (spare.size() < MAX_SPARE) spare.push(partial);
    }

    /** Gives up messages that are too far behind the newest number. To be called whenever a number has been admitted. */
    void forgetOld() {
        for (int i = partials.size() - 1; i >= 0; i--) {
            int age = window.age(partials.get(i).sequence());
            if (age < 0 || age > MAX_AGE) giveUp(i);
        }
    }

    /** Gives up all messages, and the memory that was kept for them. */
    void reset() {
        evicted += partials.size();
        partials.clear();
        spare.clear();
    }

    /** How many messages are in parts now. */
    int pending() {
        return partials.size();
    }

    /** How many messages were given up since the beginning; to be counted as {@link DropReason#REASSEMBLY_EVICTED}. */
    long evicted() {
        return evicted;
    }
}
