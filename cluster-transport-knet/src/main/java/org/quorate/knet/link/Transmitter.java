package org.quorate.knet.link;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.quorate.CompressionConfig;
import org.quorate.NodeId;
import org.quorate.knet.compress.Compressor;
import org.quorate.knet.wire.KnetFrame;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrame.PmtudFrame;
import org.quorate.knet.wire.KnetFrames;

/**
 * Makes this node's frames and hands them out link by link; owns the sequence number and two buffers. Each fragment is sealed once,
 * however many peers and links it goes to.
 *
 * <p>Source: docs/protocol/knet.md 2.1 and 2.6.
 */
final class Transmitter implements AutoCloseable {
    /** Every so many messages a ping out of turn says where the numbers are. */
    static final int RESYNC_EVERY = 8191;
    /** The one channel that carries messages. */
    static final int CHANNEL = 0;
    /** Beyond the frame: initialisation vector, padding and the longest digest. */
    private static final int SEALING_BYTES = 16 + 16 + 64;

    private final int self;
    private final long sessionTag;
    private final PeerTable table;
    private final CipherSlots ciphers;
    private final KnetOutput out;
    private final ByteBuffer plain = ByteBuffer.allocate(KnetFrames.MAX_PLAIN_BYTES);
    private final ByteBuffer sealed = ByteBuffer.allocate(KnetFrames.MAX_PLAIN_BYTES + SEALING_BYTES);
    private CompressionConfig compression;
    private @Nullable Compressor compressor;
    private int sequence;
    private long messages;
    private long compressed;

    Transmitter(
            NodeId self,
            long sessionTag,
            PeerTable table,
            CipherSlots ciphers,
            CompressionConfig compression,
            KnetOutput out) {
        this.self = self.value();
        this.sessionTag = sessionTag;
        this.table = table;
        this.ciphers = ciphers;
        this.compression = compression;
        this.compressor = compression.isOn() ? new Compressor(compression) : null;
        this.out = out;
    }

    /** Messages sent to others. */
    long messages() {
        return messages;
    }

    /** Those of them that were compressed. */
    long compressed() {
        return compressed;
    }

    /** Sends to those of {@code targets} that are reachable, in frames of up to {@code dataBytes} of the message. */
    void message(long nowNanos, Peer[] targets, boolean broadcast, ByteBuffer message, int dataBytes) {
        for (Peer peer : targets) peer.carrying = peer.carriersNow();
        compressAndSend(nowNanos, targets, broadcast, message, dataBytes);
    }

    /** Sends to {@code targets}, which are reachable, over the usable links that do not carry their data. */
    void messageElsewhere(long nowNanos, Peer[] targets, ByteBuffer message, int dataBytes) {
        for (Peer peer : targets) peer.carrying = peer.selector.usable() & ~peer.selector.carriers();
        compressAndSend(nowNanos, targets, false, message, dataBytes);
    }

    private void compressAndSend(long nowNanos, Peer[] targets, boolean broadcast, ByteBuffer message, int dataBytes) {
        ByteBuffer shortest = compressor == null ? message : compressor.compress(message);
        boolean shorter = shortest.remaining() < message.remaining();
        if (shorter) compressed++;
        int model = shorter && compressor != null ? compressor.model().number() : 0;
        frames(nowNanos, targets, broadcast, shortest, model, dataBytes);
    }

    private void frames(
            long nowNanos, Peer[] targets, boolean broadcast, ByteBuffer message, int model, int dataBytes) {
        messages++;
        nextSequence(nowNanos);
        int length = message.remaining();
        int fragments = (length + dataBytes - 1) / dataBytes;
        for (int i = 0; i < fragments; i++) {
            int from = i * dataBytes;
            int part = Math.min(dataBytes, length - from);
            plain.clear();
            KnetFrames.putDataHeader(
                    plain, self, sequence, model, broadcast, fragments, fragments == 1 ? 0 : i + 1, CHANNEL);
            plain.put(plain.position(), message, message.position() + from, part);
            ByteBuffer datagram = seal(plain.position() + part);
            for (Peer peer : targets) {
                for (int links = peer.carrying; links != 0; links &= links - 1) {
                    Link link = peer.link(Integer.numberOfTrailingZeros(links));
                    if (link != null) send(link, datagram);
                }
            }
        }
    }

    private void nextSequence(long nowNanos) {
        sequence = sequence == 0xffff ? 1 : sequence + 1;
        if (sequence % RESYNC_EVERY == 0)
            for (Link link : table.links()) answer(link, ping(link, nowNanos, sequence, false));
    }

    /**
     * Sends a periodic ping. The first of a link to a peer that cannot have had data of this node yet is two: a peer that still remembers
     * an earlier life of this node forgets it when it sees the number fall to 0.
     */
    void ping(Link link, long sentAtNanos) {
        if (!link.pingedOnce && !link.peer.wasReachable) {
            answer(link, ping(link, sentAtNanos, 1, true));
            answer(link, ping(link, sentAtNanos, 0, true));
        } else {
            answer(link, ping(link, sentAtNanos, sequence, true));
        }
        link.pingedOnce = true;
    }

    private PingFrame ping(Link link, long sentAtNanos, int number, boolean timed) {
        return new PingFrame(self, link.number, sessionTag + link.incarnation, sentAtNanos, number, timed);
    }

    /** Sends one more ping, for the sake of what the network says of it. */
    void watch(Link link, long sentAtNanos) {
        out.watch(link.local, link.address(), seal(ping(link, sentAtNanos, sequence, true)));
    }

    /** Whether a pong with this time answers a ping that this life sent on {@code link}. */
    boolean isOurs(Link link, long timeHigh) {
        return timeHigh == sessionTag + link.incarnation;
    }

    /** Sends a frame that concerns one link only. */
    void answer(Link link, KnetFrame frame) {
        send(link, seal(frame));
    }

    void probe(Link link, int packetBytes, int plainBytes) {
        ByteBuffer datagram = seal(new PmtudFrame(self, link.number, packetBytes, plainBytes));
        link.countSent(datagram.remaining());
        out.probe(link.local, link.address(), datagram, link.peer.id, packetBytes);
    }

    private void send(Link link, ByteBuffer datagram) {
        link.countSent(datagram.remaining());
        out.datagram(link.local, link.address(), datagram);
    }

    private ByteBuffer seal(KnetFrame frame) {
        plain.clear();
        frame.encode(plain);
        return seal(plain.position());
    }

    private ByteBuffer seal(int plainBytes) {
        sealed.clear();
        ciphers.seal(plain.position(0).limit(plainBytes), sealed);
        return sealed.flip();
    }

    /** Compresses otherwise from now on. */
    void compression(CompressionConfig changed) {
        if (changed.equals(compression)) return;
        if (compressor != null) compressor.close();
        compression = changed;
        compressor = changed.isOn() ? new Compressor(changed) : null;
    }

    /** Releases the compressor's native memory. */
    @Override
    public void close() {
        if (compressor != null) compressor.close();
    }
}
