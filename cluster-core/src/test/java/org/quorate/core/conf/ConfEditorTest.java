package org.quorate.core.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.CryptoConfig;
import org.quorate.CryptoConfig.Cipher;
import org.quorate.CryptoConfig.Hash;
import org.quorate.NodeId;
import org.quorate.core.conf.EditFinding.Kind;

class ConfEditorTest {
    private static final String CONF = """
            totem {
              cluster_name: orchard
              config_version: 7
              secauth: on
              version: 2
              interface {
                linknumber: 0
              }
              interface {
                knet_link_priority: 5
                linknumber: 1
              }
              fruit: yes
            }
            nodelist {
              node {
                name: apple
                nodeid: 1
                quorum_votes: 1
                ring0_addr: 10.0.0.1
                ring1_addr: 10.0.1.1
              }
              node {
                name: pear
                nodeid: 2
                quorum_votes: 1
                ring0_addr: 10.0.0.2
                ring1_addr: 10.0.1.2
              }
            }
            quorum {
              provider: corosync_votequorum
            }
            """;

    private static EditedConf edit(String conf, ConfEdit edit) {
        return ConfEditor.edit(CorosyncConf.parse(conf, "test"), edit, Set.of(3), ConfEditorTest::resolve);
    }

    private static List<InetAddress> resolve(String name) {
        try {
            if (name.equals("twin")) return List.of(InetAddress.getByName("10.0.0.2"));
            return AddressBook.isDigits(name) ? List.of(InetAddress.getByName(name)) : List.of();
        } catch (UnknownHostException wrong) {
            return List.of();
        }
    }

    private static ClusterConfig made(ConfEdit edit) {
        EditedConf edited = edit(CONF, edit);
        assertThat(edited.findings()).noneMatch(EditFinding::blocks);
        assertThat(edited.version()).isEqualTo(8);
        assertThat(edited.textOrRefusal()).contains("fruit: yes");
        return CorosyncConf.parse(edited.textOrRefusal(), "result").toClusterConfig();
    }

    private static List<Kind> refused(ConfEdit edit) {
        EditedConf edited = edit(CONF, edit);
        assertThat(edited.text()).isNull();
        assertThatThrownBy(edited::textOrRefusal).isInstanceOf(ClusterException.class);
        return edited.findings().stream()
                .filter(EditFinding::blocks)
                .map(EditFinding::kind)
                .toList();
    }

    private static SortedMap<String, String> addresses(String apple, String pear) {
        return new TreeMap<>(Map.of("apple", apple, "2", pear));
    }

    @Test
    void aLinkIsAddedChangedPreferredAndRemoved() {
        ClusterConfig added = made(new ConfEdit.AddLink(3, addresses("10.0.3.1", "10.0.3.2"), OptionalInt.of(9)));
        assertThat(added.nodes()).allMatch(node -> node.addresses().size() == 3);
        assertThat(java.util.Objects.requireNonNull(added.links().get(3)).priority())
                .isEqualTo(9);
        ClusterConfig changed = made(new ConfEdit.ChangeLink(1, new TreeMap<>(Map.of("pear", "10.0.1.9"))));
        assertThat(changed.node(NodeId.of(2)).orElseThrow().addresses()).containsEntry(1, "10.0.1.9");
        assertThat(changed.node(NodeId.of(1)).orElseThrow().addresses()).containsEntry(1, "10.0.1.1");
        assertThat(java.util.Objects.requireNonNull(
                                made(new ConfEdit.LinkPriority(0, 77)).links().get(0))
                        .priority())
                .isEqualTo(77);
        ClusterConfig removed = made(new ConfEdit.RemoveLink(0));
        assertThat(removed.nodes()).allMatch(node -> node.addresses().keySet().equals(Set.of(1)));
        assertThat(removed.links()).hasSize(1);
    }

    @Test
    void swappedAddressesOfOneLinkAreNoClash() {
        ClusterConfig swapped = made(new ConfEdit.ChangeLink(0, addresses("10.0.0.2", "10.0.0.1")));
        assertThat(swapped.node(NodeId.of(1)).orElseThrow().addresses()).containsEntry(0, "10.0.0.2");
    }

    @Test
    void everythingWrongWithALinkIsSaidAtOnce() {
        assertThat(refused(new ConfEdit.AddLink(
                        2, new TreeMap<>(Map.of("apple", "twin", "plum", "10.0.2.9")), OptionalInt.of(300))))
                .containsExactlyInAnyOrder(
                        Kind.VALUE_OUT_OF_RANGE, Kind.ADDRESS_IN_USE, Kind.NODE_UNKNOWN, Kind.ADDRESS_MISSING);
        assertThat(refused(new ConfEdit.AddLink(1, addresses("10.0.3.1", "10.0.3.2"), OptionalInt.empty())))
                .containsExactly(Kind.LINK_EXISTS);
        assertThat(refused(new ConfEdit.AddLink(8, addresses("10.0.3.1", "10.0.3.2"), OptionalInt.empty())))
                .containsExactly(Kind.LINK_NUMBER);
        assertThat(refused(new ConfEdit.AddLink(2, addresses("10.0.3.1", "10.0.3.1"), OptionalInt.empty())))
                .containsExactly(Kind.ADDRESS_IN_USE);
        assertThat(refused(new ConfEdit.AddLink(2, addresses("a b", "nobody"), OptionalInt.empty())))
                .containsExactly(Kind.ADDRESS_UNKNOWN, Kind.ADDRESS_INVALID);
        assertThat(refused(new ConfEdit.AddLink(2, addresses("10.0.3.1", "fd00::1"), OptionalInt.empty())))
                .containsExactly(Kind.RESULT_INVALID);
        assertThat(refused(new ConfEdit.RemoveLink(4))).containsExactly(Kind.LINK_UNKNOWN);
        assertThat(refused(new ConfEdit.LinkPriority(1, 5))).containsExactly(Kind.NOTHING_CHANGES);
    }

