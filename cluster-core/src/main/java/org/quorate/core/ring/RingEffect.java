package org.quorate.core.ring;

import java.util.List;
import org.quorate.RingId;
import org.quorate.core.ring.wire.Mcast;

/** What a {@link RingEngine} asks its host to do, in order. */
public sealed interface RingEffect {
    /** To one node, which may be this one. */
    record Send(int target, byte[] packet) implements RingEffect {}

    /** To one other node, over every link: what went before may be lost with a link that is not known to be down. */
    record SendAgain(int target, byte[] packet) implements RingEffect {}

    /** To one other node over links that do not carry its data, if there are any: what went before is late. */
    record SendElsewhere(int target, byte[] packet) implements RingEffect {}

    /** To every other node, over every link, as {@link SendAgain}. */
    record SendToOthersAgain(byte[] packet) implements RingEffect {}

    /** To every node, this one included. */
    record SendToAll(byte[] packet) implements RingEffect {}

    /** To every other node. */
    record SendToOthers(byte[] packet) implements RingEffect {}

    /** Write the ring sequence to disk; what follows may rely on it. */
    record Persist(long ringSequence) implements RingEffect {}

    /** The next message of the agreed order. */
    record Deliver(Mcast message) implements RingEffect {}

    /**
     * The old membership ends. What is delivered from here to the regular configuration was perhaps not delivered to all of the old
     * members, but to all transitional ones.
     *
     * @param ringId of the new ring
     * @param members of the old ring that come along, ascending
     * @param left members of the old ring that do not, ascending
     */
    record TransitionalConfiguration(RingId ringId, List<Integer> members, List<Integer> left) implements RingEffect {}

    /**
     * The new membership begins.
     *
     * @param ringId its name
     * @param members ascending
     * @param joined those that were not transitional, ascending
     */
    record RegularConfiguration(RingId ringId, List<Integer> members, List<Integer> joined) implements RingEffect {}

    /** Throw away what the transport has received but not delivered; answer with {@link RingInput.Discarded}. */
    record DiscardPending() implements RingEffect {}

    /** This process did not run for at least that long; what it says of others' silence meanwhile is nothing. */
    record Paused(long leastNanos) implements RingEffect {}

    /** No token came for a token timeout. */
    record TokenLost(RingId ringId, RingEngine.Phase phase) implements RingEffect {}

    /** A change of state, for the log. */
    record Note(boolean warning, String sentence) implements RingEffect {}

    /** The leave message is out. */
    record Left() implements RingEffect {}
}
