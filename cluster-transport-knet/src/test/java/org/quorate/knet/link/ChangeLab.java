package org.quorate.knet.link;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.spi.TransportSettings;
import org.quorate.spi.TransportSettings.Peer;
import org.quorate.spi.TransportSettings.PeerLink;

/**
 * Engines whose own addresses come and go, on a network that delivers by address as a real one does: a datagram for an address that
 * nobody has bound is lost. Each node numbers its messages and keeps count of what arrives.
 */
final class ChangeLab {
    static final long MILLI = 1_000_000;
    static final Duration INTERVAL = Duration.ofMillis(200);
    static final Duration TIMEOUT = Duration.ofMillis(400);

    /** A datagram on its way. */
    record Flight(long at, long order, InetSocketAddress from, InetSocketAddress to, byte[] bytes) {}

    private final PriorityQueue<Flight> flights = new PriorityQueue<>(
            (a, b) -> a.at() != b.at() ? Long.compare(a.at(), b.at()) : Long.compare(a.order(), b.order()));
    private final TreeMap<Integer, Node> nodes = new TreeMap<>();
    private final RandomGenerator random;
    private long orders;
    long nowNanos;
    /** What the network loses. */
    Predicate<Flight> lost = flight -> false;

    ChangeLab(RandomGenerator random) {
        this.random = random;
    }

    /** An engine with its sockets. */
    class Node implements KnetOutput {
        final int id;
        final TreeMap<Integer, InetSocketAddress> sockets = new TreeMap<>();
        final List<String> events = new ArrayList<>();
        /** How often each number has arrived. */
        final TreeMap<Integer, Integer> arrived = new TreeMap<>();

        final KnetEngine engine;
        int sent;

        Node(int id, TransportSettings settings) {
            this.id = id;
            FrameCipher cipher = FrameCipher.of(settings.crypto(), settings.key(), new SplittableRandom(id));
            sockets.putAll(settings.localAddresses());
            engine = new KnetEngine(nowNanos, settings, cipher, 1000L * id, socket -> 1500, this);
            nodes.put(id, this);
        }

        /** As the session does: opens what is missing, and closes what the engine does without. */
        void reconfigure(TransportSettings settings) {
            settings.requireValid();
            TreeMap<Integer, Integer> socketOfLink = new TreeMap<>();
            settings.localAddresses().forEach((link, address) -> socketOfLink.put(link, socketAt(address)));
            engine.reconfigure(nowNanos, settings, socketOfLink);
        }

        private int socketAt(InetSocketAddress address) {
            for (Integer socket : sockets.keySet()) if (address.equals(sockets.get(socket))) return socket;
            int free = 0;
            while (sockets.containsKey(free)) free++;
            sockets.put(free, address);
            return free;
        }

        /** Sends the next number to that node. */
        void send(int target) {
            engine.send(nowNanos, NodeId.of(target), ByteBuffer.allocate(700).putInt(0, ++sent));
        }

        @Override
        public void datagram(int local, InetSocketAddress peer, ByteBuffer sealed) {
            InetSocketAddress from = sockets.get(local);
            if (from == null)
                throw new AssertionError("node " + id + " sends on socket " + local + ", which is closed");
            byte[] bytes = new byte[sealed.remaining()];
            sealed.get(sealed.position(), bytes);
            long delay = MILLI + random.nextLong(2 * MILLI);
            Flight flight = new Flight(nowNanos + delay, orders++, from, peer, bytes);
            if (!lost.test(flight)) flights.add(flight);
        }

        @Override
        public void probe(int local, InetSocketAddress peer, ByteBuffer sealed, NodeId to, int packetBytes) {
            datagram(local, peer, sealed);
        }

        @Override
        public void message(NodeId from, ByteBuffer message) {
            arrived.merge(message.getInt(message.position()), 1, Integer::sum);
        }

        @Override
        public void linkChanged(LinkStatus link) {
            events.add("link " + link.peer() + "/" + link.link() + (link.up() ? " up " : " down ") + link.localAddress()
                    + "-" + link.peerAddress() + ": " + link.why());
        }

        @Override
        public void linkDiagnosed(LinkStatus link) {}

        @Override
        public void mtuChanged(LinkStatus link) {}

        @Override
        public void peerChanged(NodeId peer, boolean reachable, String why) {
            events.add("peer " + peer + (reachable ? " reachable: " : " unreachable: ") + why);
        }

        @Override
        public void refused(String sentence) {
            events.add("refused: " + sentence);
        }

        @Override
        public void nodeIdClash(String evidence) {
            events.add("clash: " + evidence);
        }

        @Override
        public void socketUnused(int local) {
            sockets.remove(local);
        }

        List<String> taken() {
            List<String> taken = List.copyOf(events);
            events.clear();
            return taken;
        }

        List<LinkStatus> links() {
            return engine.links(nowNanos);
        }
    }

    /** Address number {@code variant} of a node on a link. */
    static InetSocketAddress address(int node, int link, int variant) {
        try {
            byte[] ip = {10, (byte) variant, (byte) link, (byte) node};
            return new InetSocketAddress(InetAddress.getByAddress(ip), 5405 + link);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    static PeerLink link(InetSocketAddress address, int priority) {
        return new PeerLink(address, priority, INTERVAL, TIMEOUT, 2048, 2);
    }

    static TransportSettings settings(
            int self, LinkMode mode, SortedMap<Integer, InetSocketAddress> own, List<Peer> peers) {
        return new TransportSettings(
                NodeId.of(self), own, peers, CryptoConfig.NONE, new byte[0], mode, Duration.ofSeconds(30), 0);
    }

    /** The node dies; what it has sent still arrives. */
    void kill(int id) {
        nodes.remove(id);
    }

    /** Lets time pass. */
    void run(long millis) {
        long end = nowNanos + millis * MILLI;
        while (true) {
            Node due = null;
            long next = flights.isEmpty() ? Long.MAX_VALUE : flights.element().at();
            for (Node node : nodes.values()) {
                if (node.engine.deadlineNanos() < next) {
                    due = node;
                    next = node.engine.deadlineNanos();
                }
            }
            if (next > end) break;
            nowNanos = Math.max(nowNanos, next);
            if (due != null) due.engine.tick(nowNanos);
            else deliver(flights.remove());
        }
        nowNanos = end;
    }

    private void deliver(Flight flight) {
        for (Node node : nodes.values())
            node.sockets.forEach((socket, address) -> {
                if (address.equals(flight.to()))
                    node.engine.datagram(nowNanos, socket, flight.from(), ByteBuffer.wrap(flight.bytes()));
            });
    }
}
