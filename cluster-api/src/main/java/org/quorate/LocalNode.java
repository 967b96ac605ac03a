package org.quorate;

import java.util.Optional;
import org.quorate.ClusterException.Reason;

/**
 * This node, as the cluster knows it.
 *
 * @param name unique in the cluster; empty if the node list gives it none
 * @param listed its id; empty as long as it is in no cluster
 */
public record LocalNode(String name, Optional<NodeId> listed) {
    /** A node of a cluster. */
    public static LocalNode of(NodeId id, String name) {
        return new LocalNode(name, Optional.of(id));
    }

    /**
     * The id in the cluster.
     *
     * @throws ClusterException with {@link Reason#NOT_IN_CLUSTER} if it is in none
     */
    public NodeId id() {
        return listed.orElseThrow(() -> new ClusterException(
                Reason.NOT_IN_CLUSTER, "node " + name + " is in no cluster, so it has no id; create one or join one"));
    }

    @Override
    public String toString() {
        return listed.map(id -> name.isEmpty() ? id.toString() : name + " (" + id + ")")
                .orElse(name);
    }
}
