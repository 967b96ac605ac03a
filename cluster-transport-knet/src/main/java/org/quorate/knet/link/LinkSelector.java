package org.quorate.knet.link;

import org.quorate.LinkConfig;
import org.quorate.LinkMode;

/**
 * Chooses the links that carry the data to one peer, among those that are usable now. Sets of links are bit masks: bit n is link n.
 *
 * <p>Passive: one link, the highest priority, on a tie the lowest number; a better link takes over as soon as it is usable. Active: all.
 * Round robin: one link a message, in turn by number. Source: corosync.conf(5) link_mode and knet_link_priority.
 */
public final class LinkSelector {
    private LinkMode mode;
    private final int[] priorities = new int[LinkConfig.MAX_LINKS];
    private int usable;
    private int carriers;
    private int lastInTurn = -1;

    /** A selector without usable links. */
    public LinkSelector(LinkMode mode) {
        this.mode = mode;
    }

    /** Tells that {@code link} can carry data, with that priority, or cannot. */
    public void set(int link, boolean isUsable, int priority) {
        priorities[link] = priority;
        usable = isUsable ? usable | 1 << link : usable & ~(1 << link);
        carriers = mode == LinkMode.PASSIVE ? best() : usable;
    }

    /** Chooses by another rule from now on. */
    void mode(LinkMode changed) {
        mode = changed;
        carriers = mode == LinkMode.PASSIVE ? best() : usable;
    }

    private int best() {
        int best = -1;
        for (int i = 0; i < priorities.length; i++)
            if ((usable & 1 << i) != 0 && (best < 0 || priorities[i] > priorities[best])) best = i;
        return best < 0 ? 0 : 1 << best;
    }

    /** The links that can carry data. */
    int usable() {
        return usable;
    }

    /** The links among which data travels; 0 if there is none. */
    public int carriers() {
        return carriers;
    }

    /** The links for one message and all its fragments; 0 if there is none. */
    public int next() {
        if (mode != LinkMode.RR || carriers == 0) return carriers;
        do {
            lastInTurn = (lastInTurn + 1) % LinkConfig.MAX_LINKS;
        } while ((carriers & 1 << lastInTurn) == 0);
        return 1 << lastInTurn;
    }
}
