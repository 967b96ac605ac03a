package org.quorate.core.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.conf.AdditionFinding.Kind;
import org.quorate.core.conf.ConfSection.ConfKey;
import org.quorate.core.conf.NodeAddition.Outcome;
import org.quorate.core.conf.NodeAddition.Request;
import org.quorate.testkit.Json;

/** Who may be added, with which links, id and votes; what is refused is refused with everything that stands against it. */
class NodeAdditionTest {
    private static final Map<String, String> HOSTS = Map.of("pear", "10.77.0.2", "twin", "10.77.0.1");
    private static final Map<String, Kind> ERRORS = Map.of(
            "fallback needs a single-link cluster", Kind.LINK_AMBIGUOUS,
            "link 1 missing", Kind.LINK_MISSING,
            "link 2 missing", Kind.LINK_MISSING,
            "link 3 not in cluster", Kind.LINK_UNKNOWN,
            "no links and no fallback address", Kind.NO_ADDRESS,
            "address used by apple", Kind.ADDRESS_IN_USE);

    @Test
    void theSecondNodeOfTheVectorsIsAddedByteForByte() throws IOException {
        ConfSection before = tree(ConfWriterTest.vector("corosync-new-cluster.conf"));
        Outcome outcome = add(before, "pear", 0, "10.77.0.2", 1, "10.77.1.2,priority=9");
        assertThat(outcome.findings()).isEmpty();
        assertThat(ConfWriter.text(outcome.fileOrRefusal()))
                .isEqualTo(ConfWriterTest.vector("corosync-after-join.conf"));
    }

    @Test
    void theLinkCasesOfTheVectors() {
        for (Json each : Json.resource("pvecm/cases.json").get("links").items()) {
            Json given = each.get("given");
            TreeMap<Integer, LinkParameter> links = new TreeMap<>();
            for (int link = 0; link < 8; link++)
                if (given.has("link" + link))
                    links.put(link, LinkParameter.parse(given.get("link" + link).text()));
            Request request = new Request(
                    "cherry",
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    links,
                    given.has("new_node_ip")
                            ? Optional.of(given.get("new_node_ip").text())
                            : Optional.empty(),
                    given.get("apiversion").integer(),
                    false);
            Outcome outcome = NodeAddition.of(clusterOf(each), request, NodeAdditionTest::resolve);
            if (each.has("error")) {
                Kind kind = Objects.requireNonNull(ERRORS.get(each.get("error").text()));
                assertThat(kinds(outcome)).as("%s", each).contains(kind);
                assertThat(outcome.file()).isNull();
            } else {
                ConfSection node = lastNode(outcome.fileOrRefusal());
                TreeMap<String, String> expected = new TreeMap<>();
                each.get("result").members().forEach((key, value) -> expected.put(key, value.text()));
                TreeMap<String, String> got = new TreeMap<>();
                AdditionCheck.addresses(node).forEach((link, address) -> got.put("ring" + link + "_addr", address));
                assertThat(got).as("%s", each).isEqualTo(expected);
            }
        }
    }

    private static ConfSection clusterOf(Json each) {
        String address = each.has("existingAddresses")
                ? each.get("existingAddresses").get("apple").at(0).text()
                : "10.9.%d.1";
        StringBuilder text = new StringBuilder("totem {\n version: 2\n secauth: on\n config_version: 1\n}\n")
                .append("nodelist {\n node {\n  name: apple\n  nodeid: 1\n");
        for (Json link : each.get("clusterLinks").items())
            text.append("  ring%1$d_addr: ".formatted(link.integer()))
                    .append(address.formatted(link.integer()))
                    .append('\n');
        return tree(text.append(" }\n}\n").toString());
    }

    @Test
    void theIdCasesOfTheVectors() {
        for (Json each : Json.resource("pvecm/cases.json").get("nodeid").items()) {
            if (each.get("used").size() == 0) continue; // a configuration without nodes is refused
            StringBuilder nodes = new StringBuilder();
            for (Json id : each.get("used").items())
                nodes.append(" node {\n  name: n%1$d\n  nodeid: %1$d\n  ring0_addr: 10.0.1.%1$d\n }\n"
                        .formatted(id.integer()));
            Outcome outcome = add(simple(nodes.toString()), "cherry", 0, "10.0.0.9");
            assertThat(text(lastNode(outcome.fileOrRefusal()), "nodeid"))
                    .isEqualTo(Long.toString(each.get("next").number()));
        }
    }

