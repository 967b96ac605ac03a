package org.quorate.sim;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.CryptoConfig;
import org.quorate.LinkDiagnosis;
import org.quorate.LinkStatus;
import org.quorate.LinkStatus.Mtu;
import org.quorate.LinkStatus.MtuSource;
import org.quorate.NodeId;
import org.quorate.PeerStatus;
import org.quorate.spi.EventLoop;
import org.quorate.spi.LinkTransport;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;

/** One node on a {@link MemoryNetwork}. Each peer has one link, number 0, whatever was configured. */
final class MemorySession implements TransportSession {
    /** Messages that may wait for the loop; more are dropped and counted by their sender. */
    static final int MAX_WAITING_MESSAGES = 16_384;

    private record Arrived(NodeId from, byte[] message, Key sealedWith) {}

    /** What packets are sealed with; equal for nodes that understand each other. */
    private record Key(CryptoConfig crypto, byte[] bytes) {
        boolean opens(Key other) {
            return crypto.equals(other.crypto) && MessageDigest.isEqual(bytes, other.bytes);
        }
    }

    /** The keys of a node; {@code loadedInUse} says that {@code other} is the old one. */
    private record Keys(Key inUse, @Nullable Key other, boolean loadedInUse) {
        boolean open(Key sealed) {
            return inUse.opens(sealed) || (other != null && other.opens(sealed));
        }
    }

    /** What was said of a peer last; {@code up} is what the listener heard. */
    private record PeerState(boolean up, String why, long sinceNanos) {}

    private final MemoryNetwork network;
    private final TransportSettings settings;
    private final TransportListener listener;
    private final MemoryLoop loop;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Arrived> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final ConcurrentSkipListMap<NodeId, TransportSettings.Peer> peers = new ConcurrentSkipListMap<>();
    private volatile Keys keys; // changed on the loop
    private boolean loadedKeySeen; // confined to the loop
    private final SortedMap<NodeId, PeerState> states = new TreeMap<>(); // confined to the loop
    private final SortedMap<String, Long> counters = new TreeMap<>(); // confined to the loop

    MemorySession(MemoryNetwork network, TransportSettings settings, TransportListener listener) {
        this.network = network;
        this.settings = settings;
        this.listener = listener;
        this.keys = new Keys(new Key(settings.crypto(), settings.key().clone()), null, false);
        for (TransportSettings.Peer peer : settings.peers()) peers.put(peer.id(), peer);
        loop = new MemoryLoop("quorate-memory-" + settings.self(), this::failed);
    }

    @Override
    public EventLoop loop() {
        if (begun.compareAndSet(false, true)) {
            loop.start();
            network.begin(this);
        }
        return loop;
    }

    @Override
    public void send(NodeId target, ByteBuffer message) {
        if (message.remaining() > LinkTransport.MAX_MESSAGE_BYTES) {
            count("drop.too_long");
            return;
        }
        switch (network.send(self(), target, message)) {
            case DELIVERED -> count("sent");
            case UNREACHABLE -> count("drop.unreachable");
            case LOST -> count("drop.lost");
            case INBOX_FULL -> count("drop.inbox_full");
        }
    }

    @Override
    public void sendToAll(ByteBuffer message) {
        sendToOthers(message);
        send(self(), message);
    }

    @Override
    public void sendToOthers(ByteBuffer message) {
        for (NodeId peer : peers.keySet()) if (network.reaches(self(), peer)) send(peer, message);
    }

    @Override
    public void discardPending(IntConsumer discarded) {
        int messages = 0;
        while (inbox.poll() != null) messages++;
        waiting.addAndGet(-messages);
        counters.merge("drop.discarded", (long) messages, Long::sum);
        int answer = messages;
        loop.execute(() -> discarded.accept(answer));
    }

    @Override
    public void putPeer(TransportSettings.Peer peer) {
        peers.put(peer.id(), peer);
        network.peersChanged();
    }

    @Override
    public void removePeer(NodeId id) {
        if (peers.remove(id) != null) network.peersChanged();
    }

    /** Takes the peers; the rest means nothing here. */
    @Override
    public void reconfigure(TransportSettings changed) {
        changed.withIdentityOf(settings).requireValid();
        SortedMap<NodeId, TransportSettings.Peer> wanted = new TreeMap<>();
        for (TransportSettings.Peer peer : changed.peers()) wanted.put(peer.id(), peer);
        peers.keySet().retainAll(wanted.keySet());
        peers.putAll(wanted);
        network.peersChanged();
    }

