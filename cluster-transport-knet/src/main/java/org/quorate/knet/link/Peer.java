package org.quorate.knet.link;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quorate.LinkConfig;
import org.quorate.LinkMode;
import org.quorate.NodeId;
import org.quorate.PeerStatus;

/** What the engine keeps of one other node. */
final class Peer {
    final NodeId id;
    final PeerInbox inbox = new PeerInbox();
    final LinkSelector selector;
    private final @Nullable Link[] links = new @Nullable Link[LinkConfig.MAX_LINKS];
    /** Whether data can be sent to it. */
    boolean reachable;
    /** Why {@link #reachable} has the value that it has. */
    String why = "no link to it was up yet";
    /** When {@link #reachable} changed last. */
    long sinceNanos;
    /** Whether it ever was; until then it cannot have had data of this node. */
    boolean wasReachable;
    /** The links that carry the message which is being sent. */
    int carrying;

    private long evictedCounted;

    Peer(long nowNanos, NodeId id, LinkMode mode) {
        this.id = id;
        this.sinceNanos = nowNanos;
        this.selector = new LinkSelector(mode);
    }

    @Nullable
    Link link(int number) {
        return links[number];
    }

    void setLink(int number, @Nullable Link link) {
        links[number] = link;
    }

    /**
     * The link over which a datagram from that address came, if it is one of the peer's. Only the IP address counts; the port decides
     * among links that have the same.
     */
    @Nullable
    Link linkFrom(InetSocketAddress from) {
        Link found = null;
        for (Link link : links) {
            if (link == null || !link.address().getAddress().equals(from.getAddress())) continue;
            if (link.address().getPort() == from.getPort()) return link;
            if (found == null) found = link;
        }
        return found;
    }

    PeerStatus status(long nowNanos) {
        List<Integer> carriers = new ArrayList<>();
        for (int i = 0; i < links.length; i++) if ((selector.carriers() & 1 << i) != 0) carriers.add(i);
        return new PeerStatus(id, reachable, Duration.ofNanos(nowNanos - sinceNanos), why, carriers);
    }

    /** How many half-received messages were given up since this was asked last. */
    long newlyEvicted() {
        long evicted = inbox.evicted() - evictedCounted;
        evictedCounted += evicted;
        return evicted;
    }
}
