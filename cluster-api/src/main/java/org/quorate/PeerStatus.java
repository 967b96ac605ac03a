package org.quorate;

import java.time.Duration;
import java.util.List;

/**
 * What a transport knows of one peer at one moment. A peer is reachable exactly if at least one link to it is up and has a valid MTU.
 *
 * @param id its node id
 * @param reachable whether messages to it are sent
 * @param age for how long it has been reachable or unreachable
 * @param why why that changed last; one sentence
 * @param carriers numbers of the links that carry data to it now, ascending; empty if it is not reachable
 */
public record PeerStatus(NodeId id, boolean reachable, Duration age, String why, List<Integer> carriers) {
    /** Takes a copy. */
    public PeerStatus {
        carriers = List.copyOf(carriers);
    }
}
