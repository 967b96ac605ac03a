package org.quorate.knet.link;

/**
 * Decides when a link that is up is suspicious enough to ask the network about it, and which of the network's complaints is believed.
 *
 * <p>Rule: at a tick, if something was sent since the tick before and nothing has come, one more ping goes out from a socket that is
 * connected to the peer, because only those are told what the network reports. A report that the peer is unreachable takes the link down
 * if, since that ping, nothing has come over the link: one forged report cannot harm a link on which the peer is heard.
 *
 * <p>Source: libknet 1.25, which takes a link down at the next tick after an error was reported for its peer. Differs: libknet believes
 * every report.
 */
final class LinkWatch {
    private long sentBefore;
    private long receivedBefore;
    private long receivedAtPing;
    private boolean asked;

    /** Whether to ask now; to be called at every tick with the packets of the link so far. */
    boolean tick(boolean up, long sent, long received) {
        boolean silent = sent > sentBefore && received == receivedBefore;
        sentBefore = sent;
        receivedBefore = received;
        if (!up || received != receivedAtPing) asked = false;
        if (!up || !silent) return false;
        ask(received);
        return true;
    }

    /** A ping goes out now, for another reason. */
    void ask(long received) {
        if (!believes(received)) receivedAtPing = received;
        asked = true;
    }

    /** Whether a report about the ping is to be believed. */
    boolean believes(long received) {
        return asked && received == receivedAtPing;
    }
}
