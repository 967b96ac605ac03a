package org.quorate.core.shell;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.quorate.Group;
import org.quorate.NodeId;

/** One membership of this node in one group. Thread-safe. */
final class GroupHandle implements Group {
    private static final int MAX_NAME_BYTES = 128;

    private final String name;
    private final NodeId self;
    private final Listener listener;
    private final GroupRequests requests;
    private boolean joined; // confined to the loop
    private volatile boolean closed;
    private volatile List<GroupMember> members = List.of();

    /** What a group asks of its node. Thread-safe. */
    interface GroupRequests {
        CompletionStage<Void> send(GroupHandle group, byte[] payload);

        void leave(GroupHandle group);
    }

    GroupHandle(String name, NodeId self, Listener listener, GroupRequests requests) {
        this.name = checked(name);
        this.self = self;
        this.listener = listener;
        this.requests = requests;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletionStage<Void> send(byte[] payload) {
        if (payload.length > MAX_MESSAGE_BYTES)
            throw new IllegalArgumentException(
                    "a message of " + payload.length + " bytes; at most " + MAX_MESSAGE_BYTES + " can be sent at once");
        return requests.send(this, payload.clone());
    }

    @Override
    public List<GroupMember> members() {
        return members;
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        requests.leave(this);
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether a message that is delivered now belongs to this membership: not before the own join. On the loop. */
    boolean isJoined() {
        return joined;
    }

    /** Notes the own join. Whether the change belongs to this membership. On the loop. */
    boolean sees(Change change) {
        if (!joined) joined = change.joined().stream().anyMatch(m -> m.node().equals(self));
        return joined;
    }

    /** As a callback. */
    void deliver(GroupMember sender, byte[] payload) {
        if (!closed) listener.onMessage(sender, payload);
    }

    /** As a callback. */
    void deliver(Change change) {
        if (closed) return;
        members = change.members();
        listener.onChange(change);
    }

    private static String checked(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > MAX_NAME_BYTES)
            throw new IllegalArgumentException(
                    "a group name of " + bytes + " bytes; 1.." + MAX_NAME_BYTES + " bytes of UTF-8 are allowed");
        if (name.indexOf('\0') >= 0) throw new IllegalArgumentException("the group name has a NUL character");
        return name;
    }
}