    @Test
    void nodesComeAndGoAndARetiredIdIsNotGivenAgain() {
        TreeMap<Integer, LinkParameter> links =
                new TreeMap<>(Map.of(0, new LinkParameter("10.0.0.3", 0), 1, new LinkParameter("10.0.1.3", 0)));
        ClusterConfig grown = made(new ConfEdit.AddNode(new NodeAddition.Request(
                "plum", OptionalInt.empty(), OptionalInt.empty(), links, Optional.empty(), 1, false)));
        assertThat(grown.node(NodeId.of(4)).orElseThrow().name()).isEqualTo("plum");
        ClusterConfig asked = made(new ConfEdit.AddNode(new NodeAddition.Request(
                "plum", OptionalInt.of(3), OptionalInt.empty(), links, Optional.empty(), 1, false)));
        assertThat(asked.node(NodeId.of(3))).isPresent();
        assertThat(refused(new ConfEdit.AddNode(new NodeAddition.Request(
                        "pear", OptionalInt.of(1), OptionalInt.empty(), links, Optional.empty(), 1, false))))
                .containsOnly(Kind.ADDITION)
                .hasSizeGreaterThan(1);
        assertThat(made(new ConfEdit.RemoveNode("pear")).nodes()).hasSize(1);
        assertThat(refused(new ConfEdit.RemoveNode("plum"))).containsExactly(Kind.NODE_UNKNOWN);
        String alone = edit(CONF, new ConfEdit.RemoveNode("2")).textOrRefusal();
        assertThat(edit(alone, new ConfEdit.RemoveNode("apple")).findings())
                .extracting(EditFinding::kind)
                .contains(Kind.LAST_NODE);
    }

    @Test
    void votesAndTwoNode() {
        assertThat(made(new ConfEdit.Votes("pear", 3))
                        .node(NodeId.of(2))
                        .orElseThrow()
                        .votes())
                .isEqualTo(3);
        String none = edit(CONF, new ConfEdit.Votes("pear", 0)).textOrRefusal();
        assertThat(edit(none, new ConfEdit.Votes("apple", 0)).findings())
                .extracting(EditFinding::kind)
                .containsExactly(Kind.NO_VOTES);
        assertThat(refused(new ConfEdit.Votes("pear", -1))).containsExactly(Kind.VALUE_OUT_OF_RANGE);
        String two = edit(CONF, new ConfEdit.TwoNode(true)).textOrRefusal();
        assertThat(two).contains("two_node: 1");
        EditedConf gone = edit(two, new ConfEdit.RemoveNode("pear"));
        assertThat(gone.textOrRefusal()).doesNotContain("two_node");
        assertThat(gone.warnings()).anyMatch(sentence -> sentence.contains("two_node is switched off"));
        assertThat(edit(none, new ConfEdit.TwoNode(true)).findings())
                .extracting(EditFinding::kind)
                .containsExactly(Kind.NOT_TWO_NODES);
    }

    @Test
    void timesEncryptionAndKey() {
        assertThat(made(new ConfEdit.Token(5000)).totem().token()).hasMillis(5000);
        assertThat(made(new ConfEdit.TokenCoefficient(0)).totem().tokenCoefficient())
                .hasMillis(0);
        assertThat(refused(new ConfEdit.Token(29))).containsExactly(Kind.VALUE_OUT_OF_RANGE);
        assertThat(refused(new ConfEdit.TokenCoefficient(-1))).containsExactly(Kind.VALUE_OUT_OF_RANGE);
        CryptoConfig other = new CryptoConfig(Cipher.AES128, Hash.SHA512);
        assertThat(made(new ConfEdit.Crypto(other)).crypto()).isEqualTo(other);
        EditedConf clear = edit(CONF, new ConfEdit.Crypto(CryptoConfig.NONE));
        assertThat(clear.warnings()).hasSize(1);
        assertThat(edit(clear.textOrRefusal(), new ConfEdit.RotateKey()).findings())
                .extracting(EditFinding::kind)
                .contains(Kind.NO_KEY);
        assertThat(made(new ConfEdit.RotateKey()).nodes()).hasSize(2);
    }

    @Test
    void aWholeTextNeedsTheNextVersionAndNoKey() {
        assertThat(refused(new ConfEdit.WholeText(CONF))).containsExactly(Kind.VERSION_NOT_NEXT);
        String next = CONF.replace("config_version: 7", "config_version: 8");
        assertThat(edit(CONF, new ConfEdit.WholeText(next)).textOrRefusal()).isEqualTo(next);
        assertThat(refused(new ConfEdit.WholeText(next.replace("fruit: yes", "key: " + "x".repeat(128)))))
                .containsExactly(Kind.RESULT_INVALID);
        assertThat(refused(new ConfEdit.WholeText("totem {"))).containsExactly(Kind.RESULT_INVALID);
    }
}
