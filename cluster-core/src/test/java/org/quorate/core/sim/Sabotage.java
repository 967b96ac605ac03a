package org.quorate.core.sim;

/** A promise broken on purpose, in the harness and never in the product, to see that the checker notices. */
public enum Sabotage {
    /** Nothing. */
    NONE,
    /** Disks acknowledge writes that a crash loses. */
    LYING_DISK,
    /** One node hears some message twice. */
    DELIVER_TWICE,
    /** One node misses some message. */
    DROP_DELIVERY,
    /** One node hears two messages in the wrong order. */
    SWAP_DELIVERIES,
    /** The vote of the lowest node present counts twice. */
    COUNT_A_VOTE_TWICE
}
