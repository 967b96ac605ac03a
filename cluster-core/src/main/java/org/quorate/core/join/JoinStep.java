package org.quorate.core.join;

/** Where a join is. */
public enum JoinStep {
    /** Asking how an earlier join ended. */
    RESOLVING(0.02),
    /** Looking at this host. */
    CHECKING_HOST(0.05),
    /** Connecting to the member. */
    CONNECTING(0.1),
    /** Proving who knows what. */
    AUTHENTICATING(0.2),
    /** The member looks at the request. */
    CHECKING_CLUSTER(0.35),
    /** The cluster takes in another node first. */
    WAITING(0.4),
    /** Trying the links. */
    PROBING(0.5),
    /** Keeping what a former cluster left. */
    BACKING_UP(0.6),
    /** The cluster takes the node in. */
    COMMITTING(0.7),
    /** Everything goes to disk. */
    WRITING(0.8),
    /** Asking for the last word. */
    CONFIRMING(0.9),
    /** Taking back what was done. */
    UNDOING(0.95),
    /** The node is a member. */
    JOINED(1.0);

    private final double fraction;

    JoinStep(double fraction) {
        this.fraction = fraction;
    }

    /** How much of a join that goes well is done by then, 0 to 1. */
    public double fraction() {
        return fraction;
    }
}
