/** The quorum provider {@code corosync_votequorum}. */
module org.quorate.quorum {
    requires transitive org.quorate.api;
    requires static org.jspecify;
    requires org.slf4j;

    exports org.quorate.quorum;
    exports org.quorate.quorum.sim;

    provides org.quorate.spi.QuorumProvider with
            org.quorate.quorum.VoteQuorum;
}
