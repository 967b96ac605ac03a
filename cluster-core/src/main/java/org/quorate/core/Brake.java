package org.quorate.core;

import java.util.function.Consumer;
import org.quorate.core.ring.RingInput;
import org.quorate.engine.Effects;

/**
 * Slows the ring down while the application's callbacks are behind, and not for ever: what hangs is this node's trouble, not the
 * cluster's. Pure; confined to the event loop.
 */
final class Brake {
    /** How long the brake stays on after the application was last known to be alive. */
    static final long LIMIT_NANOS = 10_000_000_000L;
    /** From here on it is worth a line in the log. */
    private static final int WORTH_SAYING = 4;

    private int eighths;
    private boolean said;
    private long givenUp;
    private long deadline = Long.MAX_VALUE;

    long deadlineNanos() {
        return deadline;
    }

    /** How often it was let go although the callbacks were behind. */
    long givenUp() {
        return givenUp;
    }

    /** The callbacks are that far behind, and move. */
    void set(long nowNanos, int newEighths, Consumer<RingInput> ring, Effects<NodeEffect> out) {
        deadline = newEighths == 0 ? Long.MAX_VALUE : nowNanos + LIMIT_NANOS;
        if (!said && newEighths >= WORTH_SAYING) {
            said = true;
            out.add(new NodeEffect.Note(
                    true,
                    "the listeners of this node are far behind; it slows the ring down until they have caught up"));
        } else if (said && newEighths == 0) {
            said = false;
            out.add(new NodeEffect.Note(false, "the listeners of this node have caught up"));
        }
        if (newEighths == eighths) return;
        eighths = newEighths;
        ring.accept(new RingInput.Brake(newEighths));
    }

    /** Nothing has moved until the deadline. */
    void giveUp(Consumer<RingInput> ring, Effects<NodeEffect> out) {
        deadline = Long.MAX_VALUE;
        eighths = 0;
        givenUp++;
        said = true;
        ring.accept(new RingInput.Brake(0));
        out.add(
                new NodeEffect.Note(
                        true,
                        "no callback of the application has ended for " + LIMIT_NANOS / 1_000_000_000L
                                + " s; the ring is not slowed down for it any longer, and this node stops if it falls too far behind"));
    }
}
