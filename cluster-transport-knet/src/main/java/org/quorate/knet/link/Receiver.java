package org.quorate.knet.link;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.quorate.NodeId;
import org.quorate.knet.compress.Decompressed;
import org.quorate.knet.compress.Decompressor;
import org.quorate.knet.crypto.FrameCipher.Opened;
import org.quorate.knet.wire.DataView;
import org.quorate.knet.wire.Decoded;
import org.quorate.knet.wire.DropReason;
import org.quorate.knet.wire.KnetFrame;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrame.PmtudFrame;
import org.quorate.knet.wire.KnetFrame.PmtudReplyFrame;
import org.quorate.knet.wire.KnetFrame.PongFrame;
import org.quorate.knet.wire.KnetFrames;

/**
 * Decides whom to believe: opens datagrams, refuses what does not come from where it should, answers control frames, and delivers each
 * message of a reachable peer once.
 *
 * <p>Source: docs/protocol/knet.md 2.2 and 7.
 */
final class Receiver implements AutoCloseable {
    /** The least time between two reports that somebody uses this node's id. */
    static final long CLASH_REPORT_NANOS = 10_000_000_000L;
    /** Longer than the longest datagram. */
    private static final int PLAIN_BYTES = 1 << 16 | 1 << 10;

    private final NodeId self;
    private final PeerTable table;
    private final CipherSlots ciphers;
    private final Transmitter transmitter;
    private final DropCounters drops;
    private final Refusals refusals;
    private final KnetOutput out;
    private final Decompressor decompressor = new Decompressor();
    private final ByteBuffer plain = ByteBuffer.allocate(PLAIN_BYTES);
    private final DataView data = new DataView(plain);
    private final Strangers strangers = new Strangers();
    private long now;
    private int local;
    private boolean linksMoved;
    private boolean dataElsewhere;
    private boolean discarding;
    private int discarded;
    private long delivered;
    private long decompressed;
    private long nextClashReport = Long.MIN_VALUE;
    private long nextBlame = Long.MIN_VALUE;

    Receiver(
            NodeId self,
            PeerTable table,
            CipherSlots ciphers,
            Transmitter transmitter,
            DropCounters drops,
            KnetOutput out) {
        this.self = self;
        this.table = table;
        this.ciphers = ciphers;
        this.transmitter = transmitter;
        this.drops = drops;
        this.out = out;
        this.refusals = new Refusals(table, out);
    }

    /** Takes one UDP payload that came from {@code from} to the own socket {@code toSocket}. True if the deadline of a link may have moved. */
    boolean datagram(long nowNanos, int toSocket, InetSocketAddress from, ByteBuffer sealed) {
        now = nowNanos;
        local = toSocket;
        linksMoved = false;
        open(from, sealed);
        return linksMoved;
    }

    /** Whether, since the last call, data came over a link that does not carry this node's data to that peer. */
    boolean takesDataElsewhere() {
        boolean taken = dataElsewhere;
        dataElsewhere = false;
        return taken;
    }

    private void open(InetSocketAddress from, ByteBuffer sealed) {
        if (sealed.remaining() > plain.capacity()) {
            drops.add(DropReason.TOO_LARGE);
            return;
        }
        if (!table.isAddressOfAPeer(from.getAddress()) && !strangers.isWorthALook(now)) {
            drops.add(DropReason.STRANGER);
            return;
        }
        plain.clear();
        Opened opened = ciphers.open(sealed, plain);
        if (opened != Opened.OK) {
            drops.add(opened.reason());
            if (opened == Opened.NOT_AUTHENTIC) notAuthentic(from);
            return;
        }
        plain.flip();
        if (data.isPresent()) {
            DropReason fault = data.look();
            if (fault == null) data(from, sealed.remaining());
            else drops.add(fault);
            return;
        }
        Decoded decoded = KnetFrames.decode(plain);
        if (decoded instanceof Decoded.Malformed bad) drops.add(bad.reason());
        else if (decoded instanceof Decoded.Ok ok) control(from, ok.frame(), sealed.remaining());
    }

    private void notAuthentic(InetSocketAddress from) {
        refusals.notAuthentic(now, from);
        if (now < nextBlame) return;
        nextBlame = now + LinkMonitor.TICK_NANOS;
        for (Peer peer : table.peers()) {
            Link link = peer.linkFrom(local, from);
            if (link != null) link.refused(now, DropReason.NOT_AUTHENTIC);
        }
    }

    private void data(InetSocketAddress from, int bytes) {
        Peer peer = sender(data.source(), from);
        if (peer == null) return;
        Link link = peer.linkFrom(local, from);
        if (link == null) wrongAddress(peer, from);
        else data(peer, received(link, bytes));
    }

    /** The peer that a frame claims to be of; null if it is not to be looked at any further. */
    private @Nullable Peer sender(int source, InetSocketAddress from) {
        if (source == self.value()) {
            ownId(from);
            return null;
        }
        Peer peer = table.find(source);
        if (peer == null) {
            drops.add(DropReason.UNKNOWN_HOST);
            refusals.unknownHost(now, source, from);
        }
        return peer;
    }

    private void control(InetSocketAddress from, KnetFrame frame, int bytes) {
        Peer peer = sender(frame.source(), from);
        if (peer == null) return;
        int number = linkOf(frame);
        Link link = peer.linkFrom(number, local, from);
        if (link != null) {
            control(peer, received(link, bytes), frame);
        } else if (peer.knows(number)) {
            Link meant = peer.link(number);
            if (meant != null) meant.refused(now, DropReason.WRONG_ADDRESS);
            wrongAddress(peer, from);
        } else {
            drops.add(DropReason.BAD_LINK);
        }
    }

