package org.quorate.core.join;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.quorate.ClusterException;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.join.wire.JoinRequest;

/**
 * What the cluster decides about new nodes. A node is admitted in two steps, both the cluster's: {@link #admit} lists it, provisionally;
 * then either {@link #confirm} makes it a member for good or {@link #withdraw} takes it off the list, and the one that the cluster orders
 * first wins, whichever members they were asked at. An admission is known by the fingerprint of the new node's certificate, which
 * is another one in each try.
 *
 * <p>Every method blocks, may be called by any thread, and throws a {@link ClusterException} if the cluster cannot decide now (no quorum,
 * another change under way, no answer in time); whether something has changed is unknown then, and {@code withdraw} or {@code confirm} is
 * called again later, also after a restart. All are idempotent.
 */
public interface Admission {
    /** The text of the corosync.conf that the cluster runs with. */
    String conf();

    /** The key that the cluster runs with; the array is the caller's. */
    byte[] key();

    /** Ids of the listed nodes that are not there at the moment, so that nothing can be asked of them. */
    default Set<Integer> absent() {
        return Set.of();
    }

    /**
     * Everything that stands against {@code request}, and warnings; changes nothing. A node that is admitted with the same name and the
     * same public key but not confirmed does not stand against it: it is an earlier try of the same joiner.
     */
    List<JoinFinding> check(JoinRequest request);

    /**
     * Lists the node of {@code request} on all members, provisionally, with its certificate. An earlier try with the same public key that is not
     * confirmed is withdrawn by the same change.
     */
    Outcome admit(JoinRequest request, X509Certificate certificate);

    /** Makes the node a member for good. Returns whether it is one: false if it was withdrawn before, or never admitted. */
    boolean confirm(String fingerprint);

    /**
     * Takes the node off the list, with its certificate, unless it was confirmed. Has to be possible where the cluster lacks quorum only
     * because the node is listed. Returns whether it is off the list: false if it was confirmed before.
     */
    boolean withdraw(String fingerprint);

    /** How an admission went. */
    sealed interface Outcome {
        /**
         * The node is listed.
         *
         * @param conf the text of corosync.conf with it
         * @param warnings sentences for the new node's operator
         */
        record Admitted(String conf, List<String> warnings) implements Outcome {
            /** Takes a copy. */
            public Admitted {
                warnings = List.copyOf(warnings);
            }
        }

        /** It is not, and nothing has changed. */
        record Refused(List<JoinFinding> findings) implements Outcome {
            /** Takes a copy. */
            public Refused {
                findings = List.copyOf(findings);
            }
        }
    }
}
