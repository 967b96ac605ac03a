package org.quorate.sim;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeId;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSettings;

/**
 * What joins the nodes of {@link MemoryTransport}, with controls for tests: cuts and loss. Thread-safe; a control has taken effect
 * when the call returns, and the nodes hear of it on their loops.
 */
public final class MemoryNetwork {
    private static final MemoryNetwork SHARED = new MemoryNetwork(1);

    /** What became of a message. */
    enum Fate {
        DELIVERED,
        UNREACHABLE,
        LOST,
        INBOX_FULL
    }

    private record Way(NodeId from, NodeId to) implements Comparable<Way> {
        @Override
        public int compareTo(Way other) {
            int byFrom = from.compareTo(other.from);
            return byFrom != 0 ? byFrom : to.compareTo(other.to);
        }
    }

    // all guarded by this
    private final RandomGenerator random;
    private final Map<NodeId, MemorySession> reserved = new TreeMap<>();
    private final Map<NodeId, MemorySession> open = new TreeMap<>();
    private final TreeSet<Way> cuts = new TreeSet<>();
    private final TreeSet<Way> reachable = new TreeSet<>();
    private int lossPerMille;

    /** A network of its own; {@code seed} decides which messages are lost. */
    public MemoryNetwork(long seed) {
        random = new SplittableRandom(seed);
    }

    /** The one that nodes are on whose transport was made by {@link java.util.ServiceLoader}. */
    public static MemoryNetwork shared() {
        return SHARED;
    }

    /** {@code to} does not hear {@code from} any more. Both notice, as heartbeats need both ways. */
    public synchronized void cut(NodeId from, NodeId to) {
        cuts.add(new Way(from, to));
        refresh("the link was cut");
    }

    /** Cuts {@code node} off from all others that are open now. */
    public synchronized void isolate(NodeId node) {
        for (NodeId other : open.keySet())
            if (!other.equals(node)) {
                cuts.add(new Way(node, other));
                cuts.add(new Way(other, node));
            }
        refresh("the node was cut off");
    }

    /** Ends every cut and all loss. */
    public synchronized void mendAll() {
        cuts.clear();
        lossPerMille = 0;
        refresh("the link was mended");
    }

    /** Loses this many messages of a thousand, but none that a node sends to itself. */
    public synchronized void lossPerMille(int perMille) {
        if (perMille < 0 || perMille > 1000) throw new IllegalArgumentException(perMille + " is not in 0..1000");
        lossPerMille = perMille;
    }

    synchronized MemorySession open(TransportSettings settings, TransportListener listener) {
        settings.requireValid();
        MemorySession session = new MemorySession(this, settings, listener);
        if (reserved.putIfAbsent(settings.self(), session) != null)
            throw new ClusterException(
                    Reason.PORT_BUSY,
                    "node " + settings.self() + " is already open on this memory network; close it first");
        return session;
    }

    synchronized void begin(MemorySession session) {
        if (reserved.get(session.self()) != session) return;
        open.put(session.self(), session);
        refresh("the peer was opened");
    }

    synchronized void left(MemorySession session) {
        if (!reserved.remove(session.self(), session)) return;
        open.remove(session.self(), session);
        refresh("the peer was closed");
    }

    synchronized void peersChanged() {
        refresh("the list of peers was changed");
    }

    synchronized void keysChanged() {
        refresh("a key was changed");
    }

    synchronized boolean reaches(NodeId from, NodeId to) {
        return reachable.contains(new Way(from, to));
    }

    synchronized Fate send(NodeId from, NodeId to, ByteBuffer message) {
        if (!from.equals(to)) {
            if (!reachable.contains(new Way(from, to))) return Fate.UNREACHABLE;
            if (lossPerMille > 0 && random.nextInt(1000) < lossPerMille) return Fate.LOST;
        }
        MemorySession target = open.get(to);
        if (target == null) return Fate.UNREACHABLE;
        byte[] copy = new byte[message.remaining()];
        message.duplicate().get(copy);
        MemorySession sender = open.get(from);
        if (sender == null) return Fate.UNREACHABLE;
        return target.arrive(sender, copy) ? Fate.DELIVERED : Fate.INBOX_FULL;
    }

    /** Tells both ends of every way that opened or closed. */
    private void refresh(String why) {
        TreeSet<Way> now = new TreeSet<>();
        for (MemorySession a : open.values())
            for (MemorySession b : open.values()) if (a != b && connected(a, b)) now.add(new Way(a.self(), b.self()));
        for (Way way : reachable) if (!now.contains(way)) tell(way, false, why);
        for (Way way : now) if (!reachable.contains(way)) tell(way, true, why);
        reachable.clear();
        reachable.addAll(now);
    }

    private boolean connected(MemorySession a, MemorySession b) {
        return a.lists(b.self())
                && b.lists(a.self())
                && a.understands(b)
                && !cuts.contains(new Way(a.self(), b.self()))
                && !cuts.contains(new Way(b.self(), a.self()));
    }

    private void tell(Way way, boolean up, String why) {
        MemorySession session = open.get(way.from);
        if (session != null) session.peerTurned(way.to, up, why);
    }
}
