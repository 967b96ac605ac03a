package org.quorate.core.ring;

import org.quorate.RingId;
import org.quorate.TotemConfig;
import org.quorate.core.conf.RingTimers;
import org.quorate.core.ring.wire.RingMessage;

/** What a {@link RingEngine} is told. */
public sealed interface RingInput {
    /**
     * Begin: form a ring of one, then look for others. Once, first.
     *
     * @param savedSequence ring sequence on disk, 0 if there is none
     */
    record Start(long savedSequence) implements RingInput {}

    /** A message from the transport, well-formed. */
    record Received(RingMessage message) implements RingInput {}

    /** Frames wait in the {@link FrameSource}; if the token is being held, it has to be released. */
    record FramesWaiting() implements RingInput {}

    /**
     * The synchronisation that followed {@link RingEffect.RegularConfiguration} is complete. That of a ring that is history already may
     * complete with its last messages, when the next one has begun; it lets nobody send.
     *
     * @param ringId of that configuration
     */
    record SyncComplete(RingId ringId) implements RingInput {}

    /** The transport can reach {@code node}, which it could not reach before. */
    record PeerReachable(int node) implements RingInput {}

    /** {@code node} cannot be in a ring with this one any more, because {@code why}: its process has ended, or it is not listed. */
    record PeerGone(int node, String why) implements RingInput {}

    /** Answer to {@link RingEffect.DiscardPending}. */
    record Discarded(int messages) implements RingInput {}

    /** Other timers and limits. Timers that are running keep their deadlines, the next ones use the new values. */
    record Reconfigured(TotemConfig config, RingTimers timers) implements RingInput {}

    /**
     * The application is that far behind: this node lets the ring send less. Membership and synchronisation are not slowed.
     *
     * @param eighths of the window that are not to be used: 0 for none, 8 for all
     */
    record Brake(int eighths) implements RingInput {}

    /** Tell the others that this node leaves; nothing may follow. */
    record Leave() implements RingInput {}
}
