package org.quorate;

/** A text is no join information; the message is one sentence. Its {@link #reason} is {@link ClusterException.Reason#JOIN_INFO_INVALID}. */
public final class JoinInfoException extends ClusterException {
    private static final long serialVersionUID = 1L;
    private static final int MAX_SHOWN_CHARS = 40;

    private final Problem problem;

    /** A refusal for {@code problem}. */
    public JoinInfoException(Problem problem, String message) {
        super(Reason.JOIN_INFO_INVALID, message);
        this.problem = problem;
    }

    /** What is wrong with the text. */
    public Problem problem() {
        return problem;
    }

    /** As much of {@code text} as a message can take: its begin, without control characters. */
    public static String shown(String text) {
        String begin = text.length() > MAX_SHOWN_CHARS ? text.substring(0, MAX_SHOWN_CHARS) + "..." : text;
        return begin.replaceAll("\\p{Cntrl}", "?");
    }

    /** What can be wrong with a text. */
    public enum Problem {
        /** There is nothing. */
        EMPTY,
        /** More than {@link JoinInfo#MAX_TEXT_CHARS} characters. */
        TOO_LONG,
        /** Characters that Base64 does not have, or an end in the middle. */
        NOT_BASE64,
        /** What is in the Base64 is not UTF-8. */
        NOT_UTF8,
        /** What is in the Base64 is not one JSON object, or one that is nested too deep. */
        NOT_JSON,
        /** The field {@code format} has another value than 1. */
        FORMAT_UNKNOWN,
        /** There is no object {@code totem}. */
        TOTEM_MISSING,
        /** A field is not what it has to be. */
        FIELD_INVALID
    }
}
