package org.quorate.core.conf;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
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
 * @param removed nodes that were listed and are not any more, ascending
 * @param applied what changes, one phrase each
 * @param notApplied what differs but stays as it is until the node is started again, one phrase each
 * @param linksRefusal why the links stay as they are, if they cannot become what was read
 */
public record ConfigDifference(
        ClusterConfig inForce,
        RingTimers timers,
        boolean crypto,
        boolean quorum,
        List<NodeId> removed,
        List<String> applied,
        List<String> notApplied,
        Optional<String> linksRefusal) {
    private static final String NODE_LIST = "nodes in the node list";

    /** Takes copies. */
    public ConfigDifference {
        removed = List.copyOf(removed);
        applied = List.copyOf(applied);
        notApplied = List.copyOf(notApplied);
    }

    /**
     * Compares. Whether the links become other ones is not known yet: the host may refuse them.
     *
     * @param present what the node goes by
     * @param fresh what was read
     * @param keyChanged whether the key that was read is another one
     * @throws ClusterException if {@code fresh} cannot be that of a running node {@code self}; with the reason NODE_NOT_LISTED if the
     *     node was taken out of the list
     */
    public static ConfigDifference between(
            NodeId self, ClusterConfig present, ClusterConfig fresh, boolean keyChanged) {
        if (fresh.node(self).isEmpty())
            throw new ClusterException(
                    Reason.NODE_NOT_LISTED,
                    "node " + self + " is not in its node list any more, so the other nodes do not talk to it; "
                            + "to be in the cluster again it has to be added as a new node");
        RingTimers timers = RingTimers.of(fresh);
        boolean crypto = keyChanged || !fresh.crypto().equals(present.crypto());
        ClusterConfig inForce = fresh.transport().equals(present.transport())
                ? merged(present, fresh, fresh, fresh.nodes())
                : merged(present, fresh, present, withVotes(present, fresh));
        List<String> applied = new ArrayList<>();
        if (keyChanged) applied.add("another key");
        if (!fresh.crypto().equals(present.crypto())) applied.add(inWords(fresh.crypto()));
        applied.addAll(comingsAndGoings(present, inForce));
        if (!timers.equals(RingTimers.of(present)))
            applied.add("token timeout " + timers.tokenNanos() / 1_000_000 + " ms and what depends on it");
        else if (!fresh.totem().equals(present.totem())) applied.add("limits of the ring");
        if (fresh.configVersion() != present.configVersion()) applied.add("config_version " + fresh.configVersion());
        boolean options = !inForce.quorumOptions().equals(present.quorumOptions());
        if (!votes(present, inForce).equals(votes(inForce, present))) applied.add("votes of nodes");
        if (options) applied.add("options of the quorum section, those that the provider takes while it runs");
        return new ConfigDifference(
                inForce,
                timers,
                crypto,
                options || !voters(present).equals(voters(inForce)),
                missingIn(inForce, present),
                applied,
                left(present, inForce, fresh),
                Optional.empty());
    }

    /** The same with what the links have become, one phrase for each change. */
    public ConfigDifference withLinks(List<String> changes) {
        List<String> all = new ArrayList<>(applied);
        all.addAll(changes);
        return new ConfigDifference(inForce, timers, crypto, quorum, removed, all, notApplied, linksRefusal);
    }

    /**
     * The same with the links of {@code present}, because {@code why}. Nodes come and go all the same; one that is new has the addresses
     * that were read, on those links. If it has none there, the node list stays.
     */
    public ConfigDifference keepingLinksOf(ClusterConfig present, String why) {
        ClusterConfig kept = keepingLinks(present, inForce);
        List<String> said = new ArrayList<>(applied);
        said.removeAll(comingsAndGoings(present, inForce));
        said.addAll(0, comingsAndGoings(present, kept));
        List<String> left = new ArrayList<>(notApplied);
        addIfOther(left, NODE_LIST, ids(kept), ids(inForce));
        return new ConfigDifference(
                kept, timers, crypto, quorum, missingIn(kept, present), said, left, Optional.of(why));
    }

    /** What is told to whoever asked for the reload. */
    public ReloadReport report() {
        List<String> left = new ArrayList<>(notApplied);
        linksRefusal.ifPresent(why -> left.add("links (" + why + ")"));
        return new ReloadReport(applied, left);
    }

    private static ClusterConfig keepingLinks(ClusterConfig present, ClusterConfig fresh) {
        Set<Integer> numbers = present.nodes().get(0).addresses().keySet();
        List<NodeConfig> nodes = new ArrayList<>();
        for (NodeConfig node : fresh.nodes()) {
            TreeMap<Integer, String> addresses = new TreeMap<>(node.addresses());
            addresses.keySet().retainAll(numbers);
            present.node(node.id()).ifPresent(old -> addresses.putAll(old.addresses()));
            nodes.add(new NodeConfig(node.id(), node.name(), node.votes(), addresses, node.labels()));
        }
        try {
            return merged(present, fresh, present, nodes);
        } catch (ClusterException unfit) { // a new node without an address for a link that stays
            return merged(present, fresh, present, withVotes(present, fresh));
        }
    }

    /** Of {@code links} everything that the transport gets except addresses, which are those of {@code nodes}; what is not the transport's of {@code fresh}. */
    private static ClusterConfig merged(
            ClusterConfig present, ClusterConfig fresh, ClusterConfig links, List<NodeConfig> nodes) {
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

    /** The nodes of {@code present} with the votes of {@code fresh}. */
    private static List<NodeConfig> withVotes(ClusterConfig present, ClusterConfig fresh) {
        return present.nodes().stream()
                .map(node -> node.withVotes(fresh.node(node.id()).orElse(node).votes()))
                .toList();
    }

    /** Those of another provider mean nothing to this one. */
    private static SortedMap<String, String> optionsInForce(ClusterConfig present, ClusterConfig fresh) {
        boolean same = fresh.quorumProvider().equals(present.quorumProvider());
        return (same ? fresh : present).quorumOptions();
    }

    private static List<String> left(ClusterConfig present, ClusterConfig inForce, ClusterConfig fresh) {
        List<String> left = new ArrayList<>();
        addIfOther(left, "cluster_name", present.clusterName(), fresh.clusterName());
        addIfOther(left, "transport", present.transport(), fresh.transport());
        addIfOther(left, "compression", present.compression(), fresh.compression());
        addIfOther(left, NODE_LIST, ids(inForce), ids(fresh));
        addIfOther(left, "quorum.provider", present.quorumProvider(), fresh.quorumProvider());
        return left;
    }

    private static List<NodeId> ids(ClusterConfig config) {
        return config.nodes().stream().map(NodeConfig::id).toList();
    }

    /** Nodes of {@code config} that {@code other} does not list. */
    private static List<NodeId> missingIn(ClusterConfig other, ClusterConfig config) {
        return ids(config).stream().filter(id -> other.node(id).isEmpty()).toList();
    }

    private static List<String> comingsAndGoings(ClusterConfig before, ClusterConfig after) {
        List<String> phrases = new ArrayList<>();
        for (NodeId node : missingIn(before, after)) phrases.add(inWords(after, node) + " added");
        for (NodeId node : missingIn(after, before)) phrases.add(inWords(before, node) + " removed");
        return phrases;
    }

    private static String inWords(ClusterConfig config, NodeId id) {
        String name = config.node(id).map(NodeConfig::name).orElse("");
        return "node " + id + (name.isEmpty() ? "" : " (" + name + ")");
    }

    /** Of the nodes that are in both. */
    private static List<Integer> votes(ClusterConfig config, ClusterConfig other) {
        return config.nodes().stream()
                .filter(node -> other.node(node.id()).isPresent())
                .map(NodeConfig::votes)
                .toList();
    }

    /** What a quorum provider sees of the nodes. */
    private static List<NodeConfig> voters(ClusterConfig config) {
        return config.nodes().stream()
                .map(node -> new NodeConfig(node.id(), node.name(), node.votes(), new TreeMap<>(), node.labels()))
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
