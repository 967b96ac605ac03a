package org.quorate.core.sim;

import org.jspecify.annotations.Nullable;

/** Stands between a node's wire and its ring, for sabotage. */
@FunctionalInterface
interface PacketFilter {
    /** Lets every packet through. */
    PacketFilter NONE = packet -> packet;

    /** What the ring gets instead of {@code packet}, which must not be changed; null for nothing. */
    byte @Nullable [] received(byte[] packet);
}
