package org.quorate.core.join.wire;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a joiner has to try before it is admitted: each link to each member.
 *
 * @param key 32 random bytes, good for this join only, by which the packets of both sides are authenticated
 * @param ports UDP port by number of the link, on every node
 * @param members all nodes of the cluster
 */
public record ProbePlan(Secret key, SortedMap<Integer, Integer> ports, List<Member> members) {
    /** Length of the key in bytes. */
    public static final int KEY_BYTES = 32;

    /** Takes copies. */
    public ProbePlan {
        ports = Collections.unmodifiableSortedMap(new TreeMap<>(ports));
        members = List.copyOf(members);
    }

    /**
     * A node of the cluster.
     *
     * @param name as listed
     * @param nodeId its id
     * @param addresses by number of the link
     */
    public record Member(String name, int nodeId, SortedMap<Integer, String> addresses) {
        /** Takes a copy. */
        public Member {
            addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
        }
    }
}
