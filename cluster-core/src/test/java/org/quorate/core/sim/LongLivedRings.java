package org.quorate.core.sim;

import java.util.SplittableRandom;
import org.quorate.RingId;
import org.quorate.core.ring.RingNumbers;

/**
 * Rings whose numbers begin where those of a ring come to that has lasted for days: shortly before the largest signed number or before the largest
 * unsigned one, from where they go on at 0. One ring in four begins at 0 like any other, so that messages of the one kind are recovered in the other.
 *
 * @param seed that all nodes share
 */
record LongLivedRings(long seed) implements RingNumbers {
    private static final int MOST_MESSAGES_BEFORE = 200;
    private static final int MOST_TOKENS_BEFORE = 2000;

    @Override
    public Begin of(RingId ring) {
        SplittableRandom random =
                new SplittableRandom(seed + 0x9E3779B97F4A7C15L * (ring.sequence() * 65_536 + ring.representative()));
        int message = near(random, MOST_MESSAGES_BEFORE);
        return new Begin(message, near(random, MOST_TOKENS_BEFORE));
    }

    private static int near(SplittableRandom random, int most) {
        int kind = random.nextInt(4);
        int before = random.nextInt(random.nextBoolean() ? most : 30);
        return switch (kind) {
            case 0 -> 0;
            case 1 -> Integer.MAX_VALUE - before;
            default -> -1 - before;
        };
    }
}
