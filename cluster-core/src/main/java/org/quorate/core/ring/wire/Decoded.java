package org.quorate.core.ring.wire;

/** What {@link RingMessages#decode} made of a packet. */
public sealed interface Decoded {
    /** A message that is well formed; whether it makes sense now is for the ring to say. */
    record Ok(RingMessage message) implements Decoded {}

    /** Nothing to process; count it. */
    record Malformed(RingDropReason reason) implements Decoded {}
}
