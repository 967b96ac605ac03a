package org.quorate.knet.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.quorate.knet.probe.ProbeEngine;
import org.quorate.spi.EventLoop;
import org.quorate.spi.ProbeSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sockets of a host that is no node yet, bound to the addresses and ports of its links, for probes and nothing else. One thread, {@code probe-loop}. */
public final class ProbeSocket implements ProbeSession {
    private static final Logger log = LoggerFactory.getLogger(ProbeSocket.class);

    private static final long CLOSE_MILLIS = 1000;

    private final EventLoopGroup group;
    private final io.netty.channel.EventLoop nettyLoop;
    private final NettyLoop loop;
    private final SocketSet sockets;
    private final ProbeEngine engine;
    private final EventLoop.Alarm alarm;
    private final AtomicBoolean closing = new AtomicBoolean();
    private boolean ended;
    private long strangers;

    /** Binds; see {@link org.quorate.spi.LinkTransport#openProbes}. */
    public static ProbeSocket open(SortedMap<Integer, InetSocketAddress> own) {
        ThreadFactory threads = task -> {
            Thread thread = new FastThreadLocalThread(task, "probe-loop");
            thread.setDaemon(true);
            return thread;
        };
        Sockets kind = Sockets.best();
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, threads, kind.handlerFactory());
        try {
            return new ProbeSocket(own, kind, group);
        } catch (RuntimeException e) {
            group.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_MILLIS);
            throw e;
        }
    }

    private ProbeSocket(SortedMap<Integer, InetSocketAddress> own, Sockets kind, EventLoopGroup group) {
        this.group = group;
        this.nettyLoop = group.next();
        this.loop = new NettyLoop(nettyLoop, this::fail);
        this.sockets = new SocketSet(kind, nettyLoop, Events::new);
        SocketSet.Plan plan = sockets.prepare(own, Map.of());
        sockets.adopt(plan);
        Map<Integer, Integer> socketOfLink = new TreeMap<>(plan.socketOfLink());
        this.engine = new ProbeEngine(new SecureRandom(), link -> socketOfLink.getOrDefault(link, -1), this::send);
        this.alarm = loop.newAlarm(this::tick);
        loop.execute(sockets::startReading);
    }

    private void send(int socket, InetSocketAddress to, ByteBuffer datagram) {
        sockets.get(socket).write(to, datagram, written -> {
            if (!written.isSuccess()) log.debug("no probe to {}: {}", to, String.valueOf(written.cause()));
        });
    }

    private void tick() {
        if (ended) return;
        engine.tick(loop.nowNanos());
        settle();
    }

    private void settle() {
        sockets.flush();
        alarm.setAt(engine.deadlineNanos());
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public long openProbes(Window window) {
        long number = engine.open(loop.nowNanos(), window);
        settle();
        return number;
    }

    @Override
    public void closeProbes(long number) {
        engine.close(number);
        settle();
    }

    @Override
    public List<Path> probes(long number) {
        return engine.report(number);
    }

    @Override
    public Map<String, Long> counters() {
        Map<String, Long> all = engine.counters();
        all.put("drop.stranger", strangers);
        return all;
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) return;
        if (loop.inLoop()) {
            shutDown();
            Future<?> unused = group.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            nettyLoop.submit(this::shutDown).awaitUninterruptibly(CLOSE_MILLIS);
            group.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_MILLIS);
        }
    }

    private void shutDown() {
        if (ended) return;
        ended = true;
        loop.end();
        sockets.close();
        engine.closeAll();
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
            if (!ended && !engine.datagram(loop.nowNanos(), socket, from, datagram)) strangers++;
        }

        @Override
        public void readEnded() {
            if (!ended) settle();
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
