package org.quorate.knet.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The UDP socket of one own address, for all links that use it. */
final class LinkSocket extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(LinkSocket.class);

    /** Asked for in each direction; the kernel may grant less. */
    private static final int SOCKET_BUFFER_BYTES = 8 << 20;
    /** Low delay. */
    private static final int TYPE_OF_SERVICE = 0x10;
    /** Datagrams taken from the socket before other work of the loop has its turn. */
    static final int READS_A_ROUND = 64;
    /** Room for the datagrams of one system call. */
    private static final int BATCH_BYTES = 1 << 20;

    private static final int BATCH_DATAGRAMS = 32;
    /** Accepted even if the own interface is smaller: its MTU may grow. */
    private static final int LEAST_DATAGRAM_BYTES = 9216;

    private static final int MOST_DATAGRAM_BYTES = 1 << 16;
    /** Bytes that may wait for the kernel; beyond them datagrams are dropped. */
    private static final int MAX_WAITING_BYTES = 32 << 20;
    /** Datagrams written before they are flushed without waiting for the end of the round. */
    private static final int WRITES_A_FLUSH = 64;

    private static final int RETIRE_MILLIS = 1000;

    /** What happens on sockets; called on the loop. */
    interface Events {
        void datagram(InetSocketAddress from, ByteBuffer sealed);

        void readEnded();

        void sendFailed(LinkSocket socket, Throwable cause);

        void closed(LinkSocket socket);

        void thrown(Throwable cause);
    }

    final InetSocketAddress wanted;
    private final Events events;
    private final DatagramChannel channel;
    private boolean fragmentsForbidden;
    private int interfaceMtu;
    private int readsThisRound;
    private int unflushed;
    private boolean retired;
    /** Reads since the last look, for finding out when the socket is empty. */
    int reads;
    /** Whether the socket was read until nothing was left since the last look. */
    boolean ranDry;

    LinkSocket(InetSocketAddress wanted, Sockets sockets, Events events) {
        this.wanted = wanted;
        this.events = events;
        this.channel = sockets.newChannel(ipv6());
        this.interfaceMtu = LocalAddresses.interfaceMtu(wanted.getAddress());
    }

    private boolean ipv6() {
        return wanted.getAddress() instanceof Inet6Address;
    }

    /** Binds, or has failed when the call returns; nothing is read before {@link #startReading}. */
    ChannelFuture bind(EventLoop loop, Sockets sockets) {
        int datagramBytes = Math.min(Math.max(interfaceMtu, LEAST_DATAGRAM_BYTES), MOST_DATAGRAM_BYTES);
        int batch = Math.min(BATCH_DATAGRAMS, BATCH_BYTES / datagramBytes);
        FixedRecvByteBufAllocator room =
                new FixedRecvByteBufAllocator(sockets instanceof NioSockets ? datagramBytes : batch * datagramBytes);
        room.maxMessagesPerRead(READS_A_ROUND);
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channelFactory(() -> channel)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RECVBUF_ALLOCATOR, room)
                .option(ChannelOption.AUTO_READ, false)
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(MAX_WAITING_BYTES / 2, MAX_WAITING_BYTES))
                .handler(this);
        tryOption(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES);
        tryOption(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES);
        tryOption(ChannelOption.IP_TOS, TYPE_OF_SERVICE);
        try {
            sockets.readInBatches(channel, datagramBytes);
            fragmentsForbidden = sockets.forbidFragments(channel, ipv6());
        } catch (RuntimeException e) {
            log.debug("no don't-fragment on {}", wanted, e);
        }
        ChannelFuture registered = settled(bootstrap.register(), loop);
        return registered.isSuccess() ? settled(channel.bind(wanted), loop) : registered;
    }

    /** On the loop everything has happened when the call returns; elsewhere this waits for it. */
    private static ChannelFuture settled(ChannelFuture future, EventLoop loop) {
        if (!loop.inEventLoop()) future.awaitUninterruptibly();
        if (!future.isDone()) throw new IllegalStateException("a socket was not bound at once");
        return future;
    }

    private <T> void tryOption(ChannelOption<T> option, T value) {
        try {
            channel.config().setOption(option, value);
        } catch (RuntimeException e) {
            log.debug("{} cannot have {} {}", wanted, option, value, e);
        }
    }

    InetSocketAddress bound() {
        return channel.localAddress();
    }

    boolean fragmentsForbidden() {
        return fragmentsForbidden;
    }

    int interfaceMtu() {
        return interfaceMtu;
    }

    /** Asks the interface for its MTU again. */
    void refreshInterfaceMtu() {
        interfaceMtu = LocalAddresses.interfaceMtu(wanted.getAddress());
    }

    void startReading() {
        channel.config().setAutoRead(true);
    }

    /** Whether the datagram was taken; it goes out at the next {@link #flush} at the latest. */
    boolean write(InetSocketAddress to, ByteBuffer sealed) {
        if (!channel.isWritable()) return false;
        ChannelFuture unused = channel.write(packet(to, sealed), channel.voidPromise());
        if (++unflushed >= WRITES_A_FLUSH) flush();
        return true;
    }

    /** The same for one whose fate matters. */
    void write(InetSocketAddress to, ByteBuffer sealed, ChannelFutureListener fate) {
        ChannelFuture unused = channel.write(packet(to, sealed)).addListener(fate);
        unflushed++;
    }

    private DatagramPacket packet(InetSocketAddress to, ByteBuffer sealed) {
        ByteBuf copy = channel.alloc().directBuffer(sealed.remaining());
        copy.writeBytes(sealed.duplicate());
        return new DatagramPacket(copy, to);
    }

    void flush() {
        if (unflushed == 0) return;
        unflushed = 0;
        channel.flush();
    }

    void close() {
        ChannelFuture unused = channel.close();
    }

    /** Closes when what waits has been sent, or after {@value #RETIRE_MILLIS} ms; nothing is read any more, and nobody is told. */
    void retire() {
        retired = true;
        channel.config().setAutoRead(false);
        flush();
        retire(RETIRE_MILLIS);
    }

    private void retire(int millisLeft) {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        if (waiting == null || waiting.isEmpty() || millisLeft <= 0) {
            close();
            return;
        }
        Future<?> unused = channel.eventLoop().schedule(() -> retire(millisLeft - 1), 1, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        try {
            readsThisRound++;
            events.datagram(packet.sender(), packet.content().nioBuffer());
        } catch (Throwable e) { // the loop's last line
            events.thrown(e);
        } finally {
            packet.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reads += readsThisRound;
        if (readsThisRound < READS_A_ROUND) ranDry = true;
        readsThisRound = 0;
        events.readEnded();
    }

    /** Failed sends without a listener end here, and what the network reports about earlier ones; neither ends the socket. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        events.sendFailed(this, cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!retired) events.closed(this);
    }

    /** Whether the kernel refused a datagram because it is longer than the interface allows. */
    static boolean isTooLong(Throwable cause) {
        return String.valueOf(cause.getMessage()).contains("too long");
    }

    Channel channel() {
        return channel;
    }
}
