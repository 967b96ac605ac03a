package org.quorate.core.join;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.NodeId;
import org.quorate.core.conf.InitialConf;
import org.quorate.core.conf.LinkParameter;

/**
 * What a new cluster is to be. The values are checked when it is made.
 *
 * @param clusterName 1 to 15 letters, digits and hyphens
 * @param nodeName of its first node; empty for the name of the host without its domain
 * @param links own addresses by link; empty for the address that the host's name stands for, as link 0
 * @param nodeId of its first node
 * @param votes of its first node
 * @param tokenCoefficientMillis added to the token timeout for each node beyond two
 */
public record CreateOptions(
        String clusterName,
        String nodeName,
        SortedMap<Integer, LinkParameter> links,
        NodeId nodeId,
        int votes,
        int tokenCoefficientMillis) {
    /** Takes a copy. */
    public CreateOptions {
        links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
    }

    /** A cluster with everything as usual. */
    public static CreateOptions of(String clusterName) {
        return new CreateOptions(
                clusterName, "", new TreeMap<>(), NodeId.of(1), 1, InitialConf.TOKEN_COEFFICIENT_MILLIS);
    }

    /** The same with another name of the node. */
    public CreateOptions withNodeName(String name) {
        return new CreateOptions(clusterName, name, links, nodeId, votes, tokenCoefficientMillis);
    }

    /** The same with an address on one link. */
    public CreateOptions withLink(int number, LinkParameter link) {
        TreeMap<Integer, LinkParameter> more = new TreeMap<>(links);
        more.put(number, link);
        return new CreateOptions(clusterName, nodeName, more, nodeId, votes, tokenCoefficientMillis);
    }
}
