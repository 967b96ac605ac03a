package org.quorate.core.ring.wire;

/** Why a packet is not a message of the ring. */
public enum RingDropReason {
    /** Shorter than the common header or than the fixed part of its type. */
    SHORT("drop.ring.short"),
    /** Longer than 65536 octets. */
    LONG("drop.ring.long"),
    /** Does not start with 0xC070 in either byte order. */
    MAGIC("drop.ring.magic"),
    /** Another version than 3. */
    VERSION("drop.ring.version"),
    /** An unknown message type. */
    TYPE("drop.ring.type"),
    /** A multicast that is neither ordinary nor encapsulated, or an envelope whose content is not an ordinary multicast. */
    ENCAPSULATED("drop.ring.encapsulated"),
    /** A count above its limit: 30 retransmit requests, 384 nodes. */
    COUNT("drop.ring.count"),
    /** Shorter than its counts say. */
    TRUNCATED("drop.ring.truncated"),
    /** A token of more than 1500 octets. */
    TOKEN_LONG("drop.ring.token-long"),
    /** A commit token for nobody. */
    NO_MEMBERS("drop.ring.no-members"),
    /** A commit token with more entries filled in than it has. */
    MEMBER_INDEX("drop.ring.member-index"),
    /** A commit token whose addresses are not strictly ascending. */
    MEMBER_ORDER("drop.ring.member-order"),
    /** Node id 0 where a node is meant. */
    NODE_ID("drop.ring.node-id");

    private final String counterName;

    RingDropReason(String counterName) {
        this.counterName = counterName;
    }

    /** Name of the counter of such drops. */
    public String counterName() {
        return counterName;
    }
}
