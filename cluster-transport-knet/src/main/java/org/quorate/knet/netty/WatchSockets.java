package org.quorate.knet.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.quorate.knet.link.Unreachability;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sockets that are connected to one peer address each, because the kernel tells those alone what the network reports about their
 * datagrams: nobody listens there, no such host, no way there. They send pings only; the answers come to the link's own socket, since
 * peers answer to the address that they have configured. Opened when needed, closed after {@value #IDLE_MILLIS} ms without use, {@value
 * #MAX_OPEN} at most. Confined to the loop.
 */
final class WatchSockets {
    private static final Logger log = LoggerFactory.getLogger(WatchSockets.class);

    private static final long IDLE_MILLIS = 5000;
    private static final int MAX_OPEN = 64;

    /** Hears that {@code peer} cannot be reached from {@code own}, and why. */
    interface Listener {
        void unreachable(InetAddress own, InetSocketAddress peer, Unreachability why);
    }

    private record Way(InetAddress own, InetSocketAddress peer) {}

    private final Sockets kind;
    private final EventLoop loop;
    private final Listener listener;
    private final Map<Way, Watch> open = new HashMap<>();

    WatchSockets(Sockets kind, EventLoop loop, Listener listener) {
        this.kind = kind;
        this.loop = loop;
        this.listener = listener;
    }

    /** Sends {@code sealed}; trouble other than the network's reports means that there are none, and is no harm. */
    void send(InetAddress own, InetSocketAddress peer, ByteBuffer sealed) {
        Way way = new Way(own, peer);
        Watch watch = open.get(way);
        if (watch == null) {
            watch = open(way);
            if (watch == null) return;
        }
        watch.send(sealed);
    }

    private @Nullable Watch open(Way way) {
        if (open.size() >= MAX_OPEN) return null;
        Watch watch = new Watch(way);
        if (!watch.connect()) return null;
        open.put(way, watch);
        return watch;
    }

    /** How many are open now. */
    int count() {
        return open.size();
    }

    void close() {
        new ArrayList<>(open.values()).forEach(Watch::close);
    }

    private final class Watch extends ChannelInboundHandlerAdapter {
        private final Way way;
        private final DatagramChannel channel;
        private boolean used;

        Watch(Way way) {
            this.way = way;
            this.channel = kind.newChannel(way.own instanceof Inet6Address);
        }

        boolean connect() {
            Bootstrap bootstrap =
                    new Bootstrap().group(loop).channelFactory(() -> channel).handler(this);
            ChannelFuture registered = bootstrap.register();
            boolean connected = registered.isSuccess()
                    && channel.bind(new InetSocketAddress(way.own, 0)).isSuccess()
                    && succeeds(channel.connect(way.peer));
            if (connected) lookLater();
            else close();
            return connected;
        }

        /** A network that is known to be unreachable refuses already here. */
        private boolean succeeds(ChannelFuture connected) {
            Throwable cause = connected.cause();
            if (cause != null) report(cause);
            return connected.isSuccess();
        }

        void send(ByteBuffer sealed) {
            used = true;
            ByteBuf copy = channel.alloc().directBuffer(sealed.remaining());
            copy.writeBytes(sealed.duplicate());
            ChannelFuture unused = channel.writeAndFlush(copy).addListener(fate -> {
                if (!fate.isSuccess() && fate.cause() != null) report(fate.cause());
            });
        }

        private void lookLater() {
            Future<?> unused = loop.schedule(
                    () -> {
                        if (!used) {
                            close();
                            return;
                        }
                        used = false;
                        if (channel.isOpen()) lookLater();
                    },
                    IDLE_MILLIS,
                    TimeUnit.MILLISECONDS);
        }

        void close() {
            open.remove(way, this);
            ChannelFuture unused = channel.close();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message); // nobody has a reason to send anything here
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            report(cause);
        }

        private void report(Throwable cause) {
            Unreachability why = reason(cause);
            log.debug("{} to {}: {}", way.own, way.peer, cause.toString());
            if (why != null && channel.isOpen()) listener.unreachable(way.own, way.peer, why);
        }
    }

    /** The network's report; null if it is something else. */
    static @Nullable Unreachability reason(Throwable cause) {
        String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (cause instanceof PortUnreachableException || text.contains("connection refused"))
            return Unreachability.PORT_CLOSED;
        if (cause instanceof NoRouteToHostException || text.contains("no route to host")) return Unreachability.NO_HOST;
        if (text.contains("network is unreachable") || text.contains("network unreachable"))
            return Unreachability.NO_WAY;
        return null;
    }
}
