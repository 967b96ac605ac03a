package org.quorate.knet.link;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.LinkConfig;
import org.quorate.NodeId;

/** The peers of a node and all their links, in the order of ids and numbers. */
final class PeerTable {
    private static final Peer[] NO_PEERS = {};
    private static final Link[] NO_LINKS = {};

    private final TreeMap<NodeId, Peer> byId = new TreeMap<>();
    // never changed in place, so that they can be walked while a listener changes the peers
    private Peer[] peers = NO_PEERS;
    private Link[] links = NO_LINKS;
    private Link[] leaving = NO_LINKS;
    private final Set<InetAddress> addresses = new HashSet<>();

    /** All peers by ascending id; not to be changed. */
    Peer[] peers() {
        return peers;
    }

    /** All links by peer and number, each followed by its successor if there is one; not to be changed. */
    Link[] links() {
        return links;
    }

    /** The links that are only listened to; not to be changed. */
    Link[] leaving() {
        return leaving;
    }

    void put(Peer peer) {
        byId.put(peer.id, peer);
        peers = byId.values().toArray(NO_PEERS);
        linksChanged();
    }

    void remove(NodeId id) {
        byId.remove(id);
        peers = byId.values().toArray(NO_PEERS);
        linksChanged();
    }

    /** To be called after a link was given to a peer or taken from it. */
    void linksChanged() {
        List<Link> all = new ArrayList<>();
        List<Link> ending = new ArrayList<>();
        for (Peer peer : peers) {
            for (int i = 0; i < LinkConfig.MAX_LINKS; i++) {
                addTo(all, peer.link(i));
                addTo(all, peer.successor(i));
            }
            ending.addAll(peer.leaving());
        }
        links = all.toArray(NO_LINKS);
        leaving = ending.toArray(NO_LINKS);
        addresses.clear();
        for (Link link : links) addresses.add(link.address().getAddress());
        for (Link link : leaving) addresses.add(link.address().getAddress());
    }

    /** Whether some link to some peer ends there. */
    boolean isAddressOfAPeer(InetAddress address) {
        return addresses.contains(address);
    }

    private static void addTo(List<Link> list, @Nullable Link link) {
        if (link != null) list.add(link);
    }

    /** The peer with this id; looked for in a sorted array, since this is done for every packet. */
    @Nullable
    Peer find(int id) {
        int low = 0;
        int high = peers.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int found = peers[middle].id.value();
            if (found == id) return peers[middle];
            if (found < id) low = middle + 1;
            else high = middle - 1;
        }
        return null;
    }

    /** When the first of all links has work. */
    long deadlineNanos() {
        long earliest = Long.MAX_VALUE;
        for (Link link : links) earliest = Math.min(earliest, Math.min(link.deadlineNanos(), link.term.endsNanos()));
        for (Link link : leaving) earliest = Math.min(earliest, link.term.endsNanos());
        for (Peer peer : peers) earliest = Math.min(earliest, peer.departure.deadlineNanos());
        return earliest;
    }

    /** User bytes that fit into one frame on every usable link, or {@code otherwise} if there is none. */
    int smallestDataBytes(int otherwise) {
        int smallest = Integer.MAX_VALUE;
        for (Link link : links) if (link.usable()) smallest = Math.min(smallest, link.dataBytes());
        return smallest == Integer.MAX_VALUE ? otherwise : smallest;
    }
}
