package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quorate.knet.link.EngineLab.MILLI;
import static org.quorate.knet.link.EngineLab.address;
import static org.quorate.knet.link.EngineLab.message;
import static org.quorate.knet.link.EngineLab.peer;
import static org.quorate.knet.link.EngineLab.plain;
import static org.quorate.knet.link.EngineLab.settings;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.LinkMode;
import org.quorate.knet.link.EngineLab.Node;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrame.PmtudFrame;
import org.quorate.spi.AddressRule;
import org.quorate.spi.TransportSettings;

/** Who is heard: the rows of docs/protocol/knet.md 7.3 about senders and links, and allow lists. */
class AccessControlTest {
    private final EngineLab lab = new EngineLab();

    private static PingFrame ping(int source, int link) {
        return new PingFrame(source, link, 5, 6, 1, true);
    }

    private Node node(TransportSettings settings) {
        Node one = lab.start(1, settings);
        lab.run(0);
        one.taken();
        return one;
    }

    private Node withTwoLinks() {
        return node(settings(1, LinkMode.PASSIVE, 2, peer(2, 1, 1)));
    }

    @Test
    void unknownHostIsDropped() {
        Node one = withTwoLinks();
        one.receive(2, 0, ping(3, 0));
        assertThat(one.dropped("unknown-host")).isEqualTo(1);
        assertThat(one.taken()).noneMatch(line -> line.startsWith("to "));
    }

    @Test
    void linkIdOfEightOrMoreIsDroppedAndNotTakenModuloEight() {
        Node one = withTwoLinks();
        byte[] nine = plain(ping(2, 1));
        nine[6] = 9;
        one.receive(address(2, 1), nine);
        assertThat(one.dropped("bad-link")).isEqualTo(1);
        assertThat(one.taken()).isEmpty();
    }

    @Test
    void linkIdOfAnUnconfiguredLinkIsDropped() {
        Node one = withTwoLinks();
        one.receive(2, 0, ping(2, 5));
        assertThat(one.dropped("bad-link")).isEqualTo(1);
        assertThat(one.taken()).isEmpty();
    }

    @Test
    void controlFrameFromAnotherIpIsDroppedAlways() {
        Node one = withTwoLinks();
        one.receive(address(9, 0), plain(ping(2, 0)));
        one.receive(address(2, 1), plain(ping(2, 0))); // the peer's address, but of another link
        one.receive(address(9, 0), plain(new PmtudFrame(2, 0, 1400, 1000)));
        assertThat(one.dropped("wrong-address")).isEqualTo(3);
        assertThat(one.taken()).noneMatch(line -> line.startsWith("to "));
        assertThat(one.engine.links(0)).extracting(link -> link.peerAddress()).contains("10.0.0.2:5405");
    }

    @Test
    void dataFromAnotherIpIsDropped() {
        List<Node> both = lab.startAll(2, LinkMode.PASSIVE, 1);
        lab.run(900);
        Node one = both.get(0);
        one.taken();
        one.receive(address(9, 0), plain(new DataFrame(2, 7, 0, true, 1, 0, 0, message(20, 1))));
        assertThat(one.dropped("wrong-address")).isEqualTo(1);
        assertThat(one.taken()).noneMatch(line -> line.startsWith("message"));
    }

    @Test
    void answersGoToTheConfiguredAddressWhateverPortWasUsed() {
        Node one = withTwoLinks();
        one.receive(new InetSocketAddress(address(2, 0).getAddress(), 61_000), plain(ping(2, 0)));
        assertThat(one.taken()).containsExactly("to 2/0 PONG 1");
    }

    @Test
    void anAllowListIsAskedBeforeAnythingElse() {
        TreeMap<Integer, List<AddressRule>> lists = new TreeMap<>();
        lists.put(0, List.of(AddressRule.reject("10.0.0.66"), AddressRule.accept("10.0.0.0/24")));
        TransportSettings listed =
                settings(1, LinkMode.PASSIVE, 2, peer(2, 1, 1)).withAllowLists(lists);
        Node one = node(listed);
        byte[] junk = {1, 2, 3};
        for (int i = 0; i < 1000; i++) one.engine.datagram(0, 0, address(66, 0), ByteBuffer.wrap(junk));
        one.engine.datagram(0, 0, address(9, 7), ByteBuffer.wrap(plain(ping(2, 0))));
        assertThat(one.dropped("not-allowed")).isEqualTo(1001);
        assertThat(one.dropped("too-short")).isZero();
        one.engine.datagram(0, 0, address(5, 0), ByteBuffer.wrap(junk)); // allowed, and then looked at
        one.engine.datagram(0, 1, address(66, 0), ByteBuffer.wrap(junk)); // link 1 has no list
        assertThat(one.dropped("too-short")).isEqualTo(2);
        one.engine.datagram(0, 0, address(2, 0), ByteBuffer.wrap(plain(ping(2, 0))));
        assertThat(one.taken()).containsExactly("to 2/0 PONG 1");

        one.engine.reconfigure(MILLI, settings(1, LinkMode.PASSIVE, 2, peer(2, 1, 1)), Map.of(0, 0, 1, 1));
        one.engine.datagram(MILLI, 0, address(66, 0), ByteBuffer.wrap(junk));
        assertThat(one.dropped("not-allowed")).isEqualTo(1001);
    }

    @Test
    void aListThatRejectsAPeerOrBelongsToNoLinkIsAContradiction() {
        TreeMap<Integer, List<AddressRule>> lists = new TreeMap<>();
        lists.put(0, List.of(AddressRule.accept("10.9.0.0/16")));
        lists.put(6, List.of());
        assertThat(settings(1, LinkMode.PASSIVE, 1, peer(2, 1))
                        .withAllowLists(lists)
                        .problems())
                .containsExactly(
                        "the allow list of link 0 rejects node 2, which has the address 10.0.0.2 there",
                        "there is an allow list for link 6, which this node does not have");
    }
}
