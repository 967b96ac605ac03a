package org.quorate;

import java.util.List;

/**
 * One membership of the cluster as this node sees it. Views and ordered messages share one order: a view is delivered exactly
 * between the messages that it separates, and all its members that install the next view together delivered the same messages in it.
 *
 * @param ringId names the membership; equal on all members
 * @param members ascending, this node included
 * @param joined members that were not in the previous view, or came back with lost state; ascending
 * @param left members of the previous view that did not come along; ascending
 * @param quorum the decision that belongs to exactly this membership
 */
public record View(RingId ringId, List<NodeId> members, List<NodeId> joined, List<NodeId> left, QuorumState quorum) {
    /** Takes copies. */
    public View {
        members = List.copyOf(members);
        joined = List.copyOf(joined);
        left = List.copyOf(left);
    }
}
