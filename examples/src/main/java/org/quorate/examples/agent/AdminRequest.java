package org.quorate.examples.agent;

import org.quorate.examples.json.JsonObject;

/**
 * A request that came through an {@link AdminSocket}, to be answered with {@link #succeed} or {@link #fail} once, after any number of
 * {@link #line}s. Thread-safe; no method blocks.
 */
interface AdminRequest {
    /** What was asked. */
    JsonObject body();

    /** One line of a stream that goes on until the client hangs up; takes the time limit off the request. */
    void line(JsonObject line);

    /** The answer; {@code ok} is added. */
    void succeed(JsonObject answer);

    /** The refusal: one sentence. */
    default void fail(String why) {
        fail(why, "");
    }

    /** The refusal with a reason for programs; empty for none. */
    void fail(String why, String reason);

    /** Runs {@code action} once when the client is gone, for whatever reason; at once if it is. */
    void onGone(Runnable action);
}
