package org.quorate.core.change;

/**
 * Why a change is not made, or not as asked for.
 *
 * @param node whose objection it is; 0 for nobody's in particular
 * @param kind what
 * @param sentence the evidence and what to do
 */
public record Objection(int node, Kind kind, String sentence) {
    /** Longest sentence that is sent to others, in characters. */
    static final int MAX_CHARS = 2000;

    /** Cuts a sentence that is too long. */
    public Objection {
        if (sentence.length() > MAX_CHARS) sentence = sentence.substring(0, MAX_CHARS);
    }

    /** What can stand against a change. */
    public enum Kind {
        /** The edit itself cannot be made. */
        EDIT_REFUSED,
        /** Another change is under way. */
        BUSY,
        /** The cluster has no quorum. */
        NOT_QUORATE,
        /** The nodes have not settled yet which configuration is the one in force, or cannot. */
        NOT_READY,
        /** A node of the ring does not take part in changes, and is not said to be prepared. */
        NOT_TAKING_PART,
        /** The configuration has changed since the change was asked for, or a node has another one. */
        BASE_DIFFERS,
        /** The new configuration is no good for the node. */
        INVALID_HERE,
        /** An address that the new configuration gives the node is not one of its host. */
        ADDRESS_NOT_LOCAL,
        /** An address and port that the new configuration gives the node cannot be bound there. */
        ADDRESS_UNUSABLE,
        /** A link does not carry what it should between two nodes; it was tried before anything was changed. */
        LINK_UNREACHABLE,
        /** A node has no certificate, so the new key cannot be given to it safely. */
        NO_CERTIFICATE,
        /** The new key cannot be opened. */
        KEY_UNREADABLE,
        /** The disk of a node failed. */
        STORAGE,
        /** Nodes came or went while the change was agreed on; nothing has changed. */
        MEMBERSHIP_CHANGED,
        /** Not everybody answered in time; nothing has changed. */
        TIME_LIMIT,
        /** It was decided but not everybody has confirmed it in time; it comes into force where the quorum is. */
        UNDECIDED,
        /** The node to be removed is online. */
        NODE_ONLINE,
        /** It would be one change too many: a node is listed provisionally already. */
        ADMISSION_PENDING,
        /** The reload failed at the node that asked for it. */
        RELOAD_FAILED,
        /** A link does not work. */
        LINK_DOWN,
        /** This node is over, or is not a member. */
        CLOSED
    }
}
