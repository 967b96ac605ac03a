package org.quorate.core.manage;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.Group;
import org.quorate.JoinInfo;
import org.quorate.Link;
import org.quorate.LocalNode;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.RequestGroup;
import org.quorate.View;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.ClusterCreation;
import org.quorate.core.join.CreateOptions;
import org.quorate.core.join.NodeFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that lives in a folder. As long as the folder is that of no cluster it is standalone and has nothing open; then it runs the node
 * that the folder describes, and passes everything on to that one. One operation that changes the folder at a time.
 */
public final class ManagedClusterManager implements ClusterManager {
    private static final Logger LOG = LoggerFactory.getLogger(ManagedClusterManager.class);

    private final FolderBuilder settings;
    private final Path dataDir;
    private final LocalAddresses host;
    private final Clock clock;
    private final List<ClusterListener> listeners = new CopyOnWriteArrayList<>();
    /** Held while the folder changes its state. */
    private final ReentrantLock folderLock = new ReentrantLock();

    private volatile @Nullable ClusterManager inner; // changed under folderLock
    private volatile LocalNode self; // changed under folderLock
    private volatile boolean closed; // changed under folderLock

    private ManagedClusterManager(FolderBuilder settings, Path dataDir, LocalAddresses host, Clock clock) {
        this.settings = settings;
        this.dataDir = dataDir;
        this.host = host;
        this.clock = clock;
        this.self = new LocalNode(nodeName(settings, host), java.util.Optional.empty());
        listeners.addAll(settings.listeners());
    }

    /** The node of the folder that the settings name, not started. */
    public static ManagedClusterManager open(FolderBuilder settings, LocalAddresses host, Clock clock) {
        Path dataDir = settings.dataDir()
                .orElseThrow(() -> new ClusterException(
                        Reason.CONFIGURATION_INVALID,
                        "no data folder is given; say with dataDir where the node lives"));
        return new ManagedClusterManager(settings, dataDir, host, clock);
    }

    private static String nodeName(FolderBuilder settings, LocalAddresses host) {
        if (!settings.nodeName().isEmpty()) return settings.nodeName();
        String name = host.hostName();
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    @Override
    public CompletionStage<View> start() {
        folderLock.lock();
        try {
            checkOpen();
            if (inner != null) throw new IllegalStateException("node " + self + " was started before");
            FolderNode node = FolderNode.read(NodeFolder.at(dataDir), host);
            if (!settings.nodeName().isEmpty()
                    && !settings.nodeName().equals(node.localNode().name()))
                throw new ClusterException(
                        Reason.CONFIGURATION_INVALID,
                        "the folder " + dataDir + " is that of node " + node.localNode() + ", and "
                                + settings.nodeName() + " was to be started; choose another folder, or that name");
            ClusterManager next =
                    node.build(dataDir, listeners, settings.callbackExecutor().orElse(null));
            inner = next;
            self = node.localNode();
            return next.start();
        } finally {
            folderLock.unlock();
        }
    }

    @Override
    public LocalNode self() {
        return self;
    }

    @Override
    public boolean isInCluster() {
        return inner != null || NodeFolder.at(dataDir).isInCluster();
    }

    @Override
    public State state() {
        ClusterManager node = inner;
        if (node != null) return node.state();
        return closed ? State.LEFT : State.STANDALONE;
    }

    @Override
    public View create(String clusterName) {
        folderLock.lock();
        try {
            checkOpen();
            if (inner != null)
                throw new ClusterException(
                        Reason.ALREADY_IN_CLUSTER,
                        "node " + self + " is in a cluster already; leave it first, or choose another folder");
            ClusterCreation.create(
                    dataDir, options(clusterName), host, clock, step -> LOG.info("{}: {}", dataDir, step));
        } finally {
            folderLock.unlock();
        }
        return waitFor(start());
    }

    private CreateOptions options(String clusterName) {
        CreateOptions options = CreateOptions.of(clusterName).withNodeName(self.name());
        for (Link link : settings.links())
            options = options.withLink(link.number(), new LinkParameter(link.address(), link.priority(), link.port()));
        return options;
    }

    @Override
    public JoinInfo joinInfo() {
        return NodeFolder.at(dataDir).joinInfo(host);
    }

    @Override
    public void addListener(ClusterListener listener) {
        folderLock.lock();
        try {
            listeners.add(listener);
            if (inner != null) inner.addListener(listener);
        } finally {
            folderLock.unlock();
        }
    }

    @Override
    public CompletionStage<ClusterStatus> status() {
        return node().status();
    }

    @Override
    public CompletionStage<QuorumState> awaitQuorum() {
        return node().awaitQuorum();
    }

    @Override
    public CompletionStage<QuorumState> setExpectedVotes(int votes) {
        return node().setExpectedVotes(votes);
    }

    @Override
    public CompletionStage<QuorumState> setVotes(NodeId node, int votes) {
        return node().setVotes(node, votes);
    }

    @Override
    public CompletionStage<QuorumState> cancelWaitForAll() {
        return node().cancelWaitForAll();
    }

    @Override
    public Group group(String name, Group.Listener listener) {
        return node().group(name, listener);
    }

    @Override
    public RequestGroup requests(String name, RequestGroup.Handler handler) {
        return node().requests(name, handler);
    }

    @Override
    public CompletionStage<ReloadReport> reload() {
        return node().reload();
    }

    @Override
    public CompletionStage<Void> leave() {
        ClusterManager node = inner;
        return node == null ? CompletableFuture.completedStage(null) : node.leave();
    }

    @Override
    public void close() {
        ClusterManager node;
        folderLock.lock();
        try {
            closed = true;
            node = inner;
        } finally {
            folderLock.unlock();
        }
        if (node != null) node.close();
    }

    /** The running node. */
    private ClusterManager node() {
        ClusterManager node = inner;
        if (node != null) return node;
        throw new ClusterException(
                Reason.NOT_IN_CLUSTER, "node " + self + " is in no cluster; create one or join one first");
    }

    private void checkOpen() {
        if (closed) throw new ClusterException(Reason.CLOSED, "node " + self + " was closed");
    }

    private static <T> T waitFor(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ClusterException failure) throw failure;
            throw e;
        }
    }
}
