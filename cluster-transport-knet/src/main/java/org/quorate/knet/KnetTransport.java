package org.quorate.knet;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.SortedMap;
import org.quorate.knet.netty.KnetSession;
import org.quorate.knet.netty.ProbeSocket;
import org.quorate.spi.LinkTransport;
import org.quorate.spi.ProbeSession;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;

/**
 * The transport {@code knet}: up to eight redundant, encrypted UDP links to each peer, in the wire format of Kronosnet 1.x, so that peers
 * may be Corosync daemons. Stateless; each session has a thread of its own.
 *
 * <p>{@link TransportSession#counters} of its sessions: {@code drop.*} by reason, {@code sent.messages} and {@code delivered.messages},
 * {@code sent.compressed} and {@code delivered.compressed} (those of them that travel compressed), and {@code
 * link.<node>.<link>.{sent,received}.{packets,bytes}}. Its sessions are {@link org.quorate.spi.LinkProbes}.
 */
public final class KnetTransport implements LinkTransport {
    /** Called by {@link java.util.ServiceLoader}, or by hand. */
    public KnetTransport() {}

    @Override
    public String name() {
        return "knet";
    }

    @Override
    public TransportSession open(TransportSettings settings, TransportListener listener) {
        return KnetSession.open(settings, listener);
    }

    @Override
    public Optional<ProbeSession> openProbes(SortedMap<Integer, InetSocketAddress> own) {
        return Optional.of(ProbeSocket.open(own));
    }
}
