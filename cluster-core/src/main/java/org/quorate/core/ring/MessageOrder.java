package org.quorate.core.ring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quorate.RingId;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.ring.wire.RingMessages;
import org.quorate.engine.Effects;

/**
 * The messages of the ring and how far they have come: received without a gap (aru), received at all (high), delivered. During recovery
 * there are two rings: the old one, whose numbers are saved, and the new one, which carries what was missing of the old.
 * Source: totem.md 2.1, 2.7 and 2.9.
 */
final class MessageOrder {
    private static final int MAX_RECOVERABLE_BYTES = RingMessages.MAX_PACKET_BYTES - Mcast.HEADER_BYTES;

    private MessageWindow regular = new MessageWindow(0);
    private MessageWindow recovery = new MessageWindow(0);
    private boolean recovering;
    /** The number before the first one of the ring that recovers. */
    private int before;

    private int aru;
    private int high;
    private int delivered;
    private boolean saved;
    private int savedAru;
    private int savedHigh;

    /** Highest number up to which nothing is missing in the ring that counts now. */
    int aru() {
        return aru;
    }

    /** Highest number seen in the ring that counts now. */
    int high() {
        return high;
    }

    /** Highest number delivered; in the old ring until the new one is operational. */
    int delivered() {
        return delivered;
    }

    /** Whether the numbers of an operational ring are kept while another ring is being formed. */
    boolean isSaved() {
        return saved;
    }

    int savedAru() {
        return savedAru;
    }

    int savedHigh() {
        return savedHigh;
    }

    /** The window of the ring that counts now. */
    MessageWindow current() {
        return recovering ? recovery : regular;
    }

    /** Keeps a message of the ring that counts now; false if it is a duplicate or outside the window. */
    boolean store(Mcast message) {
        if (!current().put(message.seq(), message)) return false;
        if (message.seq() - high > 0) high = message.seq();
        aru = current().runFrom(aru);
        return true;
    }

    /** Delivers what is complete. */
    void deliverReady(Effects<RingEffect> out) {
        deliver(high, null, out);
    }

    /**
     * Delivers up to {@code last}; without {@code from} it stops at the first gap, with it gaps and messages of others are skipped.
     */
    private void deliver(int last, @Nullable Set<Integer> from, Effects<RingEffect> out) {
        while (last - delivered > 0) {
            Mcast message = regular.get(delivered + 1);
            if (message == null && from == null) return;
            delivered++;
            if (message != null && (from == null || from.contains(message.systemFrom())))
                out.add(new RingEffect.Deliver(message));
        }
    }

    /** Lets go of what everybody has: known to have gone round with two tokens, and delivered here. */
    void release(int tokenAru, int previousTokenAru) {
        int released = regular.released();
        int distance = Math.min(Math.min(tokenAru - released, previousTokenAru - released), delivered - released);
        if (distance > 0) regular.releaseTo(released + distance);
    }

    /** A commit token was taken: keep the numbers of the old ring, unless they are kept already. */
    boolean save() {
        if (saved) return false;
        saved = true;
        savedAru = aru;
        savedHigh = high;
        return true;
    }

    /** The new ring begins with recovery: its numbers start anew, after {@code beforeFirst}. */
    void startRecovery(int beforeFirst) {
        before = beforeFirst;
        recovery = new MessageWindow(beforeFirst);
        recovering = true;
        aru = beforeFirst;
        high = beforeFirst;
    }

    /** The recovery failed: the old ring's numbers count again. */
    void abandonRecovery() {
        recovering = false;
        aru = savedAru;
        high = savedHigh;
    }

    /**
     * Messages of the old ring that are held here, from {@code low} (exclusive) on, in order. One that is too long for an envelope, which nobody honest
     * sends, is left out: an envelope of more than 65536 octets would stop Corosync nodes.
     */
    List<Mcast> heldAbove(int low) {
        List<Mcast> held = new ArrayList<>();
        for (int seq = low + 1; savedHigh - seq >= 0; seq++) {
            Mcast message = regular.get(seq);
            if (message != null && message.packet().length <= MAX_RECOVERABLE_BYTES) held.add(message);
        }
        return held;
    }

    /** Takes what recovery brought of {@code oldRing} into the old ring's window, then delivers what is complete there. */
    void closeOldRing(RingId oldRing, Effects<RingEffect> out) {
        for (int seq = before + 1; aru - seq >= 0; seq++) {
            Mcast carrier = recovery.get(seq);
            Mcast inner = carrier == null ? null : carrier.inner().orElse(null);
            if (inner == null || !inner.ringId().equals(oldRing)) continue;
            if (regular.put(inner.seq(), inner) && inner.seq() - savedHigh > 0) savedHigh = inner.seq();
        }
        deliver(savedHigh, null, out);
    }

    /** Delivers the rest of the old ring: gaps are skipped, and whatever was not sent by one of {@code survivors}. */
    void deliverRest(Collection<Integer> survivors, Effects<RingEffect> out) {
        deliver(savedHigh, Set.copyOf(survivors), out);
    }

    /** The new ring is the only one from now on. Messages that carried old ones are not delivered; ordinary ones will be. */
    void openNewRing() {
        regular = recovery;
        recovery = new MessageWindow(0);
        recovering = false;
        saved = false;
        int last = before;
        for (int seq = before + 1; high - seq >= 0; seq++) {
            Mcast message = regular.get(seq);
            if (message == null) continue;
            if (message.encapsulated() == Mcast.ORDINARY) break;
            last = seq;
        }
        delivered = last;
        regular.releaseTo(last);
    }

    /** Whether a token that says {@code tokenSeq} can be true: nobody gets further ahead than the window. */
    boolean isPlausible(int tokenSeq) {
        int ahead = tokenSeq - aru;
        return ahead >= 0 && ahead < MessageWindow.SIZE;
    }
}
