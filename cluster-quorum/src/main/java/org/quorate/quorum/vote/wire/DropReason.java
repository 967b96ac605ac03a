package org.quorate.quorum.vote.wire;

/** Why a message had no effect. */
public enum DropReason {
    /** A function number that this version of the protocol does not have. */
    UNKNOWN_FUNCTION,
    /** Another size than the function's. */
    WRONG_SIZE,
    /** A number outside its range. */
    OUT_OF_RANGE,
    /** A name without its terminating zero. */
    UNTERMINATED_NAME,
    /** The sender is not in the current membership. */
    NOT_A_MEMBER,
    /** A node spoke of another node's votes as its own. */
    NOT_ITS_OWN,
    /** A node spoke of the device before it spoke of itself. */
    DEVICE_BEFORE_NODE
}
