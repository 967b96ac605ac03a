package org.quorate.core.shell;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.Group;
import org.quorate.LocalNode;
import org.quorate.NodeBuilder;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.RequestGroup;
import org.quorate.View;
import org.quorate.core.NodeInput;
import org.quorate.core.probe.ProbingNode;
import org.quorate.spi.LinkProbes;
import org.quorate.spi.ProbeSession;
import org.quorate.spi.QuorumEngine;
import org.quorate.spi.StateStore;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link ClusterManager}: opens what a node consists of, passes requests to its loop, and ends it. What the node reports goes
 * through {@link NodeFront}. Every stage that is handed out completes as a callback, so what depends on it never runs on the loop.
 */
public final class EmbeddedClusterManager implements ClusterManager, ProbingNode {
    private static final long LEAVE_MILLIS = 2000;
    private static final long CLOSE_MILLIS = 4700;
    private static final long CALLBACKS_MILLIS = 500;
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedClusterManager.class);

    private record Running(TransportSession session, StateStore store, NodeDriver driver, NodeParts.Brain brain) {}

    private final NodeBuilder settings;
    private final NodeParts.BrainMaker brains;
    private final byte[] key;
    private final NodeFront front;
    private final StatusBoard board;
    private final LoopMailbox mailbox = new LoopMailbox();
    private final OwnProbes probes;
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private final CompletableFuture<Void> released = new CompletableFuture<>();
    private final Answers<ClusterStatus> statuses = new Answers<>();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile State state = State.NEW; // changed under lock
    private @Nullable Running running; // guarded by lock
    private boolean leaving; // guarded by lock

    /** A node, not started. */
    public static EmbeddedClusterManager of(NodeBuilder settings, Clock clock) {
        return new EmbeddedClusterManager(settings, NodeParts.BrainMaker::real, clock);
    }

    EmbeddedClusterManager(NodeBuilder settings, NodeParts.BrainMaker brains, Clock clock) {
        this.settings = settings;
        this.brains = brains;
        this.key = settings.key();
        this.board = new StatusBoard(settings.config(), settings.self(), clock);
        this.front = new NodeFront(settings, board, mailbox, this::firstView, this::finish);
        this.probes = new OwnProbes(settings.self(), this::session, mailbox, front.callbacks());
    }

    @Override
    public LocalNode self() {
        return LocalNode.of(
                selfId(), settings.config().node(selfId()).map(NodeConfig::name).orElse(""));
    }

    private NodeId selfId() {
        return settings.self();
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public void addListener(ClusterListener listener) {
        front.addListener(listener);
    }

    @Override
    public CompletionStage<QuorumState> awaitQuorum() {
        return front.awaitQuorum();
    }

    @Override
    public Group group(String name, Group.Listener listener) {
        return front.groups().join(name, listener);
    }

    @Override
    public RequestGroup requests(String name, RequestGroup.Handler handler) {
        return front.groups().requests(name, handler);
    }

    @Override
    public CompletionStage<View> start() {
        lock.lock();
        try {
            if (isOver())
                return CompletableFuture.failedStage(new ClusterException(Reason.CLOSED, "the node was closed"));
            if (state != State.NEW) throw new IllegalStateException("node " + selfId() + " was started before");
            state = State.JOINING;
        } finally {
            lock.unlock();
        }
        front.stateChanged(State.JOINING, "looking for the other nodes");
        try {
            open();
        } catch (ClusterException refused) {
            finish(State.FAILED, String.valueOf(refused.getMessage()), refused);
        } catch (IOException unreadable) {
            String why = "the durable state cannot be read (" + unreadable + "); check the data folder";
            finish(State.FAILED, why, new ClusterException(Reason.DATA_FOLDER_UNUSABLE, why, unreadable));
        } catch (RuntimeException fault) {
            String why = "the node found a fault in itself while it started: " + fault;
            finish(State.FAILED, why, new ClusterException(Reason.INTERNAL_ERROR, why, fault));
        }
        return front.started().minimalCompletionStage();
    }

    /** In the caller's thread: folder, quorum provider, engine, addresses, sockets, in this order. */
    private void open() throws IOException {
        NodeParts.checkKey(settings.config(), key);
        StateStore store = NodeParts.store(settings);
        @Nullable TransportSession session = null;
        boolean begun = false;
        try {
            long sequence = SavedRing.read(store, selfId());
            QuorumEngine quorum = NodeParts.quorum(settings, store, board::warn);
            NodeParts.Brain brain = brains.make(settings.config(), selfId(), quorum);
            TransportSettings links = new TransportPlan(settings.config(), selfId(), NodeParts::resolve).settings(key);
            ConfigReader reader = new ConfigReader(selfId(), settings.source(), settings.config(), links);
            NodeDriver driver = new NodeDriver(selfId(), brain.engine(), store, front, reader);
            session = NodeParts.transport(settings).open(links, driver);
            begun = begin(new Running(session, store, driver, brain), sequence);
        } finally {
            Arrays.fill(key, (byte) 0); // the transport has its own copy
            if (!begun) {
                if (session != null) session.close();
                closeOwn(store);
            }
        }
    }

    /** False if the node was closed meanwhile. */
    private boolean begin(Running parts, long sequence) {
        lock.lock();
        try {
            if (isOver()) return false;
            running = parts;
            front.begin(parts.driver);
            front.groups().begin(parts.session.loop());
            parts.driver.begin(parts.session, sequence);
            mailbox.open(parts.session.loop(), parts.driver);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void firstView(View view) {
        lock.lock();
        try {
            if (state != State.JOINING) return;
            state = State.MEMBER;
        } finally {
            lock.unlock();
        }
        front.stateChanged(
                State.MEMBER,
                "in the membership " + view.ringId() + " of " + view.members().size());
    }

    @Override
    public CompletionStage<ClusterStatus> status() {
        lock.lock();
        try {
            if (state == State.NEW)
                return CompletableFuture.completedStage(
                        board.snapshot(State.NEW, QuorumState.UNKNOWN, List.of(), List.of(), List.of()));
        } finally {
            lock.unlock();
        }
        CompletableFuture<ClusterStatus> answer = statuses.open();
        if (!answer.isDone()) mailbox.post(() -> answer(answer));
        return answer.minimalCompletionStage();
    }

    private @Nullable Running parts() {
        lock.lock();
        try {
            return running;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletionStage<Long> openProbes(LinkProbes.Window window) {
        return probes.ask(each -> each.openProbes(window));
    }

    @Override
    public void closeProbes(long number) {
        probes.tell(each -> each.closeProbes(number));
    }

    @Override
    public CompletionStage<List<LinkProbes.Path>> probes(long number) {
        return probes.ask(each -> each.probes(number));
    }

    @Override
    public boolean triesLinks() {
        return probes.isThere();
    }

    @Override
    public Optional<ProbeSession> bindProbes(SortedMap<Integer, InetSocketAddress> own) {
        return NodeParts.transport(settings).openProbes(own);
    }

    @Override
    public SortedMap<Integer, SortedMap<Integer, InetSocketAddress>> addresses(ClusterConfig config) {
        return new TransportPlan(config, selfId(), NodeParts::resolve).addresses();
    }

    private @Nullable TransportSession session() {
        Running parts = parts();
        return parts == null || isOver() ? null : parts.session;
    }

    private void answer(CompletableFuture<ClusterStatus> answer) {
        Running parts = parts();
        if (parts == null) return;
        Map<String, Long> own = front.counters();
        own.put("effects.held", (long) parts.driver.heldEffects());
        ClusterStatus status = board.snapshot(
                state,
                parts.brain.quorum().get(),
                parts.session.peers(),
                parts.session.links(),
                List.of(parts.session.counters(), parts.brain.counters().get(), own));
        if (statuses.take(answer)) front.callbacks().postAlways(() -> answer.complete(status));
    }

    @Override
    public CompletionStage<QuorumState> setExpectedVotes(int votes) {
        return front.ask(new QuorumEngine.Input.SetExpectedVotes(votes));
    }

    @Override
    public CompletionStage<QuorumState> setVotes(NodeId node, int votes) {
        return front.ask(new QuorumEngine.Input.SetNodeVotes(node, votes));
    }

    @Override
    public CompletionStage<QuorumState> cancelWaitForAll() {
        return front.ask(new QuorumEngine.Input.CancelWaitForAll());
    }

    @Override
    public CompletionStage<ReloadReport> reload() {
        return front.reload();
    }

    /** Ends the node at once, as failed; the others will notice. */
    public void stop(ClusterException why) {
        finish(State.FAILED, String.valueOf(why.getMessage()), why);
    }

    @Override
    public CompletionStage<Void> leave() {
        boolean first;
        boolean untouched;
        lock.lock();
        try {
            first = !leaving && !isOver();
            untouched = state == State.NEW;
            leaving = true;
        } finally {
            lock.unlock();
        }
        if (first && untouched) finish(State.LEFT, "ended before it was started", null);
        else if (first) mailbox.give(new NodeInput.Leave());
        return left.minimalCompletionStage();
    }

    @Override
    public void close() {
        long begin = System.nanoTime();
        try {
            leave();
            if (!await(released, LEAVE_MILLIS)) {
                finish(
                        State.FAILED,
                        "it was closed and did not leave within " + LEAVE_MILLIS + " ms; the others will notice",
                        null);
                long spent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
                if (!await(released, CLOSE_MILLIS - CALLBACKS_MILLIS - spent))
                    LOG.warn("node {}: releasing its resources takes long", selfId());
            }
            front.callbacks().awaitIdle(CALLBACKS_MILLIS);
        } catch (RuntimeException fault) {
            LOG.error("node {}: closing met a fault", selfId(), fault);
        }
    }

    /** Ends the node, once: the state, what users wait for, and then, on a thread of its own, what it holds. Any thread. */
    private void finish(State end, String why, @Nullable ClusterException failure) {
        Running parts;
        lock.lock();
        try {
            if (isOver()) return;
            state = end;
            parts = running;
        } finally {
            lock.unlock();
        }
        if (end == State.LEFT) LOG.info("node {}: {}", selfId(), why);
        else if (failure == null || failure.reason() != Reason.INTERNAL_ERROR)
            LOG.warn("node {} stopped: {}", selfId(), why);
        else LOG.error("node {} stopped: {}", selfId(), why, failure);
        String sentence = "node " + selfId() + " has ended: " + why;
        ClusterException closed = failure == null
                ? new ClusterException(Reason.CLOSED, sentence)
                : new ClusterException(Reason.CLOSED, sentence, failure);
        ClusterException startFailure = failure == null ? closed : failure;
        front.end(end, why, closed, startFailure);
        statuses.end(closed, front.callbacks()::postAlways);
        mailbox.close();
        Thread releaser = new Thread(() -> release(parts, end, startFailure), "cluster-" + selfId() + "-end");
        releaser.setDaemon(true);
        releaser.start();
    }

    private void release(@Nullable Running parts, State end, ClusterException why) {
        try {
            if (parts != null) {
                parts.session.close();
                parts.driver.endRecording();
                closeOwn(parts.store);
            }
        } catch (RuntimeException fault) {
            LOG.warn("node {}: a resource could not be released", selfId(), fault);
        } finally {
            Arrays.fill(key, (byte) 0);
            front.callbacks().postAlways(() -> {
                if (end == State.LEFT) left.complete(null);
                else left.completeExceptionally(why);
            });
            released.complete(null);
            front.callbacks().endWhenIdle();
        }
    }

    /** A store that the application gave stays open: it may outlive the node. */
    private void closeOwn(StateStore store) {
        if (settings.stateStore().isEmpty()) store.close();
    }

    private boolean isOver() {
        return state == State.LEFT || state == State.FAILED;
    }

    private static boolean await(CompletableFuture<Void> future, long millis) {
        try {
            future.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            return future.isDone();
        } catch (TimeoutException | ExecutionException late) {
            return future.isDone();
        }
    }
}
