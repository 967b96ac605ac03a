package org.quorate.core.conf;

/**
 * Something that was found when a node was to be added to a configuration.
 *
 * @param kind what
 * @param sentence the evidence and what to do
 */
public record AdditionFinding(Kind kind, String sentence) {
    /** Whether the node cannot be added. */
    public boolean blocks() {
        return kind.blocks;
    }

    /** What can be found. */
    public enum Kind {
        /** The configuration has no totem section. */
        NO_TOTEM(true),
        /** The configuration has no node list. */
        NO_NODE_LIST(true),
        /** The totem section has no version that could be raised. */
        NO_CONFIG_VERSION(true),
        /** A node has an address for a link whose interface section is missing, where others have one. */
        LINK_WITHOUT_INTERFACE(true),
        /** An interface section is there for a link that a node has no address for. */
        INTERFACE_WITHOUT_ADDRESS(true),
        /** Some nodes have an address for a link, some have not. */
        LINK_NOT_ON_ALL_NODES(true),
        /** Packets would not be encrypted. */
        NOT_ENCRYPTED(false),
        /** An address is the name of a host, which is looked up at each start. */
        ADDRESS_IS_A_NAME(false),
        /** An address in the configuration is a name that nobody knows. */
        ADDRESS_UNKNOWN(false),
        /** The version of the join protocol that the new node speaks is too old. */
        NODE_TOO_OLD(true),
        /** The new node's name breaks the rule. */
        NAME_INVALID(true),
        /** A node of that name is listed, and it was not said that it is to be replaced by an equal one. */
        NAME_IN_USE(true),
        /** Another node has the id. */
        ID_IN_USE(true),
        /** The list has as many nodes as a cluster can have. */
        CLUSTER_FULL(true),
        /** The cluster has a link for which the new node gives no address. */
        LINK_MISSING(true),
        /** The new node gives an address for a link that the cluster has not. */
        LINK_UNKNOWN(true),
        /** Only one address is given, without its link, and the cluster has several links. */
        LINK_AMBIGUOUS(true),
        /** No address is given. */
        NO_ADDRESS(true),
        /** Another node, or another link of the new one, has the address. */
        ADDRESS_IN_USE(true),
        /** The new node's address is a name that nobody knows. */
        NEW_ADDRESS_UNKNOWN(true);

        private final boolean blocks;

        Kind(boolean blocks) {
            this.blocks = blocks;
        }
    }
}
