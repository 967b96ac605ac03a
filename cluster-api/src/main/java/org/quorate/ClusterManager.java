package org.quorate;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.quorate.ClusterException.Reason;

/**
 * One node of a cluster, embedded in this process. Several may live in one JVM. Thread-safe.
 *
 * <pre>{@code
 * try (ClusterManager node = ClusterManager.builder(config, NodeId.of(1)).key(key).dataDir(dir).build()) {
 *     node.start().toCompletableFuture().join();      // first view: this node, or this node and others
 *     System.out.println(node.status().toCompletableFuture().join());
 * }
 * }</pre>
 */
public interface ClusterManager extends AutoCloseable {
    /** A node of {@code config} that is called {@code self} there. */
    static NodeBuilder builder(ClusterConfig config, NodeId self) {
        return new NodeBuilder(config, self);
    }

    /**
     * A node that lives in a folder: it resumes the cluster of that folder, or waits to {@link #create} one or to {@link #join(JoinOptions) join} one.
     *
     * <pre>{@code
     * try (ClusterManager node = ClusterManager.builder().nodeName("app-1").dataDir(dir).link(Link.udp(0, "10.0.0.11")).start()) {
     *     if (!node.isInCluster()) node.create("orders");
     *     node.awaitQuorum().toCompletableFuture().join();
     * }
     * }</pre>
     */
    static FolderBuilder builder() {
        return new FolderBuilder();
    }

    /** This node. */
    LocalNode self();

    /** Whether this node has a configuration, so is one of a cluster, running or not. May look at the folder. */
    default boolean isInCluster() {
        return true;
    }

    /**
     * Makes a cluster of this one node and runs it. Blocks until the node is in its first membership. Source: pvecm create.
     *
     * @param clusterName 1 to 15 letters, digits and hyphens, no hyphen first or last; it cannot be changed
     * @return the first view
     * @throws ClusterException with {@link Reason#ALREADY_IN_CLUSTER} if it is in one, with {@link Reason#REFUSED} if it was built with a
     *     configuration, else with what is wrong with name, addresses or folder; nothing has changed then
     */
    default View create(String clusterName) {
        throw ownFolderOnly("create a cluster");
    }

    /**
     * What another machine has to know to join this node's cluster; it holds no secret. Reads the files of the folder.
     *
     * @throws ClusterException with {@link Reason#NOT_IN_CLUSTER}, or if the folder has no certificate
     */
    default JoinInfo joinInfo() {
        throw ownFolderOnly("tell how to join");
    }

    /** Where the node stands in its life. */
    State state();

    /**
     * Opens the sockets and joins whoever is there. Completes with the first view; fails with a {@link ClusterException} if the
     * host does not allow it. May be called once.
     *
     * @throws IllegalStateException if it was called before and the node is not over; when it is over, the stage fails with {@link
     *     ClusterException.Reason#CLOSED}
     */
    CompletionStage<View> start();

    /**
     * A consistent snapshot, taken on the event loop. Fails with {@link ClusterException.Reason#CLOSED} when the node is over, and with
     * {@link ClusterException.Reason#QUEUE_FULL} if 4096 callers wait for one already.
     */
    CompletionStage<ClusterStatus> status();

    /** Joins a cluster by what a member has printed and the password that was set there; else as {@link #join(JoinOptions)}. */
    default JoinReport join(JoinInfo info, char[] password) {
        return join(JoinOptions.by(info).password(password));
    }

    /**
     * Joins a cluster and runs this node in it. Everything is looked at before anything is changed, on both sides; each link is tried in both
     * directions. Blocks until the node is quorate, or {@link JoinOptions#quorumLimit} has passed. Wipes the password. Source: pvecm add.
     *
     * @throws JoinException with everything that was found; both sides are as they were then
     * @throws ClusterException with {@link Reason#ALREADY_IN_CLUSTER} if this node runs in a cluster, with {@link Reason#REFUSED} if it was
     *     built with a configuration
     */
    default JoinReport join(JoinOptions options) {
        throw ownFolderOnly("join a cluster");
    }

    /**
     * Makes a token with which one machine may join by this node, once, within {@code validity}. It is a secret.
     *
     * @throws ClusterException with {@link Reason#QUEUE_FULL} if there are 64 already
     */
    default String createJoinToken(Duration validity) {
        throw ownFolderOnly("make tokens for joiners");
    }

    /**
     * Sets the password with which machines may join by this node, 8 to 128 characters; an empty one takes it away. What is kept is a slow
     * salted hash. The array stays the caller's.
     */
    default void setJoinPassword(char[] password) {
        throw ownFolderOnly("take a password for joiners");
    }

    /** The cluster's links, to be changed on all nodes. */
    default ClusterLinks links() {
        throw ownFolderOnly("change links");
    }

    /** The cluster's configuration, to be changed on all nodes. */
    default ClusterChanges changes() {
        throw ownFolderOnly("change the configuration");
    }

