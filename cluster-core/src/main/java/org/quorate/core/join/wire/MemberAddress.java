package org.quorate.core.join.wire;

import java.util.List;

/**
 * A member that can be asked later on.
 *
 * @param name of the node
 * @param fingerprint SHA-256 of its certificate: 32 pairs of upper-case hexadecimal digits with colons between
 * @param addresses of its links, that of the lowest link first
 */
public record MemberAddress(String name, String fingerprint, List<String> addresses) {
    /** Takes a copy. */
    public MemberAddress {
        addresses = List.copyOf(addresses);
    }
}
