package org.quorate.core.join;

import java.time.Duration;

/**
 * How long a joiner waits.
 *
 * @param connect for a connection
 * @param answer for an answer that the member gives by itself
 * @param decision for an answer for which the cluster has to decide
 * @param probe for the links to be found good
 * @param total of a conversation
 * @param doubt for somebody who knows how the join ended
 * @param again between two rounds of asking for that
 */
public record JoinTimes(
        Duration connect,
        Duration answer,
        Duration decision,
        Duration probe,
        Duration total,
        Duration doubt,
        Duration again) {
    /** What a joiner uses unless told otherwise. */
    public static final JoinTimes USUAL = new JoinTimes(
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofSeconds(90),
            Duration.ofSeconds(10),
            Duration.ofSeconds(170),
            Duration.ofSeconds(20),
            Duration.ofMillis(500));

    /** The same, but for how long it asks when it is in doubt. */
    public JoinTimes withDoubt(Duration limit, Duration round) {
        return new JoinTimes(connect, answer, decision, probe, total, limit, round);
    }
}
