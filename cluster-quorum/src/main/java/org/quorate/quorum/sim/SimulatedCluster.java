package org.quorate.quorum.sim;

import java.util.List;
import java.util.SortedMap;
import org.quorate.NodeConfig;
import org.quorate.spi.QuorumProvider;

/**
 * What is simulated.
 *
 * @param provider makes the engines
 * @param nodes the node list; nodes beside it can be started too and have the votes of its first one
 * @param options keys of the quorum section, dotted for subsections
 * @param order when the messages of a synchronisation arrive
 * @param durable whether a node that comes back has what it remembered
 */
public record SimulatedCluster(
        QuorumProvider provider,
        List<NodeConfig> nodes,
        SortedMap<String, String> options,
        Order order,
        boolean durable) {
    /** When the messages of a synchronisation arrive, and whether a node says that it leaves. */
    public enum Order {
        /** Before the decision, as with running daemons; a node that goes down says so. */
        DAEMON,
        /** After the decision, as in corosync-vqsim; a node that goes down is just gone. */
        VQSIM
    }

    /** Takes a copy of the list; the options are the caller's. */
    public SimulatedCluster {
        nodes = List.copyOf(nodes);
    }
}
