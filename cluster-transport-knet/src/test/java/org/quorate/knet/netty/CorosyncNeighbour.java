package org.quorate.knet.netty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.knet.KnetTransport;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;

/**
 * A program for trying knet beside real Corosync daemons: a node that keeps its links but says nothing. Arguments: own id, number of
 * nodes, number of links, key file ("none" for no encryption), seconds. Host n has the address 10.77.LINK.n on each link.
 */
public final class CorosyncNeighbour {
    private CorosyncNeighbour() {}

    /** Runs until its time is over, printing what it hears. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int self = Integer.parseInt(args[0]);
        int nodes = Integer.parseInt(args[1]);
        int links = Integer.parseInt(args[2]);
        boolean clear = args[3].equals("none");
        List<TransportSettings.Peer> peers = new ArrayList<>();
        for (int node = 1; node <= nodes; node++)
            if (node != self) peers.add(new TransportSettings.Peer(NodeId.of(node), peerLinks(node, links)));
        TreeMap<Integer, InetSocketAddress> local = new TreeMap<>();
        peerLinks(self, links).forEach((link, own) -> local.put(link, own.address()));
        TransportSettings settings = new TransportSettings(
                NodeId.of(self),
                local,
                peers,
                clear ? CryptoConfig.NONE : CryptoConfig.DEFAULT,
                clear ? new byte[0] : Files.readAllBytes(Path.of(args[3])),
                LinkMode.PASSIVE,
                Duration.ofSeconds(30),
                0);
        AtomicLong messages = new AtomicLong();
        TransportSession session = new KnetTransport().open(settings, new TransportListener() {
            @Override
            public void received(NodeId from, ByteBuffer message) {
                if (messages.getAndIncrement() < 5)
                    System.out.println("message of " + message.remaining() + " bytes from " + from);
            }

            @Override
            public void linkChanged(LinkStatus link) {
                System.out.println(link);
            }

            @Override
            public void peerChanged(NodeId peer, boolean reachable, String why) {
                System.out.println("node " + peer + " reachable " + reachable + ": " + why);
            }
        });
        try (session) {
            session.loop();
            TimeUnit.SECONDS.sleep(Long.parseLong(args[4]));
            CountDownLatch printed = new CountDownLatch(1);
            session.loop().execute(() -> {
                session.links().forEach(System.out::println);
                System.out.println(session.counters());
                printed.countDown();
            });
            printed.await();
            System.out.println(messages + " messages");
        }
    }

    private static SortedMap<Integer, TransportSettings.PeerLink> peerLinks(int node, int links) throws IOException {
        TreeMap<Integer, TransportSettings.PeerLink> all = new TreeMap<>();
        for (int link = 0; link < links; link++)
            all.put(
                    link,
                    new TransportSettings.PeerLink(
                            new InetSocketAddress(InetAddress.getByName("10.77." + link + "." + node), 5405 + link),
                            1,
                            Duration.ofMillis(912),
                            Duration.ofMillis(1825),
                            2048,
                            2));
        return all;
    }
}
