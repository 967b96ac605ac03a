package org.quorate.sim;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * A message network in a {@link Simulation}: nodes by number, {@code paths} numbered paths between each two. Every direction of every
 * path has a {@link LinkQuality} and can be cut. A node's messages to itself take a little time and are never harmed. A message sent
 * before a cut still arrives; one that arrives at a node which is not attached is gone.
 */
public final class SimNetwork {
    /** Longest message in bytes. */
    public static final int MAX_MESSAGE_BYTES = 65_536;

    private static final long TO_SELF_NANOS = 20_000;

    /** Hears what arrives at a node. */
    @FunctionalInterface
    public interface Receiver {
        /** A message, which nobody may change: the trace keeps it. {@code damaged} if bits were flipped on the way. */
        void received(int from, int path, byte[] message, boolean damaged);
    }

    /**
     * What the network did so far.
     *
     * @param sent messages given to the network
     * @param arrived messages handed to a receiver, duplicates included
     * @param lost messages lost at random
     * @param duplicated messages that were sent twice
     * @param reordered messages that were made late
     * @param corrupted messages with flipped bits
     * @param cut messages that ran into a cut
     * @param unattached messages for a node that was not there
     */
    public record Counts(
            long sent,
            long arrived,
            long lost,
            long duplicated,
            long reordered,
            long corrupted,
            long cut,
            long unattached) {}

    private record Way(int from, int to, int path) implements Comparable<Way> {
        @Override
        public int compareTo(Way other) {
            if (from != other.from) return Integer.compare(from, other.from);
            return to != other.to ? Integer.compare(to, other.to) : Integer.compare(path, other.path);
        }
    }

    private final Simulation simulation;
    private final RandomGenerator random;
    private final int paths;
    private final Map<Integer, Receiver> receivers = new TreeMap<>();
    private final Map<Way, LinkQuality> qualities = new TreeMap<>();
    private final Map<Way, Integer> cuts = new TreeMap<>();
    private final Map<Way, Long> lastArrival = new TreeMap<>();
    private LinkQuality quality = LinkQuality.LAN;
    private long epoch;
    private long sent;
    private long arrived;
    private long lost;
    private long duplicated;
    private long reordered;
    private long corrupted;
    private long cutOff;
    private long unattached;

    /** A network without nodes. */
    public SimNetwork(Simulation simulation, int paths) {
        if (paths < 1) throw new IllegalArgumentException("a network needs at least one path, not " + paths);
        this.simulation = simulation;
        this.paths = paths;
        this.random = simulation.random("network");
    }

    /** Puts a node on the network, or a new life of it. */
    public void attach(int node, Receiver receiver) {
        receivers.put(node, receiver);
    }

    /** Takes a node off; what is under way to it is lost unless it comes back in time. */
    public void detach(int node) {
        receivers.remove(node);
    }

    /** The nodes on the network, ascending. */
    public Set<Integer> nodes() {
        return new TreeSet<>(receivers.keySet());
    }

    /** Sets the quality of everything that has none of its own. */
    public void quality(LinkQuality everywhere) {
        quality = everywhere;
    }

    /** Sets the quality of one direction of one path. */
    public void quality(int from, int to, int path, LinkQuality ofThisWay) {
        qualities.put(way(from, to, path), ofThisWay);
    }

    /** Cuts one direction of one path until the answer is run. Cuts add up: the way is open when all of them were mended. */
    public Runnable cut(int from, int to, int path) {
        Way way = way(from, to, path);
        cuts.merge(way, 1, Integer::sum);
        long cutIn = epoch;
        boolean[] mended = {false};
        return () -> {
            if (mended[0] || cutIn != epoch) return;
            mended[0] = true;
            cuts.computeIfPresent(way, (w, times) -> times == 1 ? null : times - 1);
        };
    }

    /** Cuts all paths of one direction. */
    public Runnable cut(int from, int to) {
        Runnable mend = () -> {};
        for (int path = 0; path < paths; path++) mend = both(mend, cut(from, to, path));
        return mend;
    }

