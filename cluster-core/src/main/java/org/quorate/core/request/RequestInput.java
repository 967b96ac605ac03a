package org.quorate.core.request;

import org.jspecify.annotations.Nullable;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.NodeId;

/** What a {@link RequestEngine} is told. */
public sealed interface RequestInput {
    /**
     * Whom to ask.
     *
     * @param node null for all nodes
     * @param member null for all members of the node
     */
    record Target(@Nullable NodeId node, @Nullable GroupMember member) {
        /** Everybody. */
        public static final Target ALL = new Target(null, null);

        /** Whether {@code candidate} is asked. */
        public boolean includes(GroupMember candidate) {
            if (member != null) return member.equals(candidate);
            return node == null || node.equals(candidate.node());
        }
    }

    /**
     * Ask.
     *
     * @param ticket the asker's number for the outcome; never used again
     * @param target whom
     * @param payload the engine's own from now on
     * @param limitNanos from now on
     */
    record Ask(long ticket, Target target, byte[] payload, long limitNanos) implements RequestInput {}

    /** An ordered message of the group. */
    record Message(GroupMember sender, byte[] octets) implements RequestInput {}

    /** An ordered change of the group. */
    record Changed(Change change) implements RequestInput {}

    /** The application's answer to {@link RequestEffect.Serve}. */
    record Answered(long call, byte[] payload) implements RequestInput {}

    /** The application could not answer. */
    record Failed(long call, String error) implements RequestInput {}

    /** The answer to a {@link RequestEffect.Send}: there is no room for it. */
    record NoRoom(long ticket) implements RequestInput {}

    /** The answer to a {@link RequestEffect.Answer}: it will be ordered. */
    record AnswerTaken(long call) implements RequestInput {}

    /** The answer to a {@link RequestEffect.Answer}: there is no room for it; {@link Room} follows. */
    record NoRoomForAnswer(long call) implements RequestInput {}

    /** There is room for answers again. */
    record Room() implements RequestInput {}
}
