package org.quorate.knet.link;

import java.nio.ByteBuffer;
import org.quorate.knet.wire.DataFields;
import org.quorate.knet.wire.DropReason;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrames;

/**
 * What this node remembers of the data of one host: which messages it has delivered, which it has in parts, and what the host's pings say
 * about its restarts. Shared by all links to the host.
 *
 * <p>Rule: a message counts as delivered only when {@link #delivered} says so, so that a copy of one that could not be used is looked at again. A periodic ping with number 0 after one with another number means that the host has
 * started over: everything is forgotten. A ping out of turn carries a number that its host has just jumped to: everything is forgotten too,
 * unless data came since the previous one of its kind, for then the window can simply move. And a ping whose number has fallen behind the
 * ping before on the same link, and behind the window, by more than {@link #OVERTAKING}, is of a host that has started over too: the ping
 * that said so was lost.
 *
 * <p>Source: docs/protocol/knet.md 2.2 (steps 4 and 5), 2.4 to 2.6. Differs: libknet does not look at numbers that fall, and takes the messages
 * of a host for duplicates until its number has passed that of its former life, if the first pings of the new one are lost.
 */
final class PeerInbox {
    /** What became of a data frame. */
    sealed interface Received {
        /**
         * A whole message, still compressed if its frame says so.
         *
         * @param message of an unfragmented one: the frame's own payload; of others: valid until the next frame
         */
        record Message(ByteBuffer message) implements Received {}

        /** A part of one; nothing to do. */
        record Part() implements Received {}

        /** Nothing that can be used. */
        record Dropped(DropReason reason) implements Received {}
    }

    /** So far a frame may be overtaken by others. */
    static final int OVERTAKING = 64;

    private static final Received PART = new Received.Part();
    private static final Received OF_FORMER_LIFE = new Received.Dropped(DropReason.LATE_FRAGMENT);
    private static final Received DUPLICATE = new Received.Dropped(DropReason.DUPLICATE);

    private final SequenceWindow window = new SequenceWindow();
    private final Reassembler reassembler = new Reassembler(window);
    private final int[] lastOfLink = new int[KnetFrames.LINKS];
    private int formerReference;
    private int lastTimed;
    private int lastUntimed;
    private boolean dataSinceUntimed;

    /** Takes a data frame of the host. */
    Received data(DataFields frame) {
        if (frame.fragments() > 1 && isOfFormerLife(frame.sequence())) return OF_FORMER_LIFE;
        dataSinceUntimed = true;
        boolean isNew = window.admit(frame.sequence());
        reassembler.forgetOld();
        if (!isNew) return DUPLICATE;
        if (frame.fragments() == 1) return new Received.Message(frame.payload());
        Reassembler.Result result = reassembler.add(frame);
        if (result instanceof Reassembler.Result.Complete complete) return new Received.Message(complete.message());
        if (result instanceof Reassembler.Result.Refused refused) return new Received.Dropped(refused.reason());
        return PART;
    }

    /** The message that came with this number has been delivered: from now on it is a duplicate. */
    void delivered(int sequence) {
        window.markDelivered(sequence);
    }

    /** Takes a ping of the host, on whichever link. */
    void ping(PingFrame ping) {
        if (hasFallen(ping)) startOver();
        if (ping.timed()) timed(ping.sequence());
        else untimed(ping.sequence());
    }

    private void startOver() {
        // the first two pings of a life both say so
        if (window.reference() != 0) formerReference = window.reference();
        reset();
    }

    /**
     * Whether a fragment is a straggler of the host's former life: its number is about where that had ended, and far from where the host is
     * now. Taken in, it would wait for the message of that number in the new life, and become a part of it.
     */
    private boolean isOfFormerLife(int sequence) {
        return -window.age(sequence) > OVERTAKING && Math.abs((short) (sequence - formerReference)) <= OVERTAKING;
    }

    /** Forgets what was received, because the host is not reachable any more. What its pings said stays. */
    void reset() {
        window.reset();
        reassembler.reset();
    }

    /** Messages given up in parts since the beginning; to be counted as {@link DropReason#REASSEMBLY_EVICTED}. */
    long evicted() {
        return reassembler.evicted();
    }

    /** Messages in parts now, at most {@link Reassembler#MAX_BUFFERS}. */
    int pending() {
        return reassembler.pending();
    }

    /** Whether the number is behind both that of the link's ping before and what data came with: its host must have started over. */
    private boolean hasFallen(PingFrame ping) {
        int before = lastOfLink[ping.link()];
        lastOfLink[ping.link()] = ping.sequence();
        return (short) (before - ping.sequence()) > OVERTAKING && window.age(ping.sequence()) > OVERTAKING;
    }

    private void timed(int sequence) {
        if (sequence == 0 && lastTimed != 0) startOver();
        lastTimed = sequence;
    }

    private void untimed(int sequence) {
        boolean repeated = sequence == lastUntimed;
        lastUntimed = sequence;
        if (repeated || dataSinceUntimed) {
            if (!repeated) dataSinceUntimed = false;
            window.admit(sequence);
            reassembler.forgetOld();
        } else {
            reassembler.reset();
            window.resetTo(sequence);
        }
    }
}
