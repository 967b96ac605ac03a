package org.quorate;

import java.util.List;

/** A join was refused or failed; both sides are as they were, unless {@link Why#IN_DOUBT}. The message has every finding. */
public final class JoinException extends ClusterException {
    private static final long serialVersionUID = 1L;

    private final Why why;
    private final transient List<Finding> findings;

    /** A refusal with everything that was found. */
    public JoinException(Why why, String message, List<Finding> findings) {
        super(Reason.JOIN_REFUSED, message);
        this.why = why;
        this.findings = List.copyOf(findings);
    }

    /** The same with a cause. */
    public JoinException(Why why, String message, List<Finding> findings, Throwable cause) {
        super(Reason.JOIN_REFUSED, message, cause);
        this.why = why;
        this.findings = List.copyOf(findings);
    }

    /** What ended the join. */
    public Why why() {
        return why;
    }

    /** Everything that was found, warnings included; empty if the join ended before anything was looked at. */
    public List<Finding> findings() {
        return findings == null ? List.of() : findings; // transient: gone after serialization
    }

    /** What ended the join. */
    public enum Why {
        /** Findings that block. */
        CHECKS,
        /** Password or token is wrong, expired or used. */
        CREDENTIAL,
        /** Too many failed tries, or too many joins are under way; try again later. */
        TRY_LATER,
        /** The member's certificate is another one. */
        FINGERPRINT,
        /** Nobody answers there, or the connection broke. */
        UNREACHABLE,
        /** It is another cluster. */
        WRONG_CLUSTER,
        /** One side is too old for the other, or what it says makes no sense. */
        PROTOCOL,
        /** This host failed: its disk, its addresses. */
        LOCAL_FAILURE,
        /** The member failed: its disk, or the cluster could not decide. */
        MEMBER_FAILURE,
        /** This node is ready, and it is not known yet whether the cluster has taken it: start it, or join again. */
        IN_DOUBT
    }

    /**
     * Something that was found.
     *
     * @param kind name for programs, such as {@code NAME_IN_USE}
     * @param blocks whether it ended the join
     * @param forceable whether {@link JoinOptions#force} makes a warning of it
     * @param sentence for people
     */
    public record Finding(String kind, boolean blocks, boolean forceable, String sentence) {}
}
