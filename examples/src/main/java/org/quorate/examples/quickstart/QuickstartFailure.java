package org.quorate.examples.quickstart;

/** Something did not happen as it should have; the message is one sentence. */
public final class QuickstartFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    QuickstartFailure(String message) {
        super(message);
    }
}
