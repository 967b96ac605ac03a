package org.quorate.core.ring;

/**
 * How many messages a token visit may send, so that all nodes together stay within the window and share it fairly.
 * All arithmetic is unsigned modulo 2^32. Source: totem.md 2.8 steps 7 and 12.
 */
final class FlowControl {
    private int windowSize;
    private int maxMessages;
    private int sentLastVisit;
    private int previousBacklog;
    private int currentBacklog;

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
        int room = windowSize - ringSent;
        if (Integer.compareUnsigned(allowed, room) > 0) allowed = room;
        currentBacklog = waiting;
        int total = ringBacklog + currentBacklog - previousBacklog;
        if (total != 0) {
            int share = Integer.divideUnsigned(windowSize * previousBacklog, total);
            if (share > 0 && Integer.compareUnsigned(allowed, share) > 0) allowed = share;
        }
        return allowed;
    }

    /** The token's count of messages sent in the last rotation, after this visit sent {@code sent}. */
    int ringSentAfter(int ringSent, int sent) {
        return ringSent + sent - sentLastVisit;
    }

    /** The token's backlog after this visit. */
    int ringBacklogAfter(int ringBacklog) {
        return ringBacklog + currentBacklog - previousBacklog;
    }

    /** Ends a visit that sent {@code sent}. */
    void visited(int sent) {
        sentLastVisit = sent;
        previousBacklog = currentBacklog;
    }
}
