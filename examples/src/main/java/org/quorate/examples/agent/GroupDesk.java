package org.quorate.examples.agent;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterManager;
import org.quorate.Group;
import org.quorate.Group.GroupMember;
import org.quorate.examples.json.JsonObject;

/**
 * Shares this node's one membership in a group among everybody who asks for it: joins with the first user, leaves with the last.
 * Thread-safe.
 */
final class GroupDesk {
    /** Groups that may be in use at a time. */
    static final int MAX_GROUPS = 64;

    private final ClusterManager node;
    private final Map<String, Shared> groups = new HashMap<>();

    GroupDesk(ClusterManager node) {
        this.node = node;
    }

    /** Hears the group's messages and changes as JSON until the subscription is closed. The listener must not block. */
    synchronized Subscription listen(String name, Consumer<JsonObject> listener) {
        Shared shared = groups.get(name);
        if (shared == null) {
            if (groups.size() >= MAX_GROUPS)
                throw new ClusterException(
                        Reason.QUEUE_FULL, "this agent is in " + MAX_GROUPS + " groups already; leave one first");
            shared = new Shared();
            shared.add(listener); // before there is anything to hear, so that it hears of the join itself
            shared.group = node.group(name, shared);
            groups.put(name, shared);
        } else {
            shared.add(listener);
        }
        return new Subscription(name, shared, listener);
    }

    /** Sends a message; joins the group for as long as that takes. */
    CompletionStage<Void> send(String name, byte[] payload) {
        Subscription subscription = listen(name, event -> {});
        return subscription.send(payload).whenComplete((done, failure) -> subscription.close());
    }

    /** Who is in a group, this question's own member left out: it has to join to be told. */
    CompletionStage<List<JsonObject>> members(String name) {
        CompletableFuture<Group.Change> first = new CompletableFuture<>();
        Group group = node.group(name, new Group.Listener() {
            @Override
            public void onMessage(GroupMember sender, byte[] payload) {}

            @Override
            public void onChange(Group.Change change) {
                first.complete(change);
            }
        });
        return first.thenApply(change -> change.members().stream()
                        .filter(member -> !member.equals(group.self()))
                        .map(Shared::member)
                        .toList())
                .whenComplete((done, failure) -> group.close());
    }

    private synchronized void release(String name, Shared shared, Consumer<JsonObject> listener) {
        if (!shared.remove(listener)) return;
        groups.remove(name);
        Group group = shared.group;
        if (group != null) group.close();
    }

    /** One user's part in a group. */
    final class Subscription implements AutoCloseable {
        private final String name;
        private final Shared shared;
        private final Consumer<JsonObject> listener;
        private boolean closed;

        private Subscription(String name, Shared shared, Consumer<JsonObject> listener) {
            this.name = name;
            this.shared = shared;
            this.listener = listener;
        }

        CompletionStage<Void> send(byte[] payload) {
            Group group = shared.group;
            if (group == null) throw new IllegalStateException("the group " + name + " is closed");
            return group.send(payload);
        }

        @Override
        public void close() {
            synchronized (GroupDesk.this) {
                if (closed) return;
                closed = true;
                release(name, shared, listener);
            }
        }
    }

    private static final class Shared implements Group.Listener {
        private final List<Consumer<JsonObject>> listeners = new ArrayList<>();
        private volatile @Nullable Group group;

        synchronized void add(Consumer<JsonObject> listener) {
            listeners.add(listener);
        }

        /** Whether that was the last one. */
        synchronized boolean remove(Consumer<JsonObject> listener) {
            listeners.remove(listener);
            return listeners.isEmpty();
        }

        private synchronized List<Consumer<JsonObject>> listeners() {
            return List.copyOf(listeners);
        }

        @Override
        public void onMessage(GroupMember sender, byte[] payload) {
            JsonObject event = new JsonObject().put("kind", "message").put("from", member(sender));
            putPayload(event, payload);
            listeners().forEach(l -> l.accept(event));
        }

        @Override
        public void onChange(Group.Change change) {
            JsonObject event = new JsonObject()
                    .put("kind", "group")
                    .put("members", members(change.members()))
                    .put("joined", members(change.joined()))
                    .put("left", members(change.left()))
                    .put("reason", change.reason().name());
            listeners().forEach(l -> l.accept(event));
        }

        private static List<JsonObject> members(List<GroupMember> members) {
            return members.stream().map(Shared::member).toList();
        }

        private static JsonObject member(GroupMember member) {
            return new JsonObject().put("nodeId", member.node().value()).put("id", Integer.toUnsignedLong(member.id()));
        }

        /** As text if it is UTF-8, else in Base64. */
        private static void putPayload(JsonObject event, byte[] payload) {
            event.put("bytes", payload.length);
            try {
                event.put(
                        "text",
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(payload))
                                .toString());
            } catch (CharacterCodingException e) {
                event.put("base64", Base64.getEncoder().encodeToString(payload));
            }
        }
    }
}
