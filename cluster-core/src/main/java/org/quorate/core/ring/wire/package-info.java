/**
 * Layouts of the six messages of the single ring: token, multicast, merge detect, join, commit token, hold cancel.
 *
 * <p>{@link org.quorate.core.ring.wire.RingMessages#decode} turns a packet of the transport into a record or a reason why it is none; each record
 * turns itself back into octets. All structures are packed. What is made here is little-endian; what arrives may be of either order, which the first two octets tell.
 * Node ids and sequence numbers are unsigned 32-bit numbers in an {@code int}. Nothing here knows what a message means.
 */
@NullMarked
package org.quorate.core.ring.wire;

import org.jspecify.annotations.NullMarked;
