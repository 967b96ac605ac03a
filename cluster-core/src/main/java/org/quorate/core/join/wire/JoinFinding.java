package org.quorate.core.join.wire;

/**
 * Something that was found when a join was checked.
 *
 * @param kind what
 * @param blocks whether the join cannot go on; false for a warning
 * @param sentence the evidence and what to do
 */
public record JoinFinding(Kind kind, boolean blocks, String sentence) {
    /** Longest sentence that is taken from a peer, in characters. */
    public static final int MAX_SENTENCE_CHARS = 2048;

    /** A finding that blocks, unless {@code force} is said and the kind can be forced. */
    public static JoinFinding of(Kind kind, boolean force, String sentence) {
        return new JoinFinding(kind, !(force && kind.forceable), sentence);
    }

    /** A warning. */
    public static JoinFinding warning(Kind kind, String sentence) {
        return new JoinFinding(kind, false, sentence);
    }

    /** What can be found, by the joiner first, then by the member, then by the probes. */
    public enum Kind {
        /** The joiner's folder is that of a node of a cluster. By force it is backed up and given up. */
        CLUSTER_PRESENT(true),
        /** The joiner's folder has a key or certificate. By force it is backed up and replaced. */
        KEY_PRESENT(true),
        /** A node runs in the joiner's folder. */
        NODE_RUNNING(false),
        /** An address is not the joiner's, or used for two links. */
        ADDRESS_NOT_LOCAL(false),
        /** The links given are not those of the cluster. */
        LINKS_DIFFER(false),
        /** The joiner's clock and the member's differ by too much. */
        CLOCK_SKEW(true),
        /** One side's version of the join protocol is too old for the other. */
        VERSION(false),
        /** The new node's name breaks the rule for names. */
        NAME_INVALID(false),
        /** A node of that name is listed. By force an equal one is replaced. */
        NAME_IN_USE(true),
        /** Another node has the id, or had it and it is not given again. */
        ID_IN_USE(false),
        /** Another node has the address. */
        ADDRESS_IN_USE(false),
        /** No more nodes are possible. */
        CLUSTER_FULL(false),
        /** The cluster is not quorate, so it decides nothing. */
        NO_QUORUM(false),
        /** Another change of the cluster is under way. */
        CHANGE_UNDER_WAY(false),
        /** The member has no key of the cluster's authority. */
        CANNOT_SIGN(false),
        /** The cluster's own configuration is not in order. */
        CONFIGURATION(false),
        /** A link between the joiner and a member carries nothing in one direction or both, or no large packets. */
        LINK_UNREACHABLE(true),
        /** Nobody could try the links. */
        NOT_PROBED(true),
        /** A kind that this version does not know. */
        OTHER(false);

        private final boolean forceable;

        Kind(boolean forceable) {
            this.forceable = forceable;
        }

        /** Whether {@code force} makes a warning of it. */
        public boolean isForceable() {
            return forceable;
        }
    }
}
