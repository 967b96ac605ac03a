package org.quorate.examples.json;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object under construction, or one that was read. Fields keep their order; a later {@code put} of a name replaces the value.
 * Values are texts, whole numbers, fractions, booleans, null, objects and lists of those. Not thread-safe.
 */
public final class JsonObject {
    private static final DateTimeFormatter ISO_MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private final LinkedHashMap<String, @Nullable Object> fields = new LinkedHashMap<>();

    /** An object that begins with {@code "schema": 1}, as everything that leaves the program does. */
    public static JsonObject withSchema() {
        return new JsonObject().put("schema", 1);
    }

    /**
     * Reads one object.
     *
     * @throws JsonFormatException if the text is anything else than exactly one object, nests deeper than 32 or names a field twice
     */
    public static JsonObject parse(String text) throws JsonFormatException {
        return JsonText.parse(text);
    }

    /** Sets a text. */
    public JsonObject put(String name, String value) {
        return set(name, Objects.requireNonNull(value));
    }

    /** Sets a whole number. */
    public JsonObject put(String name, long value) {
        return set(name, value);
    }

    /** Sets a fraction. */
    public JsonObject put(String name, double value) {
        return set(name, value);
    }

    /** Sets a truth value. */
    public JsonObject put(String name, boolean value) {
        return set(name, value);
    }

    /** Sets an object. */
    public JsonObject put(String name, JsonObject value) {
        return set(name, Objects.requireNonNull(value));
    }

    /** Sets a list of texts, numbers, truth values or objects. */
    public JsonObject put(String name, List<?> values) {
        return set(name, List.copyOf(values));
    }

    /** Sets a time as text: ISO 8601 in UTC, always with three digits of a second's fraction. */
    public JsonObject put(String name, Instant value) {
        return set(name, ISO_MILLIS.format(value));
    }

    /** Sets null. */
    public JsonObject putNull(String name) {
        return set(name, null);
    }

    /** Sets what is there, or null. */
    public JsonObject putText(String name, Optional<?> value) {
        return set(name, value.map(Object::toString).orElse(null));
    }

    /** Sets what is there, or null. */
    public JsonObject putNumber(String name, OptionalLong value) {
        return set(name, value.isPresent() ? (Object) value.getAsLong() : null);
    }

    /** Sets what is there, rounded to four decimals, or null. */
    public JsonObject putFraction(String name, OptionalDouble value) {
        return set(name, value.isPresent() ? (Object) (Math.round(value.getAsDouble() * 10_000) / 10_000.0) : null);
    }

    /** A copy without the fields {@code names}. */
    public JsonObject without(String... names) {
        JsonObject copy = new JsonObject().putAll(this);
        for (String name : names) copy.fields.remove(name);
        return copy;
    }

    /** Appends all fields of {@code other}. */
    public JsonObject putAll(JsonObject other) {
        fields.putAll(other.fields);
        return this;
    }

    /** The text called {@code name}; empty if there is none or it is not a text. */
    public Optional<String> text(String name) {
        return fields.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** The whole number called {@code name}; empty if there is none or it is not a whole number. */
    public OptionalLong number(String name) {
        return fields.get(name) instanceof Long number ? OptionalLong.of(number) : OptionalLong.empty();
    }

    /** The number called {@code name}, whole or not; empty if there is none or it is not a number. */
    public OptionalDouble fraction(String name) {
        return fields.get(name) instanceof Number number
                ? OptionalDouble.of(number.doubleValue())
                : OptionalDouble.empty();
    }

    /** Whether {@code name} is there and true. */
    public boolean isTrue(String name) {
        return Boolean.TRUE.equals(fields.get(name));
    }

    /** The object called {@code name}; empty if there is none or it is not an object. */
    public Optional<JsonObject> object(String name) {
        return fields.get(name) instanceof JsonObject object ? Optional.of(object) : Optional.empty();
    }

    /** The objects in the list called {@code name}; empty if there is no such list. */
    public List<JsonObject> objects(String name) {
        if (!(fields.get(name) instanceof List<?> list)) return List.of();
        return list.stream()
                .filter(JsonObject.class::isInstance)
                .map(JsonObject.class::cast)
                .toList();
    }

    /** Whether there is a field {@code name}, be it null. */
    public boolean has(String name) {
        return fields.containsKey(name);
    }

    /** JSON on one line, without a line end. */
    @Override
    public String toString() {
        return JsonText.write(this);
    }

    Map<String, @Nullable Object> fields() {
        return fields;
    }

    JsonObject set(String name, @Nullable Object value) {
        fields.put(name, value);
        return this;
    }
}
