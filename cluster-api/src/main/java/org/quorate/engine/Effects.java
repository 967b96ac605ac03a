package org.quorate.engine;

/**
 * Where an engine puts its effects, in the order in which its host has to perform them.
 *
 * @param <E> the engine's kind of effect
 */
@FunctionalInterface
public interface Effects<E> {
    /** Appends one effect. */
    void add(E effect);
}
