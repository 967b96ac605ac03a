/** The transport {@code knet}. */
module org.quorate.transport.knet {
    requires transitive org.quorate.api;
    requires static org.jspecify;
    requires org.slf4j;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires static io.netty.transport.classes.epoll;
    requires static io.netty.transport.unix.common;

    exports org.quorate.knet;

    provides org.quorate.spi.LinkTransport with
            org.quorate.knet.KnetTransport;
}
