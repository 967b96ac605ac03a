package org.quorate.knet.link;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.quorate.LinkConfig;
import org.quorate.LinkMode;
import org.quorate.NodeId;
import org.quorate.PeerStatus;

/**
 * What the engine keeps of one other node. A link number may stand for several pairs of addresses: the one in use, its successor, and
 * some that have been given up and are only listened to; see {@link LinkChanges}.
 */
final class Peer {
    /** Pairs with one number that are only listened to. */
    static final int MAX_LEAVING = 3;

    private static final Link[] NONE = {};

    final NodeId id;
    final PeerInbox inbox = new PeerInbox();
    final LinkSelector selector;
    private final @Nullable Link[] links = new @Nullable Link[LinkConfig.MAX_LINKS];
    private final @Nullable Link[] successors = new @Nullable Link[LinkConfig.MAX_LINKS];
    private final List<Link> leaving = new ArrayList<>();
    // never changed in place
    private Link[] heard = NONE;
    /** Whether data can be sent to it. */
    boolean reachable;
    /** Why {@link #reachable} has the value that it has. */
    String why = "no link to it was up yet";
    /** When {@link #reachable} changed last. */
    long sinceNanos;
    /** Whether it ever was; until then it cannot have had data of this node. */
    boolean wasReachable;

    final Departure departure = new Departure(this);
    /** Links over which something may have been lost, as a mask: while one of them carries the data, the other usable links do, too. */
    int doubted;
    /** The links that carry the message which is being sent. */
    int carrying;

    private long evictedCounted;

    Peer(long nowNanos, NodeId id, LinkMode mode) {
        this.id = id;
        this.sinceNanos = nowNanos;
        this.selector = new LinkSelector(mode);
    }

    /** The links for one message. */
    int carriersNow() {
        if (!reachable) return 0;
        return (doubted & selector.carriers()) != 0 ? selector.usable() : selector.next();
    }

    @Nullable
    Link link(int number) {
        return links[number];
    }

    void setLink(int number, @Nullable Link link) {
        links[number] = link;
        listen();
    }

    /** The same number with other addresses, which takes over once it is up. */
    @Nullable
    Link successor(int number) {
        return successors[number];
    }

    void setSuccessor(int number, @Nullable Link link) {
        successors[number] = link;
        listen();
    }

    /** What is not sent on any more, but still listened to; the longest first. */
    List<Link> leaving() {
        return leaving;
    }

    /** Goes on listening to {@code link}; of more than {@value #MAX_LEAVING} with one number the oldest is forgotten. */
    void addLeaving(Link link) {
        leaving.add(link);
        List<Link> same =
                leaving.stream().filter(each -> each.number == link.number).toList();
        if (same.size() > MAX_LEAVING) leaving.remove(same.get(0));
        listen();
    }

    void removeLeaving(Predicate<Link> which) {
        if (leaving.removeIf(which)) listen();
    }

    private void listen() {
        List<Link> all = new ArrayList<>();
        for (Link link : links) if (link != null) all.add(link);
        for (Link link : successors) if (link != null) all.add(link);
        all.addAll(leaving);
        heard = all.toArray(NONE);
    }

    /** Everything from which packets are taken; not to be changed. */
    Link[] heard() {
        return heard;
    }

    /**
     * The link over which a datagram from that address came to the own socket {@code local}, if it is one of the peer's. Only the IP
     * address counts; socket and port decide among links that have the same.
     */
    @Nullable
    Link linkFrom(int local, InetSocketAddress from) {
        Link best = null;
        int bestMatch = 0;
        for (Link link : heard) {
            int match = link.match(local, from);
            if (match > bestMatch) {
                best = link;
                bestMatch = match;
            }
        }
        return best;
    }

    /** The same among the links of one number. */
    @Nullable
    Link linkFrom(int number, int local, InetSocketAddress from) {
        Link best = null;
        int bestMatch = 0;
        for (Link link : heard) {
            int match = link.number == number ? link.match(local, from) : 0;
            if (match > bestMatch) {
                best = link;
                bestMatch = match;
            }
        }
        return best;
    }

    /** Whether there is, or was a moment ago, a link of that number. */
    boolean knows(int number) {
        for (Link link : heard) if (link.number == number) return true;
        return false;
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
