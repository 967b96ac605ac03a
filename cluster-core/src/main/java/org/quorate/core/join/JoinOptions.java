package org.quorate.core.join;

import java.util.Collections;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.quorate.JoinInfo;
import org.quorate.core.conf.LinkParameter;

/**
 * Which cluster to join, and as what.
 *
 * @param member address of the member to ask, in digits or a name
 * @param port its join port
 * @param fingerprint of its certificate; empty if it is not known, so that {@code confirmation} is asked
 * @param confirmation asked if the fingerprint is not known
 * @param clusterName the cluster that is meant; empty if it is not known
 * @param clusterLinks numbers of its links; empty if they are not known
 * @param nodeName of the new node; empty for the name of the host without its domain
 * @param links own addresses by link; empty for the address that the host's name stands for, if the cluster has one link
 * @param nodeId empty for the lowest that is free
 * @param votes empty for 1
 * @param force whether what can be forced is a warning only, see {@link org.quorate.core.join.wire.JoinFinding.Kind#isForceable}
 */
public record JoinOptions(
        String member,
        int port,
        String fingerprint,
        FingerprintConfirmation confirmation,
        String clusterName,
        SortedSet<Integer> clusterLinks,
        String nodeName,
        SortedMap<Integer, LinkParameter> links,
        OptionalInt nodeId,
        OptionalInt votes,
        boolean force) {
    /** Takes copies. */
    public JoinOptions {
        clusterLinks = Collections.unmodifiableSortedSet(new TreeSet<>(clusterLinks));
        links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
    }

    /** By what a member has told about itself. */
    public static JoinOptions of(JoinInfo info) {
        return new JoinOptions(
                info.address(),
                JoinServer.DEFAULT_PORT,
                info.fingerprint(),
                FingerprintConfirmation.REFUSED,
                info.clusterName(),
                new TreeSet<>(info.links().keySet()),
                "",
                new TreeMap<>(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                false);
    }

    /** By hand: the fingerprint that the member shows is judged by {@code confirmation}. */
    public static JoinOptions of(String member, FingerprintConfirmation confirmation) {
        return new JoinOptions(
                member,
                JoinServer.DEFAULT_PORT,
                "",
                confirmation,
                "",
                new TreeSet<>(),
                "",
                new TreeMap<>(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                false);
    }

    /** The same with another address and port of the member. */
    public JoinOptions withMember(String address, int newPort) {
        return new JoinOptions(
                address,
                newPort,
                fingerprint,
                confirmation,
                clusterName,
                clusterLinks,
                nodeName,
                links,
                nodeId,
                votes,
                force);
    }

    /** The same with another fingerprint. */
    public JoinOptions withFingerprint(String other) {
        return new JoinOptions(
                member, port, other, confirmation, clusterName, clusterLinks, nodeName, links, nodeId, votes, force);
    }

    /** The same with another name of the node. */
    public JoinOptions withNodeName(String name) {
        return new JoinOptions(
                member, port, fingerprint, confirmation, clusterName, clusterLinks, name, links, nodeId, votes, force);
    }

    /** The same with an address on one link. */
    public JoinOptions withLink(int number, LinkParameter link) {
        TreeMap<Integer, LinkParameter> more = new TreeMap<>(links);
        more.put(number, link);
        return new JoinOptions(
                member,
                port,
                fingerprint,
                confirmation,
                clusterName,
                clusterLinks,
                nodeName,
                more,
                nodeId,
                votes,
                force);
    }

    /** The same with an id and votes. */
    public JoinOptions withPlace(OptionalInt id, OptionalInt newVotes) {
        return new JoinOptions(
                member,
                port,
                fingerprint,
                confirmation,
                clusterName,
                clusterLinks,
                nodeName,
                links,
                id,
                newVotes,
                force);
    }

    /** The same, insisting. */
    public JoinOptions forced() {
        return new JoinOptions(
                member,
                port,
                fingerprint,
                confirmation,
                clusterName,
                clusterLinks,
                nodeName,
                links,
                nodeId,
                votes,
                true);
    }
}
