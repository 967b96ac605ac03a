package org.quorate;

import org.quorate.ClusterException.Reason;

/**
 * An own address on one link of a node that makes a cluster or joins one.
 *
 * <pre>{@code
 * Link.udp(0, "10.0.0.11")
 * Link.udp(1, "192.168.7.11", 5405).priority(5)
 * }</pre>
 *
 * @param number 0 to 7, equal on all nodes
 * @param address of this host, in digits or a name, which is looked up once
 * @param port UDP port of the link on every node, 1 to 65535; who joins has that of the cluster
 * @param priority 0 to 255; the link with the highest one carries the data; who joins has that of the cluster
 */
public record Link(int number, String address, int port, int priority) {
    /** Checks the ranges; an address is looked at when it is used. */
    public Link {
        check(number >= 0 && number < LinkConfig.MAX_LINKS, "link number " + number + " is not in 0..7");
        check(port >= 1 && port <= 65_535, "port " + port + " of link " + number + " is not in 1..65535");
        check(priority >= 0 && priority <= 255, "priority " + priority + " of link " + number + " is not in 0..255");
    }

    /** A link on the port that Corosync gives it: 5405 and its number. */
    public static Link udp(int number, String address) {
        return udp(number, address, LinkConfig.DEFAULT_PORT + number);
    }

    /** A link on this port. */
    public static Link udp(int number, String address, int port) {
        return new Link(number, address, port, 0);
    }

    /** The same with this priority. */
    public Link priority(int newPriority) {
        return new Link(number, address, port, newPriority);
    }

    private static void check(boolean good, String what) {
        if (!good) throw new ClusterException(Reason.CONFIGURATION_INVALID, what);
    }
}
