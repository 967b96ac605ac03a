package org.quorate.core.shell;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.Group;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.Group.SendResult;
import org.quorate.NodeId;
import org.quorate.RequestGroup;
import org.quorate.core.NodeInput;
import org.quorate.core.group.GroupService;
import org.quorate.spi.EventLoop;

/**
 * This node's members in all groups: takes what they send to the loop, and what the groups hear to their listeners. Thread-safe, but for
 * what is said to be called on the loop.
 */
final class LocalGroups {
    private static final GroupHandle[] NOBODY = {};

    /** Where callbacks go that may find no room. */
    interface Callbacks {
        void post(int bytes, Runnable callback);
    }

    /** Hears a group on the loop. */
    interface LoopListener {
        void changed(Change change);

        void message(GroupMember sender, byte[] payload);

        /** Nothing follows. */
        void gone();
    }

    private final NodeId self;
    private final int processId;
    private final LoopMailbox mailbox;
    private final CallbackQueue callbacks;
    private final Callbacks bounded;
    private final Sends sends = new Sends(this::roomAgain);
    private final Answers<Void> roomWaiters = new Answers<>();
    private final Set<RequestHandle> withoutRoom = ConcurrentHashMap.newKeySet();
    private final AtomicInteger nextNumber = new AtomicInteger();
    /** Those that are leaving included, by number. */
    private final Map<Integer, GroupHandle> handles = new ConcurrentHashMap<>();

    private final List<RequestHandle> requests = new CopyOnWriteArrayList<>();
    private final Map<String, GroupHandle[]> byGroup = new HashMap<>(); // confined to the loop
    private volatile @Nullable EventLoop loop;
    private volatile @Nullable ClusterException over;

    LocalGroups(NodeId self, int processId, LoopMailbox mailbox, CallbackQueue callbacks, Callbacks bounded) {
        this.self = self;
        this.processId = processId;
        this.mailbox = mailbox;
        this.callbacks = callbacks;
        this.bounded = bounded;
    }

    /** The loop is there. */
    void begin(EventLoop eventLoop) {
        loop = eventLoop;
    }

    /** Makes a member and lets it join. */
    GroupHandle join(String name, Group.Listener listener) {
        if (name.startsWith(RequestGroup.GROUP_PREFIX))
            throw new IllegalArgumentException("groups called " + RequestGroup.GROUP_PREFIX
                    + "... are those of ClusterManager.requests; choose another name");
        GroupHandle handle = make(name, listener, null);
        join(handle);
        return handle;
    }

    /** Makes a member that asks and answers, and lets it join. */
    RequestGroup requests(String name, RequestGroup.Handler handler) {
        // another life of this node that had the same process id must not have used the same numbers
        RequestHandle made = new RequestHandle(name, handler, this, System.currentTimeMillis() << 20);
        requests.add(made);
        return made;
    }

    /** Makes a member that has not joined. */
    GroupHandle make(String name, Group.Listener listener, @Nullable LoopListener loopListener) {
        ClusterException ended = over;
        if (ended != null) throw ended;
        int number = nextNumber.getAndIncrement();
        GroupMember member = new GroupMember(self, processId + number);
        GroupHandle handle = new GroupHandle(name, number, member, listener, loopListener, this);
        if (handles.size() >= GroupService.MAX_LOCAL_MEMBERS)
            throw new ClusterException(
                    Reason.QUEUE_FULL,
                    "this node has " + GroupService.MAX_LOCAL_MEMBERS + " members in groups; let one leave first");
        return handle;
    }

    /** Lets a member join. */
    void join(GroupHandle handle) {
        String name = handle.name();
        handles.put(handle.number(), handle);
        mailbox.post(() -> byGroup.put(name, with(byGroup.getOrDefault(name, NOBODY), handle)));
        mailbox.give(new NodeInput.JoinGroup(name, handle.number()));
    }

    /** Runs a task on the loop; false if the node is over. */
    boolean onLoop(Runnable task) {
        if (over != null) return false;
        mailbox.post(task);
        return true;
    }

    /** The loop; only when a task runs on it. */
    EventLoop loop() {
        EventLoop running = loop;
        if (running == null) throw new IllegalStateException("the node is not running");
        return running;
    }

    /** Queues a callback that holds a message. On the loop. */
    void post(int bytes, Runnable callback) {
        bounded.post(bytes, callback);
    }

    /** Queues a callback that ends somebody's wait. */
    void postAlways(Runnable callback) {
        callbacks.postAlways(callback);
    }

    /** Takes a message; {@code delivered} is completed if it is {@link SendResult#ACCEPTED}. */
    SendResult send(GroupHandle group, byte[] payload, @Nullable CompletableFuture<Void> delivered) {
        if (over != null) return SendResult.CLOSED;
        if (group.isClosed()) return SendResult.NOT_A_MEMBER;
        long ticket = sends.open(group, payload.length, delivered);
        if (ticket == Sends.FULL) return over == null ? SendResult.FULL : SendResult.CLOSED;
        mailbox.give(new NodeInput.Send(group.name(), group.number(), payload, ticket));
        return SendResult.ACCEPTED;
    }

