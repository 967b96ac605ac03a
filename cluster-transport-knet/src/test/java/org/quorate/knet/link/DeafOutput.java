package org.quorate.knet.link;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.quorate.LinkStatus;
import org.quorate.NodeId;

/** Takes what an engine says and forgets it; tests override what they want to know. */
class DeafOutput implements KnetOutput {
    @Override
    public void datagram(int localLink, InetSocketAddress peer, ByteBuffer sealed) {}

    @Override
    public void probe(int localLink, InetSocketAddress peer, ByteBuffer sealed, NodeId to, int packetBytes) {}

    @Override
    public void message(NodeId from, ByteBuffer message) {}

    @Override
    public void linkChanged(LinkStatus link) {}

    @Override
    public void linkDiagnosed(LinkStatus link) {}

    @Override
    public void mtuChanged(LinkStatus link) {}

    @Override
    public void peerChanged(NodeId peer, boolean reachable, String why) {}

    @Override
    public void refused(String sentence) {}

    @Override
    public void nodeIdClash(String evidence) {}
}
