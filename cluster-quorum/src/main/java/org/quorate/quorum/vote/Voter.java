package org.quorate.quorum.vote;

import org.quorate.NodeId;
import org.quorate.QuorumState.NodeState;
import org.quorate.quorum.vote.wire.NodeInfo;

/** What is known of one node: its last word, and whether it is here. Kept after it died. */
final class Voter {
    final NodeId id;
    NodeState state = NodeState.DEAD;
    int votes;
    int expected;
    /** Bits of {@link NodeInfo}. */
    int flags;

    Voter(NodeId id) {
        this.id = id;
    }

    boolean present() {
        return state == NodeState.MEMBER;
    }

    boolean has(int flag) {
        return (flags & flag) == flag;
    }

    void set(int flag, boolean on) {
        flags = on ? flags | flag : flags & ~flag;
    }

    NodeInfo info() {
        return new NodeInfo(id.value(), votes, expected, flags);
    }
}
