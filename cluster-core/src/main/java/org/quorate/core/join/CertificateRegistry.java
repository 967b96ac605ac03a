package org.quorate.core.join;

import java.util.SortedMap;

/**
 * The certificates of the cluster's nodes, exactly: every node can sign with the cluster's authority, so that a certificate is signed by it
 * says little. One that is not here is nobody's, also one that was revoked when its node was removed. Thread-safe.
 */
public interface CertificateRegistry {
    /** Fingerprints (SHA-256, pairs of upper-case hexadecimal digits with colons between) by name of the node, as of now. */
    SortedMap<String, String> fingerprints();

    /**
     * Whether that is what the cluster knows. False on a member without quorum, which may have missed that a node was added: nobody is told by it
     * that he is no member.
     */
    default boolean isCurrent() {
        return true;
    }
}
