package org.quorate.examples.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.quorate.LinkConfig;
import org.quorate.NodeConfig;
import org.quorate.NodeId;

/**
 * The cables between the nodes: every packet goes through here, so a cable can be cut without any node knowing. The nodes run unchanged;
 * what they see is silence, as with a real cable.
 *
 * <p>Addresses are 127.LINK.VIEWER.NODE. A node itself listens at 127.LINK.0.NODE; node 1 knows node 2 as 127.LINK.1.2, which is a socket
 * of this wire. What arrives there goes on to 127.LINK.0.2, sent from 127.LINK.2.1, which is how node 2 knows node 1. The port of a link
 * is the same everywhere. Needs a system on which all of 127.0.0.0/8 is local, such as Linux.
 */
final class CuttableWire implements AutoCloseable {
    private final int nodes;
    private final int[] ports;
    private final Selector selector;
    private final Map<Cable, DatagramChannel> sockets = new HashMap<>();
    private final Set<Integer> cutLinks = ConcurrentHashMap.newKeySet();
    private final Set<Integer> silentNodes = ConcurrentHashMap.newKeySet();
    private final Thread thread;

    /** What {@code viewer} sends to {@code target} over {@code link} arrives at this cable's socket. */
    private record Cable(int link, int viewer, int target) {
        Cable reversed() {
            return new Cable(link, target, viewer);
        }
    }

    private CuttableWire(int nodes, int[] ports, Selector selector) {
        this.nodes = nodes;
        this.ports = ports;
        this.selector = selector;
        thread = new Thread(this::forward, "quickstart-wire");
        thread.setDaemon(true);
    }

    /** Cables between nodes 1 to {@code nodes}, on ports that are free now. */
    static CuttableWire open(int nodes, int links) {
        int[] ports = new int[links];
        try {
            for (int link = 0; link < links; link++) ports[link] = freePort(link);
            CuttableWire wire = new CuttableWire(nodes, ports, Selector.open());
            try {
                wire.bind();
            } catch (IOException e) {
                wire.close();
                throw e;
            }
            wire.thread.start();
            return wire;
        } catch (IOException e) {
            throw new QuickstartFailure("cannot open the loopback sockets of the example: " + e.getMessage());
        }
    }

    /** The settings of link {@code number}. */
    LinkConfig link(int number) {
        return LinkConfig.of(number).withPort(ports[number]);
    }

    /** The node list's entry of {@code target} as {@code viewer} has to have it. */
    NodeConfig entry(NodeId viewer, NodeId target) {
        TreeMap<Integer, String> addresses = new TreeMap<>();
        for (int link = 0; link < ports.length; link++)
            addresses.put(link, text(link, viewer.equals(target) ? 0 : viewer.value(), target.value()));
        return new NodeConfig(target, "node-" + target, 1, addresses, Map.of());
    }

    /** From now on nothing gets through on {@code link}, in no direction. */
    void cutLink(int link) {
        cutLinks.add(link);
    }

    /** Undoes {@link #cutLink}. */
    void mendLink(int link) {
        cutLinks.remove(link);
    }

    /** From now on nothing gets to or from {@code node}, on any link. */
    void silence(NodeId node) {
        silentNodes.add(node.value());
    }

    /** Undoes {@link #silence}. */
    void hear(NodeId node) {
        silentNodes.remove(node.value());
    }

    @Override
    public void close() {
        try {
            selector.close();
            thread.join(TimeUnit.SECONDS.toMillis(2));
            for (DatagramChannel socket : sockets.values()) socket.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void bind() throws IOException {
        for (int link = 0; link < ports.length; link++)
            for (int viewer = 1; viewer <= nodes; viewer++)
                for (int target = 1; target <= nodes; target++)
                    if (viewer != target) bind(new Cable(link, viewer, target));
    }

    private void bind(Cable cable) throws IOException {
        DatagramChannel socket = DatagramChannel.open();
        sockets.put(cable, socket);
        socket.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
        socket.bind(address(cable.link(), cable.viewer(), cable.target()));
        socket.configureBlocking(false);
        socket.register(selector, SelectionKey.OP_READ, cable);
    }

    private void forward() {
        ByteBuffer packet = ByteBuffer.allocateDirect(65_536);
        try {
            while (selector.isOpen()) {
                selector.select();
                if (!selector.isOpen()) return;
                for (SelectionKey key : selector.selectedKeys())
                    if (key.attachment() instanceof Cable cable) drain(cable, packet);
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClosedSelectorException e) {
            // closed while waiting: the example is over
        }
    }

    private void drain(Cable cable, ByteBuffer packet) throws IOException {
        DatagramChannel in = socket(cable);
        DatagramChannel out = socket(cable.reversed());
        InetSocketAddress destination = address(cable.link(), 0, cable.target());
        InetSocketAddress source = address(cable.link(), 0, cable.viewer());
        for (packet.clear(); in.receive(packet) instanceof InetSocketAddress from; packet.clear()) {
            boolean dead = cutLinks.contains(cable.link())
                    || silentNodes.contains(cable.viewer())
                    || silentNodes.contains(cable.target());
            if (dead || !from.getAddress().equals(source.getAddress())) continue;
            out.send(packet.flip(), destination);
        }
    }

    private DatagramChannel socket(Cable cable) {
        DatagramChannel socket = sockets.get(cable);
        if (socket == null) throw new IllegalStateException("no socket for " + cable);
        return socket;
    }

    private InetSocketAddress address(int link, int viewer, int target) throws UnknownHostException {
        return new InetSocketAddress(loopback(link, viewer, target), ports[link]);
    }

    private static InetAddress loopback(int link, int viewer, int target) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, (byte) link, (byte) viewer, (byte) target});
    }

    private static String text(int link, int viewer, int target) {
        return "127." + link + "." + viewer + "." + target;
    }

    private static int freePort(int link) throws IOException {
        try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress(loopback(link, 0, 1), 0))) {
            return probe.getLocalPort();
        }
    }
}
