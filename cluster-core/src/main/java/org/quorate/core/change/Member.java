package org.quorate.core.change;

/**
 * Who takes part in changes: a member of the group of the configuration.
 *
 * @param node id of its node
 * @param id unique on the node, not used again
 */
public record Member(int node, int id) implements Comparable<Member> {
    @Override
    public int compareTo(Member other) {
        int byNode = Integer.compare(node, other.node);
        return byNode != 0 ? byNode : Integer.compareUnsigned(id, other.id);
    }

    @Override
    public String toString() {
        return node + "/" + Integer.toUnsignedString(id);
    }
}
