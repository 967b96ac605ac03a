package org.quorate.examples.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.NodeId;
import org.quorate.spi.LinkTransport;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;
import org.quorate.spi.TransportSettings.Peer;
import org.quorate.spi.TransportSettings.PeerLink;

/**
 * Nodes 1 and 2 of a measurement on the transport {@code knet}, 127.0.0.1 and 127.0.0.2, each in a process of its own, with one link.
 *
 * @param port UDP port of both
 * @param crypto cipher and hash
 * @param pingInterval time between heartbeats
 * @param pingTimeout silence after which the link is down
 */
record Pair(int port, CryptoConfig crypto, Duration pingInterval, Duration pingTimeout) {
    private static final int KEY_BYTES = 256;
    private static final byte KEY_BYTE = 42;

    /** Opens node {@code self}. */
    TransportSession open(int self, TransportListener listener) {
        byte[] key = new byte[crypto.isOn() ? KEY_BYTES : 0];
        Arrays.fill(key, KEY_BYTE);
        int other = 3 - self;
        TreeMap<Integer, InetSocketAddress> own = new TreeMap<>();
        own.put(0, address(self));
        TreeMap<Integer, PeerLink> links = new TreeMap<>();
        links.put(0, new PeerLink(address(other), 1, pingInterval, pingTimeout, 2048, 2));
        TransportSettings settings = new TransportSettings(
                NodeId.of(self),
                own,
                List.of(new Peer(NodeId.of(other), links)),
                crypto,
                key,
                LinkMode.PASSIVE,
                Duration.ofSeconds(60),
                0);
        return knet().open(settings, listener);
    }

    private static LinkTransport knet() {
        return ServiceLoader.load(LinkTransport.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(transport -> transport.name().equals("knet"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no transport knet on the class path"));
    }

    /** 127.0.0.{@code host} and the port. */
    InetSocketAddress address(int host) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) host}), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // four bytes are an address
        }
    }
}
