package org.quorate.core.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.conf.NameRule.Problem;
import org.quorate.testkit.Json;

/** Names of nodes and clusters, and what follows {@code --link0} on a command line. */
class NameRuleTest {
    @Test
    void theCasesOfTheVectors() {
        Json cases = Json.resource("pvecm/cases.json");
        for (Json each : cases.get("node_names").items())
            assertThat(NameRule.NODE.problemOf(each.get("name").text()).isEmpty())
                    .as(each.get("name").text())
                    .isEqualTo(each.get("valid").bool());
        assertThat(NameRule.CLUSTER.maxChars())
                .isEqualTo(cases.get("cluster_name_max").integer());
    }

    @Test
    void theLongestNamesAreTakenAndNoLongerOne() {
        assertThat(NameRule.CLUSTER.problemOf("c".repeat(15))).isEmpty();
        assertThat(NameRule.CLUSTER.problemOf("c".repeat(16))).contains(Problem.TOO_LONG);
        assertThat(NameRule.NODE.problemOf("n".repeat(63))).isEmpty();
        assertThat(NameRule.NODE.problemOf("n".repeat(64))).contains(Problem.TOO_LONG);
    }

    @ParameterizedTest
    @CsvSource({
        "'',EMPTY,is empty",
        "a b,WRONG_CHARACTER,a b",
        "äpfel,WRONG_CHARACTER,äpfel",
        "-,HYPHEN_AT_AN_END,hyphen",
        "a-,HYPHEN_AT_AN_END,a-"
    })
    void theReasonAndASentenceWithTheName(String name, Problem problem, String part) {
        assertThat(NameRule.NODE.problemOf(name)).contains(problem);
        assertThatThrownBy(() -> NameRule.NODE.checked(name))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NAME_INVALID))
                .hasMessageContaining(part);
    }

    @Test
    void aVeryLongNameIsCutInTheSentence() {
        assertThat(NameRule.NODE.sentence(Problem.TOO_LONG, "x".repeat(100_000)))
                .hasSizeLessThan(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "10.0.0.1;10.0.0.1;0;0",
                "address=10.0.0.1;10.0.0.1;0;0",
                "10.0.0.1,priority=255;10.0.0.1;255;0",
                "priority=7,address=apple.garden.org;apple.garden.org;7;0",
                "10.0.0.1,port=65535;10.0.0.1;0;65535",
                "fe80::1%eth0;fe80::1%eth0;0;0",
                "fd00::1,priority=0;fd00::1;0;0"
            })
    void aLinkIsRead(String text, String address, int priority, int port) {
        assertThat(LinkParameter.parse(text)).isEqualTo(new LinkParameter(address, priority, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "a,b",
                "a,address=b",
                "a,priority=256",
                "a,priority=-1",
                "a,priority=",
                "a,priority=1,priority=2",
                "a,port=0",
                "a,port=65536",
                "a,weight=1",
                "priority=1",
                "a b",
                "a{",
                "a\nb",
                "=a",
                "äpfel"
            })
    void aLinkThatIsSomethingElseIsRefused(String text) {
        assertThatThrownBy(() -> LinkParameter.parse(text)).isInstanceOf(ClusterException.class);
    }
}
