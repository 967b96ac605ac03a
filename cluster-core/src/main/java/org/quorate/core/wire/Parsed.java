package org.quorate.core.wire;

import java.util.function.Function;

/** What a decoder made of some octets: a message, or the reason why they are none. Decoders never throw because of what they read. */
public sealed interface Parsed<T> {
    /** Well formed. */
    record Ok<T>(T value) implements Parsed<T> {}

    /** Nothing to process; count it. */
    record Malformed<T>(DropReason reason) implements Parsed<T> {}

    /** A refusal. */
    static <T> Parsed<T> malformed(DropReason reason) {
        return new Malformed<>(reason);
    }

    /** An acceptance. */
    static <T> Parsed<T> ok(T value) {
        return new Ok<>(value);
    }

    /** What {@code next} makes of the value, or the same refusal. */
    default <R> Parsed<R> then(Function<? super T, Parsed<R>> next) {
        if (this instanceof Ok<T> ok) return next.apply(ok.value());
        return new Malformed<>(((Malformed<T>) this).reason());
    }
}
