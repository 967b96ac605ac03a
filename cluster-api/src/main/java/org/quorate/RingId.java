package org.quorate;

/**
 * Names one membership incarnation of a ring. Never used twice: the sequence grows with every ring and every restart.
 *
 * @param representative lowest node id of the ring, an unsigned 32-bit number; 0 in {@link #NONE}
 * @param sequence unsigned 64-bit; printed in hexadecimal as Corosync's tools do
 */
public record RingId(int representative, long sequence) {
    /** The ring id of a node that never was in a ring. */
    public static final RingId NONE = new RingId(0, 0);

    /** Representative in decimal, dot, sequence in lower-case hexadecimal: {@code 1.1a}. */
    @Override
    public String toString() {
        return Integer.toUnsignedString(representative) + "." + Long.toHexString(sequence);
    }
}
