package org.quorate.core.conf;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.CryptoConfig;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.ReloadReport;

/**
 * What a configuration that was read again changes, and what of that a running node acts on.
 *
 * @param inForce what the node goes by afterwards: the new values of what is applied, the old ones of the rest
 * @param timers the ring's timers, with the number of nodes that the new configuration lists
 * @param crypto whether key, cipher or hash change
 * @param quorum whether the quorum provider has to hear of it
 * @param applied what changes, one phrase each
 * @param notApplied what differs but stays as it is until the node is started again, one phrase each
 * @param linksRefusal why the links stay as they are, if they cannot become what was read
 */
public record ConfigDifference(
        ClusterConfig inForce,
        RingTimers timers,
        boolean crypto,
        boolean quorum,
        List<String> applied,
        List<String> notApplied,
        Optional<String> linksRefusal) {
    /** Takes copies. */
    public ConfigDifference {
        applied = List.copyOf(applied);
        notApplied = List.copyOf(notApplied);
    }

    /**
     * Compares. Whether the links become other ones is not known yet: the host may refuse them.
     *
     * @param present what the node goes by
     * @param fresh what was read
     * @param keyChanged whether the key that was read is another one
     * @throws ClusterException if {@code fresh} cannot be that of a running node {@code self}
     */
    public static ConfigDifference between(
            NodeId self, ClusterConfig present, ClusterConfig fresh, boolean keyChanged) {
        if (fresh.node(self).isEmpty())
            throw new ClusterException(
                    Reason.NODE_NOT_LISTED,
                    "node " + self + " is not in its node list any more; list it, or let it leave");
        RingTimers timers = RingTimers.of(fresh);
        boolean crypto = keyChanged || !fresh.crypto().equals(present.crypto());
        List<String> applied = new ArrayList<>();
        if (keyChanged) applied.add("another key");
        if (!fresh.crypto().equals(present.crypto())) applied.add(inWords(fresh.crypto()));
        if (!timers.equals(RingTimers.of(present)))
            applied.add("token timeout " + timers.tokenNanos() / 1_000_000 + " ms and what depends on it");
        else if (!fresh.totem().equals(present.totem())) applied.add("limits of the ring");
        if (fresh.configVersion() != present.configVersion()) applied.add("config_version " + fresh.configVersion());
        boolean votes = !votes(present, fresh).equals(votes(fresh, present));
        boolean options = !optionsInForce(present, fresh).equals(present.quorumOptions());
        if (votes) applied.add("votes of nodes");
        if (options) applied.add("options of the quorum section, those that the provider takes while it runs");
        List<String> left = left(present, fresh);
        Optional<String> linksRefusal = Optional.empty();
        ClusterConfig inForce;
        try {
            inForce = merged(present, fresh, fresh.transport().equals(present.transport()) ? fresh : present);
        } catch (ClusterException unfit) {
            linksRefusal = Optional.of("they do not fit the nodes that this node goes on with, " + unfit.getMessage()
                    + "; change the node list when no link is added or removed");
            inForce = merged(present, fresh, present);
        }
        return new ConfigDifference(inForce, timers, crypto, votes || options, applied, left, linksRefusal);
    }

    /** The same with what the links have become, one phrase for each change. */
    public ConfigDifference withLinks(List<String> changes) {
        List<String> all = new ArrayList<>(applied);
        all.addAll(changes);
        return new ConfigDifference(inForce, timers, crypto, quorum, all, notApplied, linksRefusal);
    }

    /** The same with the links of {@code present}, because {@code why}. */
    public ConfigDifference keepingLinksOf(ClusterConfig present, String why) {
        return new ConfigDifference(
                merged(present, inForce, present), timers, crypto, quorum, applied, notApplied, Optional.of(why));
    }

    /** What is told to whoever asked for the reload. */
    public ReloadReport report() {
        List<String> left = new ArrayList<>(notApplied);
        linksRefusal.ifPresent(why -> left.add("links (" + why + ")"));
        return new ReloadReport(applied, left);
    }

    /** Of {@code links} everything that the transport gets, for the nodes of {@code present}; votes and what else is not the transport's of {@code fresh}. */
    private static ClusterConfig merged(ClusterConfig present, ClusterConfig fresh, ClusterConfig links) {
        List<NodeConfig> nodes = new ArrayList<>();
        for (NodeConfig node : present.nodes())
            nodes.add(links.node(node.id())
                    .orElse(node)
                    .withVotes(fresh.node(node.id()).orElse(node).votes()));
        return new ClusterConfig(
                present.clusterName(),
                fresh.configVersion(),
                present.transport(),
                fresh.crypto(),
                present.compression(),
                links.ipVersion(),
                links.linkMode(),
                links.pmtudInterval(),
                links.manualMtu(),
                fresh.totem(),
                links.links(),
                nodes,
                present.quorumProvider(),
                optionsInForce(present, fresh));
    }

    /** Those of another provider mean nothing to this one. */
    private static SortedMap<String, String> optionsInForce(ClusterConfig present, ClusterConfig fresh) {
        boolean same = fresh.quorumProvider().equals(present.quorumProvider());
        return (same ? fresh : present).quorumOptions();
    }

    private static List<String> left(ClusterConfig present, ClusterConfig fresh) {
        List<String> left = new ArrayList<>();
        addIfOther(left, "cluster_name", present.clusterName(), fresh.clusterName());
        addIfOther(left, "transport", present.transport(), fresh.transport());
        addIfOther(left, "compression", present.compression(), fresh.compression());
        addIfOther(left, "nodes in the node list", ids(present), ids(fresh));
        addIfOther(left, "quorum.provider", present.quorumProvider(), fresh.quorumProvider());
        return left;
    }

    private static List<NodeId> ids(ClusterConfig config) {
        return config.nodes().stream().map(NodeConfig::id).toList();
    }

    /** Of the nodes that are in both. */
    private static List<Integer> votes(ClusterConfig config, ClusterConfig other) {
        return config.nodes().stream()
                .filter(node -> other.node(node.id()).isPresent())
                .map(NodeConfig::votes)
                .toList();
    }

    private static void addIfOther(List<String> left, String what, Object present, Object fresh) {
        if (!Objects.equals(present, fresh)) left.add(what);
    }

    private static String inWords(CryptoConfig crypto) {
        return crypto.isOn()
                ? "crypto_cipher " + crypto.cipher().confName() + " and crypto_hash "
                        + crypto.hash().confName()
                : "no encryption";
    }
}
