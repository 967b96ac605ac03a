package org.quorate.knet.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Linux: many datagrams with one system call, runs of datagrams cut apart and joined by the kernel, and raw socket options. */
final class EpollSockets implements Sockets {
    private static final Logger log = LoggerFactory.getLogger(EpollSockets.class);

    // from linux/in.h and linux/in6.h; "probe": never fragment, and ignore what the kernel believes of the path
    private static final int PMTUDISC_PROBE = 3;
    private static final ChannelOption<Integer> IP_MTU_DISCOVER =
            new IntegerUnixChannelOption("IP_MTU_DISCOVER", 0, 10);
    private static final ChannelOption<Integer> IPV6_MTU_DISCOVER =
            new IntegerUnixChannelOption("IPV6_MTU_DISCOVER", 41, 23);

    // from asm-generic/socket.h
    private static final ChannelOption<Integer> SO_SNDBUFFORCE = new IntegerUnixChannelOption("SO_SNDBUFFORCE", 1, 32);
    private static final ChannelOption<Integer> SO_RCVBUFFORCE = new IntegerUnixChannelOption("SO_RCVBUFFORCE", 1, 33);

    /** Datagrams that the kernel joins to one packet for us. */
    private static final int MOST_JOINED_BYTES = 1 << 16;
    /** Packets, and room for them, of one system call. */
    private static final int BATCH_DATAGRAMS = 32;

    private static final int BATCH_BYTES = 1 << 20;

    /** Whether the kernel cuts and joins datagrams (UDP_SEGMENT since Linux 4.18, UDP_GRO since 5.0). */
    private static final boolean SEGMENTS = EpollDatagramChannel.isSegmentedDatagramPacketSupported();

    static boolean available() {
        return Epoll.isAvailable();
    }

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public IoHandlerFactory handlerFactory() {
        return EpollIoHandler.newFactory();
    }

    @Override
    public DatagramChannel newChannel(boolean ipv6) {
        return new EpollDatagramChannel(ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
    }

    @Override
    public boolean forbidFragments(DatagramChannel channel, boolean ipv6) {
        return channel.config().setOption(ipv6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, PMTUDISC_PROBE);
    }

    /** Either or: Netty 4.2 does not ask recvmmsg for the length of joined datagrams, and joined ones save much more. */
    @Override
    public int readInBatches(DatagramChannel channel, int datagramBytes) {
        if (joinsSegments(channel)) return MOST_JOINED_BYTES;
        channel.config().setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, datagramBytes);
        return Math.min(BATCH_DATAGRAMS, BATCH_BYTES / datagramBytes) * datagramBytes;
    }

    private static boolean joinsSegments(DatagramChannel channel) {
        try {
            return SEGMENTS && channel.config().setOption(EpollChannelOption.UDP_GRO, true);
        } catch (RuntimeException e) {
            log.debug("this kernel does not join datagrams", e);
            return false;
        }
    }

    @Override
    public void enlargeBuffers(DatagramChannel channel, int bytes) {
        Sockets.super.enlargeBuffers(channel, bytes);
        for (ChannelOption<Integer> beyondLimit : List.of(SO_RCVBUFFORCE, SO_SNDBUFFORCE)) {
            try {
                channel.config().setOption(beyondLimit, bytes);
            } catch (RuntimeException e) {
                log.debug("{} is for privileged processes", beyondLimit, e);
            }
        }
    }

    @Override
    public boolean sendsSegments() {
        return SEGMENTS;
    }

    @Override
    public DatagramPacket segmented(ByteBuf datagrams, int segmentBytes, InetSocketAddress to) {
        return new SegmentedDatagramPacket(datagrams, segmentBytes, to);
    }

    @Override
    public int segmentBytes(DatagramPacket packet) {
        return packet instanceof SegmentedDatagramPacket joined ? joined.segmentSize() : 0;
    }
}
