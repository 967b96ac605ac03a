package org.quorate.knet.netty;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.knet.link.KnetOutput;
import org.quorate.spi.TransportListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what the engine of a session wants: datagrams go to sockets, news to the listener and the log. */
final class SessionOutput implements KnetOutput {
    private static final Logger log = LoggerFactory.getLogger(KnetSession.class);

    /** What only the session knows. */
    interface Session {
        /** Whether listeners hear nothing more. */
        boolean ended();

        /** Something was written, and waits for a flush. */
        void written();

        /** There was no room for a datagram. */
        void sendQueueFull();

        /** A probe of that size was too long for the system. */
        void probeTooLong(NodeId to, int socket, int packetBytes);
    }

    private final Session session;
    private final SocketSet sockets;
    private final WatchSockets watches;
    private final TransportListener listener;

    SessionOutput(Session session, SocketSet sockets, WatchSockets watches, TransportListener listener) {
        this.session = session;
        this.sockets = sockets;
        this.watches = watches;
        this.listener = listener;
    }

    @Override
    public void datagram(int local, InetSocketAddress peer, ByteBuffer sealed) {
        if (sockets.get(local).write(peer, sealed)) session.written();
        else session.sendQueueFull();
    }

    @Override
    public void probe(int local, InetSocketAddress peer, ByteBuffer sealed, NodeId to, int packetBytes) {
        sockets.get(local).write(peer, sealed, fate -> {
            if (!fate.isSuccess()) session.probeTooLong(to, local, packetBytes);
        });
        session.written();
    }

    @Override
    public void watch(int local, InetSocketAddress peer, ByteBuffer sealed) {
        watches.send(sockets.get(local).wanted.getAddress(), peer, sealed);
    }

    @Override
    public void socketUnused(int local) {
        sockets.retire(local);
    }

    @Override
    public void message(NodeId from, ByteBuffer message) {
        if (!session.ended()) listener.received(from, message);
    }

    @Override
    public void linkChanged(LinkStatus link) {
        log.debug("link {} to node {} is {}: {}", link.link(), link.peer(), link.up() ? "up" : "down", link.why());
        if (!session.ended()) listener.linkChanged(link);
    }

    @Override
    public void linkDiagnosed(LinkStatus link) {
        log.debug("{}", link.diagnosis().sentence());
        if (!session.ended()) listener.linkDiagnosed(link);
    }

    @Override
    public void mtuChanged(LinkStatus link) {
        if (!session.ended()) listener.mtuChanged(link);
    }

    @Override
    public void peerChanged(NodeId peer, boolean reachable, String why) {
        log.debug("node {} is {}reachable: {}", peer, reachable ? "" : "not ", why);
        if (!session.ended()) listener.peerChanged(peer, reachable, why);
    }

    @Override
    public void peerGone(NodeId peer) {
        if (!session.ended()) listener.peerGone(peer);
    }

    @Override
    public void loadedKeySeen(NodeId peer) {
        if (!session.ended()) listener.loadedKeySeen(peer);
    }

    @Override
    public void nodeIdClash(String evidence) {
        log.error("{}", evidence);
        if (!session.ended()) listener.nodeIdClash(evidence);
    }

    @Override
    public void refused(String sentence) {
        log.warn("{}", sentence);
    }
}
