package org.quorate.core.wire;

/** Why octets that the ring delivered are not a message. */
public enum DropReason {
    /** A frame shorter than its header or its list of lengths. */
    PACK_SHORT("drop.pack.short"),
    /** A frame whose length is not that of its parts. */
    PACK_LENGTH("drop.pack.length"),
    /** A frame without parts. */
    PACK_EMPTY("drop.pack.empty"),
    /** A list of more groups than allowed, or one that is longer than its message. */
    PACK_GROUPS("drop.pack.groups"),
    /** A message shorter than its header or than the fixed part of its kind. */
    MESSAGE_SHORT("drop.message.short"),
    /** A message whose header claims more octets than there are, or fewer than its kind has. */
    MESSAGE_SIZE("drop.message.size"),
    /** A message of another byte order, of a kind that exists in one order only. */
    MESSAGE_BYTE_ORDER("drop.message.byte-order"),
    /** An unknown message of the synchronisation. */
    SYNC_KIND("drop.sync.kind"),
    /** A service list with a count outside 0 to 128. */
    SYNC_COUNT("drop.sync.count"),
    /** A service number of 64 or more. */
    SERVICE_NUMBER("drop.service.number"),
    /** A message number that the service does not have. */
    SERVICE_FUNCTION("drop.service.function"),
    /** A configuration message with too many items or an item that is longer than the message. */
    CMAP_ITEM("drop.cmap.item"),
    /** A text longer than its field. */
    CFG_TEXT("drop.cfg.text"),
    /** A group name whose length is outside 1 to 128. */
    CPG_NAME("drop.cpg.name"),
    /** A payload or an entry that is longer than the message, or half an entry. */
    CPG_LENGTH("drop.cpg.length"),
    /** A count above 384. */
    CPG_COUNT("drop.cpg.count"),
    /** A piece that is neither first nor continued nor last. */
    CPG_PART("drop.cpg.part"),
    /** A message in a group of requests that is neither request nor answer. */
    REQUEST_FORMAT("drop.request.format"),
    /** The downlist of old versions, which carries nothing that is needed. */
    CPG_OLD_DOWNLIST("drop.cpg.old-downlist");

    private final String counterName;

    DropReason(String counterName) {
        this.counterName = counterName;
    }

    /** Name of the counter of such drops. */
    public String counterName() {
        return counterName;
    }
}