    /** Adds a listener; it hears everything from now on. */
    void addListener(ClusterListener listener);

    /** Adds a listener for memberships, which is not told of the present one. */
    default void onMembership(Consumer<View> listener) {
        addListener(new ClusterListener() {
            @Override
            public void onView(View view) {
                listener.accept(view);
            }
        });
    }

    /** Adds a listener for decisions on quorum: that of each new membership, and changes within one. */
    default void onQuorum(Consumer<QuorumState> listener) {
        addListener(new ClusterListener() {
            @Override
            public void onView(View view) {
                listener.accept(view.quorum());
            }

            @Override
            public void onQuorum(QuorumState quorum) {
                listener.accept(quorum);
            }
        });
    }

    /**
     * Completes at the first moment from now on at which this node is quorate; at once if it is. Fails with {@link
     * ClusterException.Reason#CLOSED} when the node is over, and with {@link ClusterException.Reason#QUEUE_FULL} if 4096 callers wait for it
     * already.
     */
    CompletionStage<QuorumState> awaitQuorum();

    /**
     * Lets all members expect that many votes in the cluster from now on, in place of what they are configured to, until they restart.
     * For example to make a partition quorate whose other nodes are known to be off; two partitions that are both told so can both act.
     * Completes with the decision when the change has taken effect here; fails with {@link ClusterException.Reason#REFUSED} if the provider
     * does not take it, such as votequorum a number below the votes that are present; with {@link ClusterException.Reason#QUEUE_FULL} if
     * 64 callers wait for the provider already, in this method and the next two; and with {@link ClusterException.Reason#CLOSED} when the
     * node is over. Source: corosync-quorumtool -e.
     */
    CompletionStage<QuorumState> setExpectedVotes(int votes);

    /**
     * Gives a known node another number of votes, 0 or more, until that node restarts. Completes and fails as {@link #setExpectedVotes}.
     * Source: corosync-quorumtool -v and -n.
     */
    CompletionStage<QuorumState> setVotes(NodeId node, int votes);

    /**
     * Lets all members stop waiting for absent nodes, which {@code wait_for_all} makes them do after a start. Completes and fails as
     * {@link #setExpectedVotes}. Source: the daemon's key quorum.cancel_wait_for_all.
     */
    CompletionStage<QuorumState> cancelWaitForAll();

    /**
     * Joins the group {@code name}: 1 to 128 bytes of UTF-8 without NUL, not beginning with {@link RequestGroup#GROUP_PREFIX}. Each call makes a member of its own, also in the same group.
     *
     * @throws IllegalArgumentException if the name is not like that; an unpaired surrogate has no UTF-8
     * @throws ClusterException with {@link ClusterException.Reason#QUEUE_FULL} if this node has 4096 members already, with {@link
     *     ClusterException.Reason#CLOSED} if it is over
     */
    Group group(String name, Group.Listener listener);

    /** Joins the group {@code name} as {@link #group(String, Group.Listener)} does, for messages only. */
    default Group group(String name, Consumer<Group.Message> messages) {
        return group(name, (Group.Listener) (sender, payload) -> messages.accept(new Group.Message(sender, payload)));
    }

    /**
     * Joins those who ask each other under {@code name}: 1 to {@link RequestGroup#MAX_NAME_BYTES} bytes of UTF-8 without NUL. Each call
     * makes a member of its own.
     *
     * @throws IllegalArgumentException if the name is not like that; an unpaired surrogate has no UTF-8
     * @throws ClusterException with {@link ClusterException.Reason#QUEUE_FULL} if this node has 4096 members of groups already, with {@link
     *     ClusterException.Reason#CLOSED} if it is over
     */
    RequestGroup requests(String name, RequestGroup.Handler handler);

    /**
     * Asks every node of the cluster to read its configuration again, this one included. Completes when this node has done so and works by
     * it, which for another key means that the old one is dropped. Fails with the sentence that tells why this node keeps what it has, for
     * example because it has no {@link NodeBuilder#source source}; what the others do is theirs to say.
     */
    CompletionStage<ReloadReport> reload();

    /** Leaves the cluster in order: the others hear of it at once. Completes when the node has left. */
    CompletionStage<Void> leave();

    /**
     * Ends the node within five seconds, leaving in order if possible; releases every thread, socket and file. Idempotent, never throws.
     */
    @Override
    void close();

    private static ClusterException ownFolderOnly(String what) {
        return new ClusterException(
                Reason.REFUSED,
                "this node was given its configuration by the program, so it cannot " + what
                        + "; build it with ClusterManager.builder() and a data folder");
    }

    /** A node's life. */
    enum State {
        /** Built, not started. */
        NEW,
        /** In no cluster; it may create one or join one. */
        STANDALONE,
        /** Started, no membership yet. */
        JOINING,
        /** In a membership, perhaps alone. */
        MEMBER,
        /** Left in order. */
        LEFT,
        /** Ended by an error; the listener was told which. */
        FAILED
    }
}
