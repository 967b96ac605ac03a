package org.quorate.core.shell;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ConfigurationSource;
import org.quorate.ConfigurationSource.Fresh;
import org.quorate.CryptoConfig;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.core.NodeInput;
import org.quorate.core.conf.ConfigDifference;
import org.quorate.core.conf.RingTimers;
import org.quorate.spi.EventLoop;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again, on a thread of its own, and keeps the key and the links that came with it until the transport has them.
 * Of the key in use it knows a hash only, to tell another one from it. Names are looked up on that thread too. Confined to the loop but for the reading itself.
 */
final class ConfigReader {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigReader.class);
    private static final byte[] NO_KEY = {};

    /**
     * How a reading ended: one of the two is null.
     *
     * @param config what was read
     * @param keyChanged whether the key is another one
     * @param refusal why it could not be read
     */
    record Answer(
            @Nullable ClusterConfig config,
            boolean keyChanged,
            @Nullable ClusterException refusal) {
        /** What the engine is told. */
        NodeInput input(long number) {
            if (config != null) return new NodeInput.ConfigurationRead(number, config, keyChanged);
            String why = refusal == null ? "" : String.valueOf(refusal.getMessage());
            boolean removed = refusal != null && refusal.reason() == Reason.NODE_NOT_LISTED;
            return removed
                    ? new NodeInput.NotListedAnyMore(number, why)
                    : new NodeInput.ConfigurationRefused(number, why);
        }
    }

    /**
     * What the transport is to have, or why it cannot be said; and what it is to have with the links that it has now, if nodes come or go.
     * What cannot be said is null.
     */
    private record Links(
            @Nullable TransportSettings settings,
            @Nullable ClusterException refusal,
            @Nullable TransportSettings otherwise,
            Set<NodeId> listed) {}

    private final NodeId self;
    private final Optional<ConfigurationSource> source;
    private ClusterConfig configInForce;
    private TransportSettings linksInForce;
    private @Nullable Links pendingLinks;
    private byte[] hashInUse;
    private @Nullable Fresh pending;
    private boolean reading;
    private boolean closed;

    /**
     * A reader for a node that is opened with {@code config} and {@code settings}. Of the key in them it makes no copy; whoever opened the
     * transport wipes it.
     */
    ConfigReader(NodeId self, Optional<ConfigurationSource> source, ClusterConfig config, TransportSettings settings) {
        this.self = self;
        this.source = source;
        this.configInForce = config;
        this.hashInUse = hash(settings.key());
        this.linksInForce = settings;
    }

    /** Reads; {@code then} is called on {@code loop}, once. */
    void read(EventLoop loop, Consumer<Answer> then) {
        if (source.isEmpty()) {
            then.accept(refused(unreadable("it was built without a source for its configuration")));
        } else if (reading) {
            then.accept(refused(unreadable("an earlier attempt to read it has not ended yet; check the disk")));
        } else {
            reading = true;
            ClusterConfig present = configInForce;
            Thread reader =
                    new Thread(() -> readBlocking(source.get(), present, loop, then), "cluster-" + self + "-reload");
            reader.setDaemon(true);
            reader.start();
        }
    }

    private void readBlocking(ConfigurationSource from, ClusterConfig present, EventLoop loop, Consumer<Answer> then) {
        @Nullable Fresh fresh = null;
        @Nullable Links links = null;
        @Nullable ClusterException refusal = null;
        try {
            fresh = from.read();
            NodeParts.checkKey(fresh.config(), fresh.key());
            links = links(present, fresh.config());
        } catch (ClusterException wrong) {
            refusal = wrong;
        } catch (RuntimeException | Error fault) {
            LOG.warn("node {}: the source of the configuration failed", self, fault);
            refusal = unreadable("its source failed with " + fault);
        }
        Fresh result = fresh;
        Links found = links;
        ClusterException why = refusal;
        loop.execute(() -> done(result, found, why, then));
    }

    /** Throws if this is no configuration for a running node. */
    private Links links(ClusterConfig present, ClusterConfig fresh) {
        ConfigDifference found = ConfigDifference.between(self, present, fresh, false);
        int nodes = RingTimers.nodesOnLink0(fresh);
        Set<NodeId> listed = ids(found.inForce());
        TransportSettings otherwise = null;
        if (!listed.equals(ids(present))) {
            try {
                otherwise = settings(found.keepingLinksOf(present, "").inForce(), nodes);
            } catch (ClusterException unknown) {
                LOG.debug("node {}: {}", self, unknown.getMessage());
            }
        }
        try {
            return new Links(settings(found.inForce(), nodes), null, otherwise, listed);
        } catch (ClusterException unknown) {
            return new Links(null, unknown, otherwise, listed);
        }
    }

    private TransportSettings settings(ClusterConfig config, int nodesOnLink0) {
        return new TransportPlan(config, self, nodesOnLink0, NodeParts::resolve).settings(NO_KEY);
    }

    private static Set<NodeId> ids(ClusterConfig config) {
        return config.nodes().stream().map(NodeConfig::id).collect(Collectors.toSet());
    }

    private void done(
            @Nullable Fresh fresh, @Nullable Links links, @Nullable ClusterException refusal, Consumer<Answer> then) {
        reading = false;
        forget();
        if (fresh == null || refusal != null || closed) {
            if (fresh != null) Arrays.fill(fresh.key(), (byte) 0);
            then.accept(refused(refusal == null ? unreadable("the node is over") : refusal));
            return;
        }
        pending = fresh;
        pendingLinks = links;
        boolean changed = fresh.config().crypto().isOn() && !MessageDigest.isEqual(hash(fresh.key()), hashInUse);
        then.accept(new Answer(fresh.config(), changed, null));
    }

    private static Answer refused(ClusterException why) {
        return new Answer(null, false, why);
    }

    private static ClusterException unreadable(String why) {
        return new ClusterException(Reason.CONFIGURATION_INVALID, why);
    }

    /** Gives the transport what was read, and wipes it here; a {@link ClusterException} says why the transport does not take it. */
    void load(TransportSession session) {
        Fresh fresh = pending;
        if (fresh == null) throw new IllegalStateException("no key was read");
        CryptoConfig crypto = fresh.config().crypto();
        try {
            session.loadKey(crypto, fresh.key());
            hashInUse = hash(fresh.key());
        } finally {
            wipe();
        }
    }

    /**
     * Gives the transport the links that were read, if they are others than those it has.
     *
     * @return what has changed, one phrase each
     * @throws ClusterException if they cannot be had: the links are as they were, but nodes have come and gone
     */
    List<String> changeLinks(TransportSession session) {
        Links wanted = pendingLinks;
        if (wanted == null) throw new IllegalStateException("no links were read");
        pendingLinks = null;
        try {
            TransportSettings settings = wanted.settings();
            if (settings == null) throw Objects.requireNonNull(wanted.refusal());
            LinkDifference difference = new LinkDifference(linksInForce, settings);
            if (!difference.isEmpty()) session.reconfigure(settings);
            linksInForce = settings;
            return difference.phrases();
        } catch (ClusterException refused) {
            throw new ClusterException(refused.reason(), refused.getMessage() + followNodes(session, wanted), refused);
        }
    }

    /** Lets nodes come and go over the links that stay; answers with what could not be done. */
    private String followNodes(TransportSession session, Links wanted) {
        TransportSettings otherwise = wanted.otherwise();
        if (otherwise != null && isTaken(session, otherwise)) return "";
        List<TransportSettings.Peer> left = linksInForce.peers().stream()
                .filter(peer -> wanted.listed().contains(peer.id()))
                .toList();
        if (left.size() < linksInForce.peers().size()) isTaken(session, linksInForce.withPeers(left));
        TreeSet<NodeId> strangers = new TreeSet<>(wanted.listed());
        strangers.remove(self);
        for (TransportSettings.Peer peer : left) strangers.remove(peer.id());
        return strangers.isEmpty() ? "" : "; until that is mended and reloaded it does not talk to nodes " + strangers;
    }

    private boolean isTaken(TransportSession session, TransportSettings settings) {
        try {
            if (!new LinkDifference(linksInForce, settings).isEmpty()) session.reconfigure(settings);
            linksInForce = settings;
            return true;
        } catch (ClusterException refused) {
            LOG.debug("node {}: {}", self, refused.getMessage());
            return false;
        }
    }

    /** This configuration is in force now. */
    void applied(ClusterConfig config) {
        configInForce = config;
    }

    /** Drops what was read and not given to the transport; the key is wiped. */
    void forget() {
        wipe();
        pendingLinks = null;
    }

    private void wipe() {
        if (pending != null) Arrays.fill(pending.key(), (byte) 0);
        pending = null;
    }

    /** The node is over. */
    void close() {
        closed = true;
        forget();
    }

    private static byte[] hash(byte[] key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java runtime has SHA-256", missing);
        }
    }
}
