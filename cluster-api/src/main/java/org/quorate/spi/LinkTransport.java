package org.quorate.spi;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A way to move messages between nodes: addressed by node id, unreliable, unordered, up to 64 KiB each.
 * Found by {@link java.util.ServiceLoader} and chosen by {@link #name}.
 */
public interface LinkTransport {
    /** Largest message in bytes. */
    int MAX_MESSAGE_BYTES = 65_536;

    /** The name in the configuration, such as {@code knet}. */
    String name();

    /**
     * Opens sockets and begins to look for the peers. All calls to {@code listener} are made on the session's loop, none before this
     * method has returned.
     *
     * @throws org.quorate.ClusterException if an address is not local, a port is busy, or the settings cannot be met
     */
    TransportSession open(TransportSettings settings, TransportListener listener);

    /**
     * Binds the own addresses of links that no node uses yet, to try them with {@link LinkProbes}. Empty if this transport cannot.
     *
     * @param own address and port by link number, as they would be in {@link TransportSettings#localAddresses}
     * @throws org.quorate.ClusterException if an address is not local or a port is busy
     */
    default Optional<ProbeSession> openProbes(SortedMap<Integer, InetSocketAddress> own) {
        return Optional.empty();
    }
}
