package org.quorate.knet.netty;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.quorate.knet.probe.ProbeEngine;
import org.quorate.spi.EventLoop;
import org.quorate.spi.LinkProbes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link ProbeEngine} on a set of sockets. Confined to their thread. */
final class SessionProbes implements LinkProbes {
    private static final Logger log = LoggerFactory.getLogger(SessionProbes.class);

    private final NettyLoop loop;
    private final SocketSet sockets;
    private final Runnable written;
    private final ProbeEngine engine;
    private final EventLoop.Alarm alarm;

    /**
     * Without a window.
     *
     * @param socketOfLink the socket of an own link, or -1
     * @param written something waits for a flush
     */
    SessionProbes(NettyLoop loop, SocketSet sockets, IntUnaryOperator socketOfLink, Runnable written) {
        this.loop = loop;
        this.sockets = sockets;
        this.written = written;
        this.engine = new ProbeEngine(new SecureRandom(), socketOfLink, this::send);
        this.alarm = loop.newAlarm(this::tick);
    }

    private void send(int socket, InetSocketAddress to, ByteBuffer datagram) {
        sockets.get(socket).write(to, datagram, fate -> {
            if (!fate.isSuccess()) log.debug("no probe to {}: {}", to, String.valueOf(fate.cause()));
        });
        written.run();
    }

    private void tick() {
        engine.tick(loop.nowNanos());
        alarm.setAt(engine.deadlineNanos());
    }

    /** Whether the first octets are those of a probe. */
    boolean isLikely(ByteBuffer datagram) {
        return engine.isLikely(datagram);
    }

    /** Whether it was a probe, which is then handled. */
    boolean datagram(int socket, InetSocketAddress from, ByteBuffer datagram) {
        boolean mine = engine.datagram(loop.nowNanos(), socket, from, datagram);
        if (mine) alarm.setAt(engine.deadlineNanos());
        return mine;
    }

    @Override
    public long openProbes(Window window) {
        long number = engine.open(loop.nowNanos(), window);
        tick();
        return number;
    }

    @Override
    public void closeProbes(long number) {
        engine.close(number);
    }

    @Override
    public List<Path> probes(long number) {
        return engine.report(number);
    }

    Map<String, Long> counters() {
        return engine.counters();
    }

    void closeAll() {
        engine.closeAll();
    }
}
