package org.quorate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.quorate.spi.ClusterManagerFactory;
import org.quorate.spi.LinkTransport;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.StateStore;

/** Collects what a node with a configuration of the program's needs, see {@link ClusterManager#builder(ClusterConfig, NodeId)}. {@link #build} touches nothing outside the heap. Not thread-safe. */
public final class NodeBuilder {
    private final ClusterConfig config;
    private final NodeId self;
    private byte[] key = new byte[0];
    private @Nullable Path dataDir;
    private @Nullable StateStore stateStore;
    private @Nullable LinkTransport transport;
    private @Nullable QuorumProvider quorumProvider;
    private @Nullable Executor callbackExecutor;
    private @Nullable ConfigurationSource source;
    private final List<ClusterListener> listeners = new ArrayList<>();

    NodeBuilder(ClusterConfig config, NodeId self) {
        this.config = config;
        this.self = self;
    }

    /**
     * The cluster's secret key, 128 to 4096 bytes; needed if crypto is on. A copy is kept, and wiped by {@link #build}; another node from
     * the same builder needs it again.
     */
    public NodeBuilder key(byte[] secret) {
        Arrays.fill(key, (byte) 0);
        this.key = secret.clone();
        return this;
    }

    /** Folder for the node's durable state; made if missing. One node a folder. */
    public NodeBuilder dataDir(Path folder) {
        this.dataDir = folder;
        return this;
    }

    /** Keeps the durable state elsewhere than in a folder; wins over {@link #dataDir}. The node does not close it. */
    public NodeBuilder stateStore(StateStore store) {
        this.stateStore = store;
        return this;
    }

    /** Uses this transport instead of finding the configured one by name. */
    public NodeBuilder transport(LinkTransport instance) {
        this.transport = instance;
        return this;
    }

    /** Uses this provider instead of finding the configured one by name. */
    public NodeBuilder quorumProvider(QuorumProvider instance) {
        this.quorumProvider = instance;
        return this;
    }

    /** Runs callbacks; must run tasks one after the other in order. Default: one daemon thread of the node. */
    public NodeBuilder callbackExecutor(Executor executor) {
        this.callbackExecutor = executor;
        return this;
    }

    /** Where the node reads its configuration when the cluster reloads. Without, it keeps the one it has, and says so. */
    public NodeBuilder source(ConfigurationSource where) {
        this.source = where;
        return this;
    }

    /** Adds a listener that hears everything from the start. */
    public NodeBuilder listener(ClusterListener listener) {
        listeners.add(listener);
        return this;
    }

    /**
     * Makes the node.
     *
     * @throws ClusterException if the configuration does not list this node, or no implementation is on the path
     */
    public ClusterManager build() {
        try {
            return ClusterManagerFactory.find().create(this);
        } finally {
            Arrays.fill(key, (byte) 0);
            key = new byte[0];
        }
    }

    /** The configuration given. */
    public ClusterConfig config() {
        return config;
    }

    /** The node id given. */
    public NodeId self() {
        return self;
    }

    /** A copy of the key; empty if none was given, and after {@link #build}. */
    public byte[] key() {
        return key.clone();
    }

    /** The folder given. */
    public Optional<Path> dataDir() {
        return Optional.ofNullable(dataDir);
    }

    /** The store given. */
    public Optional<StateStore> stateStore() {
        return Optional.ofNullable(stateStore);
    }

    /** The transport given. */
    public Optional<LinkTransport> transport() {
        return Optional.ofNullable(transport);
    }

    /** The provider given. */
    public Optional<QuorumProvider> quorumProvider() {
        return Optional.ofNullable(quorumProvider);
    }

    /** The executor given. */
    public Optional<Executor> callbackExecutor() {
        return Optional.ofNullable(callbackExecutor);
    }

    /** The source given. */
    public Optional<ConfigurationSource> source() {
        return Optional.ofNullable(source);
    }

    /** The listeners given. */
    public List<ClusterListener> listeners() {
        return List.copyOf(listeners);
    }
}
