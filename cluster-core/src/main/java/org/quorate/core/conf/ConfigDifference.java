package org.quorate.core.conf;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.CryptoConfig;
import org.quorate.NodeId;

/**
 * What a configuration that was read again changes, and what of that a running node acts on.
 *
 * @param inForce what the node goes by afterwards: the new values of what is applied, the old ones of the rest
 * @param timers the ring's timers, with the number of nodes that the new configuration lists
 * @param crypto whether key, cipher or hash change
 * @param applied what changes, one phrase each
 * @param notApplied what differs but stays as it is, one phrase each
 */
public record ConfigDifference(
        ClusterConfig inForce, RingTimers timers, boolean crypto, List<String> applied, List<String> notApplied) {
    /** Takes copies. */
    public ConfigDifference {
        applied = List.copyOf(applied);
        notApplied = List.copyOf(notApplied);
    }

    /**
     * Compares.
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
        return new ConfigDifference(
                new ClusterConfig(
                        present.clusterName(),
                        fresh.configVersion(),
                        present.transport(),
                        fresh.crypto(),
                        present.compression(),
                        present.ipVersion(),
                        present.linkMode(),
                        present.pmtudInterval(),
                        present.manualMtu(),
                        fresh.totem(),
                        present.links(),
                        present.nodes(),
                        present.quorumProvider(),
                        present.quorumOptions()),
                timers,
                crypto,
                applied,
                left(present, fresh));
    }

    private static List<String> left(ClusterConfig present, ClusterConfig fresh) {
        List<String> left = new ArrayList<>();
        addIfOther(left, "cluster_name", present.clusterName(), fresh.clusterName());
        addIfOther(left, "transport", present.transport(), fresh.transport());
        addIfOther(left, "compression", present.compression(), fresh.compression());
        addIfOther(left, "ip_version", present.ipVersion(), fresh.ipVersion());
        addIfOther(left, "link_mode", present.linkMode(), fresh.linkMode());
        addIfOther(left, "knet_pmtud_interval", present.pmtudInterval(), fresh.pmtudInterval());
        addIfOther(left, "knet_mtu", present.manualMtu(), fresh.manualMtu());
        addIfOther(left, "settings of links", present.links(), fresh.links());
        addIfOther(left, "the node list", present.nodes(), fresh.nodes());
        addIfOther(left, "quorum.provider", present.quorumProvider(), fresh.quorumProvider());
        addIfOther(left, "options of the quorum section", present.quorumOptions(), fresh.quorumOptions());
        return left;
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
