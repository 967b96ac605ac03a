package org.quorate.core.shell;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager.State;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.LinkStatus;
import org.quorate.NodeBuilder;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.View;
import org.quorate.core.NodeInput;
import org.quorate.spi.QuorumEngine;

/**
 * Between the loop and the application: turns what the node reports into callbacks and answers, and what groups ask for into inputs.
 * The methods of {@link NodeEvents} are called on the loop, the others by any thread.
 */
final class NodeFront implements NodeEvents {
    private final StatusBoard board;
    private final LoopMailbox mailbox;
    private final Consumer<View> firstView;
    private final Ending ending;
    private final CallbackQueue callbacks;
    private final List<ClusterListener> listeners;
    private final CompletableFuture<View> started = new CompletableFuture<>();
    private final LocalGroups groups;
    private final Requests<ReloadReport> reloads = new Requests<>("a reload");
    private final Requests<QuorumState> quorumRequests = new Requests<>("the quorum provider");
    private final Answers<QuorumState> quorumWaiters = new Answers<>();
    private volatile QuorumState quorum = QuorumState.UNKNOWN;
    private volatile @Nullable ClusterException over;
    private volatile @Nullable NodeDriver driver;
    private boolean inMembership; // confined to the loop

    /** Ends the node. */
    interface Ending {
        void finish(State end, String why, @Nullable ClusterException failure);
    }

    NodeFront(NodeBuilder settings, StatusBoard board, LoopMailbox mailbox, Consumer<View> firstView, Ending ending) {
        this.board = board;
        this.mailbox = mailbox;
        this.firstView = firstView;
        this.ending = ending;
        this.callbacks = new CallbackQueue(
                settings.self(),
                CallbackBounds.ofHeap(Runtime.getRuntime().maxMemory()),
                settings.callbackExecutor(),
                this::brakeMoved);
        this.groups = new LocalGroups(settings.self(), NodeParts.processId(), mailbox, callbacks, this::post);
        this.listeners = new CopyOnWriteArrayList<>(settings.listeners());
    }

    private void brakeMoved() {
        mailbox.give(() -> new NodeInput.Behind(callbacks.brake()));
    }

    CallbackQueue callbacks() {
        return callbacks;
    }

    void begin(NodeDriver nodeDriver) {
        driver = nodeDriver;
    }

    void addListener(ClusterListener listener) {
        listeners.add(listener);
    }

    /** The first view, as a callback after the listeners have seen it. */
    CompletableFuture<View> started() {
        return started;
    }

    /** Tells all listeners, whatever is waiting. */
    void stateChanged(State state, String why) {
        for (ClusterListener each : listeners) callbacks.postAlways(() -> each.onState(state, why));
    }

    CompletionStage<QuorumState> awaitQuorum() {
        CompletableFuture<QuorumState> answer = quorumWaiters.open();
        QuorumState now = quorum;
        if (now.quorate() && quorumWaiters.take(answer)) callbacks.postAlways(() -> answer.complete(now));
        return answer.minimalCompletionStage();
    }

    /**
     * The last callbacks: the new state, then the failure of whatever somebody waits for. Nothing new is taken.
     *
     * @param closed for those who wait
     * @param startFailure for those who wait for the first view
     */
    void end(State state, String why, ClusterException closed, ClusterException startFailure) {
        over = closed;
        stateChanged(state, why);
        callbacks.postAlways(() -> started.completeExceptionally(startFailure));
        quorumWaiters.end(closed, callbacks::postAlways);
        groups.end(closed);
        fail(reloads, closed);
        fail(quorumRequests, closed);
    }

    private <T> void fail(Requests<T> requests, ClusterException closed) {
        for (CompletableFuture<T> each : requests.closeAll(closed))
            callbacks.postAlways(() -> each.completeExceptionally(closed));
    }

