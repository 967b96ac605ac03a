package org.quorate.knet.probe;

import java.util.Locale;

/** Why an authentic probe went no further. */
enum ProbeDrop {
    /** A field has a value that it must not have, or the datagram another length than it says. */
    MALFORMED,
    /** Addressed to another node. */
    NOT_FOR_US,
    /** Of a node that is not in the window, or for a link that it does not have. */
    UNKNOWN_NODE,
    /** For a link whose own socket is another one. */
    WRONG_LINK,
    /** From another address than the one that is known. */
    WRONG_ADDRESS,
    /** A question that was answered before. */
    REPEATED,
    /** An answer to nothing that was asked. */
    UNEXPECTED_ANSWER,
    /** More questions in a second than are answered. */
    TOO_MANY;

    private final String counterName =
            "drop.probe." + name().toLowerCase(Locale.ROOT).replace('_', '-');

    String counterName() {
        return counterName;
    }
}
