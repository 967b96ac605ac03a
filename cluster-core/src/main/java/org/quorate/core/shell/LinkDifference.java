package org.quorate.core.shell;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.quorate.LinkConfig;
import org.quorate.NodeId;
import org.quorate.spi.TransportSettings;
import org.quorate.spi.TransportSettings.Peer;
import org.quorate.spi.TransportSettings.PeerLink;

/**
 * What {@link org.quorate.spi.TransportSession#reconfigure} has to change, in words: one phrase for each link and kind of change,
 * however many nodes there are. Key and cipher are not looked at. Both settings are of the same node.
 */
final class LinkDifference {
    /** Addresses that are spelt out for one link; of more only the number is given. */
    static final int MAX_ADDRESSES = 4;

    private final TransportSettings before;
    private final TransportSettings after;
    private final List<String> phrases = new ArrayList<>();

    LinkDifference(TransportSettings before, TransportSettings after) {
        this.before = before;
        this.after = after;
        for (int link = 0; link < LinkConfig.MAX_LINKS; link++) compare(link);
        if (before.linkMode() != after.linkMode())
            phrases.add("link_mode " + after.linkMode().name().toLowerCase(Locale.ROOT));
        if (!before.pmtudInterval().equals(after.pmtudInterval()))
            phrases.add("knet_pmtud_interval " + after.pmtudInterval().toSeconds() + " s");
        if (before.manualMtu() != after.manualMtu()) phrases.add("knet_mtu " + after.manualMtu());
        if (!before.compression().equals(after.compression())) phrases.add("compression");
    }

    /** Nodes that come or go are not among them; the node list says so already. */
    List<String> phrases() {
        return List.copyOf(phrases);
    }

    /** Whether the transport has what it is to have. */
    boolean isEmpty() {
        return phrases.isEmpty() && nodes(before).equals(nodes(after));
    }

    /** All nodes, this one included. */
    private static Set<NodeId> nodes(TransportSettings settings) {
        TreeSet<NodeId> all = new TreeSet<>();
        all.add(settings.self());
        for (Peer peer : settings.peers()) all.add(peer.id());
        return all;
    }

    private void compare(int link) {
        SortedMap<NodeId, InetSocketAddress> old = addresses(before, link);
        SortedMap<NodeId, InetSocketAddress> fresh = addresses(after, link);
        if (old.isEmpty() && fresh.isEmpty()) return;
        if (old.isEmpty()) {
            phrases.add("link " + link + " added");
        } else if (fresh.isEmpty()) {
            phrases.add("link " + link + " removed");
        } else {
            compareAddresses(link, old, fresh);
            compareSettings(link);
        }
    }

    private void compareAddresses(
            int link, SortedMap<NodeId, InetSocketAddress> old, SortedMap<NodeId, InetSocketAddress> fresh) {
        List<String> changed = new ArrayList<>();
        Set<NodeId> stay = nodes(before);
        stay.retainAll(nodes(after));
        fresh.forEach((node, address) -> {
            if (!address.equals(old.get(node)) && stay.contains(node))
                changed.add((node.equals(after.self()) ? "this node " : "node " + node + " ") + text(address));
        });
        for (NodeId node : old.keySet())
            if (!fresh.containsKey(node) && stay.contains(node))
                changed.add((node.equals(after.self()) ? "this node" : "node " + node) + " none");
        if (changed.isEmpty()) return;
        int more = changed.size() - MAX_ADDRESSES;
        phrases.add("addresses of link " + link + ": "
                + String.join(" and ", changed.subList(0, Math.min(MAX_ADDRESSES, changed.size())))
                + (more > 0 ? " and " + more + " more" : ""));
    }

    /** Settings are the same for all peers, so the first difference tells all. */
    private void compareSettings(int link) {
        Map<NodeId, PeerLink> old = links(before, link);
        boolean priority = false;
        boolean pings = false;
        for (Map.Entry<NodeId, PeerLink> each : links(after, link).entrySet()) {
            PeerLink was = old.get(each.getKey());
            PeerLink is = each.getValue();
            if (was == null) continue;
            if (!priority && was.priority() != is.priority()) {
                priority = true;
                phrases.add("priority " + is.priority() + " of link " + link);
            }
            if (!pings && !hasSamePings(was, is)) {
                pings = true;
                phrases.add("heartbeats of link " + link + " every "
                        + is.pingInterval().toMillis() + " ms with timeout "
                        + is.pingTimeout().toMillis() + " ms");
            }
        }
    }

    private static boolean hasSamePings(PeerLink one, PeerLink other) {
        return Objects.equals(one.pingInterval(), other.pingInterval())
                && Objects.equals(one.pingTimeout(), other.pingTimeout())
                && one.pingPrecision() == other.pingPrecision()
                && one.pongCount() == other.pongCount();
    }

    private static SortedMap<NodeId, PeerLink> links(TransportSettings settings, int number) {
        SortedMap<NodeId, PeerLink> all = new TreeMap<>();
        for (Peer peer : settings.peers()) {
            PeerLink link = peer.links().get(number);
            if (link != null) all.put(peer.id(), link);
        }
        return all;
    }

    /** Of all nodes, this one included. */
    private static SortedMap<NodeId, InetSocketAddress> addresses(TransportSettings settings, int number) {
        SortedMap<NodeId, InetSocketAddress> all = new TreeMap<>();
        links(settings, number).forEach((node, link) -> all.put(node, link.address()));
        InetSocketAddress own = settings.localAddresses().get(number);
        if (own != null) all.put(settings.self(), own);
        return all;
    }

    private static String text(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        String host = ip == null ? address.getHostString() : ip.getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
