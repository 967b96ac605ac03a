package org.quorate.core.sim;

/** A promise broken on purpose, in the harness and never in the product, to see that the checker notices. */
public enum Sabotage {
    /** Nothing. */
    NONE,
    /** Disks acknowledge writes that a crash loses. */
    LYING_DISK,
    /** One node acknowledges every third write of a ring id without making it. */
    SKIP_PERSIST,
    /** A process that starts again does not know which rings its node was in. */
    FORGET_RING_ID,
    /** One node hears some message twice. */
    DELIVER_TWICE,
    /** One node misses some message. */
    DROP_DELIVERY,
    /** One node misses some message of its own. */
    DROP_OWN_DELIVERY,
    /** One node hears two messages in the wrong order. */
    SWAP_DELIVERIES,
    /** One node hears some of its own messages when it sends them, not at their place in the order. */
    DELIVER_BEFORE_ORDER,
    /** One node hears the last message of each view in the next one. */
    DELIVER_IN_NEXT_VIEW,
    /** One node hears messages of a group that it has left. */
    STAY_IN_GROUP,
    /** One node does not take over what recovery brings of the old ring. */
    SKIP_RECOVERY,
    /** One node takes it that everybody has what has been sent, says so, and lets go of it. */
    FREE_BEFORE_ARU,
    /** One node takes messages after the roll-over of the numbers for old ones. */
    NO_WRAP_OF_MESSAGES,
    /** One node takes it that everybody has all messages after the roll-over as soon as they are sent. */
    NO_WRAP_OF_ARU,
    /** The vote of the lowest node present counts twice. */
    COUNT_A_VOTE_TWICE;

    /** Whether it shows only in rings whose numbers come near their wrap. */
    boolean concernsNumbers() {
        return this == NO_WRAP_OF_MESSAGES || this == NO_WRAP_OF_ARU;
    }

    /** What stands between wire and ring of a node. */
    PacketFilter filter(int node) {
        if (node != 1) return PacketFilter.NONE;
        return switch (this) {
            case SKIP_RECOVERY -> SabotagedPackets::withoutRecovered;
            case FREE_BEFORE_ARU -> SabotagedPackets::receivedByAll;
            case NO_WRAP_OF_MESSAGES -> new SabotagedPackets.OldMessages();
            case NO_WRAP_OF_ARU -> SabotagedPackets::receivedByAllAfterWrap;
            default -> PacketFilter.NONE;
        };
    }
}
