package org.quorate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.quorate.Group.GroupMember;

/**
 * Members of a group that ask each other. A request and its answers are ordered like messages, so all agree on who was a member when a
 * request was made; nobody is asked twice, and an answer counts once. The members are a group of their own, called {@link #GROUP_PREFIX}
 * and the name: C programs do not meet these messages unless they join that group. Thread-safe.
 *
 * <pre>{@code
 * RequestGroup prices = node.requests("prices", (asker, request) -> CompletableFuture.completedFuture(price(request)));
 * prices.askAll(article, Duration.ofSeconds(2)).thenAccept(replies -> {
 *     replies.answered().forEach(reply -> System.out.println(reply.member() + ": " + reply.payload().length));
 *     System.out.println("left: " + replies.left() + ", silent: " + replies.silent());
 * });
 * }</pre>
 */
public interface RequestGroup extends AutoCloseable {
    /** Largest request or answer, in bytes. */
    int MAX_BYTES = Group.MAX_MESSAGE_BYTES - 32;
    /** Longest name, in bytes of UTF-8. */
    int MAX_NAME_BYTES = 116;
    /** Requests of one member that may wait for answers, and requests to it whose answers are not under way yet. */
    int MAX_OUTSTANDING = 4096;
    /** Longest time limit of a request: one day. */
    Duration MAX_LIMIT = Duration.ofDays(1);
    /** What the group is called on the wire: this and its name. */
    String GROUP_PREFIX = "quorate.ask/";

    /** The name. */
    String name();

    /** This member, as the others know it. */
    GroupMember self();

    /** Current members, ascending; as {@link Group#members}. */
    List<GroupMember> members();

    /**
     * Asks all who are members when the request is ordered, this one included. Completes when each of them has answered or left, or after
     * {@code limit}; never fails because of what members do. It fails with {@link ClusterException.Reason#QUEUE_FULL} if too many requests
     * or messages are under way, with {@link ClusterException.Reason#NOT_A_MEMBER} if this member leaves, and with {@link
     * ClusterException.Reason#CLOSED} if its node ends. Never blocks.
     *
     * @param limit more than nothing, at most {@link #MAX_LIMIT}; from now on, with the time until the request is ordered
     * @throws IllegalArgumentException if the request has more than {@link #MAX_BYTES}, or the limit is not positive or too long
     */
    CompletionStage<Replies> askAll(byte[] request, Duration limit);

    /** Asks all members of one node; otherwise as {@link #askAll}. */
    CompletionStage<Replies> ask(NodeId node, byte[] request, Duration limit);

    /** Asks one member; otherwise as {@link #askAll}. */
    CompletionStage<Replies> ask(GroupMember member, byte[] request, Duration limit);

    /** Leaves; as {@link Group#leave}. Requests that wait fail, and what this member has not answered is not answered. */
    CompletionStage<Void> leave();

    /** Leaves and does not wait; idempotent. */
    @Override
    void close();

    /** Answers. */
    interface Handler {
        /**
         * Answers a request, on the callback executor, in the order of the requests; the stage may complete later and on any thread.
         * If it fails, or this method throws, the asker gets the exception's message instead. While there is no room for messages,
         * finished answers wait; beyond 8 MiB of them the asker gets an error instead.
         */
        CompletionStage<byte[]> onRequest(GroupMember asker, byte[] request);

        /** Members came or went. */
        default void onChange(Group.Change change) {}
    }

    /**
     * A member's answer.
     *
     * @param member whose it is
     * @param error why it could not answer; empty if it could
     * @param payload the answer; empty after an error. The reader's own
     */
    record Reply(GroupMember member, String error, byte[] payload) {
        /** Whether it is an answer and not an error. */
        public boolean ok() {
            return error.isEmpty();
        }
    }

    /**
     * What became of a request: each member that was asked is in one of the lists.
     *
     * @param answered in the order of the answers
     * @param left who left before it answered, or was not there any more when the request was ordered; ascending
     * @param silent who did not answer in time, ascending
     */
    record Replies(List<Reply> answered, List<GroupMember> left, List<GroupMember> silent) {
        /** Takes copies. */
        public Replies {
            answered = List.copyOf(answered);
            left = List.copyOf(left);
            silent = List.copyOf(silent);
        }

        /** Whether all who were asked have answered, and without an error. */
        public boolean isComplete() {
            return left.isEmpty() && silent.isEmpty() && answered.stream().allMatch(Reply::ok);
        }
    }
}
