package org.quorate.core.conf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.LinkConfig;
import org.quorate.NodeId;
import org.quorate.core.conf.ConfSection.ConfKey;

/**
 * What the configuration of a new cluster of one node says. Source: pvecm.md 5.1.
 *
 * @param clusterName by {@link NameRule#CLUSTER}
 * @param nodeName by {@link NameRule#NODE}
 * @param nodeId of the one node
 * @param votes of the one node, 1 or more
 * @param tokenCoefficientMillis added to the token timeout for each node beyond two; 125 in clusters of Proxmox VE, 650 in Corosync
 * @param links by number, 0 to 7, at least one; numbers may be left out
 */
public record InitialConf(
        String clusterName,
        String nodeName,
        NodeId nodeId,
        int votes,
        int tokenCoefficientMillis,
        SortedMap<Integer, LinkParameter> links) {
    /** The token coefficient of new clusters, in milliseconds. */
    public static final int TOKEN_COEFFICIENT_MILLIS = 125;

    /** Takes a copy; throws a {@link ClusterException} that says what cannot be. */
    public InitialConf {
        NameRule.CLUSTER.checked(clusterName);
        NameRule.NODE.checked(nodeName);
        links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
        check(votes >= 1, "the first node of a cluster has " + votes + " votes; it needs 1 or more to be quorate");
        check(tokenCoefficientMillis >= 0, "the token coefficient " + tokenCoefficientMillis + " ms is below 0");
        check(!links.isEmpty(), "no link is given; give at least the address of link 0");
        check(
                links.firstKey() >= 0 && links.lastKey() < LinkConfig.MAX_LINKS,
                "links " + links.keySet() + " are given; links are 0..7");
    }

    /** The configuration as a tree; {@link ConfWriter#text} makes the file of it. */
    public ConfSection tree() {
        List<ConfKey> node = new ArrayList<>(List.of(
                ConfKey.of("name", nodeName),
                ConfKey.of("nodeid", nodeId.toString()),
                ConfKey.of("quorum_votes", Integer.toString(votes))));
        List<ConfSection> interfaces = new ArrayList<>();
        links.forEach((number, link) -> {
            node.add(ConfKey.of("ring" + number + "_addr", link.address()));
            ConfSection section =
                    ConfSection.of("interface", List.of(ConfKey.of("linknumber", number.toString())), List.of());
            if (link.priority() != 0) section = section.with("knet_link_priority", Integer.toString(link.priority()));
            boolean usual = link.port() == 0 || link.port() == LinkConfig.DEFAULT_PORT + number;
            interfaces.add(usual ? section : section.with("mcastport", Integer.toString(link.port())));
        });
        List<ConfKey> totem = List.of(
                ConfKey.of("version", "2"),
                ConfKey.of("cluster_name", clusterName),
                ConfKey.of("config_version", "1"),
                ConfKey.of("secauth", "on"),
                ConfKey.of("ip_version", "ipv4-6"),
                ConfKey.of("link_mode", "passive"),
                ConfKey.of("token_coefficient", Integer.toString(tokenCoefficientMillis)));
        return ConfSection.of(
                "",
                List.of(),
                List.of(
                        ConfSection.of("totem", totem, interfaces),
                        ConfSection.of("nodelist", List.of(), List.of(ConfSection.of("node", node, List.of()))),
                        ConfSection.of("quorum", List.of(ConfKey.of("provider", ConfCheck.VOTEQUORUM)), List.of()),
                        ConfSection.of(
                                "logging",
                                List.of(ConfKey.of("to_syslog", "yes"), ConfKey.of("debug", "off")),
                                List.of())));
    }

    private static void check(boolean good, String sentence) {
        if (!good) throw new ClusterException(Reason.CONFIGURATION_INVALID, sentence);
    }
}