    private <T> CompletionStage<T> ask(Requests<T> requests, LongFunction<NodeInput> input) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            mailbox.give(input.apply(requests.open(answer)));
        } catch (ClusterException refused) {
            return CompletableFuture.failedStage(refused);
        }
        return answer.minimalCompletionStage();
    }

    /** Counters of this side; the caller's own. */
    Map<String, Long> counters() {
        TreeMap<String, Long> counters = new TreeMap<>();
        callbacks.count(counters);
        groups.count(counters);
        return counters;
    }

    // quorum

    CompletionStage<QuorumState> ask(QuorumEngine.Input.Request request) {
        return ask(quorumRequests, ticket -> new NodeInput.QuorumRequest(ticket, request));
    }

    @Override
    public void quorumAnswered(long ticket, Optional<String> refusal, QuorumState state) {
        CompletableFuture<QuorumState> answer = quorumRequests.close(ticket);
        if (answer == null) return;
        if (refusal.isEmpty()) callbacks.postAlways(() -> answer.complete(state));
        else
            callbacks.postAlways(
                    () -> answer.completeExceptionally(new ClusterException(Reason.REFUSED, refusal.get())));
    }

    // reloads

    CompletionStage<ReloadReport> reload() {
        return ask(reloads, NodeInput.Reload::new);
    }

    @Override
    public void configurationApplied(ClusterConfig config) {
        board.configure(config);
    }

    @Override
    public void reloadEnded(List<Long> tickets, Optional<String> refusal, ReloadReport report) {
        for (long ticket : tickets) {
            CompletableFuture<ReloadReport> ended = reloads.close(ticket);
            if (ended == null) continue;
            if (refusal.isEmpty()) callbacks.postAlways(() -> ended.complete(report));
            else
                callbacks.postAlways(() -> ended.completeExceptionally(new ClusterException(
                        Reason.CONFIGURATION_INVALID,
                        "this node keeps the configuration that it has: " + refusal.get())));
        }
    }

    // groups

    LocalGroups groups() {
        return groups;
    }

    // what the node reports, on the loop

    @Override
    public void viewInstalled(View view) {
        board.install(view);
        boolean first = !inMembership;
        inMembership = true;
        if (first) firstView.accept(view);
        for (ClusterListener each : listeners) post(0, () -> each.onView(view));
        if (first) callbacks.postAlways(() -> started.complete(view));
        decided(view.quorum());
    }

    @Override
    public void quorumChanged(QuorumState changed) {
        for (ClusterListener each : listeners) post(0, () -> each.onQuorum(changed));
        decided(changed);
    }

    private void decided(QuorumState newest) {
        quorum = newest;
        if (!newest.quorate()) return;
        for (CompletableFuture<QuorumState> each : quorumWaiters.takeAll())
            callbacks.postAlways(() -> each.complete(newest));
    }

    @Override
    public void linkChanged(LinkStatus link) {
        for (ClusterListener each : listeners) post(0, () -> each.onLink(link));
    }

    @Override
    public void linkDiagnosed(LinkStatus link) {
        for (ClusterListener each : listeners) post(0, () -> each.onLinkDiagnosis(link));
    }

    @Override
    public void paused(Duration atLeast) {
        for (ClusterListener each : listeners) post(0, () -> each.onPause(atLeast));
    }

    @Override
    public void groupChanged(String group, Change change) {
        groups.changed(group, change);
    }

    @Override
    public void groupMessage(String group, GroupMember sender, byte[] payload, long ticket) {
        groups.message(group, sender, payload, ticket);
    }

    @Override
    public void sendFailed(long ticket, Reason reason, String why) {
        groups.sendFailed(ticket, reason, why);
    }

    @Override
    public void left() {
        ending.finish(State.LEFT, "left in order", null);
    }

    @Override
    public void stopped(Reason reason, String why, @Nullable Throwable cause) {
        ending.finish(
                State.FAILED,
                why,
                cause == null ? new ClusterException(reason, why) : new ClusterException(reason, why, cause));
    }

    private void post(int bytes, Runnable callback) {
        NodeDriver running = driver;
        if (over != null || callbacks.post(bytes, callback) || running == null) return;
        running.stop(
                Reason.QUEUE_FULL,
                "the callbacks of this node are " + callbacks.size()
                        + " behind; nothing may be left out, so the node stops. Make the listeners faster");
    }
}
