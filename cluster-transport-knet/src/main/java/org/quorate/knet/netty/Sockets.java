package org.quorate.knet.netty;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.DatagramChannel;

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

    /** Makes {@code channel} read several datagrams of up to {@code datagramBytes} with one system call, where that exists. */
    void readInBatches(DatagramChannel channel, int datagramBytes);

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
