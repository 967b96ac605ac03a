package org.quorate.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value in a JSON text, for test vectors: {@code json.get("frames").at(0).get("seq").integer()}. What is not there, or is of another type, fails
 * the test with its path.
 *
 * <p>A module that uses it needs jackson-core in test scope.
 */
public final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final String path;

    /** A Map, List, String, Long, Double or Boolean; null for JSON's null. */
    private final @Nullable Object value;

    private Json(String path, @Nullable Object value) {
        this.path = path;
        this.value = value;
    }

    /** The JSON in a resource on the class path, named from its root. */
    public static Json resource(String name) {
        try (InputStream in = Json.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) throw new AssertionError("no resource " + name);
            return read(name, FACTORY.createParser(in));
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    /** The JSON in {@code text}. */
    public static Json parse(String text) {
        try {
            return read("$", FACTORY.createParser(text));
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + text, e);
        }
    }

    private static Json read(String path, JsonParser parser) throws IOException {
        try (parser) {
            parser.nextToken();
            Json json = new Json(path, value(parser));
            if (parser.nextToken() != null) throw new AssertionError(path + ": something follows the value");
            return json;
        }
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    map.put(name, value(parser));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) list.add(value(parser));
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new AssertionError("unexpected " + parser.currentToken());
        };
    }

    /** Whether this object has a member of that name. */
    public boolean has(String name) {
        return map().containsKey(name);
    }

    /** The member of that name of this object. */
    public Json get(String name) {
        if (!has(name)) throw new AssertionError(path + " has no " + name + " but " + map().keySet());
        return new Json(path + "." + name, map().get(name));
    }

    /** The element of this array, counted from 0. */
    public Json at(int index) {
        return items().get(index);
    }

    /** Number of elements of this array or members of this object. */
    public int size() {
        return value instanceof List<?> list ? list.size() : map().size();
    }

    /** The elements of this array. */
    public List<Json> items() {
        List<?> list = as(List.class);
        List<Json> items = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) items.add(new Json(path + "[" + i + "]", list.get(i)));
        return Collections.unmodifiableList(items);
    }

    /** The members of this object, in the order of the text. */
    public Map<String, Json> members() {
        Map<String, Json> members = new LinkedHashMap<>();
        map().forEach((name, member) -> members.put((String) name, new Json(path + "." + name, member)));
        return Collections.unmodifiableMap(members);
    }

    /** Whether this is null. */
    public boolean isNull() {
        return value == null;
    }

    /** This string. */
    public String text() {
        return as(String.class);
    }

    /** This string of hexadecimal digits as bytes. */
    public byte[] hex() {
        return HexFormat.of().parseHex(text());
    }

    /** This whole number. */
    public long number() {
        return as(Long.class);
    }

    /** This whole number, which must fit an int. */
    public int integer() {
        return Math.toIntExact(number());
    }

    /** This number, whole or not. */
    public double decimal() {
        return as(Number.class).doubleValue();
    }

    /** This boolean. */
    public boolean bool() {
        return as(Boolean.class);
    }

    private Map<?, ?> map() {
        return as(Map.class);
    }

    private <T> T as(Class<T> type) {
        if (!type.isInstance(value))
            throw new AssertionError(path + " is no " + type.getSimpleName() + " but "
                    + (value == null ? "null" : value.getClass().getSimpleName()));
        return type.cast(Objects.requireNonNull(value));
    }

    /** Its place in the text, for messages. */
    @Override
    public String toString() {
        return path;
    }
}
