package org.quorate.examples.json;

/** A text is not one JSON object; the message is half a sentence that says what is wrong. */
public final class JsonFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    JsonFormatException(String message) {
        super(message);
    }
}
