package org.quorate.knet.link;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import org.quorate.LinkConfig;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.PeerStatus;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.knet.wire.DropReason;
import org.quorate.spi.LinkTransport;
import org.quorate.spi.TransportSettings;

/**
 * A node's half of the knet protocol: owns peers and links, seals and opens, sends over the links that are fit, and delivers each message
 * of a reachable peer once. Without clock, sockets and threads; confined to one thread, as the calls to {@link KnetOutput} are.
 *
 * <p>Every call that takes the time may produce output. After each the caller arms {@link #deadlineNanos}. Buffers given in are read
 * before the call returns, and their position is left as it was.
 *
 * <p>Source: docs/protocol/knet.md 2, 5 to 7, and docs/internals/links.md. Differs from libknet 1.25: data of a peer that has answered one
 * ping brings the link up (as 1.27 does); links are searched for their MTU independently of each other; datagrams of a wrong address are
 * always refused.
 */
public final class KnetEngine implements AutoCloseable {
    /** The least time between two searches because a data frame was too long. */
    static final long TOO_LONG_NANOS = 1_000_000_000L;

    private final NodeId self;
    private final KnetOutput out;
    private final CipherSlots ciphers;
    private final Transmitter transmitter;
    private final Receiver receiver;
    private final LoopbackQueue loopback = new LoopbackQueue();
    private final DropCounters drops = new DropCounters();
    private final Owner owner = new Owner();
    private final Peer[] single = new Peer[1];
    private final PeerTable table = new PeerTable();
    private final Doubts doubts = new Doubts(table);
    private final LinkChanges changes;
    private final AllowLists allowLists = new AllowLists();

    private long now;
    private long linkDeadline = Long.MAX_VALUE;
    private int dataBytes;
    private long nextTooLong = Long.MIN_VALUE;

    /**
     * An engine that looks for the peers in {@code settings} from {@code nowNanos} on. The own socket of each link has the link's number.
     *
     * @param settings its key is not used
     * @param cipher belongs to the engine from now on
     * @param sessionTag different for each life of a node: answers to an earlier life's pings are told by it
     * @param interfaceMtu MTU of the interface by own socket
     */
    public KnetEngine(
            long nowNanos,
            TransportSettings settings,
            FrameCipher cipher,
            long sessionTag,
            IntUnaryOperator interfaceMtu,
            KnetOutput out) {
        this.now = nowNanos;
        this.self = settings.self();
        this.out = out;
        this.ciphers = new CipherSlots(cipher);
        this.transmitter = new Transmitter(self, sessionTag, table, ciphers, settings.compression(), out);
        this.receiver = new Receiver(self, table, ciphers, transmitter, drops, out);
        this.dataBytes = PathMtu.leastDataBytes(ciphers);
        TreeMap<Integer, Integer> socketOfLink = new TreeMap<>();
        settings.localAddresses().keySet().forEach(link -> socketOfLink.put(link, link));
        allowLists.set(settings.allowLists(), socketOfLink);
        this.changes = new LinkChanges(settings, table, ciphers, interfaceMtu, out, owner);
        for (TransportSettings.Peer peer : settings.peers()) putPeer(nowNanos, peer);
    }

    // ---- peers and links

    /** Adds a peer or changes its links; links that stay the same are not disturbed. Links without an own address are left out. */
    public void putPeer(long nowNanos, TransportSettings.Peer wanted) {
        now = nowNanos;
        if (!wanted.id().equals(self)) changes.putPeer(nowNanos, wanted);
        rearm();
    }

    /** Forgets a peer; an unknown one is ignored. */
    public void removePeer(long nowNanos, NodeId id) {
        now = nowNanos;
        changes.removePeer(nowNanos, id);
        rearm();
    }

    /**
     * Makes {@code settings} what is in force; what stays the same is not disturbed.
     *
     * @param settings valid; of its cipher, key and own id nothing is used
     * @param socketOfLink the own socket for each link number that has an own address; sockets that are in use no longer are reported by
     *     {@link KnetOutput#socketUnused}, at once or when nothing comes over them any more
     */
    public void reconfigure(long nowNanos, TransportSettings settings, Map<Integer, Integer> socketOfLink) {
        now = nowNanos;
        transmitter.compression(settings.compression());
        allowLists.set(settings.allowLists(), socketOfLink);
        changes.reconfigure(nowNanos, settings, socketOfLink);
        rearm();
    }

    // ---- time

    /** Fires what is due and delivers this node's messages to itself. */
    public void tick(long nowNanos) {
        now = nowNanos;
        for (int n = loopback.size(); n > 0 && loopback.size() > 0; n--) receiver.deliver(self, loopback.remove());
        if (nowNanos < linkDeadline) return;
        for (Link link : table.links()) link.tick(nowNanos);
        for (Peer peer : table.peers()) if (peer.departure.isCertain(nowNanos)) out.peerGone(peer.id);
        changes.tick(nowNanos);
        rearm();
    }

    /** The next instant at which {@link #tick} has work; in the past if it has some now. */
    public long deadlineNanos() {
        return loopback.size() > 0 ? now : linkDeadline;
    }

