package org.quorate.sim;

import org.jspecify.annotations.Nullable;

/** A simulation that broke an invariant or made no progress. The message names the seed and the instant and ends with the trace. */
public final class SimulationFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final long seed;
    private final String why;

    SimulationFailure(long seed, String why, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.seed = seed;
        this.why = why;
    }

    /** The seed that shows it again. */
    public long seed() {
        return seed;
    }

    /** What went wrong, without the trace. */
    public String why() {
        return why;
    }
}
