package org.quorate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A named group of members that all receive the same messages and membership changes in the same order. Corosync's closed process
 * groups: C programs on other nodes that use libcpg may be members too. Thread-safe.
 */
public interface Group extends AutoCloseable {
    /**
     * Largest message: 1 MiB less 1 KiB. A Corosync node takes no more in one piece, and cutting a message would let a membership change
     * come between its pieces. Longer messages of C programs are heard nevertheless.
     */
    int MAX_MESSAGE_BYTES = 1_048_576 - 1024;

    /** The group's name. */
    String name();

    /** This member, as the others know it. Every {@code Group} of a node has an id of its own, which is not used again. */
    GroupMember self();

    /**
     * Multicasts {@code payload} to all members, this one included, in agreed order. The stage completes when the message was delivered
     * here, after the listener's call; it fails with {@link ClusterException.Reason#QUEUE_FULL}, {@link
     * ClusterException.Reason#NOT_A_MEMBER} or {@link ClusterException.Reason#CLOSED}. Messages sent while the membership changes are sent
     * when the change is complete. Never blocks; the payload is copied.
     *
     * @throws IllegalArgumentException if the payload has more than {@link #MAX_MESSAGE_BYTES}
     */
    CompletionStage<Void> send(byte[] payload);

    /** Multicasts {@code text} in UTF-8, as {@link #send(byte[])} does. */
    default CompletableFuture<Void> send(String text) {
        return send(text.getBytes(StandardCharsets.UTF_8)).toCompletableFuture();
    }

    /**
     * The same as {@link #send(byte[])} without a stage, and with a value for every outcome. What was {@link SendResult#ACCEPTED} reaches the listener of this
     * member too, unless it leaves or its node ends first.
     */
    SendResult trySend(byte[] payload);

    /**
     * Completes when it makes sense to send again after {@link SendResult#FULL}: half of the queue is free. At once if that is so. Fails
     * as {@link #send} does. Others of the same node may have filled the queue again by then.
     */
    CompletionStage<Void> whenRoom();

    /**
     * Current members, ascending; empty before the own join was delivered. Changes with the calls of {@link Listener#onChange}: during
     * that call and until the next one it is that change's list. A node that comes or goes shows here before {@link
     * ClusterListener#onView} is called, as Corosync does it: groups are put in order first, and no message comes in between.
     */
    List<GroupMember> members();

    /**
     * Leaves the group. Messages sent before are sent before. The listener hears nothing from now on; the stage completes when all members
     * have been told, and fails with {@link ClusterException.Reason#CLOSED} if the node ends first. Idempotent.
     */
    CompletionStage<Void> leave();

    /** Leaves the group and does not wait; idempotent. */
    @Override
    void close();

    /** What became of a message that was to be sent. */
    enum SendResult {
        /** It will be sent. */
        ACCEPTED,
        /** As many messages as may be under way are; try again after {@link Group#whenRoom}. */
        FULL,
        /** It has more than {@link Group#MAX_MESSAGE_BYTES}. */
        TOO_LARGE,
        /** This member has left. */
        NOT_A_MEMBER,
        /** The node has ended. */
        CLOSED
    }

    /**
     * A member of a group.
     *
     * @param node where it runs
     * @param id unique on its node within the group: the process id of a C program
     */
    record GroupMember(NodeId node, int id) implements Comparable<GroupMember> {
        /** Node and number, such as {@code 2:4711}. */
        @Override
        public String toString() {
            return node + ":" + Integer.toUnsignedString(id);
        }

        @Override
        public int compareTo(GroupMember other) {
            int byNode = node.compareTo(other.node);
            return byNode != 0 ? byNode : Integer.compareUnsigned(id, other.id);
        }
    }

    /**
     * A message.
     *
     * @param sender who sent it
     * @param payload the receiver's own array
     */
    record Message(GroupMember sender, byte[] payload) {
        /** The payload read as UTF-8. */
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Message that && sender.equals(that.sender) && Arrays.equals(payload, that.payload);
        }

        @Override
        public int hashCode() {
            return 31 * sender.hashCode() + Arrays.hashCode(payload);
        }

        @Override
        public String toString() {
            return payload.length + " bytes of " + sender;
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
