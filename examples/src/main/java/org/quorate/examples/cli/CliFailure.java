package org.quorate.examples.cli;

/** A command cannot do what it was asked for; the message is the one sentence for the user. */
final class CliFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CliFailure(String message) {
        super(message);
    }
}
