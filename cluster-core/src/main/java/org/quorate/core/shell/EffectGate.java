package org.quorate.core.shell;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Effects in the order in which the engine added them, performed in that order, none while one before it is not durable. Confined to
 * the loop. May be entered again while it drains: what is added then waits for its turn in the outer call.
 *
 * @param <E> the engine's kind of effect
 */
final class EffectGate<E> {
    /** Effects that may wait for a write. A ring whose node is silent moves on within seconds, so more means that the disk hangs. */
    static final int MAX_HELD = 16_384;

    private final ArrayDeque<E> waiting = new ArrayDeque<>();
    private boolean held;
    private boolean draining;
    private boolean overflowed;

    /** Appends one effect; more than {@link #MAX_HELD} while held are lost and make {@link #hasOverflowed} true. */
    void add(E effect) {
        if (held && waiting.size() >= MAX_HELD) overflowed = true;
        else waiting.add(effect);
    }

    /** Performs what is waiting, until there is none or {@code host} has called {@link #hold}. */
    void drain(Consumer<E> host) {
        if (draining) return;
        draining = true;
        try {
            while (!held) {
                E next = waiting.poll();
                if (next == null) return;
                host.accept(next);
            }
        } finally {
            draining = false;
        }
    }

    /** Nothing more is performed until {@link #release}. */
    void hold() {
        held = true;
    }

    /** What waits may be performed again, by the next {@link #drain}. */
    void release() {
        held = false;
    }

    /** Forgets what is waiting, at the end of the node. */
    void clear() {
        waiting.clear();
    }

    boolean hasOverflowed() {
        return overflowed;
    }

    int size() {
        return waiting.size();
    }
}
