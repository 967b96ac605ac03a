package org.quorate.examples.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written can be read again, and what is not an object is refused with a reason. */
class JsonObjectTest {
    @Test
    void writesFieldsInOrderOnOneLine() {
        JsonObject object = JsonObject.withSchema()
                .put("text", "a \"quoted\"\nline")
                .put("flag", false)
                .putNull("nothing")
                .putNumber("unknown", OptionalLong.empty())
                .put("ids", List.of(3, 1))
                .put("inner", new JsonObject().put("n", -1L));

        assertThat(object)
                .hasToString("{\"schema\":1,\"text\":\"a \\\"quoted\\\"\\nline\",\"flag\":false,\"nothing\":null,"
                        + "\"unknown\":null,\"ids\":[3,1],\"inner\":{\"n\":-1}}");
    }

    @Test
    void readsWhatItWrote() throws JsonFormatException {
        String text = "{\"b\":[{\"x\":1},null,\"t\",1.5],\"a\":true,\"n\":9007199254740993}";
        JsonObject read = JsonObject.parse(text);

        assertThat(read).hasToString(text);
        assertThat(read.number("n")).hasValue(9007199254740993L);
        assertThat(read.isTrue("a")).isTrue();
        assertThat(read.objects("b")).hasSize(1);
        assertThat(read.text("a")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "[]",
                "1",
                "{",
                "{\"a\":}",
                "{\"a\":1",
                "{\"a\":1}{}",
                "{\"a\":1,\"a\":2}",
                "{'a':1}",
                "{\"a\":[1}",
                "{\"a\":99999999999999999999}",
                "nonsense",
                "{\"a\":NaN}"
            })
    void refusesWhatIsNotExactlyOneObject(String text) {
        assertThatThrownBy(() -> JsonObject.parse(text)).isInstanceOf(JsonFormatException.class);
    }

    @Test
    void refusesNestingThatIsTooDeepInsteadOfOverflowingTheStack() {
        assertThatThrownBy(() -> JsonObject.parse("{\"a\":" + "[".repeat(100_000)))
                .isInstanceOf(JsonFormatException.class)
                .hasMessageContaining("not valid JSON");
    }
}
