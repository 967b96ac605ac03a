package org.quorate.core.manage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quorate.ChangeOptions;
import org.quorate.ChangeReport;
import org.quorate.ClusterChanges;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterLinks;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.FolderBuilder;
import org.quorate.Group;
import org.quorate.JoinInfo;
import org.quorate.JoinOptions;
import org.quorate.JoinReport;
import org.quorate.LocalNode;
import org.quorate.NodeId;
import org.quorate.Progress;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.RequestGroup;
import org.quorate.View;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.ClusterCreation.Created;
import org.quorate.core.join.CreateOptions;
import org.quorate.core.join.JoinFailure;
import org.quorate.core.join.JoinListener;
import org.quorate.core.join.JoinResult;
import org.quorate.core.join.NodeFolder;
import org.quorate.core.join.auth.Credential;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that lives in a folder. As long as the folder is that of no cluster it is standalone and has nothing open; then it runs the node
 * that the folder describes, and passes everything on to that one. One operation that changes the folder at a time.
 */
public final class ManagedClusterManager implements ClusterManager {
    private static final Logger LOG = LoggerFactory.getLogger(ManagedClusterManager.class);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(4);
    /** Of one join. */
    private static final int MOST_STARTS = 4;

    private final NodeHome home;
    private final List<ClusterListener> listeners = new CopyOnWriteArrayList<>();
    /** Held while the folder changes its state. */
    private final ReentrantLock folderLock = new ReentrantLock();

    private final NodeChanges changes =
            new NodeChanges(() -> running().services().changes(), this::leaveCluster);
    private final IdleFolder folder; // guarded by folderLock
    private volatile @Nullable RunningNode running; // changed under folderLock
    /** The node that runs, or that will be started. */
    private volatile CompletableFuture<ClusterManager> begun = new CompletableFuture<>(); // changed under folderLock

    private volatile LocalNode self; // changed under folderLock
    private volatile boolean closed;

    private ManagedClusterManager(NodeHome home) {
        this.home = home;
        this.folder = new IdleFolder(home);
        this.self = new LocalNode(home.nodeName(), Optional.empty());
        listeners.addAll(home.settings().listeners());
    }

    /** The node of the folder that the settings name, not started. */
    public static ManagedClusterManager open(FolderBuilder settings, LocalAddresses host, Clock clock) {
        Path dataDir = settings.dataDir()
                .orElseThrow(() -> new ClusterException(
                        Reason.CONFIGURATION_INVALID,
                        "no data folder is given; say with dataDir where the node lives"));
        return new ManagedClusterManager(new NodeHome(settings, dataDir, host, clock));
    }

    /**
     * Brings what was interrupted in the folder to its end, asks the others what is new, and reads the folder; {@link #start} then starts what
     * was read. Blocks, for some seconds if others are asked.
     *
     * @throws ClusterException with {@link Reason#NOT_IN_CLUSTER} if there is no cluster in the folder, else with what is wrong with it
     */
    public FolderNode load() {
        folderLock.lock();
        try {
            checkOpen();
            return folder.load();
        } finally {
            folderLock.unlock();
        }
    }

    /**
     * Keeps other processes from making the folder, which exists, that of a node; until it becomes one through this object, or it is closed.
     * Blocks for the disk.
     *
     * @return false if there is a cluster in the folder already, or something of one that was interrupted
     * @throws ClusterException with {@link Reason#DATA_FOLDER_UNUSABLE} if another process has the folder
     */
    public boolean reserve() {
        folderLock.lock();
        try {
            checkOpen();
            return running == null && folder.reserve();
        } finally {
            folderLock.unlock();
        }
    }

    /** What the node that runs was started with. */
    public FolderNode startedWith() {
        return running().node();
    }

    /** The first view of the node that runs; fails with a {@link ClusterException} if it could not be started. */
    public CompletionStage<View> firstView() {
        return running().first();
    }

