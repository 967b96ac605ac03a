package org.quorate.core.join.wire;

/**
 * What was found on one link to one member.
 *
 * @param node name of the member
 * @param link number of the link
 * @param forward whether the member hears the joiner
 * @param back whether the joiner hears the member
 * @param rttMicros the shortest round trip in microseconds; -1 if none was measured
 * @param largestBytes the longest datagram that came through, in bytes; 0 if none did
 */
public record ProbeReport(String node, int link, boolean forward, boolean back, long rttMicros, int largestBytes) {
    /** A link that carries no datagram of this many bytes is of no use to a cluster. */
    public static final int LEAST_BYTES = 1200;

    /** Whether the link can be used. */
    public boolean isGood() {
        return forward && back && largestBytes >= LEAST_BYTES;
    }

    /** What is the matter with the link, as a sentence. */
    public String sentence() {
        String what = "link " + link + " to " + node + " ";
        if (!forward && !back) return what + "carries nothing in either direction; check cable, network, firewall";
        if (!forward) return what + "carries nothing to " + node + "; check the firewall of " + node;
        if (!back) return what + "carries nothing from " + node + "; check the firewall of this host";
        return what + "carries datagrams of " + largestBytes + " bytes at most, and " + LEAST_BYTES
                + " are needed; check the MTU of the network between";
    }
}
