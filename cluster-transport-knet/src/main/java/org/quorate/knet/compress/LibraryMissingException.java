package org.quorate.knet.compress;

/** The library of a compression model is not there or does not work. The message names the model and says what is missing. */
final class LibraryMissingException extends Exception {
    private static final long serialVersionUID = 1;

    LibraryMissingException(String message, Throwable cause) {
        super(message, cause);
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
