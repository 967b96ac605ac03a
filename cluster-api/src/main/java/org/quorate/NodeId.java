package org.quorate;

/**
 * The number of a node, unique in its cluster for ever: 1 to 65535.
 *
 * <p>Source: corosync.conf(5) nodeid; the upper limit is that of knet's 16-bit host id.
 *
 * @param value 1..65535
 */
public record NodeId(int value) implements Comparable<NodeId> {
    /** Largest node id. */
    public static final int MAX = 65_535;

    /** Checks the range. */
    public NodeId {
        if (value < 1 || value > MAX) throw new IllegalArgumentException("node id " + value + " is not in 1.." + MAX);
    }

    /** The node id {@code value}. */
    public static NodeId of(int value) {
        return new NodeId(value);
    }

    @Override
    public int compareTo(NodeId other) {
        return Integer.compare(value, other.value);
    }

    /** The number alone, in decimal. */
    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
