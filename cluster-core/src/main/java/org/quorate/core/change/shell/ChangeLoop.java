package org.quorate.core.change.shell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.Group;
import org.quorate.Group.GroupMember;
import org.quorate.QuorumState;
import org.quorate.View;
import org.quorate.core.change.ChangeEffect;
import org.quorate.core.change.ChangeEngine;
import org.quorate.core.change.ChangeInput;
import org.quorate.core.change.ChangeMessage;
import org.quorate.core.change.ChangeText;
import org.quorate.core.change.Member;
import org.quorate.core.change.Objection;
import org.quorate.core.json.JsonObject.Malformed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the engine of changes of one node: on a thread of its own, with what the node's group and views say. What is not said to be
 * thread-safe is confined to that thread.
 */
final class ChangeLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeLoop.class);
    private static final long SETTLING_MILLIS = 50;

    private final ClusterManager node;
    private final int self;
    private final ChangeFiles files;
    private final ScheduledThreadPoolExecutor thread;
    private final Group group;
    private final ChangeEngine engine;
    private final ChangeHost effects;
    private final CompletableFuture<ChangeLoop> begun = new CompletableFuture<>();
    /** What waits until the nodes have settled what is in force. */
    private final Map<Long, CompletableFuture<?>> settling = new HashMap<>();

    private final long startNanos = System.nanoTime();
    private long waits;
    private long dropped;
    private boolean hasView;
    private SortedSet<Integer> online = new TreeSet<>();
    private @Nullable ScheduledFuture<?> wakeUp;

    /** Joins the group; nothing is done before {@link #begin}. */
    ChangeLoop(int self, ChangeHost.Means means, ChangeHost.Listener listener) {
        this.node = means.node();
        this.self = self;
        this.files = means.files();
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread fresh = new Thread(task, "cluster-" + self + "-changes");
            fresh.setDaemon(true);
            return fresh;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        thread.execute(begun::join); // what is heard meanwhile waits behind it
        this.group = joined();
        this.effects = new ChangeHost(means, self, thread, new Outbox(group, thread), this::tell, listener);
        this.engine = new ChangeEngine(member(), effects.triesLinks());
    }

    private Group joined() {
        boolean done = false;
        try {
            Group joined = node.group(ChangeService.GROUP, new Ears());
            done = true;
            return joined;
        } finally {
            if (!done) {
                thread.shutdownNow();
                begun.cancel(false);
            }
        }
    }

    /** Takes part from now on. */
    void begin() {
        node.addListener(new Eyes());
        begun.complete(this);
    }

    /** Group events, in order, on to the thread of the changes. */
    private final class Ears implements Group.Listener {
        @Override
        public void onMessage(GroupMember sender, byte[] payload) {
            run(() -> heard(sender, payload));
        }

        @Override
        public void onChange(Group.Change change) {
            run(() -> changed(change));
        }
    }

    /** Views and quorum, in one order with the group's events. */
    private final class Eyes implements ClusterListener {
        @Override
        public void onView(View view) {
            run(() -> viewed(view));
        }

        @Override
        public void onQuorum(QuorumState quorum) {
            run(() -> tell(files.quorum(quorum, online)));
        }
    }

    private void heard(GroupMember sender, byte[] payload) {
        try {
            ChangeMessage message = ChangeText.decode(payload);
            tell(new ChangeInput.Delivered(member(sender), message));
            if (message instanceof ChangeMessage.Reloaded) effects.reloaded();
        } catch (Malformed wrong) {
            if (dropped++ == 0)
                LOG.warn(
                        "node {}: a message of {} in the group {} is no good: {}",
                        self,
                        sender,
                        ChangeService.GROUP,
                        wrong.getMessage());
        }
    }

    private static Member member(GroupMember member) {
        return new Member(member.node().value(), member.id());
    }

    private void changed(Group.Change change) {
        boolean viewFollows = change.reason() == Group.Reason.NODE_DOWN || change.reason() == Group.Reason.NODE_UP;
        tell(new ChangeInput.Members(
                change.members().stream().map(ChangeLoop::member).toList(), viewFollows));
        if (hasView) return;
        node.status()
                .thenAccept(status -> status.view()
                        .ifPresent(view -> run(() -> {
                            if (!hasView) viewed(view);
                        })));
    }

    private void viewed(View view) {
        hasView = true;
        online = new TreeSet<>();
        view.members().forEach(member -> online.add(member.value()));
        tell(new ChangeInput.View(view.ringId().sequence(), online, files.quorum(view.quorum(), online)));
    }

    /** Gives the engine an input and does what it asks for. */
    void tell(ChangeInput input) {
        List<ChangeEffect> out = new ArrayList<>();
        engine.step(now(), input, out::add);
        perform(out);
    }

    private long now() {
        return System.nanoTime() - startNanos;
    }

    private void perform(List<ChangeEffect> out) {
        out.forEach(effect -> effect.applyTo(effects));
        if (wakeUp != null) wakeUp.cancel(false);
        wakeUp = null;
        long deadline = engine.deadlineNanos();
        if (deadline == Long.MAX_VALUE || thread.isShutdown()) return;
        wakeUp = thread.schedule(
                () -> {
                    List<ChangeEffect> more = new ArrayList<>();
                    engine.tick(now(), more::add);
                    perform(more);
                },
                Math.max(0, deadline - now()),
                TimeUnit.NANOSECONDS);
    }

    /** This node's member of the group. */
    Member member() {
        return new Member(self, group.self().id());
    }

    /** Whether the node is in the ring. */
    boolean isOnline(int id) {
        return online.contains(id);
    }

    Optional<Objection> obstacle() {
        return engine.obstacle();
    }

    boolean isOver() {
        return thread.isShutdown();
    }

    /** Runs a task on the thread. Thread-safe. */
    void run(Runnable task) {
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException fault) {
                    LOG.error("node {}: a change went wrong", self, fault);
                }
            });
        } catch (RejectedExecutionException closed) {
            LOG.debug("node {}: nothing is heard of changes any more", self);
        }
    }

    /** Runs a task on the thread after a while, unless it is over then. */
    void later(Duration delay, Runnable task) {
        var ignored = thread.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** As soon as the nodes have settled what is in force; at the limit in any case, to be refused with the reason. Thread-safe. */
    <T> CompletableFuture<T> onceSettled(Duration limit, Supplier<CompletableFuture<T>> task) {
        return onThread(() -> {
            CompletableFuture<T> result = new CompletableFuture<>();
            attempt(++waits, now() + limit.toNanos(), task, result);
            return result;
        });
    }

    private <T> void attempt(
            long wait, long deadline, Supplier<CompletableFuture<T>> task, CompletableFuture<T> result) {
        if (engine.isSettling() && now() < deadline && !thread.isShutdown()) {
            settling.put(wait, result);
            var ignored = thread.schedule(
                    () -> attempt(wait, deadline, task, result), SETTLING_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        settling.remove(wait);
        onThread(task).minimalCompletionStage().whenComplete((value, failed) -> {
            if (failed == null) result.complete(value);
            else result.completeExceptionally(failed);
        });
    }

    private <T> CompletableFuture<T> onThread(Supplier<CompletableFuture<T>> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            thread.execute(() -> {
                try {
                    CompletionStage<T> done = task.get();
                    done.whenComplete((value, failed) -> {
                        if (failed == null) result.complete(value);
                        else result.completeExceptionally(cause(failed));
                    });
                } catch (RuntimeException failed) {
                    result.completeExceptionally(failed);
                }
            });
        } catch (RejectedExecutionException closed) {
            result.completeExceptionally(Refusals.over());
        }
        return result;
    }

    private static Throwable cause(Throwable failed) {
        return failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
    }

    /** Takes no part any more; what waits to begin fails. Idempotent. */
    @Override
    public void close() {
        if (thread.isShutdown()) return;
        group.close();
        run(effects::close);
        run(() -> settling.values().forEach(each -> each.completeExceptionally(Refusals.over())));
        thread.shutdown();
    }
}
