package org.quorate.knet.link;

import java.nio.ByteBuffer;
import org.quorate.knet.wire.KnetFrame;
import org.quorate.knet.wire.KnetFrame.PmtudFrame;
import org.quorate.knet.wire.KnetFrames;

/** Encodes and seals frames in two buffers of its own, and hands them out link by link. */
final class FrameSender {
    /** Beyond the frame: initialisation vector, padding and the longest digest. */
    private static final int SEALING_BYTES = 16 + 16 + 64;

    private final CipherSlots ciphers;
    private final KnetOutput out;
    private final ByteBuffer plain = ByteBuffer.allocate(KnetFrames.MAX_PLAIN_BYTES);
    private final ByteBuffer sealed = ByteBuffer.allocate(KnetFrames.MAX_PLAIN_BYTES + SEALING_BYTES);

    FrameSender(CipherSlots ciphers, KnetOutput out) {
        this.ciphers = ciphers;
        this.out = out;
    }

    /** The datagram for {@code frame}; valid until the next call. */
    ByteBuffer seal(KnetFrame frame) {
        plain.clear();
        frame.encode(plain);
        sealed.clear();
        ciphers.seal(plain.flip(), sealed);
        return sealed.flip();
    }

    void send(Link link, ByteBuffer datagram) {
        link.sentPackets++;
        link.sentBytes += datagram.remaining();
        out.datagram(link.number, link.address(), datagram);
    }

    void send(Link link, KnetFrame frame) {
        send(link, seal(frame));
    }

    void probe(Link link, PmtudFrame frame) {
        ByteBuffer datagram = seal(frame);
        link.sentPackets++;
        link.sentBytes += datagram.remaining();
        out.probe(link.number, link.address(), datagram, link.peer.id, frame.size());
    }
}
