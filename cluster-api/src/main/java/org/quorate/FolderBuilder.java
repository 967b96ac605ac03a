package org.quorate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.quorate.spi.ClusterManagerFactory;

/** Collects what a node in a folder needs, see {@link ClusterManager#builder()}. Not thread-safe. */
public final class FolderBuilder {
    private String nodeName = "";
    private @Nullable Path dataDir;
    private final List<Link> links = new ArrayList<>();
    private int joinPort = JoinOptions.DEFAULT_PORT;
    private String joinAddress = "";
    private @Nullable Executor callbackExecutor;
    private final List<ClusterListener> listeners = new ArrayList<>();

    FolderBuilder() {}

    /**
     * Where joiners are answered: TCP port, {@link JoinOptions#DEFAULT_PORT} unless set, -1 for nowhere; 0 for any free one is possible in
     * tests.
     */
    public FolderBuilder joinPort(int tcpPort) {
        this.joinPort = tcpPort;
        return this;
    }

    /** The own address on which joiners are answered, in digits; the one on the lowest link unless set. */
    public FolderBuilder joinAddress(String address) {
        this.joinAddress = address;
        return this;
    }

    /** The node's name: 1 to 63 letters, digits and hyphens. That of the host without its domain unless given. */
    public FolderBuilder nodeName(String name) {
        this.nodeName = name;
        return this;
    }

    /** Folder for everything that the node keeps; made if missing. One node a folder. */
    public FolderBuilder dataDir(Path folder) {
        this.dataDir = folder;
        return this;
    }

    /**
     * An own address on one link; the last one with a number wins. Counts when a cluster is made or joined. None: the address of the host's
     * name, on link 0.
     */
    public FolderBuilder link(Link link) {
        links.removeIf(other -> other.number() == link.number());
        links.add(link);
        return this;
    }

    /** Runs callbacks; must run tasks one after the other in order. Default: one daemon thread of the node. */
    public FolderBuilder callbackExecutor(Executor executor) {
        this.callbackExecutor = executor;
        return this;
    }

    /** Adds a listener that hears everything from the start. */
    public FolderBuilder listener(ClusterListener listener) {
        listeners.add(listener);
        return this;
    }

    /**
     * Makes the node. If there is a cluster in the folder it is started, and looks for the others from now on; else nothing is opened and
     * nothing formed: the node is {@link ClusterManager.State#STANDALONE}. Blocks while it reads the folder.
     *
     * @throws ClusterException if no folder is given, or what is in it is not whole; the message says what to do
     */
    public ClusterManager start() {
        ClusterManager node = build();
        if (node.isInCluster()) node.start();
        return node;
    }

    /**
     * Makes the node and starts nothing; {@link ClusterManager#start} does, if there is a cluster in the folder. Reads no file.
     *
     * @throws ClusterException if no folder is given
     */
    public ClusterManager build() {
        return ClusterManagerFactory.find().open(this);
    }

    /** The name given, or empty. */
    public String nodeName() {
        return nodeName;
    }

    /** The folder given. */
    public Optional<Path> dataDir() {
        return Optional.ofNullable(dataDir);
    }

    /** The port for joiners. */
    public int joinPort() {
        return joinPort;
    }

    /** The address for joiners, or empty. */
    public String joinAddress() {
        return joinAddress;
    }

    /** The links given. */
    public List<Link> links() {
        return List.copyOf(links);
    }

    /** The executor given. */
    public Optional<Executor> callbackExecutor() {
        return Optional.ofNullable(callbackExecutor);
    }

    /** The listeners given. */
    public List<ClusterListener> listeners() {
        return List.copyOf(listeners);
    }
}
