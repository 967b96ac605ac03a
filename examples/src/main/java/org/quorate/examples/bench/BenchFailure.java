package org.quorate.examples.bench;

/** A measurement could not be made; the message is one sentence. */
public final class BenchFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchFailure(String message) {
        super(message);
    }
}
