package org.quorate.spi;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Tries links to nodes that are no peers yet, from the addresses and ports of one's own links, in both directions and with long packets: what a
 * {@link TransportSession} may also be, and what a {@link ProbeSession} is. All methods are to be called on the loop.
 */
public interface LinkProbes {
    /** The id of a node that has none yet. */
    int NO_NODE = 0;

    /** How many windows may be open at once. */
    int MAX_WINDOWS = 4;

    /** The longest that a window may be open. */
    Duration MAX_LIMIT = Duration.ofMinutes(10);

    /**
     * Answers probes under a key and sends them, until the window is closed or its time is over.
     *
     * @return its number, for the other methods
     * @throws org.quorate.ClusterException with reason QUEUE_FULL if {@link #MAX_WINDOWS} are open
     */
    long openProbes(Window window);

    /** Ends a window and wipes its key; one that is not open is ignored. */
    void closeProbes(long number);

    /** What is known of each link of the window, by node and link; empty if it is not open. */
    List<Path> probes(long number);

    /**
     * Who is tried under which key.
     *
     * @param self id of this node, or {@link #NO_NODE}
     * @param key 32 random bytes that both sides have; the callee copies them and wipes its copy at the end
     * @param others addresses by node id, which may be {@link #NO_NODE} too, and link. Links that this node does not have are left out
     * @param limit how long it is open; more than 0, at most {@link #MAX_LIMIT}
     */
    record Window(
            int self, byte[] key, SortedMap<Integer, SortedMap<Integer, InetSocketAddress>> others, Duration limit) {
        /** Length of the key. */
        public static final int KEY_BYTES = 32;

        /** Takes copies of the maps, not of the key, and checks. */
        public Window {
            TreeMap<Integer, SortedMap<Integer, InetSocketAddress>> copy = new TreeMap<>();
            for (Map.Entry<Integer, SortedMap<Integer, InetSocketAddress>> each : others.entrySet())
                copy.put(each.getKey(), Collections.unmodifiableSortedMap(new TreeMap<>(each.getValue())));
            others = Collections.unmodifiableSortedMap(copy);
            List<String> wrong = new ArrayList<>();
            if (key.length != KEY_BYTES) wrong.add("a key of " + key.length + " bytes instead of " + KEY_BYTES);
            if (others.containsKey(self)) wrong.add("node " + self + " is to probe itself");
            if (limit.isNegative() || limit.isZero() || limit.compareTo(MAX_LIMIT) > 0)
                wrong.add("a limit of " + limit + " is not in 0.." + MAX_LIMIT);
            if (!wrong.isEmpty()) throw new IllegalArgumentException(String.join("; ", wrong));
        }
    }

    /**
     * What is known of one link to one node.
     *
     * @param node its id
     * @param link number of the link
     * @param forward whether that node has heard this one there
     * @param back whether this node has heard that one there
     * @param rttNanos the shortest round trip, if one was measured
     * @param largestBytes the longest UDP payload that came through in both directions; 0 if none did
     * @param settled whether nothing more is to be expected: all was answered, or was asked for often enough
     */
    record Path(
            int node,
            int link,
            boolean forward,
            boolean back,
            OptionalLong rttNanos,
            int largestBytes,
            boolean settled) {}
}
