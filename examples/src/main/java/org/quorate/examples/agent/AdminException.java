package org.quorate.examples.agent;

/** An agent refused or could not do what it was asked, or there is no agent; the message is one sentence. */
public final class AdminException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /** For {@code message}. */
    public AdminException(String message) {
        this(message, "");
    }

    /** The same with the agent's reason for programs. */
    public AdminException(String message, String reason) {
        super(message);
        this.reason = reason;
    }

    /** The same with the cause. */
    public AdminException(String message, Throwable cause) {
        super(message, cause);
        this.reason = "";
    }

    /** The agent's reason for programs, such as {@code NOT_IN_CLUSTER}; empty if it gave none. */
    public String reason() {
        return reason;
    }
}
