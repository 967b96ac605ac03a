package org.quorate.core.sim;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.quorate.ClusterConfig;
import org.quorate.LinkConfig;
import org.quorate.LinkStatus;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.core.NodeInput;
import org.quorate.core.conf.RingTimers;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.knet.link.KnetEngine;
import org.quorate.knet.link.KnetOutput;
import org.quorate.sim.SimNetwork;
import org.quorate.spi.TransportSettings;

/** The whole wire: knet with its links, heartbeats, fragments and ciphers; path n of the network is link n. */
final class KnetWire implements NodeWire, KnetOutput {
    /** IPv4 and UDP headers. */
    private static final int HEADERS_BYTES = 28;

    private static final int NUMBERS = 0xffff;
    private static final byte[] KEY = new byte[FrameCipher.MIN_KEY_BYTES];

    /** Hears what an operator would be told. */
    interface Log {
        /** One sentence; the same run says the same. */
        void say(String sentence);
    }

    private final SimNetwork network;
    private final NodeId self;
    private final int pathMtu;
    private final Consumer<NodeInput> node;
    private final Log log;
    private final KnetEngine knet;
    private final Map<Integer, InetSocketAddress> addresses = new HashMap<>();
    private int numbersToUse;
    private boolean usingNumbers;
    private byte[] lastSent = {};

    /**
     * A wire whose links are down.
     *
     * @param life of the node
     * @param interfaceMtu that the node knows of
     * @param pathMtu longer packets vanish
     * @param numbersToUse so many messages get lost as soon as the first peer is there, which brings the sequence near its end
     */
    KnetWire(
            SimNetwork network,
            ClusterConfig config,
            NodeId self,
            int life,
            int interfaceMtu,
            int pathMtu,
            int numbersToUse,
            RandomGenerator random,
            Consumer<NodeInput> node,
            Log log) {
        this.network = network;
        this.self = self;
        this.pathMtu = pathMtu;
        this.numbersToUse = Math.min(numbersToUse, NUMBERS);
        this.node = node;
        this.log = log;
        FrameCipher cipher = FrameCipher.of(config.crypto(), KEY, random);
        knet = new KnetEngine(0, settings(config, self), cipher, (long) life << 8, socket -> interfaceMtu, this);
    }

    private static TransportSettings settings(ClusterConfig config, NodeId self) {
        TreeMap<Integer, InetSocketAddress> own = new TreeMap<>();
        List<TransportSettings.Peer> peers = new ArrayList<>();
        int count = RingTimers.nodesOnLink0(config);
        for (NodeConfig listed : config.nodes()) {
            TreeMap<Integer, TransportSettings.PeerLink> links = new TreeMap<>();
            for (int number : listed.addresses().keySet()) {
                LinkConfig link = config.links().get(number);
                if (link == null) throw new IllegalArgumentException("link " + number + " has no settings");
                InetSocketAddress address = address(listed.id().value(), number);
                if (listed.id().equals(self)) own.put(number, address);
                links.put(
                        number,
                        new TransportSettings.PeerLink(
                                address,
                                link.priority(),
                                RingTimers.pingInterval(config.totem(), count, link),
                                RingTimers.pingTimeout(config.totem(), count, link),
                                link.pingPrecision(),
                                link.pongCount()));
            }
            if (!listed.id().equals(self)) peers.add(new TransportSettings.Peer(listed.id(), links));
        }
        return new TransportSettings(
                self, own, peers, config.crypto(), KEY, config.linkMode(), config.pmtudInterval(), config.manualMtu());
    }

    private static InetSocketAddress address(int node, int link) {
        try {
            byte[] bytes = {10, (byte) link, (byte) (node >> 8), (byte) node};
            return new InetSocketAddress(InetAddress.getByAddress(bytes), LinkConfig.DEFAULT_PORT + link);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int nodeAt(InetSocketAddress address) {
        byte[] bytes = address.getAddress().getAddress();
        return (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    }

    // ---- the node's calls

    @Override
    public void send(long nowNanos, NodeId target, byte[] packet) {
        knet.send(nowNanos, target, ByteBuffer.wrap(packet));
    }

    @Override
    public void sendToOthers(long nowNanos, byte[] packet) {
        useNumbers(nowNanos);
        knet.sendToOthers(nowNanos, ByteBuffer.wrap(packet));
    }

    @Override
    public void sendToAll(long nowNanos, byte[] packet) {
        useNumbers(nowNanos);
        knet.sendToAll(nowNanos, ByteBuffer.wrap(packet));
    }

    @Override
    public void received(long nowNanos, int from, int path, byte[] message) {
        InetSocketAddress source = addresses.computeIfAbsent(from << 3 | path, key -> address(from, path));
        knet.datagram(nowNanos, path, source, ByteBuffer.wrap(message));
    }

    @Override
    public void tick(long nowNanos) {
        knet.tick(nowNanos);
    }

    @Override
    public long deadlineNanos() {
        return knet.deadlineNanos();
    }

    @Override
    public void beginDiscard() {
        knet.beginDiscard();
    }

    @Override
    public int endDiscard() {
        return knet.endDiscard();
    }

    @Override
    public void close() {
        knet.close();
    }

    /** Sends messages that get lost, all of them. */
    private void useNumbers(long nowNanos) {
        if (numbersToUse == 0 || knet.peers(nowNanos).stream().noneMatch(peer -> peer.reachable())) return;
        usingNumbers = true;
        ByteBuffer nothing = ByteBuffer.allocate(1);
        for (; numbersToUse > 0; numbersToUse--) knet.sendToOthers(nowNanos, nothing);
        usingNumbers = false;
    }

    // ---- what knet asks for

    @Override
    public void datagram(int local, InetSocketAddress peer, ByteBuffer sealed) {
        if (usingNumbers || sealed.remaining() + HEADERS_BYTES > pathMtu) return;
        // in clear text all peers get the same octets, and hundreds of them may be under way
        if (!sealed.equals(ByteBuffer.wrap(lastSent))) {
            lastSent = new byte[sealed.remaining()];
            sealed.get(sealed.position(), lastSent);
        }
        network.send(self.value(), nodeAt(peer), local, lastSent);
    }

    @Override
    public void probe(int local, InetSocketAddress peer, ByteBuffer sealed, NodeId to, int packetBytes) {
        datagram(local, peer, sealed);
    }

    @Override
    public void message(NodeId from, ByteBuffer message) {
        byte[] copy = new byte[message.remaining()];
        message.get(message.position(), copy);
        node.accept(new NodeInput.Packet(copy));
    }

    @Override
    public void linkChanged(LinkStatus link) {
        log.say("link " + link.link() + " to " + link.peer() + (link.up() ? " up: " : " down: ") + link.why());
    }

    @Override
    public void linkDiagnosed(LinkStatus link) {}

    @Override
    public void mtuChanged(LinkStatus link) {}

    @Override
    public void peerChanged(NodeId peer, boolean reachable, String why) {
        if (reachable) node.accept(new NodeInput.PeerReachable(peer));
    }

    @Override
    public void refused(String sentence) {
        log.say("refuses: " + sentence);
    }

    @Override
    public void nodeIdClash(String evidence) {
        throw new AssertionError("node id clash: " + evidence);
    }
}
