package org.quorate.core.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeId;

/** The own node is found by the rules of Corosync, in their order, and never guessed. */
class LocalNodeTest {
    private static final CorosyncConf CONF = conf("""
        node {
          nodeid: 1
          name: apple.orchard.org
          ring0_addr: 10.0.0.1
          ring1_addr: 10.1.0.1
        }
        node {
          nodeid: 2
          name: pear
          ring0_addr: pear-ring
          ring1_addr: 10.1.0.2
        }
        node {
          nodeid: 3
          name: plum
          ring0_addr: 10.0.0.3
          ring1_addr: 10.1.0.3
        }
        """);

    private static CorosyncConf conf(String nodes) {
        return CorosyncConf.parse("totem {\nversion: 2\n}\nnodelist {\n" + nodes + "}\n", "f");
    }

    /** A host of the test's making. */
    private static final class Host implements LocalAddresses {
        private final String name;
        private final Map<String, String> reverse = new HashMap<>();
        private final Map<String, String> forward = new HashMap<>();
        private final List<String> addresses;

        Host(String name, String... addresses) {
            this.name = name;
            this.addresses = List.of(addresses);
        }

        Host reverse(String address, String host) {
            reverse.put(address, host);
            return this;
        }

        Host forward(String host, String address) {
            forward.put(host, address);
            return this;
        }

        @Override
        public String hostName() {
            return name;
        }

        @Override
        public List<InetAddress> addresses() {
            return addresses.stream().map(Host::literal).toList();
        }

        @Override
        public String nameOf(InetAddress address) {
            return reverse.getOrDefault(address.getHostAddress(), "");
        }

        @Override
        public List<InetAddress> resolve(String nameOrAddress) {
            String address = forward.get(nameOrAddress);
            if (address != null) return List.of(literal(address));
            return nameOrAddress.matches("[0-9.]+|.*:.*") ? List.of(literal(nameOrAddress)) : List.of();
        }

        private static InetAddress literal(String digits) {
            try {
                return InetAddress.getByName(digits);
            } catch (UnknownHostException impossible) {
                throw new AssertionError(digits, impossible);
            }
        }
    }

    private static NodeId find(Host host) {
        return CONF.localNode(host);
    }

    @Test
    void byTheExactHostName() {
        assertThat(find(new Host("pear", "10.0.0.1"))).isEqualTo(NodeId.of(2));
    }

    @Test
    void byTheFirstAddressBeingTheHostName() {
        assertThat(find(new Host("pear-ring", "10.0.0.1"))).isEqualTo(NodeId.of(2));
    }

    @Test
    void byTheHostNameWithoutItsDomain() {
        assertThat(find(new Host("plum.garden.example.org"))).isEqualTo(NodeId.of(3));
    }

    @Test
    void byTheNodesNameWithoutItsDomain() {
        assertThat(find(new Host("apple"))).isEqualTo(NodeId.of(1));
        assertThat(find(new Host("apple.other.org"))).isEqualTo(NodeId.of(1));
    }

    @Test
    void byTheReverseNameOfAnAddress() {
        assertThat(find(new Host("h", "192.168.0.9").reverse("192.168.0.9", "plum")))
                .isEqualTo(NodeId.of(3));
    }

    @Test
    void byAnAddressInDigits() {
        assertThat(find(new Host("h", "127.0.0.1", "10.0.0.1"))).isEqualTo(NodeId.of(1));
    }

    @Test
    void byAnAddressWrittenInAnotherWay() {
        CorosyncConf conf = conf("node {\nnodeid: 3\nring0_addr: fd00:0::3\n}\n");
        assertThat(conf.localNode(new Host("h", "fd00::3"))).isEqualTo(NodeId.of(3));
    }

    @Test
    void byANameThatResolvesToTheHost() {
        assertThat(find(new Host("", "172.16.0.2").forward("pear-ring", "172.16.0.2")))
                .isEqualTo(NodeId.of(2));
    }

    @Test
    void anAddressOfALaterLinkIsNoEvidence() {
        assertNotListed(() -> find(new Host("h", "10.1.0.2")));
    }

    @Test
    void withoutLink0TheLowestLinkCounts() {
        CorosyncConf conf = conf("node {\nnodeid: 5\nring2_addr: 10.2.0.5\n}\n");
        assertThat(conf.localNode(new Host("h", "10.2.0.5"))).isEqualTo(NodeId.of(5));
    }

    @Test
    void anotherHostIsToldWhoItIsAndWhoIsListed() {
        assertThatThrownBy(() -> find(new Host("quince.org", "127.0.0.1", "10.0.0.4")))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NODE_NOT_LISTED))
                .hasMessage(
                        "f: none of the nodes 1 (apple.orchard.org), 2 (pear), 3 (plum) is this host, which is"
                                + " called quince.org and has the addresses 127.0.0.1, 10.0.0.4; list it, or say which node it is");
    }

    @Test
    void twoNodesOnOneHostAreNotGuessedAt() {
        CorosyncConf conf =
                conf("node {\nnodeid: 1\nring0_addr: 127.0.0.1\n}\nnode {\nnodeid: 2\nring0_addr: 10.0.0.9\n}\n");
        assertThatThrownBy(() -> conf.localNode(new Host("h", "127.0.0.1", "10.0.0.9")))
                .isInstanceOf(ClusterException.class)
                .hasMessage("f: nodes [1, 2] all have addresses of this host; say which of them this node is");
        assertThat(conf.localNode(2)).isEqualTo(NodeId.of(2));
    }

    @Test
    void anIdThatIsNotListedIsRefused() {
        assertThatThrownBy(() -> CONF.localNode(4))
                .isInstanceOf(ClusterException.class)
                .hasMessage("f: node 4 is not in the node list, which has 1, 2, 3; list it, or choose one of these");
    }

    @Test
    void thisHostHasANameAndALoopbackAddress() {
        LocalAddresses host = LocalAddresses.ofThisHost();
        assertThat(host.hostName()).isNotEmpty();
        assertThat(host.addresses()).contains(InetAddress.getLoopbackAddress());
        assertThat(host.resolve("127.0.0.1")).containsExactly(InetAddress.getLoopbackAddress());
    }

    private static void assertNotListed(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NODE_NOT_LISTED));
    }
}
