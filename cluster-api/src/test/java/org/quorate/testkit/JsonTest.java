package org.quorate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The helper with which other tests read their vectors says the truth, and fails loudly where there is none. */
class JsonTest {
    private final Json json = Json.parse("{\"a\": [1, -2.5, true, null, \"00ff\"], \"b\": {\"c\": \"d\"}}");

    @Test
    void readsEveryKindOfValue() {
        assertThat(json.get("a").size()).isEqualTo(5);
        assertThat(json.get("a").at(0).integer()).isEqualTo(1);
        assertThat(json.get("a").at(1).decimal()).isEqualTo(-2.5);
        assertThat(json.get("a").at(2).bool()).isTrue();
        assertThat(json.get("a").at(3).isNull()).isTrue();
        assertThat(json.get("a").at(4).hex()).containsExactly(0, 0xff);
        assertThat(json.get("b").get("c").text()).isEqualTo("d");
        assertThat(json.members().keySet()).containsExactly("a", "b");
        assertThat(json.has("c")).isFalse();
    }

    @Test
    void namesThePlaceWhereSomethingIsMissingOrOfAnotherType() {
        assertThatThrownBy(() -> json.get("b").get("x")).hasMessageContaining("$.b has no x");
        assertThatThrownBy(() -> json.get("a").at(4).integer()).hasMessageContaining("$.a[4] is no Long but String");
        assertThatThrownBy(() -> Json.parse("{} {}")).hasMessageContaining("something follows");
        assertThatThrownBy(() -> Json.resource("no-such.json")).hasMessageContaining("no-such.json");
    }
}
