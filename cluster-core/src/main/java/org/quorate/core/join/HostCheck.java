package org.quorate.core.join;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.NodeId;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.conf.NameRule;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.join.wire.JoinFinding.Kind;

/**
 * What a joiner finds out about itself before it asks anybody.
 *
 * @param nodeName as asked for, or that of the host
 * @param hostName of the host, perhaps with a domain
 * @param links own addresses by link; empty if {@code address} is used, or nothing is known
 * @param address the one address, where the link is not known; empty else
 * @param findings everything that stands against the join, and warnings
 */
record HostCheck(
        String nodeName,
        String hostName,
        SortedMap<Integer, String> links,
        String address,
        List<JoinFinding> findings) {
    static HostCheck of(Path folder, JoinOptions options, LocalAddresses host) {
        List<JoinFinding> findings = new ArrayList<>(folderFindings(folder, options.force()));
        @Nullable OwnAddresses own = own(options, host, findings);
        String name = own != null ? own.nodeName() : options.nodeName();
        if (own != null)
            NameRule.NODE
                    .problemOf(name)
                    .ifPresent(problem -> findings.add(
                            JoinFinding.of(Kind.NAME_INVALID, false, NameRule.NODE.sentence(problem, name))));
        TreeMap<Integer, String> links = new TreeMap<>();
        String address = "";
        SortedMap<Integer, LinkParameter> found = own != null ? own.links() : options.links();
        if (!options.links().isEmpty()) found.forEach((number, link) -> links.put(number, link.address()));
        else if (own != null && options.clusterLinks().size() == 1)
            links.put(
                    options.clusterLinks().first(),
                    found.values().iterator().next().address());
        else if (own != null) address = found.values().iterator().next().address();
        if (!options.clusterLinks().isEmpty() && !links.keySet().equals(options.clusterLinks()))
            findings.add(JoinFinding.of(
                    Kind.LINKS_DIFFER,
                    false,
                    "the cluster has the links " + options.clusterLinks() + ", and addresses are given for "
                            + (links.isEmpty() ? "none" : links.keySet().toString())
                            + "; give one for each of the cluster's"));
        return new HostCheck(name, host.hostName(), links, address, findings);
    }

    private static List<JoinFinding> folderFindings(Path folder, boolean force) {
        List<JoinFinding> findings = new ArrayList<>();
        NodeFolder present = NodeFolder.at(folder);
        if (present.isInCluster())
            findings.add(JoinFinding.of(
                    Kind.CLUSTER_PRESENT,
                    force,
                    "the data folder " + folder
                            + " is that of a node of a cluster already; choose another folder, leave"
                            + " that cluster, or insist, and what is there is kept in " + FolderFiles.BACKUP));
        else
            for (String name : FolderFiles.CREATED)
                if (FolderFiles.isThere(folder, name))
                    findings.add(JoinFinding.of(
                            Kind.KEY_PRESENT,
                            force,
                            folder.resolve(name) + " is there already; move it away, or insist, and it is kept in "
                                    + FolderFiles.BACKUP));
        return findings;
    }

    private static @Nullable OwnAddresses own(JoinOptions options, LocalAddresses host, List<JoinFinding> findings) {
        try {
            return OwnAddresses.of(
                    new CreateOptions("", options.nodeName(), options.links(), NodeId.of(1), 1, 0), host);
        } catch (ClusterException notLocal) {
            findings.add(JoinFinding.of(Kind.ADDRESS_NOT_LOCAL, false, String.valueOf(notLocal.getMessage())));
            return null;
        }
    }
}
