package org.quorate.knet.wire;

import java.util.Locale;

/**
 * Why a datagram, a frame or a message went no further. Everything dropped is counted under exactly one of these.
 *
 * <p>Source: docs/protocol/knet.md 2.2 and 7.3.
 */
public enum DropReason {
    /** The allow list of the own link has no room for the source address; nothing else was looked at. */
    NOT_ALLOWED,
    /** Shorter than its type's header, or than what the cipher adds. */
    TOO_SHORT,
    /** The version byte is not 1. */
    BAD_VERSION,
    /** Not one of the five frame types. */
    UNKNOWN_TYPE,
    /** The source is no configured peer. */
    UNKNOWN_HOST,
    /** The source is this node's own id. */
    OWN_ID,
    /** A link number above 7, or one that is not configured for the peer. */
    BAD_LINK,
    /** The datagram's source address is not the one configured. */
    WRONG_ADDRESS,
    /** From an address of no peer, and not even opened, because many such came. */
    STRANGER,
    /** Data of a peer to which no link is up. */
    NOT_REACHABLE,
    /** The message has been delivered before. */
    DUPLICATE,
    /** A fragment of a message that was given up, refused or is waiting to be delivered. */
    LATE_FRAGMENT,
    /** A data frame without any data. */
    EMPTY_PAYLOAD,
    /** Fragment numbers that are impossible, or contradict other fragments of the same message. */
    BAD_FRAGMENT,
    /** A channel outside 0..31, or one that is not in use here. */
    BAD_CHANNEL,
    /** Compressed by an unknown model, or not decodable. */
    BAD_COMPRESSION,
    /** Compressed by a known model for which there is no library here. */
    COMPRESSION_UNAVAILABLE,
    /** The HMAC does not match: another key, or damage. */
    NOT_AUTHENTIC,
    /** Authentic, but not whole cipher blocks or without correct padding. */
    BAD_PADDING,
    /** More than 65536 bytes in a message, or a frame longer than the largest possible. */
    TOO_LARGE,
    /** A half-received message gave way to newer ones, or its sender restarted. */
    REASSEMBLY_EVICTED,
    /** Addressed to another node. */
    NOT_FOR_US,
    /** An answer to a ping or probe that was not sent, or was given up. */
    UNEXPECTED_REPLY,
    /** A bounded queue was full. */
    QUEUE_FULL,
    /** Nothing to send on: no usable link to any destination. */
    NO_ROUTE,
    /** The socket refused to send. */
    SEND_FAILED;

    private final String counterName = "drop." + name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** Name of the counter, for example {@code drop.too-short}. */
    public String counterName() {
        return counterName;
    }
}
