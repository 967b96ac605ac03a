package org.quorate.core.shell;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.Group.SendResult;
import org.quorate.NodeId;
import org.quorate.RequestGroup;
import org.quorate.core.group.wire.GroupName;
import org.quorate.core.request.RequestEffect;
import org.quorate.core.request.RequestEngine;
import org.quorate.core.request.RequestInput;
import org.quorate.core.request.RequestInput.Target;
import org.quorate.spi.EventLoop;

/**
 * One member that asks and answers: runs a {@link RequestEngine} on the loop, right where the group's messages are delivered, so that
 * time limits hold however busy the application is. Thread-safe, but for what is said to be called on the loop.
 */
final class RequestHandle implements RequestGroup, RequestEffect.Host, LocalGroups.LoopListener {
    private final String name;
    private final Handler handler;
    private final LocalGroups groups;
    private final GroupHandle group;
    private final RequestEngine engine;
    private final AtomicLong nextTicket = new AtomicLong();
    private final Map<Long, CompletableFuture<Replies>> waiting = new ConcurrentHashMap<>();
    private volatile List<GroupMember> members = List.of();
    // confined to the loop
    private final ArrayDeque<RequestInput> inputs = new ArrayDeque<>();
    private EventLoop.@Nullable Alarm alarm;
    private long alarmAtNanos = Long.MAX_VALUE;
    private boolean stepping;
    private boolean ended;

    /** Joins. */
    RequestHandle(String name, Handler handler, LocalGroups groups, long firstNumber) {
        int bytes = GroupName.utf8(name).length;
        if (bytes < 1 || bytes > MAX_NAME_BYTES)
            throw new IllegalArgumentException("a name of " + bytes + " bytes; 1.." + MAX_NAME_BYTES
                    + " bytes of UTF-8 are allowed for groups whose members ask each other");
        this.name = name;
        this.handler = handler;
        this.groups = groups;
        this.group = groups.make(GROUP_PREFIX + name, NOTHING, this);
        this.engine = new RequestEngine(group.self(), firstNumber);
        groups.join(group);
    }

    private static final org.quorate.Group.Listener NOTHING = (sender, payload) -> {};

    @Override
    public String name() {
        return name;
    }

    @Override
    public GroupMember self() {
        return group.self();
    }

    @Override
    public List<GroupMember> members() {
        return members;
    }

    @Override
    public CompletionStage<Replies> askAll(byte[] request, Duration limit) {
        return ask(Target.ALL, request, limit);
    }

    @Override
    public CompletionStage<Replies> ask(NodeId node, byte[] request, Duration limit) {
        return ask(new Target(node, null), request, limit);
    }

    @Override
    public CompletionStage<Replies> ask(GroupMember member, byte[] request, Duration limit) {
        return ask(new Target(member.node(), member), request, limit);
    }

    private CompletionStage<Replies> ask(Target target, byte[] request, Duration limit) {
        if (request.length > MAX_BYTES)
            throw new IllegalArgumentException(
                    "a request of " + request.length + " bytes; at most " + MAX_BYTES + " are allowed");
        if (limit.isNegative() || limit.isZero() || limit.compareTo(MAX_LIMIT) > 0)
            throw new IllegalArgumentException(
                    "a time limit of " + limit + "; more than nothing and at most " + MAX_LIMIT + " are allowed");
        if (group.isClosed()) return CompletableFuture.failedStage(notAMember());
        if (waiting.size() >= MAX_OUTSTANDING) return CompletableFuture.failedStage(full());
        long ticket = nextTicket.getAndIncrement();
        CompletableFuture<Replies> replies = new CompletableFuture<>();
        waiting.put(ticket, replies);
        byte[] own = request.clone();
        if (!groups.onLoop(() -> step(new RequestInput.Ask(ticket, target, own, limit.toNanos())))) {
            waiting.remove(ticket);
            return CompletableFuture.failedStage(groups.ended());
        }
        return replies.minimalCompletionStage();
    }

    @Override
    public CompletionStage<Void> leave() {
        return group.leave();
    }

    @Override
    public void close() {
        group.close();
    }

    /** Adds what there is to say. On the loop. */
    void count(Map<String, Long> counters) {
        engine.counters().forEach((counter, value) -> counters.merge(counter, value, Long::sum));
    }

    /** The node is over. Any thread. */
    void end(ClusterException why) {
        failAll(why);
    }

