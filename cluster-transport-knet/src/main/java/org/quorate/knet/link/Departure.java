package org.quorate.knet.link;

import org.quorate.LinkConfig;

/**
 * Decides whether the process of one peer has ended, which is more than that it cannot be reached.
 *
 * <p>Rule: its host reported that a port of it is closed, every link to it is down, and for {@link #CONFIRM_NANOS} after the last of them
 * went down, in which each was pinged once more, nothing authentic came from it over any of them. Not while its links are being changed: then a
 * port may be closed because another has taken its place. A process that is alive answers that ping, so who forges reports has to keep
 * it from being heard as well; who can do that needs no forgery.
 */
final class Departure {
    /** How long a living process has for an answer. */
    static final long CONFIRM_NANOS = 100_000_000L;

    private final Peer peer;
    private long receivedThen;
    private long confirmAt = Long.MAX_VALUE;

    Departure(Peer peer) {
        this.peer = peer;
    }

    /** A closed port was reported and believed; returns whether the last link is down, so that all have to be pinged now. */
    boolean portClosed(long nowNanos) {
        if (isChanging() || confirmAt != Long.MAX_VALUE) return false;
        for (int i = 0; i < LinkConfig.MAX_LINKS; i++) {
            Link link = peer.link(i);
            if (link != null && link.monitor.up()) return false;
        }
        receivedThen = received();
        confirmAt = nowNanos + CONFIRM_NANOS;
        return true;
    }

    /** Whether it is certain now; to be called when {@link #deadlineNanos} has come. */
    boolean isCertain(long nowNanos) {
        if (nowNanos < confirmAt) return false;
        confirmAt = Long.MAX_VALUE;
        return !isChanging() && received() == receivedThen;
    }

    long deadlineNanos() {
        return confirmAt;
    }

    private boolean isChanging() {
        for (int i = 0; i < LinkConfig.MAX_LINKS; i++) if (peer.successor(i) != null) return true;
        return !peer.leaving().isEmpty();
    }

    private long received() {
        long all = 0;
        for (Link link : peer.heard()) all += link.receivedPackets();
        return all;
    }
}