    /** Completes when there is room for messages again. */
    CompletionStage<Void> whenRoom(GroupHandle group) {
        if (group.isClosed())
            return CompletableFuture.failedStage(
                    new ClusterException(Reason.NOT_A_MEMBER, "this node has left the group " + group.name()));
        CompletableFuture<Void> room = roomWaiters.open();
        if (!room.isDone() && sends.awaitRoom() && roomWaiters.take(room))
            callbacks.postAlways(() -> room.complete(null));
        return room.minimalCompletionStage();
    }

    /** Tells a member that asks and answers, once, when there is room for messages again; never refused. */
    void tellOfRoom(RequestHandle waiting) {
        withoutRoom.add(waiting);
        if (sends.awaitRoom() && withoutRoom.remove(waiting)) waiting.roomAgain();
    }

    private void roomAgain() {
        for (RequestHandle each : List.copyOf(withoutRoom)) if (withoutRoom.remove(each)) each.roomAgain();
        for (CompletableFuture<Void> each : roomWaiters.takeAll()) callbacks.postAlways(() -> each.complete(null));
    }

    /** Lets a member leave. */
    void leave(GroupHandle group) {
        ClusterException ended = over;
        if (ended != null) {
            group.left().completeExceptionally(ended);
            return;
        }
        mailbox.give(new NodeInput.LeaveGroup(group.name(), group.number()));
    }

    /** Why nothing is taken any more; only if that is so. */
    ClusterException ended() {
        ClusterException ended = over;
        return ended != null ? ended : new ClusterException(Reason.CLOSED, "node " + self + " has ended");
    }

    /** Fails whatever somebody waits for. Nothing new is taken. */
    void end(ClusterException closed) {
        over = closed;
        for (Sends.Outstanding each : sends.closeAll()) fail(each, closed);
        roomWaiters.end(closed, callbacks::postAlways);
        for (RequestHandle each : requests) each.end(closed);
        for (GroupHandle each : handles.values())
            callbacks.postAlways(() -> each.left().completeExceptionally(closed));
    }

    /** Adds what there is to say. */
    void count(Map<String, Long> counters) {
        sends.count(counters);
        counters.put("groups.members", (long) handles.size());
        for (RequestHandle each : requests) each.count(counters);
    }

    // what the node reports, on the loop

    void changed(String group, Change change) {
        for (GroupHandle handle : byGroup.getOrDefault(group, NOBODY)) {
            if (handle.sees(change)) {
                LoopListener onLoop = handle.loopListener();
                if (onLoop != null) onLoop.changed(change);
                else bounded.post(0, () -> handle.deliver(change));
            }
            if (change.left().contains(handle.self())) gone(handle);
        }
    }

    private void gone(GroupHandle handle) {
        handles.remove(handle.number());
        byGroup.computeIfPresent(handle.name(), (name, all) -> {
            GroupHandle[] rest = without(all, handle);
            return rest.length == 0 ? null : rest;
        });
        LoopListener onLoop = handle.loopListener();
        if (onLoop != null) {
            onLoop.gone();
            requests.removeIf(each -> each == onLoop);
        }
        ClusterException why = new ClusterException(
                Reason.NOT_A_MEMBER, "this node left the group " + handle.name() + " before the message was delivered");
        for (Sends.Outstanding each : sends.closeAllOf(handle)) fail(each, why);
        callbacks.postAlways(() -> handle.left().complete(null));
    }

    void message(String group, GroupMember sender, byte[] payload, long ticket) {
        byte[] own = payload;
        for (GroupHandle handle : byGroup.getOrDefault(group, NOBODY)) {
            if (!handle.isJoined()) continue;
            byte[] given = own == null ? payload.clone() : own;
            own = null;
            LoopListener onLoop = handle.loopListener();
            if (onLoop != null) onLoop.message(sender, given);
            else bounded.post(payload.length, () -> handle.deliver(sender, given));
        }
        if (ticket < 0) return;
        Sends.Outstanding sent = sends.close(ticket);
        if (sent == null || sent.delivered() == null) return;
        CompletableFuture<Void> delivered = sent.delivered();
        callbacks.postAlways(() -> delivered.complete(null));
    }

    void sendFailed(long ticket, Reason reason, String why) {
        Sends.Outstanding sent = sends.close(ticket);
        if (sent != null) fail(sent, new ClusterException(reason, why));
    }

    private void fail(Sends.Outstanding sent, ClusterException why) {
        CompletableFuture<Void> delivered = sent.delivered();
        if (delivered != null) callbacks.postAlways(() -> delivered.completeExceptionally(why));
    }

    private static GroupHandle[] with(GroupHandle[] all, GroupHandle added) {
        GroupHandle[] more = Arrays.copyOf(all, all.length + 1);
        more[all.length] = added;
        return more;
    }

    private static GroupHandle[] without(GroupHandle[] all, GroupHandle gone) {
        return Arrays.stream(all).filter(each -> each != gone).toArray(GroupHandle[]::new);
    }
}
