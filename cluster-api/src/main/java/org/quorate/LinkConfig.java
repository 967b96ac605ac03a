package org.quorate;

import java.time.Duration;
import java.util.Optional;
import org.quorate.ClusterException.Reason;

/**
 * Settings of one link number, equal on all nodes. Source: corosync.conf(5), section interface.
 *
 * @param number 0..7
 * @param port UDP port of the link on every node, 1..65535; 5405 + number unless set
 * @param priority 0..255; the highest usable one carries the data in passive mode
 * @param pingInterval time between heartbeats; empty: token timeout / (2 x pong count)
 * @param pingTimeout silence after which the link is down; empty: token timeout / pong count
 * @param pingPrecision how many samples the mean latency remembers, at least 1
 * @param pongCount a link is up after this many pongs and one more, at least 1
 */
public record LinkConfig(
        int number,
        int port,
        int priority,
        Optional<Duration> pingInterval,
        Optional<Duration> pingTimeout,
        int pingPrecision,
        int pongCount) {
    /** Number of links a node may have. */
    public static final int MAX_LINKS = 8;
    /** Port of link 0 unless set; link n has this plus n. */
    public static final int DEFAULT_PORT = 5405;

    /** Checks every range. */
    public LinkConfig {
        check(number >= 0 && number < MAX_LINKS, "link number " + number + " is not in 0..7");
        check(port >= 1 && port <= 65_535, "port " + port + " of link " + number + " is not in 1..65535");
        check(priority >= 0 && priority <= 255, "priority " + priority + " of link " + number + " is not in 0..255");
        check(pingPrecision >= 1, "ping precision " + pingPrecision + " of link " + number + " is below 1");
        check(pongCount >= 1, "pong count " + pongCount + " of link " + number + " is below 1");
        check(
                pingInterval.isPresent() == pingTimeout.isPresent(),
                "link " + number + " has only one of ping interval and ping timeout; give both or none");
    }

    /** Link {@code number} with every default. */
    public static LinkConfig of(int number) {
        return new LinkConfig(number, DEFAULT_PORT + number, 1, Optional.empty(), Optional.empty(), 2048, 2);
    }

    /** The same with another port. */
    public LinkConfig withPort(int newPort) {
        return new LinkConfig(number, newPort, priority, pingInterval, pingTimeout, pingPrecision, pongCount);
    }

    /** The same with another priority. */
    public LinkConfig withPriority(int newPriority) {
        return new LinkConfig(number, port, newPriority, pingInterval, pingTimeout, pingPrecision, pongCount);
    }

    /** The same with heartbeats given by hand. */
    public LinkConfig withPings(Duration interval, Duration timeout) {
        return new LinkConfig(
                number, port, priority, Optional.of(interval), Optional.of(timeout), pingPrecision, pongCount);
    }

    private static void check(boolean good, String what) {
        if (!good) throw new ClusterException(Reason.CONFIGURATION_INVALID, what);
    }
}