    @Test
    void theCasesOfTheVectorsForANodeThatIsListed() {
        for (Json each : Json.resource("pvecm/cases.json").get("readd").items()) {
            Json existing = each.get("existing");
            Json given = each.get("given");
            ConfSection file = simple(APPLE
                    + " node {\n  name: pear\n  nodeid: %d\n  quorum_votes: %d\n  shelf: 3\n  ring0_addr: 10.0.0.2\n }\n"
                            .formatted(
                                    existing.get("nodeid").number(),
                                    existing.get("quorum_votes").number()));
            Outcome outcome = NodeAddition.of(
                    file,
                    new Request(
                            "pear",
                            given.has("nodeid")
                                    ? OptionalInt.of(given.get("nodeid").integer())
                                    : OptionalInt.empty(),
                            given.has("votes")
                                    ? OptionalInt.of(given.get("votes").integer())
                                    : OptionalInt.empty(),
                            new TreeMap<>(Map.of(0, LinkParameter.parse("10.0.0.22"))),
                            Optional.empty(),
                            1,
                            given.has("force") && given.get("force").bool()),
                    NodeAdditionTest::resolve);
            assertThat(outcome.file() != null)
                    .as("%s", each)
                    .isEqualTo(each.get("ok").bool());
            if (outcome.file() != null) {
                ConfSection node = lastNode(outcome.file());
                assertThat(text(node, "ring0_addr")).isEqualTo("10.0.0.22");
                assertThat(text(node, "shelf")).isEqualTo("3");
                assertThat(nodes(outcome.file())).hasSize(2);
            } else {
                assertThat(kinds(outcome)).containsExactly(Kind.NAME_IN_USE);
            }
        }
    }

    @Test
    void anAddressInUseIsFoundHoweverItIsWritten() {
        ConfSection file = simple(APPLE + " node {\n  name: pear\n  nodeid: 2\n  ring0_addr: fd00::2\n }\n");
        for (String same : List.of("10.77.0.1", "twin", "::ffff:10.77.0.1", "fd00:0:0::0002")) {
            Outcome outcome = add(file, "cherry", 0, same);
            assertThat(kinds(outcome)).as(same).contains(Kind.ADDRESS_IN_USE);
        }
        assertThat(kinds(add(file, "cherry", 0, "10.77.0.11"))).isEmpty();
    }

    @Test
    void twoLinksOfTheNewNodeCannotHaveOneAddress() throws IOException {
        ConfSection file = tree(ConfWriterTest.vector("corosync-new-cluster.conf"));
        assertThat(kinds(add(file, "pear", 0, "10.77.0.2", 1, "pear"))).containsExactly(Kind.ADDRESS_IN_USE);
    }

