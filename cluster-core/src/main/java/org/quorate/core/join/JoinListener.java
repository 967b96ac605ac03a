package org.quorate.core.join;

/** Hears how a join goes, on the thread that joins. */
@FunctionalInterface
public interface JoinListener {
    /** Hears nothing. */
    JoinListener NONE = (step, sentence) -> {};

    /**
     * A step has begun.
     *
     * @param step for programs
     * @param sentence for people; without secrets
     */
    void onStep(JoinStep step, String sentence);
}
