package org.quorate;

import java.time.Duration;

/**
 * Hears what happens. Calls come one at a time, in protocol order, on the callback executor, and may call any method of the API.
 * An exception thrown here is logged and harms nobody.
 */
public interface ClusterListener {
    /** A new membership, with the quorum decision that belongs to it. */
    default void onView(View view) {}

    /** The quorum decision changed within a membership. */
    default void onQuorum(QuorumState quorum) {}

    /** A link came up or went down. */
    default void onLink(LinkStatus link) {}

    /** Trouble with a link began, changed its kind or ended; {@link LinkStatus#diagnosis} says which. */
    default void onLinkDiagnosis(LinkStatus link) {}

    /**
     * This process did not run for a while (half a token timeout or more): it was suspended, starved of processor time, or collecting
     * garbage. The others may have gone on without it; a new view tells.
     *
     * @param atLeast how long it stood still, or up to a fifth of the token timeout longer
     */
    default void onPause(Duration atLeast) {}

    /** The node's life went on; {@code why} is one sentence. */
    default void onState(ClusterManager.State state, String why) {}
}
