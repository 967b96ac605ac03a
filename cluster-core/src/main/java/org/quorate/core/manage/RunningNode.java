package org.quorate.core.manage;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager.State;
import org.quorate.ClusterStatus;
import org.quorate.LocalNode;
import org.quorate.View;
import org.quorate.core.shell.EmbeddedClusterManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node of a folder while it runs, and what it does as a member: it answers joiners, takes part in changes, notices that it was left behind
 * or removed. Thread-safe.
 */
final class RunningNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningNode.class);

    private static final Duration RENEWAL_PERIOD = Duration.ofSeconds(5);

    private final NodeHome home;
    private final FolderNode node;
    private final EmbeddedClusterManager inner;
    private final CompletionStage<View> first;
    private final @Nullable MemberServices services;
    private volatile boolean leaving;
    private volatile boolean closed;

    private RunningNode(NodeHome home, FolderNode node, EmbeddedClusterManager inner) {
        this.home = home;
        this.node = node;
        this.inner = inner;
        this.first = inner.start();
        this.services = begin();
    }

    /** Starts the node that is in the folder. */
    static RunningNode start(NodeHome home, FolderNode node, List<ClusterListener> listeners) {
        RunningNode running = new RunningNode(
                home,
                node,
                node.build(
                        home.dataDir(),
                        listeners,
                        home.settings().callbackExecutor().orElse(null),
                        home.clock()));
        if (home.canRenew()) running.askWhileAlone();
        return running;
    }

    /** Without, if the node has failed already. */
    private @Nullable MemberServices begin() {
        try {
            return MemberServices.begin(inner, node, home, this::removed);
        } catch (ClusterException refused) {
            LOG.warn("node {} answers no joiners and takes part in no changes: {}", self(), refused.getMessage());
            return null;
        }
    }

    EmbeddedClusterManager inner() {
        return inner;
    }

    /** What it was started with. */
    FolderNode node() {
        return node;
    }

    LocalNode self() {
        return node.localNode();
    }

    CompletionStage<View> first() {
        return first;
    }

    MemberServices services() {
        if (services != null) return services;
        throw new ClusterException(Reason.REFUSED, "node " + self() + " takes part in no changes; its log says why");
    }

    /** From now on, or not any more, a removal is this node's own wish. */
    void setLeaving(boolean wish) {
        leaving = wish;
    }

    /**
     * As long as a node of several is alone and without quorum it asks now and then whether it was left behind: others may have started, or be
     * heard again, after it did.
     */
    private void askWhileAlone() {
        onThread("renewal", () -> {
            try {
                while (!closed && !isOver()) {
                    Thread.sleep(RENEWAL_PERIOD.toMillis());
                    if (isAlone() && home.renewal().renew()) inner.reload();
                }
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            } catch (ClusterException removed) {
                if (removed.reason() == Reason.KILLED_BY_PEER) inner.stop(removed);
            }
        });
    }

    private boolean isOver() {
        return inner.state() == State.LEFT || inner.state() == State.FAILED;
    }

    private boolean isAlone() {
        ClusterStatus status = Answers.await(inner.status());
        return status.members().size() == 1
                && !status.missing().isEmpty()
                && !status.quorum().quorate();
    }

    /** The others have removed this node. */
    private void removed(String why) {
        if (leaving) return;
        onThread("removed", () -> {
            endServices();
            inner.stop(new ClusterException(Reason.KILLED_BY_PEER, why));
        });
    }

    /** Runs {@code task} on a thread of this node. */
    void onThread(String role, Runnable task) {
        Thread thread = new Thread(task, "cluster-" + self().name() + "-" + role);
        thread.setDaemon(true);
        thread.start();
    }

    CompletionStage<Void> leave() {
        endServices();
        return inner.leave();
    }

    private void endServices() {
        if (services != null) services.close();
    }

    /** Ends the node within some seconds. Idempotent. */
    @Override
    public void close() {
        closed = true;
        endServices();
        inner.close();
    }
}
