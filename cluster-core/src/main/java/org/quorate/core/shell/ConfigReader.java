package org.quorate.core.shell;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ConfigurationSource;
import org.quorate.ConfigurationSource.Fresh;
import org.quorate.CryptoConfig;
import org.quorate.NodeId;
import org.quorate.spi.EventLoop;
import org.quorate.spi.TransportSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again, on a thread of its own, and keeps the key that came with it until the transport has it. Of the key in
 * use it knows a hash only, to tell another one from it. Confined to the loop but for the reading itself.
 */
final class ConfigReader {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigReader.class);

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
            @Nullable String refusal) {}

    private final NodeId self;
    private final Optional<ConfigurationSource> source;
    private byte[] hashInUse;
    private @Nullable Fresh pending;
    private boolean reading;
    private boolean closed;

    /** A reader for a node that uses {@code key}, of which no copy is kept. */
    ConfigReader(NodeId self, Optional<ConfigurationSource> source, byte[] key) {
        this.self = self;
        this.source = source;
        this.hashInUse = hash(key);
    }

    /** Reads; {@code then} is called on {@code loop}, once. */
    void read(EventLoop loop, Consumer<Answer> then) {
        if (source.isEmpty()) {
            then.accept(refused("it was built without a source for its configuration"));
        } else if (reading) {
            then.accept(refused("an earlier attempt to read it has not ended yet; check the disk"));
        } else {
            reading = true;
            Thread reader = new Thread(() -> readBlocking(source.get(), loop, then), "cluster-" + self + "-reload");
            reader.setDaemon(true);
            reader.start();
        }
    }

    private void readBlocking(ConfigurationSource from, EventLoop loop, Consumer<Answer> then) {
        @Nullable Fresh fresh = null;
        String refusal = "";
        try {
            fresh = from.read();
            NodeParts.checkKey(fresh.config(), fresh.key());
        } catch (ClusterException wrong) {
            refusal = String.valueOf(wrong.getMessage());
        } catch (RuntimeException | Error fault) {
            LOG.warn("node {}: the source of the configuration failed", self, fault);
            refusal = "its source failed with " + fault;
        }
        Fresh result = fresh;
        String why = refusal;
        loop.execute(() -> done(result, why, then));
    }

    private void done(@Nullable Fresh fresh, String refusal, Consumer<Answer> then) {
        reading = false;
        forget();
        if (fresh == null || !refusal.isEmpty() || closed) {
            if (fresh != null) Arrays.fill(fresh.key(), (byte) 0);
            then.accept(refused(refusal));
            return;
        }
        pending = fresh;
        boolean changed = fresh.config().crypto().isOn() && !MessageDigest.isEqual(hash(fresh.key()), hashInUse);
        then.accept(new Answer(fresh.config(), changed, null));
    }

    private static Answer refused(String why) {
        return new Answer(null, false, why);
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
            forget();
        }
    }

    /** Wipes what was read and not loaded. */
    void forget() {
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
