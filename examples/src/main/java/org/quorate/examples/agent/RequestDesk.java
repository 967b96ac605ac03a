package org.quorate.examples.agent;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterManager;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.NodeId;
import org.quorate.RequestGroup;
import org.quorate.RequestGroup.Replies;
import org.quorate.RequestGroup.Reply;
import org.quorate.examples.json.JsonObject;

/** Asks and answers for those who ask the agent to. Thread-safe. */
final class RequestDesk {
    /** Members that ask or answer at a time. */
    static final int MAX_MEMBERS = 64;

    private final ClusterManager node;
    private final AtomicInteger members = new AtomicInteger();

    RequestDesk(ClusterManager node) {
        this.node = node;
    }

    /** Answers every request with one text until the result is run; tells {@code listener} of each. */
    Runnable serve(String name, String answer, Consumer<JsonObject> listener) {
        byte[] payload = answer.getBytes(StandardCharsets.UTF_8);
        RequestGroup group = join(name, (asker, request) -> {
            listener.accept(new JsonObject()
                    .put("kind", "request")
                    .put("from", member(asker))
                    .put("text", new String(request, StandardCharsets.UTF_8)));
            return CompletableFuture.completedFuture(payload);
        });
        return () -> leave(group);
    }

    /** Asks all others, or those of one node, as a member that comes for that and goes again. */
    CompletionStage<JsonObject> ask(String name, OptionalInt nodeId, String text, Duration limit) {
        CompletableFuture<Void> joined = new CompletableFuture<>();
        RequestGroup group = join(name, new RequestGroup.Handler() {
            @Override
            public CompletionStage<byte[]> onRequest(GroupMember asker, byte[] request) {
                throw new IllegalStateException("this member only asks");
            }

            @Override
            public void onChange(Change change) {
                joined.complete(null);
            }
        });
        byte[] request = text.getBytes(StandardCharsets.UTF_8);
        return joined.thenCompose(done -> nodeId.isPresent()
                        ? group.ask(NodeId.of(nodeId.getAsInt()), request, limit)
                        : group.askAll(request, limit))
                .thenApply(replies -> json(replies, group.self()))
                .whenComplete((done, failure) -> leave(group));
    }

    private RequestGroup join(String name, RequestGroup.Handler handler) {
        if (members.incrementAndGet() > MAX_MEMBERS) {
            members.decrementAndGet();
            throw new ClusterException(
                    Reason.QUEUE_FULL, "this agent asks and answers for " + MAX_MEMBERS + " already; end one first");
        }
        try {
            return node.requests(name, handler);
        } catch (RuntimeException refused) {
            members.decrementAndGet();
            throw refused;
        }
    }

    private void leave(RequestGroup group) {
        members.decrementAndGet();
        group.close();
    }

    private static JsonObject json(Replies replies, GroupMember self) {
        return new JsonObject()
                .put(
                        "answered",
                        replies.answered().stream()
                                .filter(reply -> !reply.member().equals(self))
                                .map(RequestDesk::reply)
                                .toList())
                .put("left", members(replies.left(), self))
                .put("silent", members(replies.silent(), self));
    }

    private static JsonObject reply(Reply reply) {
        JsonObject json = member(reply.member());
        return reply.ok()
                ? json.put("text", new String(reply.payload(), StandardCharsets.UTF_8))
                : json.put("error", reply.error());
    }

    private static List<JsonObject> members(List<GroupMember> members, GroupMember self) {
        return members.stream()
                .filter(member -> !member.equals(self))
                .map(RequestDesk::member)
                .toList();
    }

    private static JsonObject member(GroupMember member) {
        return new JsonObject().put("nodeId", member.node().value()).put("id", Integer.toUnsignedLong(member.id()));
    }
}
