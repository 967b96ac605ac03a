package org.quorate.knet.link;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.quorate.LinkStatus;
import org.quorate.NodeId;

/** What {@link KnetEngine} asks of its shell. Buffers are valid during the call only. */
public interface KnetOutput {
    /** Send this UDP payload from the own socket {@code local} to {@code peer}. */
    void datagram(int local, InetSocketAddress peer, ByteBuffer sealed);

    /**
     * Send this probe of the path MTU; if the kernel refuses it as too long, call {@link KnetEngine#probeTooLong}.
     *
     * @param packetBytes length of the IP packet that it makes
     */
    void probe(int local, InetSocketAddress peer, ByteBuffer sealed, NodeId to, int packetBytes);

    /**
     * Send this ping from a socket of its own that is connected to {@code peer} and has the address of the own socket {@code local}; if
     * the network reports that it cannot arrive, call {@link KnetEngine#unreachable}. Doing nothing costs time when a peer dies, and
     * nothing else.
     */
    default void watch(int local, InetSocketAddress peer, ByteBuffer sealed) {}

    /** A message has arrived. */
    void message(NodeId from, ByteBuffer message);

    /** A peer seals with the cipher that was loaded and is not in use yet; once for each. */
    default void loadedKeySeen(NodeId peer) {}

    /** A link went up or down. */
    void linkChanged(LinkStatus link);

    /** Trouble with a link began, changed its kind or ended. */
    void linkDiagnosed(LinkStatus link);

    /** The MTU of a link that is up changed. */
    void mtuChanged(LinkStatus link);

    /** A peer became reachable or unreachable. */
    void peerChanged(NodeId peer, boolean reachable, String why);

    /** The process of a peer has ended: nobody listens at its port, and nothing comes from it over any link. */
    default void peerGone(NodeId peer) {}

    /** Packets are refused that an operator can do something about: one sentence with the evidence and the next step; seldom. */
    void refused(String sentence);

    /** The own socket {@code local} is not used any more: close it after what waits in it has been sent. */
    default void socketUnused(int local) {}

    /** Somebody else sends with the own node id. */
    void nodeIdClash(String evidence);
}
