package org.quorate.knet.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;

/** A way to do UDP with Netty. */
interface Sockets {
    /** The word for the log. */
    String name();

    /** What an event loop for these sockets is made of. */
    IoHandlerFactory handlerFactory();

    /** A socket for one address family, not yet registered. */
    DatagramChannel newChannel(boolean ipv6);

    /**
     * Forbids routers and the own kernel to fragment what {@code channel} sends. False if this platform cannot; then probes of the path
     * MTU show no more than the interface's MTU.
     */
    boolean forbidFragments(DatagramChannel channel, boolean ipv6);

    /**
     * Makes {@code channel} read several datagrams with one system call, where that exists.
     *
     * @param datagramBytes length of the longest datagram
     * @return room for one read, in bytes
     */
    int readInBatches(DatagramChannel channel, int datagramBytes);

    /** Asks for a receive buffer and a send buffer of that size, beyond what the system grants everybody if this process may. */
    default void enlargeBuffers(DatagramChannel channel, int bytes) {
        channel.config().setReceiveBufferSize(bytes).setSendBufferSize(bytes);
    }

    /** Whether {@link #segmented} may be used. */
    default boolean sendsSegments() {
        return false;
    }

    /** One packet that the kernel cuts into datagrams of {@code segmentBytes}; takes over {@code datagrams}. */
    default DatagramPacket segmented(ByteBuf datagrams, int segmentBytes, InetSocketAddress to) {
        throw new IllegalStateException(name() + " sockets cannot send segments");
    }

    /** Length of the datagrams that the kernel has joined to {@code packet}, the last of which may be shorter; 0 if it is a single one. */
    default int segmentBytes(DatagramPacket packet) {
        return 0;
    }

    /** Epoll if its native library loads here, else NIO. */
    static Sockets best() {
        try {
            if (EpollSockets.available()) return new EpollSockets();
        } catch (NoClassDefFoundError e) {
            return new NioSockets(); // the optional jar is not there
        }
        return new NioSockets();
    }
}
