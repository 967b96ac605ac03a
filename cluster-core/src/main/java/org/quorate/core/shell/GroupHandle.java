package org.quorate.core.shell;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.Group;
import org.quorate.core.group.wire.GroupName;

/** One member of this node in one group. Thread-safe. */
final class GroupHandle implements Group {
    static final int MAX_NAME_BYTES = 128;

    private final String name;
    private final int number;
    private final GroupMember self;
    private final Listener listener;
    private final LocalGroups groups;
    private final LocalGroups.@Nullable LoopListener loopListener;
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private boolean joined; // confined to the loop
    private volatile List<GroupMember> members = List.of();

    /**
     * A member that has not joined.
     *
     * @param number counted by the node
     * @param self by which the others know it
     * @param loopListener hears everything on the loop, instead of {@code listener}
     */
    GroupHandle(
            String name,
            int number,
            GroupMember self,
            Listener listener,
            LocalGroups.@Nullable LoopListener loopListener,
            LocalGroups groups) {
        this.name = checked(name);
        this.number = number;
        this.self = self;
        this.listener = listener;
        this.groups = groups;
        this.loopListener = loopListener;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public GroupMember self() {
        return self;
    }

    int number() {
        return number;
    }

    @Override
    public CompletionStage<Void> send(byte[] payload) {
        if (payload.length > MAX_MESSAGE_BYTES) throw new IllegalArgumentException(tooLarge(payload.length));
        CompletableFuture<Void> delivered = new CompletableFuture<>();
        SendResult result = groups.send(this, payload.clone(), delivered);
        return result == SendResult.ACCEPTED
                ? delivered.minimalCompletionStage()
                : CompletableFuture.failedStage(failure(result));
    }

    @Override
    public SendResult trySend(byte[] payload) {
        return payload.length > MAX_MESSAGE_BYTES ? SendResult.TOO_LARGE : groups.send(this, payload.clone(), null);
    }

    private ClusterException failure(SendResult result) {
        if (result == SendResult.NOT_A_MEMBER)
            return new ClusterException(ClusterException.Reason.NOT_A_MEMBER, "this node has left the group " + name);
        if (result == SendResult.FULL)
            return new ClusterException(
                    ClusterException.Reason.QUEUE_FULL,
                    "as many messages as may be under way wait to be delivered; send again when whenRoom() has completed");
        return groups.ended();
    }

    @Override
    public CompletionStage<Void> whenRoom() {
        return groups.whenRoom(this);
    }

    @Override
    public List<GroupMember> members() {
        return members;
    }

    @Override
    public CompletionStage<Void> leave() {
        if (closed.compareAndSet(false, true)) groups.leave(this);
        return left.minimalCompletionStage();
    }

    @Override
    public void close() {
        leave();
    }

    boolean isClosed() {
        return closed.get();
    }

    LocalGroups.@Nullable LoopListener loopListener() {
        return loopListener;
    }

    /** To be completed when everybody has heard that it is gone. */
    CompletableFuture<Void> left() {
        return left;
    }

    /** Whether a message that is delivered now belongs to this member: not before its own join. On the loop. */
    boolean isJoined() {
        return joined;
    }

    /** Notes the own join. Whether the change belongs to this member. On the loop. */
    boolean sees(Change change) {
        if (!joined) joined = change.joined().contains(self);
        return joined;
    }

    /** As a callback. */
    void deliver(GroupMember sender, byte[] payload) {
        if (!closed.get()) listener.onMessage(sender, payload);
    }

    /** As a callback. */
    void deliver(Change change) {
        if (closed.get()) return;
        members = change.members();
        listener.onChange(change);
    }

    private static String tooLarge(int bytes) {
        return "a message of " + bytes + " bytes; at most " + MAX_MESSAGE_BYTES
                + " can be sent at once, as members on Corosync nodes take no more; cut it into several";
    }

    private static String checked(String name) {
        int bytes = GroupName.utf8(name).length;
        if (bytes < 1 || bytes > MAX_NAME_BYTES)
            throw new IllegalArgumentException(
                    "a group name of " + bytes + " bytes; 1.." + MAX_NAME_BYTES + " bytes of UTF-8 are allowed");
        if (name.indexOf('\0') >= 0) throw new IllegalArgumentException("the group name has a NUL character");
        return name;
    }
}