    private void wrongAddress(Peer peer, InetSocketAddress from) {
        drops.add(DropReason.WRONG_ADDRESS);
        refusals.wrongAddress(now, peer.id, from);
    }

    private Link received(Link link, int bytes) {
        link.countReceived(now, bytes);
        if (ciphers.isLoadedSeenFirst()) out.loadedKeySeen(link.peer.id);
        return link;
    }

    private static int linkOf(KnetFrame frame) {
        if (frame instanceof PingFrame ping) return ping.link();
        if (frame instanceof PongFrame pong) return pong.link();
        if (frame instanceof PmtudFrame probe) return probe.link();
        return ((PmtudReplyFrame) frame).link();
    }

    private void control(Peer peer, Link link, KnetFrame frame) {
        if (!link.term.isAnswering()) {
            drops.add(DropReason.BAD_LINK); // the peer is to notice that this link is gone
        } else if (frame instanceof PingFrame ping) {
            link.heard(now);
            peer.inbox.ping(ping);
            drops.add(DropReason.REASSEMBLY_EVICTED, peer.newlyEvicted());
            transmitter.answer(link, ping.answeredBy(self.value()));
        } else if (frame instanceof PongFrame pong) {
            pong(peer, link, pong);
        } else if (frame instanceof PmtudFrame probe) {
            transmitter.answer(link, probe.answeredBy(self.value()));
        } else if (frame instanceof PmtudReplyFrame reply) {
            Link probed = peer.link(link.number); // a successor is not probed, nor what is only listened to
            if (probed == null || !isSameHost(probed, link)) drops.add(DropReason.UNEXPECTED_REPLY);
            else probed.search(now, new PathMtu.Reply(reply.size()));
            linksMoved = true;
        }
    }

    /** Finds the link whose ping is answered: the peer may have sent the answer to either of two own addresses. */
    private void pong(Peer peer, Link from, PongFrame pong) {
        linksMoved = true;
        Link pinged = peer.link(from.number);
        if (pinged == null || !transmitter.isOurs(pinged, pong.timeHigh())) pinged = peer.successor(from.number);
        if (pinged == null
                || !transmitter.isOurs(pinged, pong.timeHigh())
                || !isSameHost(pinged, from)
                || pong.timeLow() > now) drops.add(DropReason.UNEXPECTED_REPLY);
        else pinged.monitor(now, new LinkMonitor.Pong(pong.timeLow()));
    }

    private static boolean isSameHost(Link one, Link other) {
        return one == other || one.address().getAddress().equals(other.address().getAddress());
    }

    private void data(Peer peer, Link link) {
        if (!link.monitor.up() && !link.term.isLeaving()) {
            link.monitor(now, new LinkMonitor.DataSeen());
            linksMoved = true;
        }
        if (!peer.reachable) {
            drops.add(DropReason.NOT_REACHABLE);
            return;
        }
        if ((peer.selector.carriers() & 1 << link.number) == 0) dataElsewhere = true;
        PeerInbox.Received received = peer.inbox.data(data);
        drops.add(DropReason.REASSEMBLY_EVICTED, peer.newlyEvicted());
        if (received instanceof PeerInbox.Received.Dropped dropped) drops.add(dropped.reason());
        else if (received instanceof PeerInbox.Received.Message whole) message(peer, whole.message());
    }

    private void message(Peer peer, ByteBuffer message) {
        if (data.channel() != Transmitter.CHANNEL) {
            drops.add(DropReason.BAD_CHANNEL);
            return;
        }
        if (data.compress() == 0) {
            peer.inbox.delivered(data.sequence());
            deliver(peer.id, message);
            return;
        }
        Decompressed result = decompressor.decompress(data.compress(), message);
        if (result instanceof Decompressed.Refused refused) {
            drops.add(refused.reason());
            if (refused.reason() == DropReason.COMPRESSION_UNAVAILABLE)
                refusals.noLibrary(peer.id, data.compress(), refused.why());
        } else if (result instanceof Decompressed.Message inflated) {
            decompressed++;
            peer.inbox.delivered(data.sequence());
            deliver(peer.id, inflated.bytes());
        }
    }

    /** Gives a message to the owner, unless messages are thrown away. */
    void deliver(NodeId from, ByteBuffer message) {
        if (discarding) {
            discarded++;
            return;
        }
        delivered++;
        out.message(from, message);
    }

    private void ownId(InetSocketAddress from) {
        drops.add(DropReason.OWN_ID);
        if (now < nextClashReport) return;
        for (Peer peer : table.peers()) {
            if (peer.linkFrom(local, from) == null) continue;
            nextClashReport = now + CLASH_REPORT_NANOS;
            out.nodeIdClash("a frame with this node's id " + self + " came from "
                    + from.getAddress().getHostAddress() + ", which is an address of node " + peer.id);
            return;
        }
    }

    /** From now on messages are counted instead of delivered, beginning with {@code already}. */
    void beginDiscard(int already) {
        discarding = true;
        discarded += already;
    }

    /** Delivers again; returns how many messages were thrown away. */
    int endDiscard() {
        int count = discarded;
        discarding = false;
        discarded = 0;
        return count;
    }

    /** Messages delivered. */
    long delivered() {
        return delivered;
    }

    /** Those of them that came compressed. */
    long decompressed() {
        return decompressed;
    }

    @Override
    public void close() {
        decompressor.close();
    }
}
