package org.quorate.core.conf;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.LinkConfig;
import org.quorate.TotemConfig;

/**
 * The timers in force: what {@link TotemConfig} says, applied to the number of nodes. All in nanoseconds, all whole milliseconds:
 * every step truncates to milliseconds as Corosync does, so that all members of a mixed ring have equal timers.
 *
 * <p>Source: corosync 3.1.7 totemconfig.c, totem_volatile_config_set_value and _validate; {@code runtime.config.totem.*} of a running
 * daemon shows the same numbers. Three nodes with defaults: token 3650 ms, retransmit 869 ms, hold 685 ms, consensus 4380 ms.
 *
 * @param tokenNanos silence after which the token is lost
 * @param tokenRetransmitNanos time after which a node sends its last token again
 * @param holdNanos how long the representative of an idle ring keeps the token
 * @param consensusNanos time for all to agree on a membership
 * @param joinNanos time between join messages
 * @param sendJoinNanos upper bound of the random delay before a join message; 0 for none
 * @param mergeNanos time between merge-detect messages of an idle ring
 * @param pauseStampNanos how often a node notes that it is running: a fifth of the token timeout
 * @param pauseLimitNanos a gap between two notes above this means that the process was paused: half of the token timeout
 * @param tokenWarningNanos silence after which a late token is worth a warning; 0 for never
 */
public record RingTimers(
        long tokenNanos,
        long tokenRetransmitNanos,
        long holdNanos,
        long consensusNanos,
        long joinNanos,
        long sendJoinNanos,
        long mergeNanos,
        long pauseStampNanos,
        long pauseLimitNanos,
        long tokenWarningNanos) {
    /** Least time between two tries, for every timer but {@code hold}, in milliseconds. */
    private static final long LEAST_MILLIS = 30;
    /** Least time that an idle token may be held, in milliseconds. */
    private static final long LEAST_HOLD_MILLIS = 14;

    /**
     * The timers of a ring with {@code nodesOnLink0} listed nodes.
     *
     * @param nodesOnLink0 nodes of the node list that have an address for link 0; at least 1
     * @throws ClusterException if a derived timer is too short to work; the message says which and what to raise
     */
    public static RingTimers of(TotemConfig totem, int nodesOnLink0) {
        if (nodesOnLink0 < 1) throw new IllegalArgumentException("a ring of " + nodesOnLink0 + " nodes");
        long token = tokenMillis(totem, nodesOnLink0);
        long retransmit = totem.tokenRetransmit().map(Duration::toMillis).orElseGet(() ->
                (long) (token / (totem.tokenRetransmitsBeforeLoss() + 0.2)));
        long hold = totem.hold().map(Duration::toMillis).orElseGet(() -> (long) (retransmit * 0.8 - 10));
        long consensus = totem.consensus().map(Duration::toMillis).orElse(token * 6 / 5);
        long join = totem.join().toMillis();
        atLeast("token_retransmit", retransmit, LEAST_MILLIS);
        atLeast("hold", hold, LEAST_HOLD_MILLIS);
        atLeast("consensus", consensus, Math.max(LEAST_MILLIS, join));
        return new RingTimers(
                nanos(token),
                nanos(retransmit),
                nanos(hold),
                nanos(consensus),
                nanos(join),
                nanos(totem.sendJoin().toMillis()),
                nanos(totem.merge().toMillis()),
                nanos(token / 5),
                nanos(token / 2),
                nanos(token * totem.tokenWarningPercent() / 100));
    }

    /** The timers of {@code config}. */
    public static RingTimers of(ClusterConfig config) {
        return of(config.totem(), nodesOnLink0(config));
    }

    /** How many nodes have an address for link 0; those alone count for the token timeout. At least 1. */
    public static int nodesOnLink0(ClusterConfig config) {
        return (int) Math.max(
                1,
                config.nodes().stream()
                        .filter(n -> n.addresses().containsKey(0))
                        .count());
    }

    /**
     * Silence after which {@code link} is down: as configured, else token timeout / pong count (3 nodes, defaults: 1825 ms).
     */
    public static Duration pingTimeout(TotemConfig totem, int nodesOnLink0, LinkConfig link) {
        return link.pingTimeout()
                .orElseGet(() -> Duration.ofMillis(tokenMillis(totem, nodesOnLink0) / link.pongCount()));
    }

    /**
     * Time between heartbeats of {@code link}: as configured, else token timeout / (2 x pong count) (3 nodes, defaults: 912 ms).
     */
    public static Duration pingInterval(TotemConfig totem, int nodesOnLink0, LinkConfig link) {
        return link.pingInterval()
                .orElseGet(() ->
                        Duration.ofMillis(Math.max(1, tokenMillis(totem, nodesOnLink0) / (2L * link.pongCount()))));
    }

    private static long tokenMillis(TotemConfig totem, int nodes) {
        return totem.tokenFor(nodes).toMillis();
    }

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static void atLeast(String key, long millis, long least) {
        if (millis < least)
            throw new ClusterException(
                    Reason.CONFIGURATION_INVALID,
                    key + " comes to " + millis + " ms, which is below the least of " + least
                            + " ms; raise token, or set " + key);
    }
}
