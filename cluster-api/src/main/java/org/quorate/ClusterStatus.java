package org.quorate;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a node knows of itself and its cluster at one moment. Taken on the event loop, so it is consistent.
 *
 * @param state where the node stands in its life
 * @param clusterName from the configuration
 * @param configVersion from the configuration
 * @param transport name of the transport
 * @param secure whether packets are encrypted or authenticated
 * @param date when the snapshot was taken (wall clock, for display)
 * @param quorumProvider name of the provider
 * @param quorumWarnings what the provider finds dangerous in its settings, one sentence each
 * @param self this node
 * @param view the current membership; empty before the first one
 * @param quorum the newest decision; it may be newer than the one in {@code view}
 * @param members the members of the view, in ring order
 * @param missing nodes of the node list that are not members, ascending
 * @param peers every other node as the transport sees it, ascending
 * @param links every link to every peer
 * @param counters counters by name, among them every kind of dropped packet
 */
public record ClusterStatus(
        ClusterManager.State state,
        String clusterName,
        long configVersion,
        String transport,
        boolean secure,
        Instant date,
        String quorumProvider,
        List<String> quorumWarnings,
        NodeId self,
        Optional<View> view,
        QuorumState quorum,
        List<MemberStatus> members,
        List<MissingNode> missing,
        List<PeerStatus> peers,
        List<LinkStatus> links,
        Map<String, Long> counters) {
    /** Takes copies. */
    public ClusterStatus {
        quorumWarnings = List.copyOf(quorumWarnings);
        members = List.copyOf(members);
        missing = List.copyOf(missing);
        peers = List.copyOf(peers);
        links = List.copyOf(links);
        counters = Map.copyOf(counters);
    }

    /** Why this node is quorate or not, and what would bring quorum back. */
    public QuorumExplanation explanation() {
        return QuorumExplanation.of(this);
    }

    /**
     * A member of the current view.
     *
     * @param id node id
     * @param name from the node list
     * @param votes as the member announced them
     * @param address of the lowest link
     * @param local whether it is this node
     */
    public record MemberStatus(NodeId id, String name, int votes, String address, boolean local) {}

    /**
     * A node of the node list that is not a member.
     *
     * @param id node id
     * @param name from the node list
     * @param votes as configured
     * @param since when it was last a member of this node's view; empty if never since this node started
     */
    public record MissingNode(NodeId id, String name, int votes, Optional<Instant> since) {}
}
