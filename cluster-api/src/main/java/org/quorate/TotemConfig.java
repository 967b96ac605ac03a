package org.quorate;

import java.time.Duration;
import java.util.Optional;
import org.quorate.ClusterException.Reason;

/**
 * Timers and limits of the ring, as configured; the ones in force follow from these and the number of nodes. Must be equal on all
 * nodes. Source: corosync.conf(5), section totem; durations are whole milliseconds.
 *
 * @param token base of the token timeout, at least 30 ms
 * @param tokenCoefficient added to {@code token} for each node beyond the second
 * @param tokenRetransmitsBeforeLoss how often a token is sent again before it counts as lost, at least 1
 * @param tokenRetransmit time after which the token is sent again; empty: from the token timeout
 * @param hold how long the representative of an idle ring keeps the token; empty: from the retransmit time
 * @param consensus time to agree on a membership; empty: 1.2 x token timeout
 * @param join time between join messages, at least 30 ms
 * @param sendJoin upper bound of the random delay before a join message
 * @param merge time between merge-detect messages of an idle ring, at least 30 ms
 * @param failToReceive rotations without progress after which a node declares itself unable to receive
 * @param seqnoUnchanged rotations without a message after which the ring is idle
 * @param windowSize messages that all nodes together may send in a rotation
 * @param maxMessages messages that one node may send at a token visit
 * @param missCount token visits that show a gap before the message is asked for again
 * @param tokenWarningPercent warn when the token is this late, in percent of its timeout; 0 for never
 * @param cancelHoldOnRetransmit release a held token when a retransmission is pending
 */
public record TotemConfig(
        Duration token,
        Duration tokenCoefficient,
        int tokenRetransmitsBeforeLoss,
        Optional<Duration> tokenRetransmit,
        Optional<Duration> hold,
        Optional<Duration> consensus,
        Duration join,
        Duration sendJoin,
        Duration merge,
        int failToReceive,
        int seqnoUnchanged,
        int windowSize,
        int maxMessages,
        int missCount,
        int tokenWarningPercent,
        boolean cancelHoldOnRetransmit) {

    /** Corosync 3.1's defaults: token 3 s plus 650 ms for each node beyond the second. */
    public static final TotemConfig DEFAULT = new TotemConfig(
            Duration.ofMillis(3000),
            Duration.ofMillis(650),
            4,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Duration.ofMillis(50),
            Duration.ZERO,
            Duration.ofMillis(200),
            2500,
            30,
            50,
            17,
            5,
            75,
            false);

    /** Checks every lower bound; each message names the key of corosync.conf. */
    public TotemConfig {
        atLeast("token", token.toMillis(), 30);
        atLeast("token_coefficient", tokenCoefficient.toMillis(), 0);
        atLeast("token_retransmits_before_loss_const", tokenRetransmitsBeforeLoss, 1);
        tokenRetransmit.ifPresent(d -> atLeast("token_retransmit", d.toMillis(), 30));
        hold.ifPresent(d -> atLeast("hold", d.toMillis(), 14));
        long joinMillis = join.toMillis();
        consensus.ifPresent(d -> atLeast("consensus", d.toMillis(), Math.max(30, joinMillis)));
        atLeast("join", joinMillis, 30);
        atLeast("send_join", sendJoin.toMillis(), 0);
        atLeast("merge", merge.toMillis(), 30);
        atLeast("fail_recv_const", failToReceive, 1);
        atLeast("seqno_unchanged_const", seqnoUnchanged, 1);
        atLeast("window_size", windowSize, 1);
        atLeast("max_messages", maxMessages, 1);
        atLeast("miss_count_const", missCount, 1);
        if (tokenWarningPercent < 0 || tokenWarningPercent > 100)
            throw new ClusterException(
                    Reason.CONFIGURATION_INVALID, "token_warning " + tokenWarningPercent + " is not in 0..100");
    }

    /** The same with another base and coefficient of the token timeout. */
    public TotemConfig withToken(Duration newToken, Duration newCoefficient) {
        return new TotemConfig(
                newToken,
                newCoefficient,
                tokenRetransmitsBeforeLoss,
                tokenRetransmit,
                hold,
                consensus,
                join,
                sendJoin,
                merge,
                failToReceive,
                seqnoUnchanged,
                windowSize,
                maxMessages,
                missCount,
                tokenWarningPercent,
                cancelHoldOnRetransmit);
    }

    /** Token timeout in force in a cluster of {@code nodes}: base, plus the coefficient for each node beyond the second. */
    public Duration tokenFor(int nodes) {
        return token.plus(tokenCoefficient.multipliedBy(Math.max(0, nodes - 2)));
    }

    private static void atLeast(String key, long value, long least) {
        if (value < least)
            throw new ClusterException(
                    Reason.CONFIGURATION_INVALID, key + " " + value + " is too small; it must be at least " + least);
    }
}