    @Override
    public List<PeerStatus> peers() {
        List<PeerStatus> all = new ArrayList<>();
        for (NodeId peer : peers.keySet()) {
            PeerState state = state(peer);
            Duration age = Duration.ofNanos(loop.nowNanos() - state.sinceNanos);
            all.add(new PeerStatus(peer, state.up, age, state.why, state.up ? List.of(0) : List.of()));
        }
        return all;
    }

    @Override
    public void loadKey(CryptoConfig crypto, byte[] key) {
        if (crypto.isOn() && (key.length < 128 || key.length > 4096))
            throw new ClusterException(Reason.KEY_UNUSABLE, "a key of " + key.length + " bytes; 128 to 4096 are good");
        if (keys.other != null) throw new IllegalStateException("a second key is loaded already");
        loadedKeySeen = false;
        change(new Keys(keys.inUse, new Key(crypto, key.clone()), false));
    }

    @Override
    public void useLoadedKey() {
        Key loaded = keys.other;
        if (loaded == null) throw new IllegalStateException("no second key is loaded");
        if (keys.loadedInUse) throw new IllegalStateException("the loaded key is in use already");
        change(new Keys(loaded, keys.inUse, true));
    }

    @Override
    public void dropOldKey() {
        Key old = keys.other;
        if (old == null) throw new IllegalStateException("there is only one key");
        change(new Keys(keys.inUse, null, false));
        Arrays.fill(old.bytes, (byte) 0);
    }

    private void change(Keys changed) {
        keys = changed;
        network.keysChanged();
    }

    @Override
    public List<LinkStatus> links() {
        List<LinkStatus> links = new ArrayList<>();
        for (NodeId peer : peers.keySet()) links.add(status(peer, state(peer)));
        return links;
    }

    private PeerState state(NodeId peer) {
        return states.getOrDefault(peer, new PeerState(false, "the peer was never reached", 0));
    }

    @Override
    public Map<String, Long> counters() {
        return new TreeMap<>(counters);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) return;
        network.left(this);
        loop.end();
        inbox.clear();
    }

    NodeId self() {
        return settings.self();
    }

    boolean lists(NodeId peer) {
        return peers.containsKey(peer);
    }

    /** Whether each of the two opens what the other one seals. */
    boolean understands(MemorySession other) {
        Keys own = keys;
        Keys theirs = other.keys;
        return own.open(theirs.inUse) && theirs.open(own.inUse);
    }

    /** Called by the network, on any thread. */
    boolean arrive(MemorySession from, byte[] message) {
        if (waiting.incrementAndGet() > MAX_WAITING_MESSAGES) {
            waiting.decrementAndGet();
            return false;
        }
        inbox.add(new Arrived(from.self(), message, from.keys.inUse));
        loop.execute(this::receiveOne);
        return true;
    }

    /** Called by the network, on any thread. */
    void peerTurned(NodeId peer, boolean up, String why) {
        loop.execute(() -> {
            PeerState state = new PeerState(up, why, loop.nowNanos());
            states.put(peer, state);
            listener.linkChanged(status(peer, state));
            listener.peerChanged(peer, up, why);
        });
    }

    private void receiveOne() {
        @Nullable Arrived arrived = inbox.poll();
        if (arrived == null) return; // discarded
        waiting.decrementAndGet();
        count("received");
        Key loaded = keys.loadedInUse ? null : keys.other;
        if (loaded != null && !loadedKeySeen && loaded.opens(arrived.sealedWith)) {
            loadedKeySeen = true;
            listener.loadedKeySeen(arrived.from);
        }
        listener.received(arrived.from, ByteBuffer.wrap(arrived.message));
    }

    private LinkStatus status(NodeId peer, PeerState state) {
        Duration age = Duration.ofNanos(loop.nowNanos() - state.sinceNanos);
        return LinkStatus.of(peer, 0, "memory:" + self(), "memory:" + peer)
                .withDiagnosis(state.up ? LinkDiagnosis.SOUND : LinkDiagnosis.of(LinkDiagnosis.Kind.SILENT, state.why))
                .withState(new LinkStatus.State(state.up, state.up, age, state.why))
                .withMtu(
                        state.up
                                ? new Mtu(LinkTransport.MAX_MESSAGE_BYTES, MtuSource.ASSUMED, "memory has no frames")
                                : new Mtu(0, MtuSource.NONE, "the link is down"));
    }

    private void failed(Throwable cause) {
        listener.failed(cause);
    }

    private void count(String name) {
        counters.merge(name, 1L, Long::sum);
    }
}
