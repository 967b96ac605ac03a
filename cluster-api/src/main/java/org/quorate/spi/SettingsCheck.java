package org.quorate.spi;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.quorate.LinkConfig;
import org.quorate.NodeId;
import org.quorate.spi.TransportSettings.Peer;
import org.quorate.spi.TransportSettings.PeerLink;

/** Looks for everything in {@link TransportSettings} that cannot work, so that an operator corrects it in one go. */
final class SettingsCheck {
    /** Shorter silence is not held against a peer; libknet refuses it since 1.27. */
    private static final Duration LEAST_PING_TIMEOUT = Duration.ofMillis(200);
    /** Least manual MTU: what every IP network carries. */
    private static final int LEAST_MTU = 576;

    private static final int MOST_MTU = 65_535;
    private static final int MOST_PRIORITY = 255;

    private final TransportSettings settings;
    private final List<String> problems = new ArrayList<>();
    private final TreeMap<String, String> usersOfAddress = new TreeMap<>();

    SettingsCheck(TransportSettings settings) {
        this.settings = settings;
        settings.localAddresses().forEach(this::own);
        TreeSet<NodeId> seen = new TreeSet<>();
        for (Peer peer : settings.peers()) {
            if (peer.id().equals(settings.self())) problem("node " + peer.id() + " is listed as its own peer");
            if (!seen.add(peer.id())) problem("node " + peer.id() + " is listed twice");
            peer.links().forEach((number, link) -> link(peer.id(), number, link));
        }
        settings.allowLists().keySet().forEach(this::allowList);
        if (settings.pmtudInterval().compareTo(Duration.ofSeconds(1)) < 0)
            problem("the path MTU interval " + settings.pmtudInterval() + " is below one second");
        int mtu = settings.manualMtu();
        if (mtu != 0 && (mtu < LEAST_MTU || mtu > MOST_MTU))
            problem("the MTU " + mtu + " is neither 0 (discover it) nor in " + LEAST_MTU + ".." + MOST_MTU);
    }

    List<String> problems() {
        return problems;
    }

    private void problem(String sentence) {
        problems.add(sentence);
    }

    private void own(int number, InetSocketAddress address) {
        String whose = "link " + number + " of this node";
        if (!isLinkNumber(number)) problem("link number " + number + " of this node is not in 0..7");
        if (!usable(whose, address)) return;
        if (address.getPort() != 0) unique(whose, address);
    }

    private void link(NodeId id, int number, PeerLink link) {
        String whose = "link " + number + " of node " + id;
        if (!isLinkNumber(number)) problem("link number " + number + " of node " + id + " is not in 0..7");
        heartbeats(whose, link);
        InetSocketAddress address = link.address();
        if (!usable(whose, address)) return;
        if (address.getPort() == 0) problem(whose + " has no port");
        else unique(whose, address);
        if (address.getAddress().isAnyLocalAddress())
            problem(whose + " has the address " + text(address) + ", which means any");
        InetSocketAddress own = settings.localAddresses().get(number);
        if (own == null || own.isUnresolved()) return;
        if (isIpv6(own) != isIpv6(address))
            problem(whose + " has " + text(address) + " and this node has " + text(own)
                    + " there; a link is either IPv4 or IPv6");
        else if (scope(own) != scope(address) && scope(own) != 0 && scope(address) != 0)
            problem(whose + " has " + text(address) + " and this node has " + text(own)
                    + " there; both have to name the same interface");
    }

    private void allowList(int number) {
        if (!settings.localAddresses().containsKey(number))
            problem("there is an allow list for link " + number + ", which this node does not have");
        List<AddressRule> rules = settings.allowLists().getOrDefault(number, List.of());
        for (Peer peer : settings.peers()) {
            PeerLink link = peer.links().get(number);
            if (link == null || link.address().isUnresolved()) continue;
            InetAddress address = link.address().getAddress();
            if (!AddressRule.accepts(rules, address))
                problem("the allow list of link " + number + " rejects node " + peer.id() + ", which has the address "
                        + address.getHostAddress() + " there");
        }
    }

    private void heartbeats(String whose, PeerLink link) {
        if (link.priority() < 0 || link.priority() > MOST_PRIORITY)
            problem("priority " + link.priority() + " of " + whose + " is not in 0..255");
        if (link.pingTimeout().compareTo(LEAST_PING_TIMEOUT) < 0)
            problem("ping timeout " + link.pingTimeout().toMillis() + " ms of " + whose + " is below "
                    + LEAST_PING_TIMEOUT.toMillis() + " ms");
        if (link.pingInterval().isZero() || link.pingInterval().isNegative())
            problem("ping interval " + link.pingInterval().toMillis() + " ms of " + whose + " is not above 0");
        else if (link.pingInterval().compareTo(link.pingTimeout()) > 0)
            problem("ping interval " + link.pingInterval().toMillis() + " ms of " + whose
                    + " is above its ping timeout " + link.pingTimeout().toMillis()
                    + " ms, so the link would go down between two pings");
        if (link.pingPrecision() < 1)
            problem("ping precision " + link.pingPrecision() + " of " + whose + " is below 1");
        if (link.pongCount() < 1) problem("pong count " + link.pongCount() + " of " + whose + " is below 1");
    }

    private boolean usable(String whose, InetSocketAddress address) {
        if (address.isUnresolved()) {
            problem(whose + " has the address " + address.getHostString() + ", which cannot be resolved");
            return false;
        }
        InetAddress ip = address.getAddress();
        if (ip.isMulticastAddress()) problem(whose + " has the multicast address " + text(address));
        if (ip instanceof Inet6Address v6 && v6.isLinkLocalAddress() && v6.getScopeId() == 0)
            problem(whose + " has the link-local address " + text(address)
                    + " without its interface; write it like fe80::1%eth0, or better use another address");
        return true;
    }

    private void unique(String whose, InetSocketAddress address) {
        String other = usersOfAddress.putIfAbsent(text(address), whose);
        if (other != null) problem(other + " and " + whose + " have the same address and port " + text(address));
    }

    private static boolean isLinkNumber(int number) {
        return number >= 0 && number < LinkConfig.MAX_LINKS;
    }

    private static boolean isIpv6(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address;
    }

    private static int scope(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address v6 && v6.isLinkLocalAddress() ? v6.getScopeId() : 0;
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
