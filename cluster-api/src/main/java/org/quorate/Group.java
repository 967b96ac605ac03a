package org.quorate;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A named group of members that all receive the same messages and membership changes in the same order. Corosync's closed process
 * groups: C programs on other nodes that use libcpg may be members too. Thread-safe.
 */
public interface Group extends AutoCloseable {
    /** Largest message: 1 MiB less 1 KiB, the largest that a Corosync node takes in one piece. */
    int MAX_MESSAGE_BYTES = 1_048_576 - 1024;

    /** The group's name. */
    String name();

    /**
     * Multicasts {@code payload} to all members, this one included, in agreed order. The stage completes when the message was delivered
     * here; it fails with {@link ClusterException.Reason#QUEUE_FULL}, {@link ClusterException.Reason#NOT_A_MEMBER} or
     * {@link ClusterException.Reason#CLOSED}. Messages sent while the membership changes are sent when the change is complete.
     *
     * @throws IllegalArgumentException if the payload has more than {@link #MAX_MESSAGE_BYTES}
     */
    CompletionStage<Void> send(byte[] payload);

    /** Current members; empty before the own join was delivered. */
    List<GroupMember> members();

    /** Leaves the group; idempotent. */
    @Override
    void close();

    /**
     * A member of a group.
     *
     * @param node where it runs
     * @param id unique on its node within the group: the process id of a C program
     */
    record GroupMember(NodeId node, int id) implements Comparable<GroupMember> {
        @Override
        public int compareTo(GroupMember other) {
            int byNode = node.compareTo(other.node);
            return byNode != 0 ? byNode : Integer.compareUnsigned(id, other.id);
        }
    }

    /** Why a member came or went. Source: corosync cpg.h, CPG_REASON. */
    enum Reason {
        /** It joined. */
        JOIN,
        /** It left. */
        LEAVE,
        /** Its node left the membership. */
        NODE_DOWN,
        /** Its node came into the membership with it. */
        NODE_UP,
        /** It ended without leaving. */
        PROCESS_DOWN
    }

    /**
     * A change of members; either {@code joined} or {@code left} is empty.
     *
     * @param members after the change, ascending
     * @param joined who came
     * @param left who went
     * @param reason the same for all of them
     */
    record Change(List<GroupMember> members, List<GroupMember> joined, List<GroupMember> left, Reason reason) {
        /** Takes copies. */
        public Change {
            members = List.copyOf(members);
            joined = List.copyOf(joined);
            left = List.copyOf(left);
        }
    }

    /** Hears a group's messages and changes, in the one agreed order, on the callback executor. */
    interface Listener {
        /** A message; the array is the listener's own. */
        void onMessage(GroupMember sender, byte[] payload);

        /** Members came or went. */
        default void onChange(Change change) {}
    }
}