    @Test
    void everyProblemIsSaidAtOnce() {
        ConfSection file = tree("""
                totem {
                 version: 2
                 interface {
                  linknumber: 1
                 }
                }
                nodelist {
                 node {
                  name: apple
                  nodeid: 1
                  ring0_addr: nowhere
                 }
                }
                """);
        Outcome outcome = NodeAddition.of(
                file,
                new Request(
                        "che_rry",
                        OptionalInt.of(1),
                        OptionalInt.empty(),
                        new TreeMap<>(Map.of(2, LinkParameter.parse("unknown"))),
                        Optional.empty(),
                        -1,
                        false),
                NodeAdditionTest::resolve);
        assertThat(kinds(outcome))
                .containsExactlyInAnyOrder(
                        Kind.NO_CONFIG_VERSION,
                        Kind.LINK_WITHOUT_INTERFACE,
                        Kind.INTERFACE_WITHOUT_ADDRESS,
                        Kind.NOT_ENCRYPTED,
                        Kind.ADDRESS_UNKNOWN,
                        Kind.NAME_INVALID,
                        Kind.NODE_TOO_OLD,
                        Kind.ID_IN_USE,
                        Kind.LINK_MISSING,
                        Kind.LINK_UNKNOWN,
                        Kind.NEW_ADDRESS_UNKNOWN);
        assertThatThrownBy(outcome::fileOrRefusal)
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ADDITION_REFUSED))
                .hasMessageContainingAll("che_rry", "link 2", "link 0", "config_version", "node id 1", "unknown")
                .hasMessageNotContaining("encrypted");
    }

    @Test
    void aConfigurationWithoutSectionsIsRefusedAndOneWithUnevenLinksToo() {
        assertThat(kinds(add(tree("quorum {\n}\n"), "pear", 0, "10.0.0.2"))).contains(Kind.NO_TOTEM, Kind.NO_NODE_LIST);
        ConfSection uneven = tree("""
                totem {
                 version: 2
                 config_version: 1
                 crypto_cipher: aes128
                }
                nodelist {
                 node {
                  name: a
                  nodeid: 1
                  ring0_addr: 10.0.0.1
                 }
                 node {
                  name: b
                  nodeid: 2
                  ring0_addr: 10.0.0.2
                  link1_addr: 10.0.1.2
                 }
                }
                """);
        assertThat(kinds(add(uneven, "pear", 0, "10.0.0.3", 1, "10.0.1.3")))
                .containsExactly(Kind.LINK_NOT_ON_ALL_NODES);
    }

    @Test
    void namesAndMissingEncryptionAreWarningsOnly() {
        ConfSection file = tree("""
                totem {
                 version: 2
                 config_version: 4
                }
                nodelist {
                 node {
                  name: twin
                  nodeid: 3
                  ring0_addr: twin
                 }
                }
                """);
        Outcome outcome = add(file, "pear", 0, "pear");
        assertThat(kinds(outcome)).containsExactlyInAnyOrder(Kind.NOT_ENCRYPTED, Kind.ADDRESS_IS_A_NAME);
        assertThat(outcome.findings().toString()).contains("10.77.0.1");
        assertThat(ConfWriter.text(outcome.fileOrRefusal())).contains("config_version: 5\n", "nodeid: 1\n");
    }

    @Test
    void noVotesAreWrittenDown() {
        Outcome outcome = NodeAddition.of(
                simple(APPLE),
                new Request(
                        "pear",
                        OptionalInt.empty(),
                        OptionalInt.of(0),
                        new TreeMap<>(),
                        Optional.of("10.0.0.2"),
                        1,
                        false),
                NodeAdditionTest::resolve);
        assertThat(text(lastNode(outcome.fileOrRefusal()), "quorum_votes")).isEqualTo("0");
    }

    private static final String APPLE = " node {\n  name: apple\n  nodeid: 1\n  ring0_addr: 10.77.0.1\n }\n";

    private static ConfSection simple(String nodes) {
        return tree("totem {\n version: 2\n secauth: on\n config_version: 1\n}\nnodelist {\n" + nodes + "}\n");
    }

    private static ConfSection tree(String text) {
        return CorosyncConf.parse(text, "f").tree();
    }

    private static Outcome add(ConfSection file, String name, Object... linksAndAddresses) {
        TreeMap<Integer, LinkParameter> links = new TreeMap<>();
        for (int i = 0; i < linksAndAddresses.length; i += 2)
            links.put((Integer) linksAndAddresses[i], LinkParameter.parse((String) linksAndAddresses[i + 1]));
        Request request = new Request(
                name,
                OptionalInt.empty(),
                OptionalInt.empty(),
                links,
                Optional.empty(),
                NodeAddition.API_VERSION,
                false);
        return NodeAddition.of(file, request, NodeAdditionTest::resolve);
    }

    private static List<Kind> kinds(Outcome outcome) {
        return outcome.findings().stream().map(AdditionFinding::kind).toList();
    }

    private static List<ConfSection> nodes(ConfSection file) {
        List<ConfSection> all = new ArrayList<>();
        file.sections("nodelist").forEach(list -> all.addAll(list.sections("node")));
        return all;
    }

    private static ConfSection lastNode(ConfSection file) {
        List<ConfSection> all = nodes(file);
        return all.get(all.size() - 1);
    }

    private static String text(ConfSection section, String key) {
        return section.key(key).map(ConfKey::value).orElse("");
    }

    private static List<InetAddress> resolve(String name) {
        String digits = HOSTS.getOrDefault(name, name);
        if (!AddressBook.isDigits(digits)) return List.of();
        try {
            return List.of(InetAddress.getByName(digits));
        } catch (UnknownHostException none) {
            return List.of();
        }
    }
}
