package org.quorate.core.probe;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;
import org.quorate.ClusterConfig;
import org.quorate.spi.LinkProbes;
import org.quorate.spi.ProbeSession;

/** A running node whose links can be tried. Thread-safe. */
public interface ProbingNode {
    /**
     * Opens a window on the node's own sockets. Fails with a {@link org.quorate.ClusterException} if the node does not run, if its transport
     * cannot ({@link org.quorate.ClusterException.Reason#REFUSED}), or if too many are open.
     *
     * @return the window's number
     */
    CompletionStage<Long> openProbes(LinkProbes.Window window);

    /** Ends a window; one that is not open is ignored. */
    void closeProbes(long number);

    /** What is known of each link of a window; nothing if it is not open. Fails as {@link #openProbes} does. */
    CompletionStage<List<LinkProbes.Path>> probes(long number);

    /** Whether the node runs, and its transport can try links. */
    boolean triesLinks();

    /**
     * Sockets beside those of the node, of the same transport, for addresses that the node does not have yet. Blocks.
     *
     * @param own address and port by link number
     * @return empty if the transport cannot
     * @throws org.quorate.ClusterException if an address is not local or a port is busy
     */
    Optional<ProbeSession> bindProbes(SortedMap<Integer, InetSocketAddress> own);

    /** The addresses and ports that the nodes have by a configuration, by node and link; those that cannot be resolved are left out. May block. */
    SortedMap<Integer, SortedMap<Integer, InetSocketAddress>> addresses(ClusterConfig config);
}
