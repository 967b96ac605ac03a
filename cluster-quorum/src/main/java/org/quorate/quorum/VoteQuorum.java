package org.quorate.quorum;

/** Under construction. */
public final class VoteQuorum {
    private VoteQuorum() {}
}
