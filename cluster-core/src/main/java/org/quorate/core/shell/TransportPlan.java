package org.quorate.core.shell;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.IpVersion;
import org.quorate.LinkConfig;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.core.conf.RingTimers;
import org.quorate.spi.TransportSettings;

/**
 * Makes of a configuration what a transport needs: addresses resolved, heartbeats from the token timeout.
 *
 * <p>Each link has one address family: that of the addresses in digits, if there are some. The names of a link without any follow
 * {@code ip_version}. Source: corosync.conf(5); totemip_parse in corosync 3.1.7.
 */
final class TransportPlan {
    private final ClusterConfig config;
    private final NodeId self;
    private final int nodesOnLink0;
    private final Function<String, List<InetAddress>> resolver;

    /** {@code resolver} answers with the addresses of a name or of an address in digits, and with none if there are none. */
    TransportPlan(ClusterConfig config, NodeId self, Function<String, List<InetAddress>> resolver) {
        this(config, self, RingTimers.nodesOnLink0(config), resolver);
    }

    /** The same with heartbeats for a ring of {@code nodesOnLink0} nodes. */
    TransportPlan(ClusterConfig config, NodeId self, int nodesOnLink0, Function<String, List<InetAddress>> resolver) {
        this.config = config;
        this.nodesOnLink0 = nodesOnLink0;
        this.self = self;
        this.resolver = resolver;
    }

    /** The settings; {@code key} is passed on as it is. Looks up names, so it may block. */
    TransportSettings settings(byte[] key) {
        TreeMap<Integer, InetSocketAddress> own = new TreeMap<>();
        List<TransportSettings.Peer> peers = new ArrayList<>();
        for (NodeConfig node : config.nodes()) {
            if (node.id().equals(self)) node.addresses().keySet().forEach(link -> own.put(link, resolve(node, link)));
            else peers.add(peer(node));
        }
        return new TransportSettings(
                self,
                own,
                peers,
                config.crypto(),
                key,
                config.linkMode(),
                config.pmtudInterval(),
                config.manualMtu(),
                config.compression());
    }

    /** Address and port of each node on each link; those that cannot be resolved are left out. */
    SortedMap<Integer, SortedMap<Integer, InetSocketAddress>> addresses() {
        TreeMap<Integer, SortedMap<Integer, InetSocketAddress>> all = new TreeMap<>();
        for (NodeConfig node : config.nodes()) {
            TreeMap<Integer, InetSocketAddress> links = new TreeMap<>();
            for (int link : node.addresses().keySet()) find(node, link).ifPresent(found -> links.put(link, found));
            all.put(node.id().value(), links);
        }
        return all;
    }

    private TransportSettings.Peer peer(NodeConfig node) {
        TreeMap<Integer, TransportSettings.PeerLink> links = new TreeMap<>();
        for (int number : node.addresses().keySet()) {
            LinkConfig link = linkOf(number);
            links.put(
                    number,
                    new TransportSettings.PeerLink(
                            resolve(node, number),
                            link.priority(),
                            RingTimers.pingInterval(config.totem(), nodesOnLink0, link),
                            RingTimers.pingTimeout(config.totem(), nodesOnLink0, link),
                            link.pingPrecision(),
                            link.pongCount()));
        }
        return new TransportSettings.Peer(node.id(), links);
    }

    private InetSocketAddress resolve(NodeConfig node, int link) {
        return find(node, link)
                .orElseThrow(() -> new ClusterException(
                        Reason.CONFIGURATION_INVALID,
                        "the address " + node.addresses().getOrDefault(link, "") + " of node " + node.id() + " on link "
                                + link
                                + " cannot be resolved (ip_version "
                                + versionOf(link).confName()
                                + "); add it to DNS or the hosts file, or write the address in digits"));
    }

    private Optional<InetSocketAddress> find(NodeConfig node, int link) {
        IpVersion version = versionOf(link);
        List<InetAddress> all = resolver.apply(node.addresses().getOrDefault(link, ""));
        return all.stream()
                .filter(a -> a instanceof Inet6Address == version.prefersIpv6())
                .findFirst()
                .or(() -> version.isStrict() ? Optional.empty() : all.stream().findFirst())
                .map(address -> new InetSocketAddress(address, linkOf(link).port()));
    }

    private IpVersion versionOf(int link) {
        List<String> addresses = config.nodes().stream()
                .map(n -> n.addresses().getOrDefault(link, ""))
                .toList();
        if (addresses.stream().anyMatch(a -> a.indexOf(':') >= 0)) return IpVersion.IPV6;
        if (addresses.stream().anyMatch(a -> a.matches("[0-9.]+"))) return IpVersion.IPV4;
        return config.ipVersion();
    }

    private LinkConfig linkOf(int number) {
        LinkConfig link = config.links().get(number);
        return link == null ? LinkConfig.of(number) : link;
    }
}
