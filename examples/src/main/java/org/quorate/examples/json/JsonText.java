package org.quorate.examples.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes and reads {@link JsonObject}. */
final class JsonText {
    private static final int MAX_DEPTH = 32;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private JsonText() {}

    static String write(JsonObject object) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(text)) {
            value(out, object);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter does not fail
        }
        return text.toString();
    }

    private static void value(JsonGenerator out, @Nullable Object value) throws IOException {
        if (value == null) out.writeNull();
        else if (value instanceof String text) out.writeString(text);
        else if (value instanceof Boolean truth) out.writeBoolean(truth);
        else if (value instanceof Integer number) out.writeNumber(number);
        else if (value instanceof Long number) out.writeNumber(number);
        else if (value instanceof Double number) out.writeNumber(number);
        else if (value instanceof JsonObject object) {
            out.writeStartObject();
            for (Map.Entry<String, @Nullable Object> field : object.fields().entrySet()) {
                out.writeFieldName(field.getKey());
                value(out, field.getValue());
            }
            out.writeEndObject();
        } else if (value instanceof List<?> list) {
            out.writeStartArray();
            for (Object element : list) value(out, element);
            out.writeEndArray();
        } else {
            throw new IllegalArgumentException("no JSON form for " + value.getClass());
        }
    }

    static JsonObject parse(String text) throws JsonFormatException {
        try (JsonParser in = FACTORY.createParser(text)) {
            if (in.nextToken() != JsonToken.START_OBJECT) throw new JsonFormatException("it is not a JSON object");
            JsonObject object = object(in);
            if (in.nextToken() != null) throw new JsonFormatException("there is more after the JSON object");
            return object;
        } catch (JsonProcessingException e) {
            throw new JsonFormatException("it is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a text in memory does not fail
        }
    }

    private static JsonObject object(JsonParser in) throws IOException, JsonFormatException {
        JsonObject object = new JsonObject();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            object.set(name, value(in, in.nextToken()));
        }
        return object;
    }

    private static @Nullable Object value(JsonParser in, JsonToken token) throws IOException, JsonFormatException {
        return switch (token) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_STRING -> in.getText();
            case VALUE_NUMBER_INT -> in.getLongValue();
            case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
            case START_OBJECT -> object(in);
            case START_ARRAY -> list(in);
            default -> throw new JsonFormatException("it is not valid JSON: unexpected " + token);
        };
    }

    private static List<@Nullable Object> list(JsonParser in) throws IOException, JsonFormatException {
        List<@Nullable Object> list = new ArrayList<>();
        for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken())
            list.add(value(in, token));
        return Collections.unmodifiableList(list);
    }
}
