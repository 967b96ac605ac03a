package org.quorate.core.probe;

import java.util.concurrent.CompletionStage;
import org.quorate.spi.LinkProbes;

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
}
