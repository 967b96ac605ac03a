package org.quorate.core.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quorate.ClusterException;
import org.quorate.core.conf.ConfSection.ConfKey;

/** Lines become a tree, whatever the keys are; a line that Corosync would misread is refused with its number. */
class ConfTextTest {
    @Test
    void aTreeKeepsEverythingInOrder() {
        ConfSection tree = ConfText.parse(
                "# a comment\r\n\r\n  a {\n\tx: 1\n  b {\n y : 2 # not a comment \n}\n x: 3\n}\na {\n}\nz:\n", "f");
        assertThat(tree)
                .isEqualTo(new ConfSection(
                        "",
                        0,
                        List.of(new ConfKey("z", "", 12)),
                        List.of(
                                new ConfSection(
                                        "a",
                                        3,
                                        List.of(new ConfKey("x", "1", 4), new ConfKey("x", "3", 8)),
                                        List.of(new ConfSection(
                                                "b", 5, List.of(new ConfKey("y", "2 # not a comment", 6)), List.of()))),
                                new ConfSection("a", 10, List.of(), List.of()))));
        assertThat(tree.sections("a").get(0).key("x")).contains(new ConfKey("x", "3", 8));
        assertThat(tree.key("absent")).isEmpty();
    }

    @Test
    void aValueMayHoldColonsAndAClosingBrace() {
        assertThat(ConfText.parse("a: fd00::1}", "f").key("a")).contains(new ConfKey("a", "fd00::1}", 1));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
        a: b {c        | f:1: "c" follows the { of section a: b; { must be the last on its line
        { x            | f:1: "x" follows the { of section without a name; { must be the last on its line
        {              | f:1: a section has no name; write it before the {
        : x            | f:1: a value has no key; write it before the colon
        }              | f:1: this } closes nothing; no section is open here
        } x            | f:1: "} x" has more than the }; } must be alone on its line
        token 3000     | f:1: "token 3000" is neither "name {" nor "key: value" nor "}"; write a colon after the key, or # before a comment
        a {            | f:1: section a is never closed; add a line with } alone where the section ends
        """)
    void aLineThatIsNothingIsRefused(String line, String sentence) {
        assertRefused(line, sentence);
    }

    @Test
    void anInnerSectionThatIsNotClosedIsNamedInFull() {
        assertRefused(
                "totem {\ninterface {\n}\n\nnodelist {\nnode {\n}",
                "f:5: section totem.nodelist is never closed; add a line with } alone where the section ends");
    }

    @Test
    void aLineMayHave510BytesAndNoMore() {
        String longest = "k: " + "x".repeat(507);
        assertThat(ConfText.parse(longest + "\r\n", "f").keys()).hasSize(1);
        assertRefused("a: b\n" + longest + "x", "f:2: the line has 511 bytes; at most 510 are allowed");
        assertThat(ConfText.parse("# " + "x".repeat(600), "f").keys()).isEmpty();
    }

    @Test
    void aFullNameMayHave254BytesAndNoMore() {
        String longest = "x".repeat(252);
        assertThat(ConfText.parse("a {\n" + longest + ": 1\n}", "f").sections()).hasSize(1);
        assertRefused(
                "a {\n" + longest + "y: 1\n}",
                "f:2: the full name of \"" + longest + "y\" has 255 bytes; at most 254 are allowed");
    }

    @Test
    void charactersThatDoNotBelongAreRefusedButNotInComments() {
        assertRefused("a: b\u0000c", "f:1: the line has the control character U+0000; remove it");
        assertRefused("a: b\uFFFDc", "f:1: the line is not UTF-8 at column 5; save the file as UTF-8");
        assertThat(ConfText.parse("# \uFFFD\u0001", "f").keys()).isEmpty();
    }

    @Test
    void aTextOfMegabytesIsNotLookedInto() {
        assertRefused(
                "\n".repeat(ConfText.MAX_TEXT_CHARS + 1),
                "f: is larger than 4194304 bytes, so it is not a configuration; check the path");
    }

    private static void assertRefused(String text, String sentence) {
        assertThatThrownBy(() -> ConfText.parse(text, "f"))
                .isInstanceOfSatisfying(
                        ClusterException.class,
                        e -> assertThat(e.reason()).isEqualTo(ClusterException.Reason.CONFIGURATION_INVALID))
                .hasMessage(sentence);
    }
}
