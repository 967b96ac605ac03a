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
        Draft draft = new Draft(info.address());
        draft.fingerprint = info.fingerprint();
        draft.clusterName = info.clusterName();
        draft.clusterLinks = new TreeSet<>(info.links().keySet());
        return draft.options();
    }

    /** By hand: the fingerprint that the member shows is judged by {@code confirmation}. */
    public static JoinOptions of(String member, FingerprintConfirmation confirmation) {
        Draft draft = new Draft(member);
        draft.confirmation = confirmation;
        return draft.options();
    }

    /** The same with another address and port of the member. */
    public JoinOptions withMember(String address, int newPort) {
        Draft draft = new Draft(this);
        draft.member = address;
        draft.port = newPort;
        return draft.options();
    }

    /** The same with another fingerprint. */
    public JoinOptions withFingerprint(String other) {
        Draft draft = new Draft(this);
        draft.fingerprint = other;
        return draft.options();
    }

    /** The same with another name of the node. */
    public JoinOptions withNodeName(String name) {
        Draft draft = new Draft(this);
        draft.nodeName = name;
        return draft.options();
    }

    /** The same with an address on one link. */
    public JoinOptions withLink(int number, LinkParameter link) {
        Draft draft = new Draft(this);
        draft.links.put(number, link);
        return draft.options();
    }

    /** The same with an id and votes. */
    public JoinOptions withPlace(OptionalInt id, OptionalInt newVotes) {
        Draft draft = new Draft(this);
        draft.nodeId = id;
        draft.votes = newVotes;
        return draft.options();
    }

    /** The same, insisting. */
    public JoinOptions forced() {
        Draft draft = new Draft(this);
        draft.force = true;
        return draft.options();
    }

    /** A copy that can be changed. */
    private static final class Draft {
        private String member;
        private int port = JoinServer.DEFAULT_PORT;
        private String fingerprint = "";
        private FingerprintConfirmation confirmation = FingerprintConfirmation.REFUSED;
        private String clusterName = "";
        private SortedSet<Integer> clusterLinks = new TreeSet<>();
        private String nodeName = "";
        private final SortedMap<Integer, LinkParameter> links = new TreeMap<>();
        private OptionalInt nodeId = OptionalInt.empty();
        private OptionalInt votes = OptionalInt.empty();
        private boolean force;

        Draft(String member) {
            this.member = member;
        }

        Draft(JoinOptions from) {
            member = from.member;
            port = from.port;
            fingerprint = from.fingerprint;
            confirmation = from.confirmation;
            clusterName = from.clusterName;
            clusterLinks = from.clusterLinks;
            nodeName = from.nodeName;
            links.putAll(from.links);
            nodeId = from.nodeId;
            votes = from.votes;
            force = from.force;
        }

        JoinOptions options() {
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
                    force);
        }
    }
}
