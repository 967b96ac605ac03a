package org.quorate.core.manage;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
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
import org.quorate.Group;
import org.quorate.JoinInfo;
import org.quorate.JoinOptions;
import org.quorate.JoinReport;
import org.quorate.Link;
import org.quorate.LocalNode;
import org.quorate.NodeId;
import org.quorate.Progress;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.RequestGroup;
import org.quorate.View;
import org.quorate.core.change.shell.ChangeFiles;
import org.quorate.core.change.shell.ChangeService;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.ClusterCreation;
import org.quorate.core.join.CreateOptions;
import org.quorate.core.join.JoinFailure;
import org.quorate.core.join.JoinResult;
import org.quorate.core.join.NodeFolder;
import org.quorate.core.join.auth.Credential;
import org.quorate.core.shell.EmbeddedClusterManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that lives in a folder. As long as the folder is that of no cluster it is standalone and has nothing open; then it runs the node
 * that the folder describes, and passes everything on to that one. One operation that changes the folder at a time.
 */
public final class ManagedClusterManager implements ClusterManager {
    private static final Logger LOG = LoggerFactory.getLogger(ManagedClusterManager.class);

    private static final Duration RENEWAL_PERIOD = Duration.ofSeconds(5);

    private final FolderBuilder settings;
    private final Path dataDir;
    private final LocalAddresses host;
    private final Clock clock;
    private final List<ClusterListener> listeners = new CopyOnWriteArrayList<>();
    /** Held while the folder changes its state. */
    private final ReentrantLock folderLock = new ReentrantLock();

    private final NodeChanges changes = new NodeChanges(() -> services().changes(), this::leaveCluster);
    private volatile @Nullable Running running; // changed under folderLock
    /** The node that runs, or that will be started. */
    private volatile CompletableFuture<ClusterManager> begun = new CompletableFuture<>(); // changed under folderLock

    private volatile LocalNode self; // changed under folderLock
    private volatile boolean closed; // changed under folderLock
    private volatile boolean leaving;

    /** The node of the folder, and what it does as a member. */
    private record Running(
            EmbeddedClusterManager inner, @Nullable MemberServices services) {}

