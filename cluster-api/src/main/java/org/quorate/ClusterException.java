package org.quorate;

import java.util.Objects;

/** Root of everything that the environment can do to a node. Misuse of the API is an {@link IllegalArgumentException} or {@link IllegalStateException}. */
public class ClusterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** A failure for {@code reason}; the message is one sentence with the evidence and the next step. */
    public ClusterException(Reason reason, String message) {
        super(Objects.requireNonNull(message));
        this.reason = reason;
    }

    /** The same with the cause. */
    public ClusterException(Reason reason, String message, Throwable cause) {
        super(Objects.requireNonNull(message), cause);
        this.reason = reason;
    }

    /** Machine-readable reason. */
    public Reason reason() {
        return reason;
    }

    /** What the caller can do about it. */
    public Kind kind() {
        return reason.kind;
    }

    /** What to do about a failure. */
    public enum Kind {
        /** The same call may succeed later. */
        RETRY,
        /** Something in the configuration, the files or the host has to be changed first. */
        RECONFIGURE,
        /** This node is over; a new {@link ClusterManager} may be started. */
        RESTART
    }

    /** Machine-readable reasons. */
    public enum Reason {
        /** The configuration contradicts itself or is not complete. */
        CONFIGURATION_INVALID(Kind.RECONFIGURE),
        /** The name of a node or cluster breaks the rule for names. */
        NAME_INVALID(Kind.RECONFIGURE),
        /** A text is no join information; see {@link JoinInfoException#problem}. */
        JOIN_INFO_INVALID(Kind.RECONFIGURE),
        /** There is a cluster, or a key of one, in the data folder already. */
        ALREADY_IN_CLUSTER(Kind.RECONFIGURE),
        /** There is no cluster in the data folder. */
        NOT_IN_CLUSTER(Kind.RECONFIGURE),
        /** A node cannot be added to the configuration as asked for; the message lists every problem. */
        ADDITION_REFUSED(Kind.RECONFIGURE),
        /** A join was refused or failed; see {@link JoinException#why}. */
        JOIN_REFUSED(Kind.RECONFIGURE),
        /** A change of the cluster's configuration was refused or not agreed on; see {@link ChangeException#objections}. */
        CHANGE_REFUSED(Kind.RECONFIGURE),
        /** The own node is not in the node list. */
        NODE_NOT_LISTED(Kind.RECONFIGURE),
        /** A configured address does not belong to this host. */
        ADDRESS_NOT_LOCAL(Kind.RECONFIGURE),
        /** Another process has the UDP port. */
        PORT_BUSY(Kind.RECONFIGURE),
        /** The key file is missing, unreadable or of the wrong size. */
        KEY_UNUSABLE(Kind.RECONFIGURE),
        /** A transport or quorum provider of that name is not there, or is there twice; or the library of a compression model is not. */
        PROVIDER_MISSING(Kind.RECONFIGURE),
        /** The data folder is in use, unreadable or damaged. */
        DATA_FOLDER_UNUSABLE(Kind.RECONFIGURE),
        /** Durable state could not be written; the node stopped, since going on could break its promises. */
        STORAGE_FAILED(Kind.RESTART),
        /** Another process uses this node's id. */
        NODE_ID_CLASH(Kind.RECONFIGURE),
        /** The configuration's version differs from that of the running members. */
        CONFIG_VERSION_MISMATCH(Kind.RECONFIGURE),
        /** A peer told this node to stop. */
        KILLED_BY_PEER(Kind.RESTART),
        /** A protocol engine found its own invariant broken; the node stopped rather than mislead its peers. */
        INTERNAL_ERROR(Kind.RESTART),
        /** The node is not a member (yet, or any more). */
        NOT_A_MEMBER(Kind.RETRY),
        /** What was asked would do harm or is unknown here; nothing has changed, and the message says why. */
        REFUSED(Kind.RECONFIGURE),
        /** A queue is full; back-pressure, try again. */
        QUEUE_FULL(Kind.RETRY),
        /** The node was closed while the operation was under way. */
        CLOSED(Kind.RESTART),
        /** Nothing happened within the time given. */
        TIMEOUT(Kind.RETRY);

        private final Kind kind;

        Reason(Kind kind) {
            this.kind = kind;
        }

        /** What the caller can do about it. */
        public Kind kind() {
            return kind;
        }
    }
}
