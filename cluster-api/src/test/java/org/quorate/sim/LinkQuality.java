package org.quorate.sim;

/**
 * How a {@link SimNetwork} treats messages of one direction of one path. Chances are per thousand.
 *
 * @param delayNanos every message takes at least this long
 * @param jitterNanos up to this much more, drawn for each message; order is kept
 * @param lossPerMille chance of being lost
 * @param duplicatePerMille chance of arriving twice
 * @param reorderPerMille chance of being overtaken
 * @param reorderNanos an overtaken message takes up to this much longer
 * @param corruptPerMille chance of arriving with flipped bits
 */
public record LinkQuality(
        long delayNanos,
        long jitterNanos,
        int lossPerMille,
        int duplicatePerMille,
        int reorderPerMille,
        long reorderNanos,
        int corruptPerMille) {
    /** A quiet local network: 200 to 300 microseconds, nothing lost. */
    public static final LinkQuality LAN = new LinkQuality(200_000, 100_000, 0, 0, 0, 0, 0);

    /** Checks the ranges. */
    public LinkQuality {
        if (delayNanos < 0 || jitterNanos < 0 || reorderNanos < 0)
            throw new IllegalArgumentException("a delay is negative");
        perMille(lossPerMille);
        perMille(duplicatePerMille);
        perMille(reorderPerMille);
        perMille(corruptPerMille);
    }

    /** The same with another delay. */
    public LinkQuality withDelay(long delay, long jitter) {
        return new LinkQuality(
                delay, jitter, lossPerMille, duplicatePerMille, reorderPerMille, reorderNanos, corruptPerMille);
    }

    /** The same with loss. */
    public LinkQuality withLoss(int perMille) {
        return new LinkQuality(
                delayNanos, jitterNanos, perMille, duplicatePerMille, reorderPerMille, reorderNanos, corruptPerMille);
    }

    /** The same with duplicates. */
    public LinkQuality withDuplicates(int perMille) {
        return new LinkQuality(
                delayNanos, jitterNanos, lossPerMille, perMille, reorderPerMille, reorderNanos, corruptPerMille);
    }

    /** The same with reordering. */
    public LinkQuality withReordering(int perMille, long nanos) {
        return new LinkQuality(
                delayNanos, jitterNanos, lossPerMille, duplicatePerMille, perMille, nanos, corruptPerMille);
    }

    /** The same with corruption. */
    public LinkQuality withCorruption(int perMille) {
        return new LinkQuality(
                delayNanos, jitterNanos, lossPerMille, duplicatePerMille, reorderPerMille, reorderNanos, perMille);
    }

    private static void perMille(int chance) {
        if (chance < 0 || chance > 1000) throw new IllegalArgumentException(chance + " is not in 0..1000");
    }
}
