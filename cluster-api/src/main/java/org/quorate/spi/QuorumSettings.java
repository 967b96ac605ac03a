package org.quorate.spi;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.NodeConfig;
import org.quorate.NodeId;

/**
 * What a quorum provider needs to know.
 *
 * @param self this node
 * @param nodes the node list, ascending by id
 * @param options keys of the quorum section other than provider, dotted for subsections
 * @param memory what earlier lives of this node remembered, by name
 */
public record QuorumSettings(
        NodeId self, List<NodeConfig> nodes, SortedMap<String, String> options, Map<String, byte[]> memory) {
    /** Takes copies. */
    public QuorumSettings {
        nodes = List.copyOf(nodes);
        options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
        memory = Map.copyOf(memory);
    }
}
