package org.quorate.core.join.wire;

import java.util.Collections;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a joiner wants to be. Nothing in it is trusted: the member checks all of it.
 *
 * @param name of the new node
 * @param hostName the full name of its host, for its certificate; empty if it has none
 * @param certificateRequest PKCS#10 with its public key, DER in Base64
 * @param links its addresses by number of the link, in digits
 * @param address its one address where the link is not said; empty if links are given
 * @param nodeId the id that it wants; empty for the lowest that is free
 * @param votes empty for 1
 * @param api version of the join protocol that it speaks
 * @param software version of its software, for people to read
 * @param force whether an equal node of that name may be replaced
 */
public record JoinRequest(
        String name,
        String hostName,
        String certificateRequest,
        SortedMap<Integer, String> links,
        String address,
        OptionalInt nodeId,
        OptionalInt votes,
        int api,
        String software,
        boolean force) {
    /** Takes a copy. */
    public JoinRequest {
        links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
    }
}
