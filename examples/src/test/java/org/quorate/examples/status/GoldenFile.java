package org.quorate.examples.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.quorate.examples.json.JsonFormatException;
import org.quorate.examples.json.JsonObject;

/** Expected outputs under {@code src/test/resources/status}. */
final class GoldenFile {
    private GoldenFile() {}

    static String text(String name) {
        try (InputStream in = GoldenFile.class.getResourceAsStream("/status/" + name)) {
            assertThat(in).as("golden file " + name).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The object in the file on one line, whatever the file's layout. */
    static String json(String name) {
        try {
            return JsonObject.parse(text(name)).toString();
        } catch (JsonFormatException e) {
            throw new AssertionError(name + ": " + e.getMessage(), e);
        }
    }
}
