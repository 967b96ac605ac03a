package org.quorate.knet.netty;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;

/** Any platform: the JDK's own sockets. */
final class NioSockets implements Sockets {
    @Override
    public String name() {
        return "nio";
    }

    @Override
    public IoHandlerFactory handlerFactory() {
        return NioIoHandler.newFactory();
    }

    @Override
    public DatagramChannel newChannel(boolean ipv6) {
        return new NioDatagramChannel(ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
    }

    /** The option exists from Java 19 on, in a module that need not be there; so it is looked up by its name. */
    @Override
    public boolean forbidFragments(DatagramChannel channel, boolean ipv6) {
        try (java.nio.channels.DatagramChannel sample = java.nio.channels.DatagramChannel.open(
                ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET)) {
            for (SocketOption<?> option : sample.supportedOptions())
                if (option.name().equals("IP_DONTFRAGMENT") && option.type() == Boolean.class)
                    return set(channel, option);
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked") // its type was compared
    private static boolean set(DatagramChannel channel, SocketOption<?> option) {
        return channel.config().setOption(NioChannelOption.of((SocketOption<Boolean>) option), true);
    }

    @Override
    public int readInBatches(DatagramChannel channel, int datagramBytes) {
        return datagramBytes; // one datagram a call is all there is
    }
}
