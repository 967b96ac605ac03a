package org.quorate.core.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.LinkConfig;
import org.quorate.NodeId;
import org.quorate.core.conf.ConfSection.ConfKey;

/** What is written is what the other writer writes, and what is read again is what was there. */
class ConfWriterTest {
    @ParameterizedTest
    @ValueSource(strings = {"corosync-new-cluster.conf", "corosync-after-join.conf", "corosync-with-qdevice.conf"})
    void aRecordedFileIsWrittenByteForByte(String name) throws IOException {
        String text = vector(name);
        assertThat(ConfWriter.text(CorosyncConf.parse(text, name).tree())).isEqualTo(text);
    }

    @Test
    void aNewClusterIsWrittenByteForByte() throws IOException {
        TreeMap<Integer, LinkParameter> links = new TreeMap<>();
        links.put(0, LinkParameter.parse("10.77.0.1,priority=20"));
        links.put(1, LinkParameter.parse("10.77.1.1"));
        InitialConf conf =
                new InitialConf("orchard", "apple", NodeId.of(1), 1, InitialConf.TOKEN_COEFFICIENT_MILLIS, links);
        assertThat(ConfWriter.text(conf.tree())).isEqualTo(vector("corosync-new-cluster.conf"));
    }

    @Test
    void anUnusualPortIsThatOfTheLink() {
        TreeMap<Integer, LinkParameter> links = new TreeMap<>();
        links.put(0, LinkParameter.parse("10.77.0.1,port=5405"));
        links.put(1, LinkParameter.parse("10.77.1.1,port=5405"));
        InitialConf conf = new InitialConf("orchard", "apple", NodeId.of(1), 1, 0, links);
        ClusterConfig read =
                CorosyncConf.parse(ConfWriter.text(conf.tree()), "written").toClusterConfig();
        assertThat(read.links().values()).extracting(LinkConfig::port).containsExactly(5405, 5405);
        assertThat(ConfWriter.text(conf.tree())).containsOnlyOnce("mcastport: 5405");
    }

    @Test
    void nodesAreSortedByNameAndInterfacesByNumberAndUnknownThingsAreKept() {
        String text = ConfWriter.text(ConfText.parse("""
                # gone
                zoo {
                  lion: 1
                }
                totem {
                  version: 2
                  shade: green
                  interface {
                    linknumber: 3
                  }
                  interface {
                    linknumber: 1
                  }
                  interface {
                    mcastport: 5500
                  }
                }
                nodelist {
                  node {
                    ring0_addr: m
                  }
                  node {
                    name: z
                  }
                  node {
                    name: B
                  }
                }
                logging {
                  logger_subsys {
                    subsys: TOTEM
                  }
                  logger_subsys {
                    subsys: KNET
                  }
                }
                """, "f"));
        assertThat(text).isEqualTo("""
                logging {
                  logger_subsys {
                    subsys: TOTEM
                  }
                  logger_subsys {
                    subsys: KNET
                  }
                }

                nodelist {
                  node {
                    name: B
                  }
                  node {
                    ring0_addr: m
                  }
                  node {
                    name: z
                  }
                }

                totem {
                  interface {
                    mcastport: 5500
                  }
                  interface {
                    linknumber: 1
                  }
                  interface {
                    linknumber: 3
                  }
                  shade: green
                  version: 2
                }

                zoo {
                  lion: 1
                }

                """);
    }

    @Test
    void theLastValueOfARepeatedKeyStaysTheLastOne() {
        String text = ConfWriter.text(ConfText.parse("totem {\n version: 2\n token: 1\n a: b\n token: 2\n}\n", "f"));
        assertThat(text).isEqualTo("totem {\n  a: b\n  token: 1\n  token: 2\n  version: 2\n}\n\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb: c", "a {", "a\n}\nb {\n", " a", "a\t", "\u0007", "\uFFFD"})
    void aValueThatWouldBeReadAsSomethingElseIsRefused(String value) {
        ConfSection file = ConfSection.of(
                "", List.of(), List.of(ConfSection.of("totem", List.of(ConfKey.of("version", value)), List.of())));
        assertThatThrownBy(() -> ConfWriter.text(file))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CONFIGURATION_INVALID));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "a{", "# a", "a\n"})
    void aNameThatWouldBeReadAsSomethingElseIsRefused(String name) {
        ConfSection key = ConfSection.of(
                "", List.of(), List.of(ConfSection.of("totem", List.of(ConfKey.of(name, "2")), List.of())));
        assertThatThrownBy(() -> ConfWriter.text(key)).isInstanceOf(ClusterException.class);
        ConfSection section = ConfSection.of("", List.of(), List.of(ConfSection.of(name + "{", List.of(), List.of())));
        assertThatThrownBy(() -> ConfWriter.text(section)).isInstanceOf(ClusterException.class);
    }

    @Test
    void theVersionIsRaisedWhereItCounts() {
        ConfSection file = ConfText.parse(
                "totem {\n config_version: 3\n}\ntotem {\n config_version: 7\n}\ntotem {\n token: 1\n}\n", "f");
        assertThat(ConfWriter.text(ConfVersion.raised(file)))
                .contains("config_version: 3\n", "config_version: 8\n")
                .doesNotContain("config_version: 7\n");
        assertThatThrownBy(() -> ConfVersion.raised(ConfText.parse("totem {\n token: 1\n}\n", "f")))
                .hasMessageContaining("config_version is missing");
    }

    static String vector(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(ConfWriterTest.class.getResourceAsStream("/conf/" + name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