    private void rearm() {
        linkDeadline = table.deadlineNanos();
    }

    // ---- sending

    /** Sends to one node, which may be this one; dropped if it is not reachable. */
    public void send(long nowNanos, NodeId target, ByteBuffer message) {
        now = nowNanos;
        if (!sendable(message)) return;
        if (target.equals(self)) {
            sendToSelf(message);
            return;
        }
        Peer peer = table.find(target.value());
        if (peer == null || !peer.reachable) {
            drops.add(DropReason.NO_ROUTE);
            return;
        }
        single[0] = peer;
        transmitter.message(now, single, false, message, dataBytes);
    }

    /** Sends to one node again, over every usable link: what went out before may have been lost with a link that is not known to be down. */
    public void sendAgain(long nowNanos, NodeId target, ByteBuffer message) {
        now = nowNanos;
        doubts.raise(nowNanos);
        send(nowNanos, target, message);
    }

    /** The same to every reachable peer. */
    public void sendToOthersAgain(long nowNanos, ByteBuffer message) {
        now = nowNanos;
        doubts.raise(nowNanos);
        sendToOthers(nowNanos, message);
    }

    /** Sends to one node over the usable links that do not carry its data, if there are any. */
    public void sendElsewhere(long nowNanos, NodeId target, ByteBuffer message) {
        now = nowNanos;
        Peer peer = table.find(target.value());
        if (peer == null || !peer.reachable || peer.selector.usable() == peer.selector.carriers()) return;
        if (!sendable(message)) return;
        doubts.raise(nowNanos);
        single[0] = peer;
        transmitter.messageElsewhere(now, single, message, dataBytes);
    }

    /** Sends to every reachable peer and to this node. */
    public void sendToAll(long nowNanos, ByteBuffer message) {
        if (sendable(message)) sendToSelf(message);
        sendToOthers(nowNanos, message);
    }

    /** Sends to every reachable peer. */
    public void sendToOthers(long nowNanos, ByteBuffer message) {
        now = nowNanos;
        if (!sendable(message)) return;
        for (Peer peer : table.peers()) {
            if (peer.reachable) {
                transmitter.message(now, table.peers(), true, message, dataBytes);
                return;
            }
        }
        if (table.peers().length > 0) drops.add(DropReason.NO_ROUTE);
    }

    private boolean sendable(ByteBuffer message) {
        int length = message.remaining();
        if (length > 0 && length <= LinkTransport.MAX_MESSAGE_BYTES) return true;
        drops.add(length == 0 ? DropReason.EMPTY_PAYLOAD : DropReason.TOO_LARGE);
        return false;
    }

    private void sendToSelf(ByteBuffer message) {
        if (!loopback.offer(message)) drops.add(DropReason.QUEUE_FULL);
    }

    /** The kernel refused a probe to that peer, from the own socket {@code local}, as too long. */
    public void probeTooLong(long nowNanos, NodeId id, int local, int packetBytes) {
        now = nowNanos;
        for (Link link : table.links())
            if (link.local == local && link.peer.id.equals(id)) link.search(nowNanos, new PathMtu.TooLong(packetBytes));
        rearm();
    }

    /** The network reports that {@code peer} cannot be reached from the own address {@code own}, for that reason. */
    public void unreachable(long nowNanos, InetAddress own, InetSocketAddress peer, Unreachability reason) {
        now = nowNanos;
        for (Link link : table.links()) {
            boolean believed = link.joins(own, peer) && link.unreachable(nowNanos, reason.toString());
            if (believed && reason == Unreachability.PORT_CLOSED) portClosed(link.peer);
        }
        rearm();
    }

    /** If one link's port is closed, those of the others are likely to be, too: they are asked at once, and pinged when the last is down. */
    private void portClosed(Peer peer) {
        boolean allDown = peer.departure.portClosed(now);
        for (int i = 0; i < LinkConfig.MAX_LINKS; i++) {
            Link link = peer.link(i);
            if (link == null) continue;
            if (allDown) transmitter.ping(link, now);
            else link.ask();
        }
    }

    /** The kernel did not send a datagram. */
    public void sendFailed() {
        drops.add(DropReason.SEND_FAILED);
    }

    /** A datagram was not taken because too much waits for the kernel. */
    public void sendQueueFull() {
        drops.add(DropReason.QUEUE_FULL);
    }

    /** The kernel refused a datagram of the own socket {@code local} as too long: its interface's MTU has become smaller. */
    public void dataTooLong(long nowNanos, int local) {
        now = nowNanos;
        drops.add(DropReason.SEND_FAILED);
        if (nowNanos < nextTooLong) return;
        nextTooLong = nowNanos + TOO_LONG_NANOS;
        for (Link link : table.links()) if (link.local == local) link.searchAgain(nowNanos);
        rearm();
    }

    // ---- receiving

    /** Takes one UDP payload that came from {@code from} to an own socket that is not known. */
    public void datagram(long nowNanos, InetSocketAddress from, ByteBuffer sealed) {
        datagram(nowNanos, -1, from, sealed);
    }

