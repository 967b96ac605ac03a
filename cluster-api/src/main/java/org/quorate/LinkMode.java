package org.quorate;

/** Which of the usable links to a peer carry data. Source: corosync.conf(5) link_mode. */
public enum LinkMode {
    /** One link: the highest priority, on a tie the lowest number. */
    PASSIVE,
    /** Every usable link carries every packet. */
    ACTIVE,
    /** One link per message, in turn. */
    RR
}
