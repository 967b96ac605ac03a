package org.quorate.core.join.wire;

/** Why a member ends a conversation. */
public enum JoinRefusal {
    /** Password or token is wrong, has expired, was used before, or there is none: nobody is told which. */
    CREDENTIAL,
    /** Too many failures from there, or in all; the answer says when to try again. */
    TRY_LATER,
    /** The join is for another cluster. */
    WRONG_CLUSTER,
    /** The peer's version is too old. */
    VERSION,
    /** What was said makes no sense at this point, or is not well-formed. */
    MALFORMED,
    /** There are findings that block. */
    CHECKS,
    /** Too many joins are under way. */
    BUSY,
    /** The certificate shown is not that of a member. */
    NOT_A_MEMBER,
    /** The member failed by itself: its disk, or the cluster could not decide; nothing has changed. */
    FAILED,
    /** A reason that this version does not know. */
    OTHER
}