    /** Cuts {@code side} off from {@code rest}, both ways. */
    public Runnable partition(Collection<Integer> side, Collection<Integer> rest) {
        Runnable mend = () -> {};
        for (int a : side) for (int b : rest) mend = both(mend, both(cut(a, b), cut(b, a)));
        return mend;
    }

    /** Takes the quality of its own away from one direction of one path. */
    public void resetQuality(int from, int to, int path) {
        qualities.remove(way(from, to, path));
    }

    /** Ends every cut and every quality of a single way. */
    public void mendAll() {
        epoch++;
        cuts.clear();
        qualities.clear();
    }

    /** Whether a message could go from one node to the other over any path. */
    public boolean isOpen(int from, int to) {
        return from == to || firstOpenPath(from, to) >= 0;
    }

    /** Sends over the lowest open path, as a transport does that watches its links; false if there is none. */
    public boolean send(int from, int to, byte[] message) {
        int path = from == to ? 0 : firstOpenPath(from, to);
        return send(from, to, Math.max(path, 0), message);
    }

    /** Sends over one path; false if it is cut. Keeps the array, which must not change afterwards. */
    public boolean send(int from, int to, int path, byte[] message) {
        if (message.length > MAX_MESSAGE_BYTES)
            throw new IllegalArgumentException("a message of " + message.length + " bytes");
        sent++;
        Way way = way(from, to, path);
        if (from == to) {
            arriveAt(simulation.nowNanos() + TO_SELF_NANOS, way, message, false);
            return true;
        }
        if (cuts.containsKey(way)) {
            cutOff++;
            return false;
        }
        LinkQuality now = qualities.getOrDefault(way, quality);
        if (happens(now.lossPerMille())) {
            lost++;
            simulation.trace().add(simulation.nowNanos(), from, "lost", to, message);
            return true;
        }
        plan(way, now, message);
        if (happens(now.duplicatePerMille())) {
            duplicated++;
            plan(way, now, message);
        }
        return true;
    }

    /** What happened so far. */
    public Counts counts() {
        return new Counts(sent, arrived, lost, duplicated, reordered, corrupted, cutOff, unattached);
    }

    private void plan(Way way, LinkQuality now, byte[] sentMessage) {
        byte[] message = sentMessage;
        long at = simulation.nowNanos() + now.delayNanos() + upTo(now.jitterNanos());
        if (happens(now.reorderPerMille())) {
            reordered++;
            at += upTo(now.reorderNanos());
        } else {
            at = Math.max(at, lastArrival.getOrDefault(way, 0L));
            lastArrival.put(way, at);
        }
        boolean damaged = message.length > 0 && happens(now.corruptPerMille());
        if (damaged) {
            corrupted++;
            message = sentMessage.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--)
                message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
        }
        arriveAt(at, way, message, damaged);
    }

    private void arriveAt(long atNanos, Way way, byte[] message, boolean damaged) {
        simulation.at(atNanos, () -> {
            Receiver receiver = receivers.get(way.to);
            simulation.trace().add(atNanos, way.to, damaged ? "damaged" : "from", way.from, message);
            if (receiver == null) {
                unattached++;
                return;
            }
            arrived++;
            receiver.received(way.from, way.path, message, damaged);
        });
    }

    private int firstOpenPath(int from, int to) {
        for (int path = 0; path < paths; path++) if (!cuts.containsKey(new Way(from, to, path))) return path;
        return -1;
    }

    private Way way(int from, int to, int path) {
        if (path < 0 || path >= paths) throw new IllegalArgumentException("path " + path + " of " + paths);
        return new Way(from, to, path);
    }

    private boolean happens(int perMille) {
        return perMille > 0 && random.nextInt(1000) < perMille;
    }

    private long upTo(long nanos) {
        return nanos == 0 ? 0 : random.nextLong(nanos + 1);
    }

    private static Runnable both(Runnable first, Runnable second) {
        return () -> {
            first.run();
            second.run();
        };
    }
}
