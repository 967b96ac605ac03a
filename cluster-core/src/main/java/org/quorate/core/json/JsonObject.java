package org.quorate.core.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of strings, whole numbers, booleans, lists of strings or objects, and objects. Reading is bounded: 256 KiB unless said otherwise, nested 8 deep, 20,000
 * values; a field given twice is refused, null and fractions are, too. Not thread-safe while it is filled. Nothing that is refused is quoted: it may be
 * a secret.
 */
public final class JsonObject {
    /** Longest text in bytes. */
    public static final int MAX_BYTES = 256 * 1024;

    private static final int MAX_STRING_CHARS = 2 << 20;
    private static final int MAX_DEPTH = 8;
    private static final int MAX_VALUES = 20_000;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_STRING_CHARS)
                    .maxNameLength(256)
                    .maxNumberLength(20)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private final Map<String, Object> fields = new TreeMap<>();

    /** An empty one. */
    public JsonObject() {}

    /** What was read is not what it has to be; the message is a sentence. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        /** With the sentence. */
        public Malformed(String sentence) {
            super(sentence);
        }
    }

    /** Reads a text, UTF-8. */
    public static JsonObject parse(byte[] text) throws Malformed {
        return parse(text, MAX_BYTES);
    }

    /** Reads a text, UTF-8, with another bound of its length. */
    public static JsonObject parse(byte[] text, int maxBytes) throws Malformed {
        if (text.length > maxBytes)
            throw new Malformed("there are " + text.length + " bytes of JSON; at most " + maxBytes + " are read");
        // Decoded here: the library takes other encodings as well.
        String characters;
        try {
            characters = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException wrong) {
            throw new Malformed("it is not UTF-8");
        }
        try (JsonParser in = FACTORY.createParser(characters)) {
            if (in.nextToken() != JsonToken.START_OBJECT) throw new Malformed("it is not a JSON object");
            JsonObject read = new Reading().object(in);
            if (in.nextToken() != null) throw new Malformed("something follows the JSON object");
            return read;
        } catch (JsonProcessingException wrong) {
            throw new Malformed("it is not valid JSON");
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a text in memory does not fail
        }
    }

    /** This as text, UTF-8, fields in alphabetical order. */
    public byte[] text() {
        Wiped out = new Wiped();
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            write(generator, this);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        byte[] text = out.toByteArray();
        out.wipe();
        return text;
    }

    /** Sets a field. */
    public JsonObject with(String name, String value) {
        fields.put(name, value);
        return this;
    }

    /** Sets a field. */
    public JsonObject with(String name, long value) {
        fields.put(name, value);
        return this;
    }

    /** Sets a field. */
    public JsonObject with(String name, boolean value) {
        fields.put(name, value);
        return this;
    }

    /** Sets a field. */
    public JsonObject with(String name, JsonObject value) {
        fields.put(name, value);
        return this;
    }

    /** Sets a field to strings. */
    public JsonObject withStrings(String name, List<String> values) {
        fields.put(name, List.copyOf(values));
        return this;
    }

    /** Sets a field to objects. */
    public JsonObject withObjects(String name, List<JsonObject> values) {
        fields.put(name, List.copyOf(values));
        return this;
    }

    /** Names of all fields. */
    public List<String> names() {
        return List.copyOf(fields.keySet());
    }

    /** Whether the field is there. */
    public boolean has(String name) {
        return fields.containsKey(name);
    }

    /** A string that has to be there, at most {@code maxChars} long. */
    public String string(String name, int maxChars) throws Malformed {
        if (!(fields.get(name) instanceof String value)) throw wrong(name);
        if (value.length() > maxChars) throw wrong(name);
        return value;
    }

    /** A string, empty if it is not there. */
    public String stringOrEmpty(String name, int maxChars) throws Malformed {
        return has(name) ? string(name, maxChars) : "";
    }

    /** A number that has to be there and in range. */
    public long number(String name, long least, long most) throws Malformed {
        if (!(fields.get(name) instanceof Long value) || value < least || value > most) throw wrong(name);
        return value;
    }

    /** A number that may be missing. */
    public OptionalInt optionalInt(String name, int least, int most) throws Malformed {
        return has(name) ? OptionalInt.of((int) number(name, least, most)) : OptionalInt.empty();
    }

    /** A boolean, false if it is not there. */
    public boolean isTrue(String name) throws Malformed {
        if (!has(name)) return false;
        if (!(fields.get(name) instanceof Boolean value)) throw wrong(name);
        return value;
    }

    /** An object that has to be there. */
    public JsonObject object(String name) throws Malformed {
        if (!(fields.get(name) instanceof JsonObject value)) throw wrong(name);
        return value;
    }

    /** An object that may be missing. */
    public Optional<JsonObject> optionalObject(String name) throws Malformed {
        return has(name) ? Optional.of(object(name)) : Optional.empty();
    }

    /** A list of strings, none if it is not there. */
    public List<String> strings(String name, int mostValues, int maxChars) throws Malformed {
        List<String> all = new ArrayList<>();
        for (Object each : list(name, mostValues)) {
            if (!(each instanceof String value) || value.length() > maxChars) throw wrong(name);
            all.add(value);
        }
        return all;
    }

    /** A list of objects, none if it is not there. */
    public List<JsonObject> objects(String name, int mostValues) throws Malformed {
        List<JsonObject> all = new ArrayList<>();
        for (Object each : list(name, mostValues)) {
            if (!(each instanceof JsonObject value)) throw wrong(name);
            all.add(value);
        }
        return all;
    }

    /** Strings by number of a link, none if the field is not there. */
    public SortedMap<Integer, String> byLink(String name, int maxChars) throws Malformed {
        TreeMap<Integer, String> all = new TreeMap<>();
        if (!has(name)) return all;
        JsonObject inner = object(name);
        for (String link : inner.names()) {
            if (!link.matches("[0-7]")) throw wrong(name);
            all.put(link.charAt(0) - '0', inner.string(link, maxChars));
        }
        return all;
    }

    /** Sets a field to an object with numbers as names. */
    public JsonObject withByLink(String name, SortedMap<Integer, String> values) {
        JsonObject inner = new JsonObject();
        values.forEach((link, value) -> inner.with(link.toString(), value));
        return with(name, inner);
    }

    private List<?> list(String name, int mostValues) throws Malformed {
        if (!has(name)) return List.of();
        if (!(fields.get(name) instanceof List<?> values) || values.size() > mostValues) throw wrong(name);
        return values;
    }

    private static Malformed wrong(String name) {
        return new Malformed("the field " + name + " is not what it has to be");
    }

    private static void write(JsonGenerator out, Object value) throws IOException {
        if (value instanceof String text) out.writeString(text);
        else if (value instanceof Long number) out.writeNumber(number);
        else if (value instanceof Boolean flag) out.writeBoolean(flag);
        else if (value instanceof List<?> list) {
            out.writeStartArray();
            for (Object each : list) write(out, each);
            out.writeEndArray();
        } else if (value instanceof JsonObject object) {
            out.writeStartObject();
            for (Map.Entry<String, Object> field : object.fields.entrySet()) {
                out.writeFieldName(field.getKey());
                write(out, field.getValue());
            }
            out.writeEndObject();
        } else throw new IllegalStateException("no such value can be set");
    }

    /** Says how many fields there are; values may be secret. */
    @Override
    public String toString() {
        return "JSON object with " + fields.keySet();
    }

    /** What has been read so far counts. */
    private static final class Reading {
        private int values;

        JsonObject object(JsonParser in) throws IOException, Malformed {
            JsonObject read = new JsonObject();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                @Nullable Object value = value(in, in.nextToken());
                if (value != null) read.fields.put(name, value);
            }
            return read;
        }

        private Object value(JsonParser in, JsonToken token) throws IOException, Malformed {
            if (++values > MAX_VALUES) throw new Malformed("there are more than " + MAX_VALUES + " values");
            return switch (token) {
                case VALUE_STRING -> in.getText();
                case VALUE_NUMBER_INT -> in.getLongValue();
                case VALUE_TRUE -> true;
                case VALUE_FALSE -> false;
                case START_OBJECT -> object(in);
                case START_ARRAY -> list(in);
                default ->
                    throw new Malformed("there is a value that is no text, whole number, boolean, list or object");
            };
        }

        private List<Object> list(JsonParser in) throws IOException, Malformed {
            List<Object> all = new ArrayList<>();
            for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken())
                all.add(value(in, token));
            return all;
        }
    }

    /** A buffer that can be wiped. */
    private static final class Wiped extends ByteArrayOutputStream {
        void wipe() {
            Arrays.fill(buf, (byte) 0);
        }
    }
}
