package org.quorate.examples.vqsim;

/**
 * Why corosync-vqsim may show something else than we: the differences that docs/internals/quorum.md names, as far as a script can meet them.
 * Each is a property that our simulator can be given or, for the last two, a condition that can be seen; so
 * an explanation is not a guess.
 */
enum Explanation {
    /** There is no difference. */
    SAME,
    /** A node that starts again has forgotten the votes that it tracked. */
    MEMORY,
    /** The messages of the nodes came in another order; each is possible, and corosync-vqsim has another one each time. */
    MESSAGE_ORDER,
    /** Both of these. */
    MEMORY_AND_MESSAGE_ORDER,
    /** A quorum of 256 or more votes, of which corosync keeps eight bits. */
    EIGHT_BITS,
    /**
     * Its nodes are processes that race each other: in another run of the same script corosync-vqsim itself showed something else, and that is
     * the same as ours or has one of the names above.
     */
    RACE,
    /** None of these, in each of several runs: a fault. */
    NONE
}