    private ManagedClusterManager(FolderBuilder settings, Path dataDir, LocalAddresses host, Clock clock) {
        this.settings = settings;
        this.dataDir = dataDir;
        this.host = host;
        this.clock = clock;
        this.self = new LocalNode(nodeName(settings, host), Optional.empty());
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
            if (running != null) throw new IllegalStateException("node " + self + " was started before");
            UnfinishedWork.settle(dataDir, clock);
            if (NodeFolder.at(dataDir).isInCluster() && settings.joinPort() > 0)
                renewal().renew();
            FolderNode node = FolderNode.read(NodeFolder.at(dataDir), host);
            if (!settings.nodeName().isEmpty()
                    && !settings.nodeName().equals(node.localNode().name()))
                throw new ClusterException(
                        Reason.CONFIGURATION_INVALID,
                        "the folder " + dataDir + " is that of node " + node.localNode() + ", and "
                                + settings.nodeName() + " was to be started; choose another folder, or that name");
            EmbeddedClusterManager inner =
                    node.build(dataDir, listeners, settings.callbackExecutor().orElse(null), clock);
            self = node.localNode();
            CompletionStage<View> first = inner.start();
            running = new Running(inner, services(inner, node));
            begun.complete(inner);
            if (settings.joinPort() > 0) askWhileAlone(inner);
            return first;
        } finally {
            folderLock.unlock();
        }
    }

    private Renewal renewal() {
        return new Renewal(dataDir, host, clock, settings.joinPort());
    }

    /**
     * As long as a node of several is alone and without quorum it asks now and then whether it was left behind: others may have started, or be
     * heard again, after it did.
     */
    private void askWhileAlone(EmbeddedClusterManager inner) {
        onThread("renewal", () -> {
            try {
                while (!closed && !isOver(inner)) {
                    Thread.sleep(RENEWAL_PERIOD.toMillis());
                    if (isAlone(inner) && renewal().renew()) inner.reload();
                }
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            } catch (ClusterException removed) {
                if (removed.reason() == Reason.KILLED_BY_PEER) inner.stop(removed);
            }
        });
    }

    private static boolean isOver(EmbeddedClusterManager inner) {
        return inner.state() == State.LEFT || inner.state() == State.FAILED;
    }

    private static boolean isAlone(EmbeddedClusterManager inner) {
        ClusterStatus status = waitFor(inner.status());
        return status.members().size() == 1
                && !status.missing().isEmpty()
                && !status.quorum().quorate();
    }

    /** Without, if the node has failed already. */
    private @Nullable MemberServices services(EmbeddedClusterManager inner, FolderNode node) {
        try {
            return MemberServices.begin(
                    inner, node, dataDir, joinAddress(node), host, clock, why -> stopRemoved(inner, why));
        } catch (ClusterException refused) {
            LOG.warn("node {} answers no joiners and takes part in no changes: {}", self, refused.getMessage());
            return null;
        }
    }

    private Optional<InetSocketAddress> joinAddress(FolderNode node) {
        if (settings.joinPort() < 0) return Optional.empty();
        String address = settings.joinAddress();
        if (address.isEmpty())
            address = node.config()
                    .node(node.self())
                    .orElseThrow()
                    .addresses()
                    .values()
                    .iterator()
                    .next();
        return host.resolve(address).stream()
                .findFirst()
                .map(found -> new InetSocketAddress(found, settings.joinPort()));
    }

    /** Others have removed this node. */
    private void stopRemoved(EmbeddedClusterManager inner, String why) {
        if (leaving) return; // by its own wish
        onThread("removed", () -> {
            Running present = running;
            if (present != null && present.services() != null)
                present.services().close();
            inner.stop(new ClusterException(Reason.KILLED_BY_PEER, why));
        });
    }

    private CompletableFuture<ChangeReport> leaveCluster(ChangeOptions options) {
        Running present = running();
        ChangeService changes = services().changes();
        leaving = true;
        CompletableFuture<ChangeReport> left = new CompletableFuture<>();
        CompletionStage<ChangeReport> asked = present.inner()
                .status()
                .thenCompose(
                        status -> status.members().size() + status.missing().size() <= 1
                                ? CompletableFuture.completedFuture(
                                        new ChangeReport("leaving the cluster", 0, List.of()))
                                : changes.leave(options));
        asked.whenComplete((report, refusal) -> onThread("leave", () -> {
            if (refusal != null && !options.force()) {
                leaving = false;
                left.completeExceptionally(
                        refusal instanceof CompletionException && refusal.getCause() != null
                                ? refusal.getCause()
                                : refusal);
                return;
            }
            try {
                options.progress()
                        .accept(new Progress("SETTING_ASIDE", "ending the node and setting its files aside", 0.9));
                Path backup = endAndSetAside(present);
                List<String> warnings = new ArrayList<>(report == null ? List.of() : report.warnings());
                if (refusal != null)
                    warnings.add("the others were not told (" + refusal.getMessage() + "); remove " + self.name()
                            + " there with delnode");
                warnings.add("the files of the former cluster are in " + backup);
                left.complete(
                        new ChangeReport("leaving the cluster", report == null ? 0 : report.configVersion(), warnings));
            } catch (IOException | RuntimeException failed) {
                left.completeExceptionally(failed);
            } finally {
                leaving = false;
            }
        }));
        return left;
    }

    private Path endAndSetAside(Running present) throws IOException {
        folderLock.lock();
        try {
            if (present.services() != null) present.services().close();
            present.inner().close();
            Path backup = new ChangeFiles(dataDir, HostDisk.of(dataDir), clock).setAside();
            running = null;
            begun = new CompletableFuture<>();
            self = new LocalNode(self.name(), Optional.empty());
            return backup;
        } finally {
            folderLock.unlock();
        }
    }

    private void onThread(String role, Runnable task) {
        Thread thread = new Thread(task, "cluster-" + self.name() + "-" + role);
        thread.setDaemon(true);
        thread.start();
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
        return services().createToken(validity);
    }

    @Override
    public void setJoinPassword(char[] password) {
        services().setPassword(password);
    }

    @Override
    public LocalNode self() {
        return self;
    }

    @Override
    public boolean isInCluster() {
        return running != null || NodeFolder.at(dataDir).isInCluster();
    }

    @Override
    public State state() {
        Running present = running;
        if (present != null) return present.inner().state();
        return closed ? State.LEFT : State.STANDALONE;
    }

    @Override
    public View create(String clusterName) {
        CompletionStage<View> first;
        folderLock.lock();
        try {
            checkOpen();
            if (running != null)
                throw new ClusterException(
                        Reason.ALREADY_IN_CLUSTER,
                        "node " + self + " is in a cluster already; leave it first, or choose another folder");
            ClusterCreation.create(
                    dataDir, options(clusterName), host, clock, step -> LOG.info("{}: {}", dataDir, step));
            first = start();
        } finally {
            folderLock.unlock();
        }
        return waitFor(first);
    }

    private CreateOptions options(String clusterName) {
        CreateOptions options = CreateOptions.of(clusterName).withNodeName(self.name());
        for (Link link : settings.links())
            options = options.withLink(link.number(), new LinkParameter(link.address(), link.priority(), link.port()));
        return options;
    }

    @Override
    public JoinReport join(JoinOptions options) {
        JoinResult joined;
        folderLock.lock();
        try {
            checkOpen();
            if (running != null)
                throw new ClusterException(
                        Reason.ALREADY_IN_CLUSTER,
                        "node " + self + " is in a cluster already; leave it first, or choose another folder");
            joined = joinFolder(options);
            start();
        } finally {
            folderLock.unlock();
            options.wipe();
        }
        options.progress().accept(new Progress("WAITING_FOR_QUORUM", "waiting for quorum", 1));
        QuorumState quorum = awaitQuorum(options.quorumLimit());
        List<String> warnings = new ArrayList<>(joined.warnings());
        FolderJoin.offerForTwo(joined.conf().toClusterConfig()).ifPresent(warnings::add);
        if (!quorum.quorate())
            warnings.add("not quorate within " + options.quorumLimit().toSeconds() + " s: " + quorum.reason()
                    + "; the node goes on looking for the others");
        return new JoinReport(self, quorum, warnings);
    }

    private JoinResult joinFolder(JoinOptions options) {
        try (Credential credential = JoinTranslation.credential(options)) {
            return FolderJoin.client(
                            dataDir,
                            clock,
                            (step, sentence) ->
                                    options.progress().accept(new Progress(step.name(), sentence, step.fraction())))
                    .join(JoinTranslation.options(options, self.name(), settings.links()), credential);
        } catch (JoinFailure failure) {
            throw JoinTranslation.exception(failure);
        }
    }

    private QuorumState awaitQuorum(Duration limit) {
        try {
            return awaitQuorum().toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            return waitFor(status()).quorum();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof ClusterException failure) throw failure;
            throw new IllegalStateException(failed);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            return QuorumState.UNKNOWN;
        }
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
            Running present = running;
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
        Running present = running;
        if (present == null) return CompletableFuture.completedStage(null);
        if (present.services() != null) present.services().close();
        return present.inner().leave();
    }

    @Override
    public void close() {
        Running present;
        folderLock.lock();
        try {
            closed = true;
            present = running;
        } finally {
            folderLock.unlock();
        }
        begun.completeExceptionally(new ClusterException(Reason.CLOSED, "node " + self + " was closed"));
        if (present == null) return;
        if (present.services() != null) present.services().close();
        present.inner().close();
    }

    /** Of a node that is about to be started, too. */
    private <T> CompletionStage<T> onceBegun(Function<ClusterManager, CompletionStage<T>> task) {
        if (!isInCluster()) return task.apply(node());
        return begun.thenCompose(task);
    }

    /** The running node. */
    private ClusterManager node() {
        return running().inner();
    }

    private Running running() {
        Running present = running;
        if (present != null) return present;
        throw new ClusterException(
                Reason.NOT_IN_CLUSTER, "node " + self + " is in no cluster; create one or join one first");
    }

    private MemberServices services() {
        MemberServices services = running().services();
        if (services != null) return services;
        throw new ClusterException(Reason.REFUSED, "node " + self + " takes part in no changes; its log says why");
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
