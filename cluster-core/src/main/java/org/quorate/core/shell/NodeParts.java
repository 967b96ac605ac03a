package org.quorate.core.shell;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeBuilder;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.core.NodeEffect;
import org.quorate.core.NodeEngine;
import org.quorate.core.NodeInput;
import org.quorate.core.ring.RingNumbers;
import org.quorate.engine.Engine;
import org.quorate.spi.LinkTransport;
import org.quorate.spi.QuorumEngine;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumSettings;
import org.quorate.spi.StateStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds and opens what a node consists of. Each method blocks and may throw a {@link ClusterException}. */
final class NodeParts {
    /** Folder of the quorum provider's memory in the state store. */
    static final String QUORUM_FOLDER = "quorum";

    private static final int VOTEQUORUM_SERVICE = 5;
    private static final int FIRST_FREE_SERVICE = 32;
    private static final int LAST_SERVICE = 63;
    private static final int MIN_KEY_BYTES = 128;
    private static final int MAX_KEY_BYTES = 4096;
    private static final Logger LOG = LoggerFactory.getLogger(NodeParts.class);

    private NodeParts() {}

    /**
     * An engine with what is asked of it beside its protocol.
     *
     * @param engine the protocol
     * @param counters asked on the loop
     * @param quorum the newest decision, asked on the loop
     */
    record Brain(
            Engine<NodeInput, NodeEffect> engine, Supplier<Map<String, Long>> counters, Supplier<QuorumState> quorum) {}

    /** Makes the engine of a node. */
    interface BrainMaker {
        Brain make(ClusterConfig config, NodeId self, QuorumEngine quorum);

        /** The real one. */
        static Brain real(ClusterConfig config, NodeId self, QuorumEngine quorum) {
            int partialBytes = partialBytes(Runtime.getRuntime().maxMemory());
            RandomGenerator random = RandomGenerator.getDefault();
            NodeEngine engine =
                    new NodeEngine(config, self, quorum, processId(), partialBytes, random, RingNumbers.FROM_ZERO);
            return new Brain(engine, engine::counters, engine::quorum);
        }
    }

    /**
     * What messages that come in pieces may hold in a heap of so many bytes: a sixteenth, at least 2 MiB. What is complete goes on to
     * the callbacks, which may hold a quarter.
     */
    static int partialBytes(long heapBytes) {
        return (int) Math.max(2 << 20, Math.min(NodeEngine.MAX_PARTIAL_BYTES, heapBytes / 16));
    }

    /** Id of a node's first group member: that of this process, as those of a C program have. */
    static int processId() {
        return (int) ProcessHandle.current().pid();
    }

    static LinkTransport transport(NodeBuilder settings) {
        return settings.transport()
                .orElseGet(() -> Providers.transport(settings.config().transport()));
    }

    /** The store given, else that of the folder given, else one in the heap. */
    static StateStore store(NodeBuilder settings) {
        Optional<StateStore> given = settings.stateStore();
        if (given.isPresent()) return given.get();
        if (settings.dataDir().isPresent())
            return FolderStateStore.open(settings.dataDir().get(), settings.self());
        LOG.info("node {}: no data folder is set; ring ids and quorum memory end with this process", settings.self());
        return new HeapStateStore();
    }

    /** The quorum engine with what earlier lives remembered; {@code warned} gets who says what its provider finds dangerous. */
    static QuorumEngine quorum(NodeBuilder settings, StateStore store, Consumer<QuorumWarnings> warned)
            throws IOException {
        ClusterConfig config = settings.config();
        QuorumProvider provider = settings.quorumProvider().orElseGet(() -> Providers.quorum(config.quorumProvider()));
        Map<String, byte[]> memory = new HashMap<>();
        for (String name : store.names(QUORUM_FOLDER))
            store.read(QUORUM_FOLDER + "/" + name).ifPresent(value -> memory.put(name, value));
        QuorumSettings quorum = new QuorumSettings(settings.self(), config.nodes(), config.quorumOptions(), memory);
        QuorumEngine engine = provider.open(quorum);
        warned.accept(new QuorumWarnings(provider, settings.self(), memory));
        engine.service().ifPresent(service -> checkService(provider.name(), service));
        return engine;
    }

    /** The others are taken by Corosync's own services; one that another engine of this node has would be cut off. */
    private static void checkService(String provider, int service) {
        if (service == VOTEQUORUM_SERVICE || (service >= FIRST_FREE_SERVICE && service <= LAST_SERVICE)) return;
        throw new ClusterException(
                Reason.CONFIGURATION_INVALID,
                "the quorum provider " + provider + " wants service " + service + " of the ring; " + VOTEQUORUM_SERVICE
                        + " is votequorum's and " + FIRST_FREE_SERVICE + ".." + LAST_SERVICE + " are free for others");
    }

    /** Refuses a key that the configured encryption cannot use. */
    static void checkKey(ClusterConfig config, byte[] key) {
        if (!config.crypto().isOn()) return;
        if (key.length < MIN_KEY_BYTES || key.length > MAX_KEY_BYTES)
            throw new ClusterException(
                    Reason.KEY_UNUSABLE,
                    (key.length == 0 ? "no key is set" : "the key has " + key.length + " bytes")
                            + "; packets are encrypted, " + "which needs the cluster's key of " + MIN_KEY_BYTES + ".."
                            + MAX_KEY_BYTES + " bytes");
    }

    /** The addresses of a name or of an address in digits; empty if there are none. */
    static List<InetAddress> resolve(String nameOrAddress) {
        try {
            return nameOrAddress.isEmpty() ? List.of() : List.of(InetAddress.getAllByName(nameOrAddress));
        } catch (UnknownHostException unknown) {
            return List.of();
        }
    }
}
