package org.quorate;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.ClusterException.Reason;

/**
 * One entry of the node list.
 *
 * @param id unique in the cluster
 * @param name unique; empty if the node has none
 * @param votes zero or more
 * @param addresses address or host name by link number
 * @param labels everything else said of the node, for plug-ins
 */
public record NodeConfig(
        NodeId id, String name, int votes, SortedMap<Integer, String> addresses, Map<String, String> labels) {
    /** Takes copies and checks votes and link numbers. */
    public NodeConfig {
        if (votes < 0)
            throw new ClusterException(
                    Reason.CONFIGURATION_INVALID,
                    "quorum_votes " + votes + " of node " + id + " is negative; use 0 or more");
        for (int link : addresses.keySet())
            if (link < 0 || link >= LinkConfig.MAX_LINKS)
                throw new ClusterException(
                        Reason.CONFIGURATION_INVALID,
                        "node " + id + " has an address for link " + link + ", which is not in 0..7");
        addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
        labels = Map.copyOf(labels);
    }

    /** A node with one vote; {@code linkAddresses} are those of link 0, 1, and so on. */
    public static NodeConfig of(int id, String name, String... linkAddresses) {
        TreeMap<Integer, String> addresses = new TreeMap<>();
        for (int i = 0; i < linkAddresses.length; i++) addresses.put(i, linkAddresses[i]);
        return new NodeConfig(NodeId.of(id), name, 1, addresses, Map.of());
    }

    /** The same with other votes. */
    public NodeConfig withVotes(int newVotes) {
        return new NodeConfig(id, name, newVotes, addresses, labels);
    }

    /** The name, or the address of the lowest link if there is no name. */
    public String displayName() {
        return !name.isEmpty() ? name : addresses.values().stream().findFirst().orElse(id.toString());
    }
}
