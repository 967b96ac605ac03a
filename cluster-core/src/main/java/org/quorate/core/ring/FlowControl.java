package org.quorate.core.ring;

/**
 * How many messages a token visit may send, so that all nodes together stay within the window and share it fairly.
 * All arithmetic is unsigned modulo 2^32. Source: totem.md 2.8 steps 7 and 12.
 */
final class FlowControl {
    /** The brake at which nothing new is sent. */
    static final int MAX_BRAKE = 8;

    private int windowSize;
    private int maxMessages;
    private int sentLastVisit;
    private int previousBacklog;
    private int currentBacklog;
    /** Eighths of the window that are not to be used. */
    private int brake;
    /** Messages that the token counts as sent by this node and that were not. */
    private int claimed;

    private int nextClaim;

    FlowControl(int windowSize, int maxMessages) {
        this.windowSize = windowSize;
        this.maxMessages = maxMessages;
    }

    void configure(int newWindowSize, int newMaxMessages) {
        windowSize = newWindowSize;
        maxMessages = newMaxMessages;
    }

    void reset() {
        sentLastVisit = 0;
        previousBacklog = 0;
        currentBacklog = 0;
        claimed = 0;
        nextClaim = 0;
    }

    /** This node cannot take more than what {@code eighths} of the window leave; 0 for no limit. */
    void brake(int eighths) {
        brake = eighths;
    }

    int brake() {
        return brake;
    }

    int windowSize() {
        return windowSize;
    }

    /**
     * Messages that this visit may send, new ones and retransmissions together.
     *
     * @param ringBacklog the token's backlog
     * @param ringSent the token's count of messages sent in the last rotation
     * @param waiting own frames waiting
     */
    int allowance(int ringBacklog, int ringSent, int waiting) {
        int allowed = maxMessages;
        int room = windowSize - (ringSent - claimed);
        if (Integer.compareUnsigned(allowed, room) > 0) allowed = room;
        currentBacklog = waiting;
        int total = ringBacklog + currentBacklog - previousBacklog;
        if (total != 0) {
            int share = Integer.divideUnsigned(windowSize * previousBacklog, total);
            if (share > 0 && Integer.compareUnsigned(allowed, share) > 0) allowed = share;
        }
        return allowed;
    }

    /** How many of the messages that {@link #allowance} allows may be new ones: what the brake leaves of the window, shared with the others. */
    int allowanceOfNew(int allowed, int ringSent) {
        if (brake == 0) return allowed;
        int room = Math.max(0, Math.min(open(), windowSize - ringSent));
        return Integer.compareUnsigned(allowed, room) > 0 ? room : allowed;
    }

    /**
     * The token's count with what the brake adds to it, so that all together send no more than what it leaves of the window.
     *
     * @param counted from {@link #ringSentAfter}
     * @param missed messages that somebody has to send again, for which there is room in any case
     */
    int claim(int counted, int missed) {
        // a count above the window is not one to add to: the others subtract it from the window, without a sign
        boolean credible = Integer.compareUnsigned(counted, windowSize) <= 0;
        nextClaim = brake > 0 && credible
                ? Math.max(0, Math.min(windowSize - open(), windowSize - Math.min(missed, windowSize) - counted))
                : 0;
        return counted + nextClaim;
    }

    private int open() {
        return windowSize * (MAX_BRAKE - brake) / MAX_BRAKE;
    }

    /** The token's count of messages sent in the last rotation, after this visit sent {@code sent}. */
    int ringSentAfter(int ringSent, int sent) {
        return ringSent - claimed + sent - sentLastVisit;
    }

    /** The token's backlog after this visit. */
    int ringBacklogAfter(int ringBacklog) {
        return ringBacklog + currentBacklog - previousBacklog;
    }

    /** Ends a visit that sent {@code sent}. */
    void visited(int sent) {
        sentLastVisit = sent;
        previousBacklog = currentBacklog;
        claimed = nextClaim;
        nextClaim = 0;
    }
}
