package org.quorate.core.change;

/**
 * What a member has found on one link to one other member.
 *
 * @param link number of the link
 * @param peer id of the other member's node
 * @param forward whether the other has answered
 * @param back whether the other was heard
 * @param bytes the longest datagram that was answered; 0 if none was
 */
public record TriedLink(int link, int peer, boolean forward, boolean back, int bytes) {
    /** A link that does not carry so many bytes in a datagram is of no use to a cluster. */
    public static final int LEAST_BYTES = 1200;

    /** Whether nothing is amiss. */
    public boolean isGood() {
        return forward && back && bytes >= LEAST_BYTES;
    }
}
