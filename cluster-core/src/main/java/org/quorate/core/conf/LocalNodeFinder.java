package org.quorate.core.conf;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeConfig;
import org.quorate.NodeId;

/**
 * Finds the own node in a node list. The rules, in this order; the first that fits decides:
 *
 * <ol>
 *   <li>the host name is exactly a node's name or first address;
 *   <li>the same with the domain taken off the host name, part by part from the right;
 *   <li>a node's name or first address without its domain is the short host name;
 *   <li>the reverse name of a local address, or the address in digits, is a node's name or first address;
 *   <li>a node's name or first address resolves to a local address.
 * </ol>
 *
 * <p>Source: corosync 3.1.7 coroparse.c and totemconfig.c. Differs: the first address is that of the node's lowest link, not always
 * of link 0; and if the last two rules fit more than one node, none is chosen.
 */
final class LocalNodeFinder {
    private final List<NodeConfig> nodes;
    private final LocalAddresses host;
    private final String sourceName;

    LocalNodeFinder(List<NodeConfig> nodes, LocalAddresses host, String sourceName) {
        this.nodes = nodes;
        this.host = host;
        this.sourceName = sourceName;
    }

    NodeId find() {
        String hostName = host.hostName();
        if (!hostName.isEmpty()) {
            for (String name = hostName; !name.isEmpty(); name = withoutLastPart(name)) {
                List<NodeConfig> named = called(name, String::equals);
                if (!named.isEmpty()) return named.get(0).id();
            }
            List<NodeConfig> named = called(
                    firstPart(hostName), (ours, listed) -> firstPart(listed).equals(ours));
            if (!named.isEmpty()) return named.get(0).id();
        }
        List<InetAddress> addresses = host.addresses();
        Set<NodeId> found = byReverseName(addresses);
        if (found.isEmpty()) found = byResolution(addresses);
        if (found.isEmpty()) throw notListed(hostName, addresses);
        if (found.size() > 1)
            throw new ClusterException(
                    Reason.NODE_NOT_LISTED,
                    sourceName + ": nodes " + found
                            + " all have addresses of this host; say which of them this node is");
        return found.iterator().next();
    }

    private Set<NodeId> byReverseName(List<InetAddress> addresses) {
        Set<NodeId> found = new TreeSet<>();
        for (InetAddress address : addresses) {
            String name = host.nameOf(address);
            if (!name.isEmpty()) called(name, String::equals).forEach(n -> found.add(n.id()));
            called(digits(address), String::equals).forEach(n -> found.add(n.id()));
        }
        return found;
    }

    private Set<NodeId> byResolution(List<InetAddress> addresses) {
        Set<NodeId> found = new TreeSet<>();
        for (NodeConfig node : nodes)
            for (String name : List.of(node.name(), firstAddress(node)))
                if (!name.isEmpty() && host.resolve(name).stream().anyMatch(addresses::contains)) found.add(node.id());
        return found;
    }

    private List<NodeConfig> called(String name, BiPredicate<String, String> matches) {
        return nodes.stream()
                .filter(n ->
                        (!n.name().isEmpty() && matches.test(name, n.name())) || matches.test(name, firstAddress(n)))
                .toList();
    }

    private ClusterException notListed(String hostName, List<InetAddress> addresses) {
        String listed =
                nodes.stream().map(n -> n.id() + " (" + n.displayName() + ")").collect(Collectors.joining(", "));
        String own = addresses.stream().map(LocalNodeFinder::digits).collect(Collectors.joining(", "));
        return new ClusterException(
                Reason.NODE_NOT_LISTED,
                sourceName + ": none of the nodes " + listed + " is this host, which is called "
                        + (hostName.isEmpty() ? "nothing" : hostName) + " and has the addresses " + own
                        + "; list it, or say which node it is");
    }

    private static String firstAddress(NodeConfig node) {
        return node.addresses().values().iterator().next();
    }

    private static String digits(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    private static String withoutLastPart(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(0, dot);
    }

    /** An address in digits has no domain. */
    private static String firstPart(String name) {
        int dot = name.indexOf('.');
        return dot < 0 || name.matches("[0-9.]+") ? name : name.substring(0, dot);
    }
}
