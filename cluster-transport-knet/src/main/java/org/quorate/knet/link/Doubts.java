package org.quorate.knet.link;

/**
 * Links that carry data and may be cut, though it is too early to call them down. Rule: when the owner repeats something, when data of a
 * peer comes over a link that this node would not use for it, or when a link was silent for a whole tick, the carriers are doubted: what is sent
 * goes over all usable links until something comes over the doubted ones, which are pinged at once. A sound link is cleared within a
 * round trip. One end of a cut cable is the end of the links to all peers, so all are doubted together, at most every
 * {@link #INTERVAL_NANOS}.
 */
final class Doubts {
    static final long INTERVAL_NANOS = 50_000_000L;

    private final PeerTable table;
    private long next = Long.MIN_VALUE;

    Doubts(PeerTable table) {
        this.table = table;
    }

    /** Doubts the carriers to all peers. */
    void raise(long nowNanos) {
        if (nowNanos < next) return;
        next = nowNanos + INTERVAL_NANOS;
        for (Peer peer : table.peers()) {
            int carriers = peer.selector.carriers();
            if (!peer.reachable || peer.selector.usable() == carriers) continue;
            int undoubted = carriers & ~peer.doubted;
            peer.doubted |= carriers;
            for (; undoubted != 0; undoubted &= undoubted - 1) {
                Link link = peer.link(Integer.numberOfTrailingZeros(undoubted));
                if (link != null) link.ask();
            }
        }
    }
}
