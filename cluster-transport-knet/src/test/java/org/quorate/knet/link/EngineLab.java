package org.quorate.knet.link;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.knet.Ciphers;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.knet.wire.Decoded;
import org.quorate.knet.wire.KnetFrame;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrame.PmtudFrame;
import org.quorate.knet.wire.KnetFrame.PmtudReplyFrame;
import org.quorate.knet.wire.KnetFrame.PongFrame;
import org.quorate.knet.wire.KnetFrames;
import org.quorate.spi.TransportSettings;
import org.quorate.spi.TransportSettings.Peer;
import org.quorate.spi.TransportSettings.PeerLink;

/** Some engines, a network between them and a clock, all of paper. Node n has the address 10.0.LINK.n, port 5405 + LINK. */
final class EngineLab {
    static final long MILLI = 1_000_000;
    /** Pings every 200 ms, down after 400 ms, up at the third pong. */
    static final Duration INTERVAL = Duration.ofMillis(200);

    static final Duration TIMEOUT = Duration.ofMillis(400);

    /** A datagram on its way. */
    record Flight(long at, long order, int from, int link, InetSocketAddress to, byte[] bytes) {}

    private final PriorityQueue<Flight> flights = new PriorityQueue<>(
            (a, b) -> a.at() != b.at() ? Long.compare(a.at(), b.at()) : Long.compare(a.order(), b.order()));
    private final TreeMap<Integer, Node> nodes = new TreeMap<>();
    private long orders;
    private long nowNanos;
    /** What the network loses. */
    Predicate<Flight> lost = flight -> false;

    /** An engine and everything that came out of it, in words. */
    final class Node implements KnetOutput {
        final int id;
        final List<String> out = new ArrayList<>();
        final List<String> mtus = new ArrayList<>();
        final KnetEngine engine;
        /** Looks at messages before they are put into words. */
        Consumer<ByteBuffer> reader = message -> {};

        Node(int id, TransportSettings settings) {
            this.id = id;
            FrameCipher cipher = FrameCipher.of(settings.crypto(), settings.key(), new SplittableRandom(id));
            this.engine = new KnetEngine(nowNanos, settings, cipher, 1000 + id, link -> 1500, this);
        }

        @Override
        public void datagram(int localLink, InetSocketAddress peer, ByteBuffer sealed) {
            byte[] bytes = new byte[sealed.remaining()];
            sealed.get(sealed.position(), bytes);
            out.add("to " + nodeAt(peer) + "/" + localLink + " " + describe(bytes));
            Flight flight = new Flight(nowNanos + MILLI, orders++, id, localLink, peer, bytes);
            if (!lost.test(flight)) flights.add(flight);
        }

        @Override
        public void probe(int localLink, InetSocketAddress peer, ByteBuffer sealed, NodeId to, int packetBytes) {
            datagram(localLink, peer, sealed);
        }

        @Override
        public void message(NodeId from, ByteBuffer message) {
            reader.accept(message);
            out.add("message from " + from + ": " + message.remaining() + " bytes, first "
                    + message.get(message.position()));
        }

        @Override
        public void linkChanged(LinkStatus link) {
            out.add("link " + link.peer() + "/" + link.link() + (link.up() ? " up" : " down")
                    + (link.active() ? " active: " : ": ") + link.why());
        }

        @Override
        public void linkDiagnosed(LinkStatus link) {
            out.add("link " + link.peer() + "/" + link.link() + " is "
                    + link.diagnosis().kind() + ": " + link.diagnosis().sentence());
        }

        @Override
        public void mtuChanged(LinkStatus link) {
            mtus.add(link.peer() + "/" + link.link() + " " + link.mtu().bytes());
        }

        @Override
        public void peerChanged(NodeId peer, boolean reachable, String why) {
            out.add("peer " + peer + (reachable ? " reachable: " : " unreachable: ") + why);
        }

        @Override
        public void refused(String sentence) {
            out.add("refused: " + sentence);
        }

        @Override
        public void loadedKeySeen(NodeId peer) {
            out.add("loaded key seen from " + peer);
        }

        @Override
        public void nodeIdClash(String evidence) {
            out.add("clash: " + evidence);
        }

        /** What came out since the last call. */
        List<String> taken() {
            List<String> taken = List.copyOf(out);
            out.clear();
            return taken;
        }

        /** The same without frames: messages and reports. */
        List<String> events() {
            return taken().stream().filter(line -> !line.startsWith("to ")).toList();
        }

        /** Gives the engine a frame as if it came from that node, in clear. */
        void receive(int from, int link, KnetFrame frame) {
            receive(address(from, link), plain(frame));
        }

