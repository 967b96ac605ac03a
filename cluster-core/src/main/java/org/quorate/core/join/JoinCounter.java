package org.quorate.core.join;

/** What a {@link JoinServer} counts. */
public enum JoinCounter {
    /** Connections that were taken. */
    ACCEPTED("join.accepted"),
    /** Connections closed at once: too many under way, in all or from one source. */
    REFUSED_BUSY("join.refused.busy"),
    /** Handshakes that failed, junk among them. */
    DROPPED_TLS("join.drop.tls"),
    /** Conversations cut off because their time was over. */
    DROPPED_LATE("join.drop.late"),
    /** Conversations with something in them that is no message, too much, or out of order. */
    DROPPED_MALFORMED("join.drop.malformed"),
    /** Conversations that ended early. */
    DROPPED_ENDED("join.drop.ended"),
    /** Peers whose version is too old. */
    REFUSED_VERSION("join.refused.version"),
    /** Joins for another cluster. */
    REFUSED_CLUSTER("join.refused.cluster"),
    /** Attempts that came before a delay had passed. */
    REFUSED_TOO_EARLY("join.refused.too-early"),
    /** Passwords and tokens that were not accepted. */
    REFUSED_CREDENTIAL("join.refused.credential"),
    /** Certificates that are nobody's. */
    REFUSED_CERTIFICATE("join.refused.certificate"),
    /** Joins against which something stood. */
    REFUSED_CHECKS("join.refused.checks"),
    /** Joins that this member failed at: its disk, or the cluster could not decide. */
    FAILED("join.failed"),
    /** Nodes that were listed provisionally. */
    ADMITTED("join.admitted"),
    /** Nodes that were made members for good. */
    CONFIRMED("join.confirmed"),
    /** Nodes that were taken off the list again. */
    WITHDRAWN("join.withdrawn"),
    /** Nodes that asked whether they are members. */
    ASKED("join.asked"),
    /** Members that were given configuration and key. */
    RENEWED("join.renewed");

    private final String key;

    JoinCounter(String key) {
        this.key = key;
    }

    /** Its name among a node's counters. */
    public String key() {
        return key;
    }
}
