package org.quorate.core.change.shell;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.LinkConfig;
import org.quorate.NodeConfig;
import org.quorate.NodeId;

/**
 * What a node has to try on one link for a change of the configuration: every pair that it is one of, and of which at least one gets an
 * address there, another one, or another port.
 *
 * @param link number of the link
 * @param own address of this node there
 * @param isNew whether this node gets it by the change, so that nothing of this node is bound to it yet
 * @param peers addresses of the other nodes of its pairs, by id
 */
record TrialPlan(int link, InetSocketAddress own, boolean isNew, SortedMap<Integer, InetSocketAddress> peers) {

    /** Whether a change gives a node that was there before an address on a link, another one, or another port. */
    static boolean isNeeded(ClusterConfig before, ClusterConfig after) {
        for (NodeConfig node : before.nodes())
            for (int link : addresses(after, node.id().value()).keySet())
                if (isNew(before, after, node.id().value(), link)) return true;
        return false;
    }

    /**
     * For each link that has to be tried by {@code self}. An address and port that another link of it has at the moment cannot be tried.
     *
     * @param nodes those that try links
     * @param resolved addresses of the new configuration by node and link; one that cannot be resolved is missing
     * @param bound what this node is bound to at the moment
     * @param missing gets a sentence for each address that is needed and missing
     */
    static List<TrialPlan> of(
            int self,
            ClusterConfig before,
            ClusterConfig after,
            SortedSet<Integer> nodes,
            SortedMap<Integer, SortedMap<Integer, InetSocketAddress>> resolved,
            Collection<InetSocketAddress> bound,
            List<String> missing) {
        List<TrialPlan> plans = new ArrayList<>();
        for (int link : addresses(after, self).keySet()) {
            boolean isNew = isNew(before, after, self, link);
            TreeMap<Integer, InetSocketAddress> peers = new TreeMap<>();
            for (int peer : nodes) {
                if (peer == self || !addresses(after, peer).containsKey(link)) continue;
                if (!isNew && !isNew(before, after, peer, link)) continue;
                InetSocketAddress theirs = find(resolved, after, peer, link, missing);
                if (theirs != null) peers.put(peer, theirs);
            }
            if (!isNew && peers.isEmpty()) continue;
            InetSocketAddress own = find(resolved, after, self, link, missing);
            if (own != null && !(isNew && bound.contains(own))) plans.add(new TrialPlan(link, own, isNew, peers));
        }
        return plans;
    }

    private static @Nullable InetSocketAddress find(
            SortedMap<Integer, SortedMap<Integer, InetSocketAddress>> resolved,
            ClusterConfig after,
            int node,
            int link,
            List<String> missing) {
        InetSocketAddress found = resolved.getOrDefault(node, new TreeMap<>()).get(link);
        if (found == null)
            missing.add("the address " + addresses(after, node).get(link) + " of node " + node + " on link " + link
                    + " cannot be resolved");
        return found;
    }

    private static boolean isNew(ClusterConfig before, ClusterConfig after, int node, int link) {
        return !Objects.equals(
                        addresses(before, node).get(link),
                        addresses(after, node).get(link))
                || port(before, link) != port(after, link);
    }

    private static Map<Integer, String> addresses(ClusterConfig config, int node) {
        return config.node(NodeId.of(node)).map(NodeConfig::addresses).orElse(new TreeMap<>());
    }

    private static int port(ClusterConfig config, int link) {
        LinkConfig known = config.links().get(link);
        return (known == null ? LinkConfig.of(link) : known).port();
    }
}
