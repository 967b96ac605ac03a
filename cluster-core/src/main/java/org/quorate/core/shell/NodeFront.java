package org.quorate.core.shell;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.ClusterManager.State;
import org.quorate.Group;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.View;
import org.quorate.core.NodeInput;

/**
 * Between the loop and the application: turns what the node reports into callbacks and answers, and what groups ask for into inputs.
 * The methods of {@link NodeEvents} are called on the loop, the others by any thread.
 */
final class NodeFront implements NodeEvents, GroupHandle.GroupRequests {
    /** Groups that a node may be a member of at once. */
    static final int MAX_GROUPS = 4096;

    private final NodeId self;
    private final StatusBoard board;
    private final LoopMailbox mailbox;
    private final Consumer<View> firstView;
    private final Ending ending;
    private final CallbackQueue callbacks;
    private final List<ClusterListener> listeners;
    private final CompletableFuture<View> started = new CompletableFuture<>();
    private final Sends sends = new Sends();
    private final ReloadRequests reloads = new ReloadRequests();
    private final Answers<QuorumState> quorumWaiters = new Answers<>();
    private final Map<String, GroupHandle> groups = new ConcurrentHashMap<>();
    private final Map<String, GroupHandle> active = new HashMap<>(); // confined to the loop
    private volatile QuorumState quorum = QuorumState.UNKNOWN;
    private volatile @Nullable ClusterException over;
    private volatile @Nullable NodeDriver driver;
    private boolean inMembership; // confined to the loop

    /** Ends the node. */
    interface Ending {
        void finish(State end, String why, @Nullable ClusterException failure);
    }

    NodeFront(
            ClusterManager.Builder settings,
            StatusBoard board,
            LoopMailbox mailbox,
            Consumer<View> firstView,
            Ending ending) {
        this.self = settings.self();
        this.board = board;
        this.mailbox = mailbox;
        this.firstView = firstView;
        this.ending = ending;
        this.callbacks = new CallbackQueue(self, settings.callbackExecutor());
        this.listeners = new CopyOnWriteArrayList<>(settings.listeners());
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
        for (CompletableFuture<Void> each : sends.closeAll(closed))
            callbacks.postAlways(() -> each.completeExceptionally(closed));
        for (CompletableFuture<ReloadReport> each : reloads.closeAll(closed))
            callbacks.postAlways(() -> each.completeExceptionally(closed));
    }

    /** Counters of this side; the caller's own. */
    Map<String, Long> counters() {
        TreeMap<String, Long> counters = new TreeMap<>();
        counters.put("callbacks.waiting", (long) callbacks.size());
        counters.put("sends.outstanding", (long) sends.size());
        return counters;
    }

    // reloads

    CompletionStage<ReloadReport> reload() {
        CompletableFuture<ReloadReport> ended = new CompletableFuture<>();
        try {
            mailbox.give(new NodeInput.Reload(reloads.open(ended)));
        } catch (ClusterException refused) {
            return CompletableFuture.failedStage(refused);
        }
        return ended.minimalCompletionStage();
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

    Group group(String name, Group.Listener listener) {
        ClusterException ended = over;
        if (ended != null) throw ended;
        GroupHandle handle = new GroupHandle(name, self, listener, this);
        if (groups.size() >= MAX_GROUPS)
            throw new ClusterException(Reason.QUEUE_FULL, "this node is in " + MAX_GROUPS + " groups; leave one first");
        if (groups.putIfAbsent(name, handle) != null)
            throw new IllegalStateException("node " + self + " is in the group " + name + " already");
        mailbox.post(() -> active.put(name, handle));
        mailbox.give(new NodeInput.JoinGroup(name));
        return handle;
    }

    @Override
    public CompletionStage<Void> send(GroupHandle group, byte[] payload) {
        ClusterException ended = over;
        if (ended != null) return CompletableFuture.failedStage(ended);
        if (group.isClosed())
            return CompletableFuture.failedStage(
                    new ClusterException(Reason.NOT_A_MEMBER, "this node has left the group " + group.name()));
        if (callbacks.isCongested())
            return CompletableFuture.failedStage(new ClusterException(
                    Reason.QUEUE_FULL,
                    "the callbacks of this node are far behind; send again when the listeners have caught up"));
        CompletableFuture<Void> delivered = new CompletableFuture<>();
        try {
            mailbox.give(new NodeInput.Send(group.name(), payload, sends.open(payload.length, delivered)));
        } catch (ClusterException refused) {
            return CompletableFuture.failedStage(refused);
        }
        return delivered.minimalCompletionStage();
    }

    @Override
    public void leave(GroupHandle group) {
        groups.remove(group.name(), group);
        mailbox.post(() -> active.remove(group.name(), group));
        mailbox.give(new NodeInput.LeaveGroup(group.name()));
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
    public void groupChanged(String group, Change change) {
        GroupHandle handle = active.get(group);
        if (handle != null && handle.sees(change)) post(0, () -> handle.deliver(change));
    }

    @Override
    public void groupMessage(String group, GroupMember sender, byte[] payload, long ticket) {
        GroupHandle handle = active.get(group);
        if (handle != null && handle.isJoined()) post(payload.length, () -> handle.deliver(sender, payload));
        if (ticket < 0) return;
        CompletableFuture<Void> delivered = sends.close(ticket);
        if (delivered != null) callbacks.postAlways(() -> delivered.complete(null));
    }

    @Override
    public void sendFailed(long ticket, Reason reason, String why) {
        CompletableFuture<Void> delivered = sends.close(ticket);
        if (delivered == null) return;
        ClusterException failure = new ClusterException(reason, why);
        callbacks.postAlways(() -> delivered.completeExceptionally(failure));
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