    // on the loop

    @Override
    public void changed(Change change) {
        step(new RequestInput.Changed(change));
        groups.post(0, () -> {
            if (group.isClosed()) return;
            members = change.members();
            handler.onChange(change);
        });
    }

    @Override
    public void message(GroupMember sender, byte[] payload) {
        step(new RequestInput.Message(sender, payload));
    }

    @Override
    public void gone() {
        ended = true;
        if (alarm != null) alarm.setAt(Long.MAX_VALUE);
        failAll(notAMember());
    }

    private void failAll(ClusterException why) {
        for (Long ticket : List.copyOf(waiting.keySet())) {
            CompletableFuture<Replies> replies = waiting.remove(ticket);
            if (replies != null) groups.postAlways(() -> replies.completeExceptionally(why));
        }
    }

    private void step(RequestInput input) {
        inputs.add(input);
        if (stepping) return;
        stepping = true;
        try {
            for (RequestInput next; !ended && (next = inputs.poll()) != null; ) {
                List<RequestEffect> effects = new ArrayList<>();
                engine.step(groups.loop().nowNanos(), next, effects::add);
                for (RequestEffect effect : effects) effect.applyTo(this);
            }
        } finally {
            stepping = false;
        }
        arm();
    }

    private void wake() {
        alarmAtNanos = Long.MAX_VALUE;
        if (ended) return;
        List<RequestEffect> effects = new ArrayList<>();
        engine.tick(groups.loop().nowNanos(), effects::add);
        for (RequestEffect effect : effects) effect.applyTo(this);
        arm();
    }

    private void arm() {
        long deadline = engine.deadlineNanos();
        if (ended || deadline == alarmAtNanos) return;
        if (alarm == null) alarm = groups.loop().newAlarm(() -> groups.onLoop(this::wake));
        alarmAtNanos = deadline;
        alarm.setAt(deadline);
    }

    @Override
    public void send(long ticket, byte[] octets) {
        SendResult result = groups.send(group, octets, null);
        // accepted, or this member is at its end and everything of it
        if (result == SendResult.FULL) step(new RequestInput.NoRoom(ticket));
    }

    @Override
    public void answer(long call, byte[] octets) {
        if (groups.send(group, octets, null) != SendResult.FULL) {
            step(new RequestInput.AnswerTaken(call));
            return;
        }
        step(new RequestInput.NoRoomForAnswer(call));
        groups.tellOfRoom(this);
    }

    /** There is room for answers again. Any thread. */
    void roomAgain() {
        groups.onLoop(() -> step(new RequestInput.Room()));
    }

    @Override
    public void serve(long call, GroupMember asker, byte[] request) {
        groups.post(request.length, () -> handle(call, asker, request));
    }

    /** As a callback. */
    private void handle(long call, GroupMember asker, byte[] request) {
        if (group.isClosed()) return;
        CompletionStage<byte[]> answer;
        try {
            answer = handler.onRequest(asker, request);
        } catch (RuntimeException | Error thrown) {
            failed(call, thrown);
            throw thrown;
        }
        answer.whenComplete((payload, thrown) -> {
            if (thrown != null) failed(call, thrown);
            else if (payload == null) failed(call, new IllegalStateException("the answer is null"));
            else groups.onLoop(() -> step(new RequestInput.Answered(call, payload.clone())));
        });
    }

    private void failed(long call, Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        String message = cause.getMessage();
        String error = message == null || message.isEmpty() ? cause.getClass().getName() : message;
        groups.onLoop(() -> step(new RequestInput.Failed(call, error)));
    }

    @Override
    public void complete(long ticket, Replies replies) {
        CompletableFuture<Replies> asker = waiting.remove(ticket);
        if (asker != null) groups.postAlways(() -> asker.complete(replies));
    }

    @Override
    public void refused(long ticket) {
        CompletableFuture<Replies> asker = waiting.remove(ticket);
        if (asker != null) groups.postAlways(() -> asker.completeExceptionally(full()));
    }

    private ClusterException notAMember() {
        return new ClusterException(Reason.NOT_A_MEMBER, "this node has left those who ask each other as " + name);
    }

    private static ClusterException full() {
        return new ClusterException(
                Reason.QUEUE_FULL,
                "too many requests or messages are under way; ask again when some have been answered");
    }
}
