package org.quorate.core.conf;

/**
 * Something that was found when a configuration was to be changed.
 *
 * @param kind what
 * @param sentence the evidence and what to do
 */
public record EditFinding(Kind kind, String sentence) {
    /** Whether the change cannot be made. */
    public boolean blocks() {
        return kind.blocks;
    }

    /** What can be found. */
    public enum Kind {
        /** The configuration that is to be changed is not in order itself. */
        BASE_INVALID(true),
        /** A node cannot be added; the sentence is that of {@link AdditionFinding}. */
        ADDITION(true),
        /** The same, if it only has to be known. */
        ADDITION_WARNING(false),
        /** There is no node of that name or id. */
        NODE_UNKNOWN(true),
        /** It is the only node. */
        LAST_NODE(true),
        /** There is no such link number. */
        LINK_NUMBER(true),
        /** The link is there already. */
        LINK_EXISTS(true),
        /** The link is not there. */
        LINK_UNKNOWN(true),
        /** It is the only link. */
        LAST_LINK(true),
        /** A node has no address for a link. */
        ADDRESS_MISSING(true),
        /** A text cannot be an address. */
        ADDRESS_INVALID(true),
        /** Another node or link has the address. */
        ADDRESS_IN_USE(true),
        /** An address is a name that nobody knows. */
        ADDRESS_UNKNOWN(true),
        /** An address is the name of a host, which is looked up at each start. */
        ADDRESS_IS_A_NAME(false),
        /** A number is not one of those that are allowed. */
        VALUE_OUT_OF_RANGE(true),
        /** Nobody would have a vote. */
        NO_VOTES(true),
        /** The mode for two nodes needs two nodes of one vote each. */
        NOT_TWO_NODES(true),
        /** The mode for two nodes is switched off, since there are not two nodes any more. */
        TWO_NODE_ENDS(false),
        /** A number of expected votes is written down and counts in place of the votes in the node list. */
        EXPECTED_VOTES_WRITTEN(false),
        /** Packets would not be encrypted. */
        NOT_ENCRYPTED(false),
        /** There is no key that could be replaced. */
        NO_KEY(true),
        /** The text is what it was. */
        NOTHING_CHANGES(true),
        /** A text given as a whole has not the next version. */
        VERSION_NOT_NEXT(true),
        /** The result contradicts itself. */
        RESULT_INVALID(true);

        private final boolean blocks;

        Kind(boolean blocks) {
            this.blocks = blocks;
        }
    }
}
