package org.quorate.core.service;

import java.nio.ByteBuffer;
import java.util.List;
import org.quorate.RingId;
import org.quorate.engine.Effects;

/** A service on top of the agreed order. Pure; confined to the event loop. */
public interface Service {
    /** Its number in message headers: 0..63. */
    int id();

    /** Whether it takes a turn in each synchronisation. */
    boolean synchronises();

    /**
     * A new membership.
     *
     * @param members ascending
     * @param transitional those that came along from the previous ring, ascending
     */
    default void begin(
            long nowNanos,
            RingId ringId,
            List<Integer> members,
            List<Integer> transitional,
            Effects<ServiceEffect> out) {}

    /** Multicast what the others have to know. */
    default void turn(long nowNanos, Effects<ServiceEffect> out) {}

    /** Whether all has been said since {@link #turn}: the whole cluster's synchronisation waits for it. Asked again after every input. */
    default boolean isTurnDone() {
        return true;
    }

    /** Everybody had its turn: take over what was heard. */
    default void activate(long nowNanos, Effects<ServiceEffect> out) {}

    /** The membership changed during the turn: forget what was heard. */
    default void abort() {}

    /**
     * An ordered message for this service.
     *
     * @param from who sent it, according to the ring
     * @param function from its header
     * @param message with its header, position 0
     * @param littleEndian the sender's byte order
     */
    void deliver(
            long nowNanos,
            int from,
            int function,
            ByteBuffer message,
            boolean littleEndian,
            Effects<ServiceEffect> out);
}
