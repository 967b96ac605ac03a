package org.quorate.core.ring.wire;

/**
 * Order of sequence numbers, token numbers and arus: unsigned 32-bit numbers that roll over.
 *
 * <p>If either number is above 0x80000000, 0x10000 is subtracted from both first, modulo 2^32; then they are compared as unsigned. So a number shortly after the
 * roll-over comes behind one shortly before it, as long as they are less than 0x10000 apart. All members must use the same rule, oddities included:
 * 0 is <em>not</em> less than 0xFFFFFFFF, on which the aru of a ring's first token depends.
 */
public final class SequenceNumbers {
    private static final int HALF = 0x8000_0000;
    private static final int SHIFT = 0x1_0000;

    private SequenceNumbers() {}

    /** Whether {@code a} comes before {@code b}. */
    public static boolean lessThan(int a, int b) {
        return compare(a, b) < 0;
    }

    /** Whether {@code a} comes before {@code b} or is the same. */
    public static boolean lessOrEqual(int a, int b) {
        return compare(a, b) <= 0;
    }

    private static int compare(int a, int b) {
        boolean shifted = Integer.compareUnsigned(a, HALF) > 0 || Integer.compareUnsigned(b, HALF) > 0;
        return shifted ? Integer.compareUnsigned(a - SHIFT, b - SHIFT) : Integer.compareUnsigned(a, b);
    }
}
