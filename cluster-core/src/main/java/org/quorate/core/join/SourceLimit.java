package org.quorate.core.join;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** How many connections each source has now; a source is an address, or a /64 of IPv6. Bounded by the connections there are. Thread-safe. */
final class SourceLimit {
    private static final int PREFIX_BYTES = 8;

    private final int most;
    private final Map<String, Integer> open = new HashMap<>();

    SourceLimit(int most) {
        this.most = most;
    }

    static String source(InetAddress address) {
        byte[] bytes = address.getAddress();
        return HexFormat.of().formatHex(address instanceof Inet6Address ? Arrays.copyOf(bytes, PREFIX_BYTES) : bytes);
    }

    synchronized boolean begin(String source) {
        int now = open.getOrDefault(source, 0);
        if (now >= most) return false;
        open.put(source, now + 1);
        return true;
    }

    synchronized void end(String source) {
        open.computeIfPresent(source, (key, count) -> count == 1 ? null : count - 1);
    }
}
