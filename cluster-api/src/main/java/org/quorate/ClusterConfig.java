package org.quorate;

import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.ClusterException.Reason;

/**
 * What a cluster is made of: equal on all its nodes. Immutable; made by {@link #builder} or read from a corosync.conf.
 *
 * @param clusterName may be empty
 * @param configVersion raised with every change; a node whose version is behind the others' does not stay. 0 switches the check off
 * @param transport name of the {@link org.quorate.spi.LinkTransport}
 * @param crypto cipher and hash of the links
 * @param compression of messages that are sent
 * @param ipVersion which addresses host names resolve to
 * @param linkMode which usable links carry data
 * @param pmtudInterval time between two path MTU discoveries of a link
 * @param manualMtu IP packet size to use instead of discovering it, in bytes; 0 to discover
 * @param totem timers and limits of the ring
 * @param links settings by link number; every link that a node has an address for is in it
 * @param nodes ascending by node id
 * @param quorumProvider name of the {@link org.quorate.spi.QuorumProvider}
 * @param quorumOptions keys of corosync.conf's quorum section other than provider, in dotted form, for the provider
 */
public record ClusterConfig(
        String clusterName,
        long configVersion,
        String transport,
        CryptoConfig crypto,
        CompressionConfig compression,
        IpVersion ipVersion,
        LinkMode linkMode,
        Duration pmtudInterval,
        int manualMtu,
        TotemConfig totem,
        SortedMap<Integer, LinkConfig> links,
        List<NodeConfig> nodes,
        String quorumProvider,
        SortedMap<String, String> quorumOptions) {
    /** Largest number of nodes; a limit of the join message in Corosync. */
    public static final int MAX_NODES = 384;

    /** Takes copies and checks what can be checked without touching the host. */
    public ClusterConfig {
        links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
        nodes = nodes.stream().sorted((a, b) -> a.id().compareTo(b.id())).toList();
        quorumOptions = Collections.unmodifiableSortedMap(new TreeMap<>(quorumOptions));
        check(!nodes.isEmpty(), "the node list is empty; list at least this node");
        check(
                nodes.size() <= MAX_NODES,
                "the node list has " + nodes.size() + " nodes; at most " + MAX_NODES + " are possible");
        check(configVersion >= 0, "config_version " + configVersion + " is negative");
        Set<NodeId> ids = new HashSet<>();
        Set<String> names = new HashSet<>();
        Set<Integer> firstLinks = nodes.get(0).addresses().keySet();
        for (NodeConfig node : nodes) {
            check(ids.add(node.id()), "node id " + node.id() + " is in the node list twice; ids are unique");
            check(
                    node.name().isEmpty() || names.add(node.name()),
                    "node name " + node.name() + " is in the node list twice; names are unique");
            check(!node.addresses().isEmpty(), "node " + node.id() + " has no address; give it at least ring0_addr");
            check(
                    node.addresses().keySet().equals(firstLinks),
                    "node " + node.id() + " has addresses for links "
                            + node.addresses().keySet() + " but node "
                            + nodes.get(0).id() + " for links " + firstLinks + "; all nodes need the same links");
            check(
                    !node.name().isEmpty() || firstLinks.size() == 1,
                    "node " + node.id() + " has no name; with more than one link every node needs one");
            for (int link : node.addresses().keySet())
                check(links.containsKey(link), "link " + link + " has addresses but no settings");
        }
    }

    /** A configuration with every default: knet, encryption on, majority quorum. */
    public static Builder builder(String clusterName) {
        return new Builder(clusterName);
    }

    /** The entry of {@code id}, if it is listed. */
    public Optional<NodeConfig> node(NodeId id) {
        return nodes.stream().filter(n -> n.id().equals(id)).findFirst();
    }

    private static void check(boolean good, String what) {
        if (!good) throw new ClusterException(Reason.CONFIGURATION_INVALID, what);
    }

    /** Collects options; every one has a default but the nodes. Not thread-safe. */
    public static final class Builder {
        private final String clusterName;
        private long configVersion = 1;
        private String transport = "knet";
        private CryptoConfig crypto = CryptoConfig.DEFAULT;
        private CompressionConfig compression = CompressionConfig.OFF;
        private IpVersion ipVersion = IpVersion.IPV6_4;
        private LinkMode linkMode = LinkMode.PASSIVE;
        private Duration pmtudInterval = Duration.ofSeconds(30);
        private int manualMtu;
        private TotemConfig totem = TotemConfig.DEFAULT;
        private final TreeMap<Integer, LinkConfig> links = new TreeMap<>();
        private final TreeMap<NodeId, NodeConfig> nodes = new TreeMap<>();
        private String quorumProvider = "corosync_votequorum";
        private final TreeMap<String, String> quorumOptions = new TreeMap<>();

        private Builder(String clusterName) {
            this.clusterName = clusterName;
        }

        /** Version of this configuration; 1 unless set. */
        public Builder configVersion(long version) {
            this.configVersion = version;
            return this;
        }

        /** Name of the transport; {@code knet} unless set. */
        public Builder transport(String name) {
            this.transport = name;
            return this;
        }

        /** Cipher and hash; AES-256 and SHA-256 unless set. */
        public Builder crypto(CryptoConfig config) {
            this.crypto = config;
            return this;
        }

        /** Compression of messages that are sent; off unless set. */
        public Builder compression(CompressionConfig config) {
            this.compression = config;
            return this;
        }

        /** Which addresses host names resolve to; IPv6 before IPv4 unless set, as in Corosync. */
        public Builder ipVersion(IpVersion version) {
            this.ipVersion = version;
            return this;
        }

        /** Which usable links carry data; passive unless set. */
        public Builder linkMode(LinkMode mode) {
            this.linkMode = mode;
            return this;
        }

        /** Time between two path MTU discoveries; 30 s unless set. */
        public Builder pmtudInterval(Duration interval) {
            this.pmtudInterval = interval;
            return this;
        }

        /** IP packet size to use instead of discovering it; 0 (the default) discovers. */
        public Builder manualMtu(int ipPacketBytes) {
            this.manualMtu = ipPacketBytes;
            return this;
        }

        /** Timers of the ring; Corosync's defaults unless set. */
        public Builder totem(TotemConfig config) {
            this.totem = config;
            return this;
        }

        /** Settings of one link; defaults for links that are not set but have addresses. */
        public Builder link(LinkConfig link) {
            links.put(link.number(), link);
            return this;
        }

        /** Adds a node; the last one with an id wins. */
        public Builder node(NodeConfig node) {
            nodes.put(node.id(), node);
            return this;
        }

        /** Name of the quorum provider; {@code corosync_votequorum} unless set. */
        public Builder quorumProvider(String name) {
            this.quorumProvider = name;
            return this;
        }

        /** One option of the quorum provider. */
        public Builder quorumOption(String key, String value) {
            quorumOptions.put(key, value);
            return this;
        }

        /** Checks everything and makes the configuration. */
        public ClusterConfig build() {
            TreeMap<Integer, LinkConfig> all = new TreeMap<>(links);
            for (NodeConfig node : nodes.values())
                for (int link : node.addresses().keySet()) all.putIfAbsent(link, LinkConfig.of(link));
            return new ClusterConfig(
                    clusterName,
                    configVersion,
                    transport,
                    crypto,
                    compression,
                    ipVersion,
                    linkMode,
                    pmtudInterval,
                    manualMtu,
                    totem,
                    all,
                    List.copyOf(nodes.values()),
                    quorumProvider,
                    quorumOptions);
        }
    }
}
