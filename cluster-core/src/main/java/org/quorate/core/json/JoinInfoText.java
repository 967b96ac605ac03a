package org.quorate.core.json;

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
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.JoinInfo;
import org.quorate.JoinInfoException;
import org.quorate.JoinInfoException.Problem;
import org.quorate.LinkConfig;
import org.quorate.spi.JoinInfoCodec;

/**
 * Join information as a JSON object in Base64. Fields: {@code ipAddress}, {@code fingerprint}, {@code peerLinks} (link to address),
 * {@code ring_addr} (the same addresses as a list), {@code totem} with {@code interface} (link to section); and, which Proxmox VE does not
 * have, {@code format} (1) and {@code node}. Numbers in {@code totem} are strings. Source: pvecm.md 6.
 */
public final class JoinInfoText implements JoinInfoCodec {
    private static final int MAX_DEPTH = 16;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(JoinInfo.MAX_TEXT_CHARS)
                    .maxNameLength(1024)
                    .maxNumberLength(100)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** A codec; has no state. */
    public JoinInfoText() {}

    @Override
    public String encode(JoinInfo info) {
        String text = Base64.getEncoder().encodeToString(json(info).getBytes(StandardCharsets.UTF_8));
        if (text.length() > JoinInfo.MAX_TEXT_CHARS)
            throw new JoinInfoException(
                    Problem.TOO_LONG,
                    "the join information would have " + text.length() + " characters; at most "
                            + JoinInfo.MAX_TEXT_CHARS + " are possible, so shorten the totem section");
        return text;
    }