        void receive(InetSocketAddress from, byte[] datagram) {
            engine.datagram(nowNanos, from, ByteBuffer.wrap(datagram));
        }

        void send(int target, int bytes, int first) {
            engine.send(nowNanos, NodeId.of(target), EngineLab.message(bytes, first));
        }

        long dropped(String reason) {
            return engine.counters().getOrDefault("drop." + reason, -1L);
        }
    }

    static ByteBuffer message(int bytes, int first) {
        return ByteBuffer.allocate(bytes).put(0, (byte) first);
    }

    static byte[] plain(KnetFrame frame) {
        ByteBuffer plain = ByteBuffer.allocate(frame.encodedBytes());
        frame.encode(plain);
        return plain.array();
    }

    static InetSocketAddress address(int node, int link) {
        try {
            byte[] ip = {10, 0, (byte) link, (byte) node};
            return new InetSocketAddress(InetAddress.getByAddress(ip), 5405 + link);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static int nodeAt(InetSocketAddress address) {
        return address.getAddress().getAddress()[3];
    }

    static Peer peer(int id, int... priorities) {
        TreeMap<Integer, PeerLink> links = new TreeMap<>();
        for (int i = 0; i < priorities.length; i++)
            links.put(i, new PeerLink(address(id, i), priorities[i], INTERVAL, TIMEOUT, 2048, 2));
        return new Peer(NodeId.of(id), links);
    }

    static TransportSettings settings(int id, LinkMode mode, int links, Peer... peers) {
        TreeMap<Integer, InetSocketAddress> local = new TreeMap<>();
        for (int i = 0; i < links; i++) local.put(i, address(id, i));
        return new TransportSettings(
                NodeId.of(id), local, List.of(peers), CryptoConfig.NONE, new byte[0], mode, Duration.ofSeconds(30), 0);
    }

    /** Starts node {@code id}, or starts it again with nothing remembered. */
    Node start(int id, TransportSettings settings) {
        Node node = new Node(id, settings);
        nodes.put(id, node);
        return node;
    }

    /** Starts nodes 1 to {@code count}, each with links of these priorities to all others. */
    List<Node> startAll(int count, LinkMode mode, int... priorities) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(id -> start(
                        id,
                        settings(
                                id,
                                mode,
                                priorities.length,
                                IntStream.rangeClosed(1, count)
                                        .filter(other -> other != id)
                                        .mapToObj(other -> peer(other, priorities))
                                        .toArray(Peer[]::new))))
                .toList();
    }

    /** The same with cipher, hash, and the test key of that number. */
    List<Node> startAll(int count, CryptoConfig crypto, int key, LinkMode mode, int... priorities) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(id -> {
                    Peer[] others = IntStream.rangeClosed(1, count)
                            .filter(other -> other != id)
                            .mapToObj(other -> peer(other, priorities))
                            .toArray(Peer[]::new);
                    TransportSettings clear = settings(id, mode, priorities.length, others);
                    return start(
                            id,
                            new TransportSettings(
                                    clear.self(),
                                    clear.localAddresses(),
                                    clear.peers(),
                                    crypto,
                                    Ciphers.key(256, key),
                                    mode,
                                    clear.pmtudInterval(),
                                    0));
                })
                .toList();
    }

    /** The node dies; what it has sent still arrives. */
    void kill(int id) {
        nodes.remove(id);
    }

    long nowMillis() {
        return nowNanos / MILLI;
    }

    /** Lets time pass for everybody. */
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
        Node to = nodes.get(nodeAt(flight.to()));
        if (to != null) to.receive(address(flight.from(), flight.link()), flight.bytes());
    }

    /** A frame in words; "sealed" if it is not a clear one. */
    private static String describe(byte[] bytes) {
        if (!(KnetFrames.decode(ByteBuffer.wrap(bytes)) instanceof Decoded.Ok ok)) return "sealed " + bytes.length;
        KnetFrame frame = ok.frame();
        if (frame instanceof PingFrame p) return "PING " + p.sequence() + (p.timed() ? "" : " untimed");
        if (frame instanceof PongFrame p) return "PONG " + p.sequence() + (p.timed() ? "" : " untimed");
        if (frame instanceof PmtudFrame p) return "PMTUD " + p.size();
        if (frame instanceof PmtudReplyFrame p) return "PMTUD_REPLY " + p.size();
        DataFrame data = (DataFrame) frame;
        return "DATA " + data.sequence() + " part " + data.fragment() + "/" + data.fragments() + " of "
                + data.payload().remaining() + (data.broadcast() ? " to all" : "");
    }
}
