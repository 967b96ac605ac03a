package org.quorate.knet.netty;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.spi.EventLoop;
import org.quorate.spi.ProbeSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sockets of a host that is no node yet, bound to the addresses and ports of its links, for probes and nothing else. One thread, {@code probe-loop}. */
public final class ProbeSocket implements ProbeSession {
    private static final Logger log = LoggerFactory.getLogger(ProbeSocket.class);

    private final LoopThread thread;
    private final NettyLoop loop;
    private final SocketSet sockets;
    private final SessionProbes probes;
    private boolean ended;
    private long strangers;

    /** Binds; see {@link org.quorate.spi.LinkTransport#openProbes}. */
    public static ProbeSocket open(SortedMap<Integer, InetSocketAddress> own) {
        Sockets kind = Sockets.best();
        LoopThread thread = new LoopThread("probe-loop", kind);
        try {
            return new ProbeSocket(own, kind, thread);
        } catch (RuntimeException e) {
            thread.close(() -> {});
            throw e;
        }
    }

    private ProbeSocket(SortedMap<Integer, InetSocketAddress> own, Sockets kind, LoopThread thread) {
        this.thread = thread;
        this.loop = new NettyLoop(thread.loop(), this::fail);
        this.sockets = new SocketSet(kind, thread.loop(), Events::new);
        SocketSet.Plan plan = sockets.prepare(own, Map.of());
        sockets.adopt(plan);
        Map<Integer, Integer> socketOfLink = new TreeMap<>(plan.socketOfLink());
        this.probes = new SessionProbes(loop, sockets, link -> socketOfLink.getOrDefault(link, -1), sockets::flush);
        loop.execute(sockets::startReading);
    }

    @Override
    public EventLoop loop() {
        return loop;
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
    public Map<String, Long> counters() {
        Map<String, Long> all = probes.counters();
        all.put("drop.stranger", strangers);
        return all;
    }

    @Override
    public void close() {
        thread.close(this::shutDown);
    }

    private void shutDown() {
        if (ended) return;
        ended = true;
        loop.end();
        sockets.close();
        probes.closeAll();
    }

    private void fail(Throwable cause) {
        if (ended) return;
        log.error("probing stops because of a defect", cause);
        close();
    }

    private final class Events implements LinkSocket.Events {
        private final int socket;

        Events(int socket) {
            this.socket = socket;
        }

        @Override
        public void datagram(InetSocketAddress from, ByteBuffer datagram) {
            if (!ended && !probes.datagram(socket, from, datagram)) strangers++;
        }

        @Override
        public void readEnded() {
            if (!ended) sockets.flush();
        }

        @Override
        public void sendFailed(LinkSocket link, Throwable cause) {}

        @Override
        public void closed(LinkSocket link) {
            fail(new IllegalStateException("the socket of " + link.wanted + " was closed by the system"));
        }

        @Override
        public void thrown(Throwable cause) {
            fail(cause);
        }
    }
}
