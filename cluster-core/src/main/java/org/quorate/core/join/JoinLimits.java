package org.quorate.core.join;

import java.time.Duration;

/**
 * Bounds of a {@link JoinServer}.
 *
 * @param sessions conversations at a time
 * @param waiting connections that wait for one of them to end
 * @param perSource connections from one address, or one /64 of IPv6
 * @param strangerLimit time from a connection to the end of its proof
 * @param sessionLimit time of a conversation in all
 * @param confirmLimit time from an admission to the joiner's word that it has everything on disk; then the node is withdrawn
 * @param retry time between two tries to withdraw, if the cluster cannot decide
 * @param turn how long a joiner waits while the cluster takes in another one
 */
public record JoinLimits(
        int sessions,
        int waiting,
        int perSource,
        Duration strangerLimit,
        Duration sessionLimit,
        Duration confirmLimit,
        Duration retry,
        Duration turn) {
    /** What a member uses unless told otherwise. */
    public static final JoinLimits USUAL = new JoinLimits(
            8,
            16,
            4,
            Duration.ofSeconds(15),
            Duration.ofSeconds(180),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60));

    /** The same with other times. */
    public JoinLimits withTimes(Duration stranger, Duration session, Duration confirm, Duration again) {
        return new JoinLimits(sessions, waiting, perSource, stranger, session, confirm, again, turn);
    }

    /** The same with another time for joiners to wait for each other. */
    public JoinLimits withTurn(Duration limit) {
        return new JoinLimits(sessions, waiting, perSource, strangerLimit, sessionLimit, confirmLimit, retry, limit);
    }
}
