package org.quorate.core.shell;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.ClusterStatus.MemberStatus;
import org.quorate.ClusterStatus.MissingNode;
import org.quorate.LinkStatus;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.PeerStatus;
import org.quorate.QuorumState;
import org.quorate.QuorumState.NodeVotes;
import org.quorate.View;

/** Remembers the membership and since when who is missing, and makes snapshots of it. Confined to the loop. */
final class StatusBoard {
    private ClusterConfig config;
    private final NodeId self;
    private final Clock clock;
    private final Map<NodeId, Instant> missingSince = new HashMap<>();
    private @Nullable QuorumWarnings quorumWarnings;
    private List<String> warnings = List.of();
    private @Nullable View view;

    StatusBoard(ClusterConfig config, NodeId self, Clock clock) {
        this.config = config;
        this.self = self;
        this.clock = clock;
    }

    /** Another configuration is in force. */
    void configure(ClusterConfig changed) {
        config = changed;
        missingSince.keySet().removeIf(node -> changed.node(node).isEmpty());
        findWarnings();
    }

    /** Who says what the quorum provider finds dangerous in its settings. */
    void warn(QuorumWarnings ofProvider) {
        quorumWarnings = ofProvider;
        findWarnings();
    }

    private void findWarnings() {
        if (quorumWarnings != null) warnings = quorumWarnings.of(config);
    }

    /** A new membership. Who was in the one before and is not in this one is missing from now on. */
    void install(View next) {
        if (view != null)
            for (NodeId member : view.members())
                if (!next.members().contains(member)) missingSince.put(member, clock.instant());
        next.members().forEach(missingSince::remove);
        view = next;
    }

    /** A snapshot; counters of equal name are added up. */
    ClusterStatus snapshot(
            ClusterManager.State state,
            QuorumState quorum,
            List<PeerStatus> peers,
            List<LinkStatus> links,
            List<Map<String, Long>> counters) {
        TreeMap<String, Long> sums = new TreeMap<>();
        for (Map<String, Long> each : counters) each.forEach((name, value) -> sums.merge(name, value, Long::sum));
        return new ClusterStatus(
                state,
                config.clusterName(),
                config.configVersion(),
                config.transport(),
                config.crypto().isOn(),
                clock.instant(),
                config.quorumProvider(),
                warnings,
                self,
                Optional.ofNullable(view),
                quorum,
                members(quorum),
                missing(),
                peers,
                links,
                sums);
    }

    private List<MemberStatus> members(QuorumState quorum) {
        List<MemberStatus> members = new ArrayList<>();
        if (view == null) return members;
        Map<NodeId, Integer> announced = new HashMap<>();
        for (NodeVotes votes : quorum.votes()) announced.put(votes.node(), votes.votes());
        for (NodeId id : view.members()) {
            Optional<NodeConfig> listed = config.node(id);
            members.add(new MemberStatus(
                    id,
                    listed.map(NodeConfig::displayName).orElse(""),
                    announced.getOrDefault(id, listed.map(NodeConfig::votes).orElse(0)),
                    listed.flatMap(n -> n.addresses().values().stream().findFirst())
                            .orElse(""),
                    id.equals(self)));
        }
        return members;
    }

    private List<MissingNode> missing() {
        List<NodeId> present = view == null ? List.of() : view.members();
        return config.nodes().stream()
                .filter(n -> !present.contains(n.id()))
                .map(n -> new MissingNode(
                        n.id(), n.displayName(), n.votes(), Optional.ofNullable(missingSince.get(n.id()))))
                .toList();
    }
}