    @Override
    public CompletionStage<View> start() {
        folderLock.lock();
        try {
            checkOpen();
            if (running != null) throw new IllegalStateException("node " + self + " was started before");
            FolderNode node = folder.take();
            self = node.localNode();
            RunningNode started = RunningNode.start(home, node, listeners);
            running = started;
            begun.complete(started.inner());
            return started.first();
        } finally {
            folderLock.unlock();
        }
    }

    @Override
    public View create(String clusterName) {
        create(home.newCluster(clusterName, self.name()), step -> LOG.info("{}: {}", home.dataDir(), step));
        return Answers.await(running().first());
    }

    /**
     * Makes a cluster of this one node, as {@code options} say, and starts it. Blocks for the disk.
     *
     * @param progress hears a sentence for each step
     * @throws ClusterException as {@link #create(String)}
     */
    public Created create(CreateOptions options, Consumer<String> progress) {
        folderLock.lock();
        try {
            checkStandalone();
            Created created = folder.create(options, progress);
            start();
            return created;
        } finally {
            folderLock.unlock();
        }
    }

    @Override
    public JoinReport join(JoinOptions options) {
        JoinResult joined;
        try (Credential credential = JoinTranslation.credential(options)) {
            joined = join(
                    JoinTranslation.options(
                            options, self.name(), home.settings().links()),
                    credential,
                    (step, sentence) ->
                            options.progress().accept(new Progress(step.name(), sentence, step.fraction())));
        } catch (JoinFailure failure) {
            throw JoinTranslation.exception(failure);
        } finally {
            options.wipe();
        }
        options.progress().accept(new Progress("WAITING_FOR_QUORUM", "waiting for quorum", 1));
        QuorumState quorum = firstQuorum(options.quorumLimit());
        return JoinTranslation.report(joined, self, quorum, options.quorumLimit());
    }

    /**
     * Makes this node one of a cluster and starts it; does not wait for quorum. Blocks.
     *
     * @param credential stays the caller's
     * @throws JoinFailure with everything that stands against it, or what went wrong
     * @throws ClusterException with {@link Reason#ALREADY_IN_CLUSTER} if the node runs in a cluster
     */
    public JoinResult join(org.quorate.core.join.JoinOptions options, Credential credential, JoinListener listener) {
        folderLock.lock();
        try {
            checkStandalone();
            JoinResult joined = folder.join(options, credential, listener);
            start();
            return joined;
        } finally {
            folderLock.unlock();
        }
    }

    private void checkStandalone() {
        checkOpen();
        if (running != null)
            throw new ClusterException(
                    Reason.ALREADY_IN_CLUSTER,
                    "node " + self + " is in a cluster already; leave it first, or choose another folder");
    }

    /** While this node was starting, the cluster may have taken in another one: what it was started with is old then, and it starts anew. */
    private QuorumState firstQuorum(Duration limit) {
        for (int start = 1; ; start++) {
            try {
                return awaitQuorum(limit);
            } catch (ClusterException ended) {
                if (start == MOST_STARTS || !isOfOldConfiguration(ended)) throw ended;
                LOG.info("node {} starts again: {}", self, ended.getMessage());
                startAgain();
            }
        }
    }

    private static boolean isOfOldConfiguration(@Nullable Throwable failure) {
        return failure instanceof ClusterException ended
                && (ended.reason() == Reason.CONFIG_VERSION_MISMATCH || isOfOldConfiguration(ended.getCause()));
    }

    private void startAgain() {
        folderLock.lock();
        try {
            running().close();
            running = null;
            begun = new CompletableFuture<>();
            folder.load();
            start();
        } finally {
            folderLock.unlock();
        }
    }

    private QuorumState awaitQuorum(Duration limit) {
        try {
            return Answers.await(awaitQuorum(), limit);
        } catch (ClusterException late) {
            if (Thread.currentThread().isInterrupted()) return QuorumState.UNKNOWN;
            if (late.reason() != Reason.TIMEOUT) throw late;
            return Answers.await(status()).quorum();
        }
    }