    private static String json(JoinInfo info) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(text)) {
            out.writeStartObject();
            if (!info.address().isEmpty()) out.writeStringField("ipAddress", info.address());
            if (!info.fingerprint().isEmpty()) out.writeStringField("fingerprint", info.fingerprint());
            out.writeObjectFieldStart("peerLinks");
            for (Map.Entry<Integer, String> link : info.links().entrySet())
                out.writeStringField(link.getKey().toString(), link.getValue());
            out.writeEndObject();
            out.writeArrayFieldStart("ring_addr");
            for (String address : info.links().values()) out.writeString(address);
            out.writeEndArray();
            out.writeObjectFieldStart("totem");
            out.writeObjectFieldStart("interface");
            for (Map.Entry<Integer, SortedMap<String, String>> section :
                    info.interfaces().entrySet()) {
                out.writeObjectFieldStart(section.getKey().toString());
                values(out, section.getValue());
                out.writeEndObject();
            }
            out.writeEndObject();
            values(out, info.totem());
            out.writeEndObject();
            out.writeNumberField("format", JoinInfo.FORMAT);
            if (!info.node().isEmpty()) out.writeStringField("node", info.node());
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter does not fail
        }
        return text.toString();
    }

    private static void values(JsonGenerator out, Map<String, String> values) throws IOException {
        for (Map.Entry<String, String> value : values.entrySet())
            out.writeStringField(value.getKey(), value.getValue());
    }

    @Override
    public JoinInfo parse(String text) {
        if (text.length() > JoinInfo.MAX_TEXT_CHARS)
            throw new JoinInfoException(
                    Problem.TOO_LONG,
                    "the text has " + text.length() + " characters; join information has at most "
                            + JoinInfo.MAX_TEXT_CHARS);
        String dense = text.replaceAll("[ \t\r\n]+", "");
        if (dense.isEmpty())
            throw new JoinInfoException(Problem.EMPTY, "the join information is empty; copy the text of join-info");
        try (JsonParser in = FACTORY.createParser(utf8(bytes(dense)))) {
            return new Reading().read(in);
        } catch (JsonProcessingException e) {
            throw new JoinInfoException(
                    Problem.NOT_JSON, "what the text holds is not valid JSON; copy the whole text again");
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a text in memory does not fail
        }
    }

    private static byte[] bytes(String dense) {
        try {
            return Base64.getDecoder().decode(dense);
        } catch (IllegalArgumentException wrong) {
            throw new JoinInfoException(
                    Problem.NOT_BASE64,
                    "\"" + JoinInfoException.shown(dense)
                            + "\" is not Base64 or is cut off; copy the whole text of join-info");
        }
    }

    private static String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException wrong) {
            throw new JoinInfoException(
                    Problem.NOT_UTF8, "what the text holds is not UTF-8, so it is no join information");
        }
    }

    /** What has been read of one object. */
    private static final class Reading {
        private String address = "";
        private String fingerprint = "";
        private String node = "";
        private SortedMap<Integer, String> links = new TreeMap<>();
        private SortedMap<Integer, String> byPosition = new TreeMap<>();
        private final TreeMap<String, String> totem = new TreeMap<>();
        private final TreeMap<Integer, SortedMap<String, String>> interfaces = new TreeMap<>();
        private boolean hasTotem;

        JoinInfo read(JsonParser in) throws IOException {
            if (in.nextToken() != JsonToken.START_OBJECT)
                throw new JoinInfoException(Problem.NOT_JSON, "what the text holds is not a JSON object");
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                in.nextToken();
                field(in, name);
            }
            if (in.nextToken() != null)
                throw new JoinInfoException(Problem.NOT_JSON, "something follows the JSON object in the text");
            if (!hasTotem)
                throw new JoinInfoException(
                        Problem.TOTEM_MISSING, "the text has no field totem, so it is no join information");
            return new JoinInfo(address, fingerprint, node, links.isEmpty() ? byPosition : links, totem, interfaces);
        }

        private void field(JsonParser in, String name) throws IOException {
            switch (name) {
                case "ipAddress" -> address = string(in, name);
                case "fingerprint" -> fingerprint = string(in, name);
                case "node" -> node = string(in, name);
                case "format" -> format(in);
                case "peerLinks" -> links = links(in);
                case "ring_addr" -> byPosition = list(in);
                case "totem" -> totem(in);
                default -> in.skipChildren();
            }
        }

        private static void format(JsonParser in) throws IOException {
            if (!in.getText().equals(Integer.toString(JoinInfo.FORMAT)))
                throw new JoinInfoException(
                        Problem.FORMAT_UNKNOWN,
                        "the join information has format " + JoinInfoException.shown(in.getText())
                                + "; this version reads format " + JoinInfo.FORMAT + ", so update it");
        }

        private static SortedMap<Integer, String> links(JsonParser in) throws IOException {
            TreeMap<Integer, String> links = new TreeMap<>();
            expect(in, JsonToken.START_OBJECT, "peerLinks");
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                int link = link(in.currentName());
                in.nextToken();
                links.put(link, string(in, "peerLinks"));
            }
            return links;
        }

        private static SortedMap<Integer, String> list(JsonParser in) throws IOException {
            TreeMap<Integer, String> list = new TreeMap<>();
            expect(in, JsonToken.START_ARRAY, "ring_addr");
            while (in.nextToken() != JsonToken.END_ARRAY) {
                if (list.size() == LinkConfig.MAX_LINKS) throw invalid("ring_addr");
                list.put(list.size(), string(in, "ring_addr"));
            }
            return list;
        }

        private void totem(JsonParser in) throws IOException {
            expect(in, JsonToken.START_OBJECT, "totem");
            hasTotem = true;
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                JsonToken token = in.nextToken();
                if (name.equals("interface")) interfaces(in);
                else if (token.isScalarValue()) put(totem, name, in.getText());
                else in.skipChildren();
            }
        }

        private void interfaces(JsonParser in) throws IOException {
            expect(in, JsonToken.START_OBJECT, "interface");
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                int link = link(in.currentName());
                in.nextToken();
                expect(in, JsonToken.START_OBJECT, "interface");
                TreeMap<String, String> values = new TreeMap<>();
                while (in.nextToken() == JsonToken.FIELD_NAME) {
                    String name = in.currentName();
                    if (in.nextToken().isScalarValue()) put(values, name, in.getText());
                    else in.skipChildren();
                }
                interfaces.put(link, values);
            }
        }

        private static void put(Map<String, String> values, String name, String value) {
            values.put(name, value);
            if (values.size() > JoinInfo.MAX_VALUES) throw invalid("totem");
        }

        private static int link(String name) {
            if (!name.matches("[0-7]")) throw invalid("the link \"" + JoinInfoException.shown(name) + "\"");
            return name.charAt(0) - '0';
        }

        private static String string(JsonParser in, String field) throws IOException {
            expect(in, JsonToken.VALUE_STRING, field);
            return in.getText();
        }

        private static void expect(JsonParser in, JsonToken token, String field) {
            if (in.currentToken() != token) throw invalid(field);
        }

        private static JoinInfoException invalid(String field) {
            return new JoinInfoException(
                    Problem.FIELD_INVALID,
                    field + " in the join information is not what it has to be; copy the text again");
        }
    }
}
