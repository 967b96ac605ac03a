package org.quorate.sim;

import org.quorate.spi.LinkTransport;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;

/**
 * The {@link LinkTransport} {@code memory}: several nodes in one JVM without sockets, for applications' own tests. Each node has a
 * real thread. Nodes of one {@link MemoryNetwork} reach each other if each lists the other as a peer and both have the same key;
 * addresses are not looked at. Reaches the others at once, so a cluster forms within milliseconds.
 */
public final class MemoryTransport implements LinkTransport {
    private final MemoryNetwork network;

    /** On {@link MemoryNetwork#shared}; for {@link java.util.ServiceLoader}. */
    public MemoryTransport() {
        this(MemoryNetwork.shared());
    }

    /** On a network of its own. */
    public MemoryTransport(MemoryNetwork network) {
        this.network = network;
    }

    @Override
    public String name() {
        return "memory";
    }

    /**
     * Opens a session. The listener hears nothing, and the peers do not reach this node, until {@link TransportSession#loop} has been
     * called for the first time.
     *
     * @throws org.quorate.ClusterException with reason PORT_BUSY if a node of this id is open on the network
     */
    @Override
    public TransportSession open(TransportSettings settings, TransportListener listener) {
        return network.open(settings, listener);
    }
}