    private CompletableFuture<ChangeReport> leaveCluster(ChangeOptions options) {
        return Departure.begin(running(), options, this::endAndSetAside);
    }

    private Path endAndSetAside(RunningNode present) throws IOException {
        folderLock.lock();
        try {
            present.close();
            Path backup = folder.setAside();
            running = null;
            begun = new CompletableFuture<>();
            self = new LocalNode(self.name(), Optional.empty());
            return backup;
        } finally {
            folderLock.unlock();
        }
    }

    @Override
    public ClusterLinks links() {
        return changes;
    }

    @Override
    public ClusterChanges changes() {
        return changes;
    }

    @Override
    public String createJoinToken(Duration validity) {
        return running().services().createToken(validity);
    }

    @Override
    public void setJoinPassword(char[] password) {
        running().services().setPassword(password);
    }

    @Override
    public JoinInfo joinInfo() {
        return NodeFolder.at(home.dataDir()).joinInfo(home.host());
    }

    @Override
    public LocalNode self() {
        return self;
    }

    @Override
    public boolean isInCluster() {
        return running != null || NodeFolder.at(home.dataDir()).isInCluster();
    }

    @Override
    public State state() {
        RunningNode present = running;
        if (present != null) return present.inner().state();
        return closed ? State.LEFT : State.STANDALONE;
    }

    @Override
    public void addListener(ClusterListener listener) {
        folderLock.lock();
        try {
            listeners.add(listener);
            RunningNode present = running;
            if (present != null) present.inner().addListener(listener);
        } finally {
            folderLock.unlock();
        }
    }

    @Override
    public CompletionStage<ClusterStatus> status() {
        return onceBegun(ClusterManager::status);
    }

    @Override
    public CompletionStage<QuorumState> awaitQuorum() {
        return onceBegun(ClusterManager::awaitQuorum);
    }

    @Override
    public CompletionStage<QuorumState> setExpectedVotes(int votes) {
        return running().inner().setExpectedVotes(votes);
    }

    @Override
    public CompletionStage<QuorumState> setVotes(NodeId node, int votes) {
        return running().inner().setVotes(node, votes);
    }

    @Override
    public CompletionStage<QuorumState> cancelWaitForAll() {
        return running().inner().cancelWaitForAll();
    }

    @Override
    public Group group(String name, Group.Listener listener) {
        return running().inner().group(name, listener);
    }

    @Override
    public RequestGroup requests(String name, RequestGroup.Handler handler) {
        return running().inner().requests(name, handler);
    }

    @Override
    public CompletionStage<ReloadReport> reload() {
        return running().inner().reload();
    }

    @Override
    public CompletionStage<Void> leave() {
        RunningNode present = running;
        return present == null ? CompletableFuture.completedStage(null) : present.leave();
    }

    /** A join that is under way goes on for itself if it does not end within some seconds, and its node is not started. */
    @Override
    public void close() {
        closed = true;
        boolean locked = lockSoon();
        RunningNode present = running;
        if (locked) {
            if (present == null) folder.release();
            folderLock.unlock();
        }
        begun.completeExceptionally(new ClusterException(Reason.CLOSED, "node " + self + " was closed"));
        if (present != null) present.close();
    }

    private boolean lockSoon() {
        try {
            return folderLock.tryLock(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            return folderLock.tryLock();
        }
    }

    /** Of a node that is about to be started, too. */
    private <T> CompletionStage<T> onceBegun(Function<ClusterManager, CompletionStage<T>> task) {
        if (!isInCluster()) return task.apply(running().inner());
        return begun.thenCompose(task);
    }

    private RunningNode running() {
        RunningNode present = running;
        if (present != null) return present;
        throw new ClusterException(
                Reason.NOT_IN_CLUSTER, "node " + self + " is in no cluster; create one or join one first");
    }

    private void checkOpen() {
        if (closed) throw new ClusterException(Reason.CLOSED, "node " + self + " was closed");
    }
}
