/** The cluster manager. */
module org.quorate.core {
    requires transitive org.quorate.api;
    requires static jdk.jfr;
    requires static org.jspecify;
    requires org.slf4j;
    requires com.fasterxml.jackson.core;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;

    exports org.quorate.core.conf;
    exports org.quorate.core.disk;
    exports org.quorate.core.join;
    exports org.quorate.core.join.auth;
    exports org.quorate.core.join.wire;
    exports org.quorate.core.manage;

    provides org.quorate.spi.ClusterManagerFactory with
            org.quorate.core.manage.CoreFactory;

    uses org.quorate.spi.LinkTransport;
    uses org.quorate.spi.QuorumProvider;
}
