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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The UDP socket of one own address, for all links that use it. */
final class LinkSocket extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(LinkSocket.class);

    /** Asked for in each direction; the kernel may grant less. */
    private static final int SOCKET_BUFFER_BYTES = 8 << 20;
    /** Low delay. */
    private static final int TYPE_OF_SERVICE = 0x10;
    /** Packets taken from the socket before other work of the loop has its turn, be they single datagrams or joined ones. */
    private static final int READS_A_ROUND = 64;
    /** Accepted even if the own interface is smaller: its MTU may grow. */
    private static final int LEAST_DATAGRAM_BYTES = 9216;

    private static final int MOST_DATAGRAM_BYTES = 1 << 16;
    /** Bytes that may wait for the kernel; beyond them datagrams are dropped. */
    private static final int MAX_WAITING_BYTES = 32 << 20;
    /** Packets written before they are flushed without waiting for the end of the round. */
    private static final int WRITES_A_FLUSH = 64;
    /** Runs that the kernel refuses, one after another, before it gets single datagrams only. */
    private static final int MAX_REFUSED_RUNS = 4;

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
    private final Sockets kind;
    private final DatagramChannel channel;
    /** Runs that may still grow, one for each destination at most. */
    private final List<SegmentRun> open = new ArrayList<>();
    /** Received datagrams are copied here: arrays are what ciphers work on. */
    private final ByteBuffer received = ByteBuffer.allocate(MOST_DATAGRAM_BYTES);

    private boolean segmenting;
    private int refusedRuns;
    private int lastRun;
    private boolean fragmentsForbidden;
    private int interfaceMtu;
    private int readsThisRound;
    private int unflushed;
    private boolean retired;
    private int reads;
    private int dryRounds;

    LinkSocket(InetSocketAddress wanted, Sockets sockets, Events events) {
        this.wanted = wanted;
        this.events = events;
        this.kind = sockets;
        this.segmenting = sockets.sendsSegments();
        this.channel = sockets.newChannel(ipv6());
        this.interfaceMtu = LocalAddresses.interfaceMtu(wanted.getAddress());
    }

    private boolean ipv6() {
        return wanted.getAddress() instanceof Inet6Address;
    }

    /** Binds, or has failed when the call returns; nothing is read before {@link #startReading}. */
    ChannelFuture bind(EventLoop loop) {
        int datagramBytes = Math.min(Math.max(interfaceMtu, LEAST_DATAGRAM_BYTES), MOST_DATAGRAM_BYTES);
        int roomForARead = kind.readInBatches(channel, datagramBytes);
        FixedRecvByteBufAllocator room = new FixedRecvByteBufAllocator(roomForARead);
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
        attempt("large buffers", () -> kind.enlargeBuffers(channel, SOCKET_BUFFER_BYTES));
        attempt("type of service", () -> channel.config().setTrafficClass(TYPE_OF_SERVICE));
        attempt("don't-fragment", () -> fragmentsForbidden = kind.forbidFragments(channel, ipv6()));
        ChannelFuture registered = settled(bootstrap.register(), loop);
        return registered.isSuccess() ? settled(channel.bind(wanted), loop) : registered;
    }

    /** On the loop everything has happened when the call returns; elsewhere this waits for it. */
    private static ChannelFuture settled(ChannelFuture future, EventLoop loop) {
        if (!loop.inEventLoop()) future.awaitUninterruptibly();
        if (!future.isDone()) throw new IllegalStateException("a socket was not bound at once");
        return future;
    }

    private void attempt(String what, Runnable setting) {
        try {
            setting.run();
        } catch (RuntimeException e) {
            log.debug("no {} on {}", what, wanted, e);
        }
    }

    InetSocketAddress bound() {
        return channel.localAddress();
    }

    /** Packets read so far; wraps. */
    int reads() {
        return reads;
    }

    /** How often it was read until nothing was left; wraps. */
    int dryRounds() {
        return dryRounds;
    }

    /** Whether nothing is read from it any more. */
    boolean isRetired() {
        return retired;
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
        if (segmenting) writeInRuns(to, sealed);
        else writeSingle(to, sealed);
        return true;
    }

    /** The same for one whose fate matters. */
    void write(InetSocketAddress to, ByteBuffer sealed, ChannelFutureListener fate) {
        ChannelFuture unused =
                channel.write(new DatagramPacket(copy(sealed), to)).addListener(fate);
        unflushed++;
    }

    private void writeSingle(InetSocketAddress to, ByteBuffer sealed) {
        ChannelFuture unused = channel.write(new DatagramPacket(copy(sealed), to), channel.voidPromise());
        if (++unflushed >= WRITES_A_FLUSH) flush();
    }

    private ByteBuf copy(ByteBuffer sealed) {
        ByteBuf copy = channel.alloc().directBuffer(sealed.remaining());
        copy.writeBytes(sealed.duplicate());
        return copy;
    }

    private void writeInRuns(InetSocketAddress to, ByteBuffer sealed) {
        int index = find(to);
        if (index < 0) {
            open.add(new SegmentRun(to, sealed, channel.alloc()));
            return;
        }
        SegmentRun run = open.get(index);
        if (run.append(sealed)) {
            if (!run.isFull()) return;
            open.remove(index);
            write(run);
            channel.flush();
        } else {
            write(run);
            open.set(index, new SegmentRun(to, sealed, channel.alloc()));
        }
    }

    /** The open run to {@code to}, or -1. Looked for behind the last one found: a message to all visits them in turn. */
    private int find(InetSocketAddress to) {
        int size = open.size();
        for (int i = 0; i < size; i++) {
            int index = (lastRun + i) % size;
            if (!open.get(index).to.equals(to)) continue;
            lastRun = index;
            return index;
        }
        return -1;
    }

    private void write(SegmentRun run) {
        unflushed++;
        if (run.segments() == 1) {
            ChannelFuture unused = channel.write(new DatagramPacket(run.bytes(), run.to), channel.voidPromise());
            return;
        }
        ByteBuf again = run.bytes().retainedDuplicate();
        ChannelFuture unused = channel.write(kind.segmented(run.bytes(), run.segmentBytes(), run.to))
                .addListener(written -> {
                    if (written.isSuccess()) refusedRuns = 0;
                    else singly(run, again, written.cause());
                    again.release();
                });
    }

    /** Sends the datagrams of a run that the kernel refused; what is wrong with them shows then. */
    private void singly(SegmentRun run, ByteBuf datagrams, @Nullable Throwable cause) {
        if (!channel.isOpen()) return;
        if (++refusedRuns == MAX_REFUSED_RUNS) {
            segmenting = false;
            log.info(
                    "{}: the kernel does not cut datagrams apart here, they are sent singly: {}",
                    wanted,
                    String.valueOf(cause));
        }
        while (datagrams.isReadable()) {
            int length = Math.min(run.segmentBytes(), datagrams.readableBytes());
            ChannelFuture unused = channel.write(
                    new DatagramPacket(datagrams.readRetainedSlice(length), run.to), channel.voidPromise());
        }
        channel.flush();
    }

    void flush() {
        for (int i = 0; i < open.size(); i++) write(open.get(i));
        open.clear();
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
            ByteBuf content = packet.content();
            int bytes = content.readableBytes();
            int datagramBytes = kind.segmentBytes(packet);
            received.clear().limit(bytes);
            content.readBytes(received);
            for (int from = 0; from < bytes || bytes == 0; from += datagramBytes) {
                int to = datagramBytes == 0 ? bytes : Math.min(bytes, from + datagramBytes);
                events.datagram(packet.sender(), received.limit(to).position(from));
                if (datagramBytes == 0) break;
            }
        } catch (Throwable e) { // the loop's last line
            events.thrown(e);
        } finally {
            packet.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reads += readsThisRound;
        if (readsThisRound < READS_A_ROUND) dryRounds++;
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