    /** Takes one UDP payload that came from {@code from} to the own socket {@code local}. */
    public void datagram(long nowNanos, int local, InetSocketAddress from, ByteBuffer sealed) {
        now = nowNanos;
        if (!allowLists.accept(local, from.getAddress())) drops.add(DropReason.NOT_ALLOWED);
        else if (receiver.datagram(nowNanos, local, from, sealed)) rearm();
        if (receiver.takesDataElsewhere()) doubts.raise(nowNanos);
    }

    /** From now on messages are counted instead of delivered. */
    public void beginDiscard() {
        receiver.beginDiscard(loopback.size());
        loopback.clear();
    }

    /** Delivers again; returns how many messages were thrown away. */
    public int endDiscard() {
        return receiver.endDiscard();
    }

    // ---- keys

    /**
     * Opens frames of {@code cipher} too.
     *
     * @param cipher belongs to the engine from now on
     * @throws IllegalStateException if there are two already
     */
    public void loadCipher(FrameCipher cipher) {
        ciphers.load(cipher);
    }

    /**
     * Seals with the cipher that was loaded, and still opens frames of the one before. Frames are of the least size until the MTU is known
     * again.
     *
     * @throws IllegalStateException if none was loaded, or it is in use already
     */
    public void swapCiphers(long nowNanos) {
        now = nowNanos;
        ciphers.swap();
        for (Link link : table.links()) {
            link.sizesChanged(nowNanos);
            owner.refresh(link, "the cipher was changed");
        }
        rearm();
    }

    /**
     * Forgets the cipher that is not in use, and wipes its key.
     *
     * @throws IllegalStateException if there is only one
     */
    public void unloadCipher() {
        ciphers.unload();
    }

    // ---- looking at it

    /** Every peer, by id. */
    public List<PeerStatus> peers(long nowNanos) {
        List<PeerStatus> all = new ArrayList<>();
        for (Peer peer : table.peers()) all.add(peer.status(nowNanos));
        return all;
    }

    /** Every link, by peer and number. */
    public List<LinkStatus> links(long nowNanos) {
        List<LinkStatus> all = new ArrayList<>();
        for (Link link : table.links()) if (link.peer.link(link.number) == link) all.add(link.status(nowNanos));
        return all;
    }

    /** Dropped packets by reason, messages, and traffic by peer and link. */
    public Map<String, Long> counters() {
        Map<String, Long> all = new TreeMap<>();
        drops.putInto(all);
        all.put("sent.messages", transmitter.messages());
        all.put("sent.compressed", transmitter.compressed());
        all.put("delivered.messages", receiver.delivered());
        all.put("delivered.compressed", receiver.decompressed());
        for (Link link : table.links()) link.putCounters(all);
        return all;
    }

    /** User bytes in one frame, for all peers alike. */
    public int dataBytes() {
        return dataBytes;
    }

    /** Wipes the keys. The engine is not to be used afterwards. */
    @Override
    public void close() {
        ciphers.close();
        receiver.close();
        transmitter.close();
    }

    /** Carries out what links ask for, and draws the conclusions for their peers. */
    private final class Owner implements LinkChanges.Owner {
        @Override
        public void sendPing(Link link, long sentAtNanos) {
            transmitter.ping(link, sentAtNanos);
        }

        @Override
        public void sendProbe(Link link, int packetBytes, int plainBytes) {
            transmitter.probe(link, packetBytes, plainBytes);
        }

        @Override
        public void watch(Link link) {
            transmitter.watch(link, now);
        }

        @Override
        public void upChanged(Link link) {
            changes.upChanged(now, link);
        }

        @Override
        public void diagnosed(Link link) {
            if (link.peer.link(link.number) == link) out.linkDiagnosed(link.status(now));
        }

        @Override
        public void mtuChanged(Link link) {
            refresh(
                    link,
                    link.usable()
                            ? "link " + link.number + " carries " + link.dataBytes() + " bytes in a frame"
                            : "link " + link.number + " answers no probe of its path MTU");
            out.mtuChanged(link.status(now));
        }

        @Override
        public void refresh(Link link, String why) {
            if (link.peer.link(link.number) != link) return; // it carries nothing yet, or nothing any more
            link.peer.selector.set(link.number, link.usable(), link.config().priority());
            refreshPeer(link.peer, why);
        }

        @Override
        public void turned(Link current, Link told) {
            current.peer.selector.set(
                    current.number, current.usable(), current.config().priority());
            out.linkChanged(told.status(now));
            refreshPeer(current.peer, told.changeInWords());
        }

        @Override
        public void refreshPeer(Peer peer, String why) {
            dataBytes = table.smallestDataBytes(PathMtu.leastDataBytes(ciphers));
            boolean reachable = peer.selector.carriers() != 0;
            if (reachable == peer.reachable) return;
            peer.reachable = reachable;
            peer.sinceNanos = now;
            peer.why = why;
            if (reachable) peer.wasReachable = true;
            else peer.inbox.reset();
            drops.add(DropReason.REASSEMBLY_EVICTED, peer.newlyEvicted());
            out.peerChanged(peer.id, reachable, why);
        }
    }
}
