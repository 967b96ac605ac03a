/** The transport {@code knet}. */
@SuppressWarnings("requires-automatic") // lz4-java has a stable module name but no descriptor
module org.quorate.transport.knet {
    requires transitive org.quorate.api;
    requires static org.jspecify;
    requires org.slf4j;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires static io.netty.transport.classes.epoll;
    requires static io.netty.transport.unix.common;
    requires static com.github.luben.zstd_jni;
    requires static org.apache.commons.compress;
    requires static org.lz4.java;
    requires static org.tukaani.xz;

    exports org.quorate.knet;

    provides org.quorate.spi.LinkTransport with
            org.quorate.knet.KnetTransport;
}
