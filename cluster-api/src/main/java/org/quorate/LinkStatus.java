package org.quorate;

import java.time.Duration;
import java.util.Optional;

/**
 * One link to one peer at one moment.
 *
 * @param peer the other end
 * @param link link number
 * @param localAddress own address and port
 * @param peerAddress the peer's address and port
 * @param up whether the link answers heartbeats
 * @param active whether it carries data to this peer now
 * @param why why it went up or down last; one sentence
 * @param sinceNanos when it changed last, in nanoseconds of the node's clock
 * @param lastPong age of the last answer; empty if there was none
 * @param latency mean round trip; empty before the first answer
 * @param mtu user bytes in one frame; 0 if the link has no valid MTU
 * @param priority configured priority
 */
public record LinkStatus(
        NodeId peer,
        int link,
        String localAddress,
        String peerAddress,
        boolean up,
        boolean active,
        String why,
        long sinceNanos,
        Optional<Duration> lastPong,
        Optional<Duration> latency,
        int mtu,
        int priority) {}
