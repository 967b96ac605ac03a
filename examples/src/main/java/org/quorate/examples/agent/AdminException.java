package org.quorate.examples.agent;

/** An agent refused or could not do what it was asked, or there is no agent; the message is one sentence. */
public final class AdminException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** For {@code message}. */
    public AdminException(String message) {
        super(message);
    }

    /** The same with the cause. */
    public AdminException(String message, Throwable cause) {
        super(message, cause);
    }
}
