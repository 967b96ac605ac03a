package org.quorate.knet.netty;

import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.CryptoConfig;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.PeerStatus;
import org.quorate.knet.compress.Compressor;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.knet.link.KnetEngine;
import org.quorate.knet.link.Unreachability;
import org.quorate.spi.AddressRule;
import org.quorate.spi.EventLoop;
import org.quorate.spi.LinkProbes;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link KnetEngine} on real sockets. One thread, {@code cluster-<node>-loop}, does everything.
 *
 * <p>The engine starts when {@link #loop} is asked for the first time, so that the listener hears nothing before its owner has the
 * session, and {@value #START_AFTER_MILLIS} ms after opening at the latest.
 */
public final class KnetSession implements TransportSession, LinkProbes {
    private static final Logger log = LoggerFactory.getLogger(KnetSession.class);

    private static final long START_AFTER_MILLIS = 100;
    /** How long late alarms wait at most for sockets that do not become empty. */
    private static final int CATCH_UP_MILLIS = 100;

    private final TransportListener listener;
    private final LoopThread thread;
    private final io.netty.channel.EventLoop nettyLoop;
    private final NettyLoop loop;
    private final SocketSet sockets;
    private final WatchSockets watches;
    private final AtomicBoolean started = new AtomicBoolean();
    private final KnetEngine engine;
    private final SessionProbes probes;
    private final EventLoop.Alarm engineAlarm;
    private final EventLoop.Alarm mtuAlarm;
    private final SocketDrain drain;
    private final Runnable flush = this::flush;
    private boolean flushQueued;
    private SortedMap<Integer, Integer> socketOfLink;
    private TransportSettings inForce; // without the key
    private long mtuRefreshNanos;
    private volatile boolean ended;

    /** Opens the sockets; see {@link org.quorate.spi.LinkTransport#open}. */
    public static KnetSession open(TransportSettings settings, TransportListener listener) {
        return open(settings, listener, Sockets.best());
    }

    static KnetSession open(TransportSettings settings, TransportListener listener, Sockets kind) {
        settings.requireValid();
        Compressor.check(settings.compression());
        FrameCipher cipher = FrameCiphers.of(settings.crypto(), settings.key());
        LoopThread thread = new LoopThread("cluster-" + settings.self() + "-loop", kind);
        try {
            return new KnetSession(settings, listener, kind, thread, cipher);
        } catch (RuntimeException e) {
            thread.close(cipher::close);
            throw e;
        }
    }

    private KnetSession(
            TransportSettings settings,
            TransportListener listener,
            Sockets kind,
            LoopThread thread,
            FrameCipher cipher) {
        this.listener = listener;
        this.thread = thread;
        this.nettyLoop = thread.loop();
        this.loop = new NettyLoop(nettyLoop, this::fail);
        this.mtuRefreshNanos = settings.pmtudInterval().toNanos();
        this.sockets = new SocketSet(kind, nettyLoop, Events::new);
        this.watches = new WatchSockets(kind, nettyLoop, this::unreachable);
        SocketSet.Plan plan = sockets.prepare(settings.localAddresses(), Map.of());
        sockets.adopt(plan);
        this.socketOfLink = plan.socketOfLink();
        TransportSettings bound = withBoundAddresses(settings, plan);
        this.inForce = bound;
        this.engine = new KnetEngine(
                loop.nowNanos(),
                bound,
                cipher,
                new SecureRandom().nextLong(),
                socket -> sockets.get(socket).interfaceMtu(),
                new SessionOutput(new ForOutput(), sockets, watches, listener));
        loop.readBeforeLateAlarms(then -> SocketBacklog.whenRead(nettyLoop, sockets.all(), CATCH_UP_MILLIS, then));
        this.probes = new SessionProbes(loop, sockets, link -> socketOfLink.getOrDefault(link, -1), this::queueFlush);
        this.engineAlarm = loop.newAlarm(this::tick);
        this.mtuAlarm = loop.newAlarm(this::refreshMtus);
        this.drain = new SocketDrain(nettyLoop, sockets.all(), engine);
        log.info("node {}: knet over {}, own addresses {}", settings.self(), kind.name(), bound.localAddresses());
        Future<?> unused = nettyLoop.schedule(this::start, START_AFTER_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** What the engine is to know: addresses with the ports that the system chose, and no key. */
    private TransportSettings withBoundAddresses(TransportSettings settings, SocketSet.Plan plan) {
        return new TransportSettings(
                settings.self(),
                sockets.boundAddresses(plan),
                settings.peers(),
                settings.crypto(),
                new byte[0],
                settings.linkMode(),
                settings.pmtudInterval(),
                settings.manualMtu(),
                settings.compression(),
                settings.allowLists());
    }

    private void start() {
        if (ended || !started.compareAndSet(false, true)) return;
        sockets.startReading();
        mtuAlarm.setAt(loop.nowNanos() + mtuRefreshNanos);
        tick();
    }

    private void tick() {
        if (ended) return;
        engine.tick(loop.nowNanos());
        settle();
    }

    private void refreshMtus() {
        if (ended) return;
        sockets.all().forEach(LinkSocket::refreshInterfaceMtu);
        mtuAlarm.setAt(loop.nowNanos() + mtuRefreshNanos);
    }

    private void unreachable(InetAddress own, InetSocketAddress peer, Unreachability why) {
        if (ended) return;
        engine.unreachable(loop.nowNanos(), own, peer, why);
        settle();
    }

    private void settle() {
        engineAlarm.setAt(engine.deadlineNanos());
    }

    /** Whether it was a probe. The allow list is asked here too, so that a probe does not get where data would not. */
    private boolean isProbe(int socket, InetSocketAddress from, ByteBuffer datagram) {
        if (!probes.isLikely(datagram)) return false;
        for (Map.Entry<Integer, List<AddressRule>> list : inForce.allowLists().entrySet())
            if (Integer.valueOf(socket).equals(socketOfLink.get(list.getKey()))
                    && !AddressRule.accepts(list.getValue(), from.getAddress())) return false;
        return probes.datagram(socket, from, datagram);
    }

    private void queueFlush() {
        if (flushQueued) return;
        flushQueued = true;
        nettyLoop.execute(flush);
    }

    private void flush() {
        flushQueued = false;
        sockets.flush();
    }

    // ---- what the owner calls

    @Override
    public EventLoop loop() {
        if (!started.get()) loop.execute(this::start);
        return loop;
    }

    @Override
    public void send(NodeId target, ByteBuffer message) {
        if (ended) return;
        engine.send(loop.nowNanos(), target, message);
        settle();
    }

    @Override
    public void sendToAll(ByteBuffer message) {
        if (ended) return;
        engine.sendToAll(loop.nowNanos(), message);
        settle();
    }

    @Override
    public void sendToOthers(ByteBuffer message) {
        if (ended) return;
        engine.sendToOthers(loop.nowNanos(), message);
        settle();
    }

    @Override
    public void sendAgain(NodeId target, ByteBuffer message) {
        if (ended) return;
        engine.sendAgain(loop.nowNanos(), target, message);
        settle();
    }

    @Override
    public void sendToOthersAgain(ByteBuffer message) {
        if (ended) return;
        engine.sendToOthersAgain(loop.nowNanos(), message);
        settle();
    }

    @Override
    public void sendElsewhere(NodeId target, ByteBuffer message) {
        if (ended) return;
        engine.sendElsewhere(loop.nowNanos(), target, message);
        settle();
    }

    @Override
    public void discardPending(IntConsumer discarded) {
        if (!ended) drain.start(discarded);
    }

    @Override
    public void putPeer(TransportSettings.Peer peer) {
        if (ended) return;
        engine.putPeer(loop.nowNanos(), peer);
        settle();
    }

    @Override
    public void removePeer(NodeId id) {
        if (ended) return;
        engine.removePeer(loop.nowNanos(), id);
        settle();
    }

    @Override
    public void reconfigure(TransportSettings settings) {
        if (ended) return;
        TransportSettings wanted = settings.withIdentityOf(inForce);
        wanted.requireValid();
        Compressor.check(wanted.compression());
        SocketSet.Plan plan = sockets.prepare(wanted.localAddresses(), socketOfLink);
        sockets.adopt(plan);
        socketOfLink = plan.socketOfLink();
        mtuRefreshNanos = wanted.pmtudInterval().toNanos();
        TransportSettings bound = withBoundAddresses(wanted, plan);
        inForce = bound;
        if (!plan.opened().isEmpty()) log.info("node {}: own addresses {}", bound.self(), bound.localAddresses());
        engine.reconfigure(loop.nowNanos(), bound, socketOfLink);
        settle();
    }

    @Override
    public List<PeerStatus> peers() {
        return engine.peers(loop.nowNanos());
    }

    @Override
    public void loadKey(CryptoConfig crypto, byte[] key) {
        if (ended) return;
        FrameCipher cipher = FrameCiphers.of(crypto, key);
        try {
            engine.loadCipher(cipher);
        } catch (IllegalStateException refused) {
            cipher.close();
            throw refused;
        }
    }

    @Override
    public void useLoadedKey() {
        if (ended) return;
        engine.swapCiphers(loop.nowNanos());
        settle();
    }

    @Override
    public void dropOldKey() {
        if (!ended) engine.unloadCipher();
    }

    @Override
    public long openProbes(Window window) {
        return probes.openProbes(window);
    }

    @Override
    public void closeProbes(long number) {
        probes.closeProbes(number);
    }

    @Override
    public List<Path> probes(long number) {
        return probes.probes(number);
    }

    @Override
    public List<LinkStatus> links() {
        return engine.links(loop.nowNanos());
    }

    @Override
    public Map<String, Long> counters() {
        Map<String, Long> all = new TreeMap<>(engine.counters());
        all.putAll(probes.counters());
        return all;
    }

    @Override
    public void close() {
        thread.close(this::shutDown);
    }

    private void shutDown() {
        if (ended) return;
        ended = true;
        flush();
        loop.end();
        sockets.close();
        watches.close();
        engine.close();
        probes.closeAll();
    }

    private void fail(Throwable cause) {
        if (ended) return;
        log.error("the transport stops because of a defect", cause);
        close();
        listener.failed(cause);
    }

    private final class Events implements LinkSocket.Events {
        private final int local;

        Events(int local) {
            this.local = local;
        }

        @Override
        public void datagram(InetSocketAddress from, ByteBuffer sealed) {
            if (!ended && !isProbe(local, from, sealed)) engine.datagram(loop.nowNanos(), local, from, sealed);
        }

        @Override
        public void readEnded() {
            if (!ended) settle();
        }

        @Override
        public void sendFailed(LinkSocket socket, Throwable cause) {
            if (ended) return;
            log.debug("{}: {}", socket.wanted, cause.toString());
            if (!LinkSocket.isTooLong(cause)) {
                engine.sendFailed();
                return;
            }
            socket.refreshInterfaceMtu();
            engine.dataTooLong(loop.nowNanos(), local);
            settle();
        }

        @Override
        public void closed(LinkSocket socket) {
            fail(new ClusterException(
                    Reason.INTERNAL_ERROR,
                    "the socket of " + socket.wanted + " was closed by the system; restart the node"));
        }

        @Override
        public void thrown(Throwable cause) {
            fail(cause);
        }
    }

    private final class ForOutput implements SessionOutput.Session {
        @Override
        public boolean ended() {
            return ended;
        }

        @Override
        public void written() {
            queueFlush();
        }

        @Override
        public void sendQueueFull() {
            engine.sendQueueFull();
        }

        @Override
        public void probeTooLong(NodeId to, int socket, int packetBytes) {
            if (ended) return;
            engine.probeTooLong(loop.nowNanos(), to, socket, packetBytes);
            settle();
        }
    }
}
