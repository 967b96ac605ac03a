package org.quorate.spi;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.CompressionConfig;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.NodeId;

/**
 * What a transport needs to know; addresses are resolved.
 *
 * @param self this node
 * @param localAddresses own address and port by link number; port 0 lets the system choose, for tests
 * @param peers the other nodes
 * @param crypto cipher and hash
 * @param key secret, 128 to 4096 bytes; empty if crypto is off. The transport copies it and wipes its copy at the end
 * @param linkMode which usable links carry data
 * @param pmtudInterval time between two path MTU discoveries
 * @param manualMtu IP packet size to use instead of discovering it; 0 to discover
 * @param compression of messages that are sent
 * @param allowLists by own link, from where packets are taken at all; a link without a list takes them from everywhere, and then only
 *     believes those from the configured address of a peer
 */
public record TransportSettings(
        NodeId self,
        SortedMap<Integer, InetSocketAddress> localAddresses,
        List<Peer> peers,
        CryptoConfig crypto,
        byte[] key,
        LinkMode linkMode,
        Duration pmtudInterval,
        int manualMtu,
        CompressionConfig compression,
        SortedMap<Integer, List<AddressRule>> allowLists) {
    /** Without allow lists. */
    public TransportSettings(
            NodeId self,
            SortedMap<Integer, InetSocketAddress> localAddresses,
            List<Peer> peers,
            CryptoConfig crypto,
            byte[] key,
            LinkMode linkMode,
            Duration pmtudInterval,
            int manualMtu,
            CompressionConfig compression) {
        this(
                self,
                localAddresses,
                peers,
                crypto,
                key,
                linkMode,
                pmtudInterval,
                manualMtu,
                compression,
                new TreeMap<>());
    }

    /** Without compression and allow lists. */
    public TransportSettings(
            NodeId self,
            SortedMap<Integer, InetSocketAddress> localAddresses,
            List<Peer> peers,
            CryptoConfig crypto,
            byte[] key,
            LinkMode linkMode,
            Duration pmtudInterval,
            int manualMtu) {
        this(self, localAddresses, peers, crypto, key, linkMode, pmtudInterval, manualMtu, CompressionConfig.OFF);
    }

    /** Takes copies of the collections. */
    public TransportSettings {
        localAddresses = Collections.unmodifiableSortedMap(new TreeMap<>(localAddresses));
        peers = List.copyOf(peers);
        TreeMap<Integer, List<AddressRule>> lists = new TreeMap<>();
        allowLists.forEach((link, rules) -> lists.put(link, List.copyOf(rules)));
        allowLists = Collections.unmodifiableSortedMap(lists);
    }

    /** The same with these allow lists. */
    public TransportSettings withAllowLists(SortedMap<Integer, List<AddressRule>> lists) {
        return new TransportSettings(
                self, localAddresses, peers, crypto, key, linkMode, pmtudInterval, manualMtu, compression, lists);
    }

    /** The same with these peers and no others. */
    public TransportSettings withPeers(List<Peer> others) {
        return new TransportSettings(
                self, localAddresses, others, crypto, key, linkMode, pmtudInterval, manualMtu, compression, allowLists);
    }

    /** The same with id, cipher and key of {@code other}. */
    public TransportSettings withIdentityOf(TransportSettings other) {
        return new TransportSettings(
                other.self,
                localAddresses,
                peers,
                other.crypto,
                other.key,
                linkMode,
                pmtudInterval,
                manualMtu,
                compression,
                allowLists);
    }

    /**
     * What contradicts itself or is out of range, one sentence each; empty if nothing is.
     *
     * <p>Source: corosync.conf(5), and libknet 1.27 for the least ping timeout.
     */
    public List<String> problems() {
        return new SettingsCheck(this).problems();
    }

    /**
     * Throws if there are any {@link #problems}; all are in the message.
     *
     * @throws org.quorate.ClusterException with reason CONFIGURATION_INVALID
     */
    public void requireValid() {
        List<String> problems = problems();
        if (!problems.isEmpty()) throw new ClusterException(Reason.CONFIGURATION_INVALID, String.join("; ", problems));
    }

    /**
     * Another node.
     *
     * @param id its node id
     * @param links its links by number
     */
    public record Peer(NodeId id, SortedMap<Integer, PeerLink> links) {
        /** Takes a copy. */
        public Peer {
            links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
        }
    }

    /**
     * One link to a peer.
     *
     * @param address where the peer listens
     * @param priority 0..255, the highest usable one carries the data in passive mode
     * @param pingInterval time between heartbeats
     * @param pingTimeout silence after which the link is down
     * @param pingPrecision samples that the mean latency remembers
     * @param pongCount a link is up after this many pongs and one more
     */
    public record PeerLink(
            InetSocketAddress address,
            int priority,
            Duration pingInterval,
            Duration pingTimeout,
            int pingPrecision,
            int pongCount) {}
}
