package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quorate.knet.link.EngineLab.MILLI;
import static org.quorate.knet.link.EngineLab.address;
import static org.quorate.knet.link.EngineLab.message;
import static org.quorate.knet.link.EngineLab.peer;
import static org.quorate.knet.link.EngineLab.plain;
import static org.quorate.knet.link.EngineLab.settings;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quorate.LinkMode;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.knet.link.EngineLab.Node;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrame.PmtudFrame;
import org.quorate.knet.wire.KnetFrame.PmtudReplyFrame;
import org.quorate.knet.wire.KnetFrame.PongFrame;
import org.quorate.spi.TransportSettings.Peer;
import org.quorate.spi.TransportSettings.PeerLink;

/** What a node sends, delivers and reports; frames in words, times in milliseconds. */
class KnetEngineTest {
    private final EngineLab lab = new EngineLab();

    /** Node 1 with node 2 as its peer, reachable over {@code links} links, after its MTU is known. */
    private Node pair(LinkMode mode, int... priorities) {
        Node one = lab.startAll(2, mode, priorities).get(0);
        lab.run(900);
        one.taken();
        return one;
    }

    private static DataFrame data(int source, int sequence, int channel) {
        return new DataFrame(source, sequence, 0, true, 1, 0, channel, message(20, sequence));
    }

    @Test
    void aNodeBeginsWithPingOneAndPingZero() {
        Node one = lab.start(1, settings(1, LinkMode.PASSIVE, 2, peer(2, 1, 1)));
        assertThat(one.taken()).isEmpty();
        assertThat(one.engine.deadlineNanos()).isZero();
        lab.run(0);
        assertThat(one.taken()).containsExactly("to 2/0 PING 1", "to 2/0 PING 0", "to 2/1 PING 1", "to 2/1 PING 0");
        assertThat(one.engine.deadlineNanos()).isEqualTo(200 * MILLI);
        lab.run(200);
        assertThat(one.taken()).containsExactly("to 2/0 PING 0", "to 2/1 PING 0");
    }

    @Test
    void everyStepFromTheFirstPingToAnUpLinkWithItsMtu() {
        List<Node> both = lab.startAll(2, LinkMode.PASSIVE, 1);
        lab.run(210);
        assertThat(both.get(0).taken())
                .containsExactly(
                        "to 2/0 PING 1",
                        "to 2/0 PING 0",
                        "to 2/0 PONG 1",
                        "to 2/0 PONG 0",
                        "to 2/0 PING 0",
                        "to 2/0 PONG 0",
                        "link 2/0 up active: answered 3 pings",
                        "peer 2 reachable: link 0 is up: answered 3 pings",
                        "to 2/0 PMTUD 1500",
                        "to 2/0 PMTUD_REPLY 1500");
        assertThat(both.get(0).engine.deadlineNanos()).isEqualTo(400 * MILLI);
        assertThat(both.get(0).engine.dataBytes()).isEqualTo(1446);
        LinkStatus status = both.get(0).engine.links(210 * MILLI).get(0);
        assertThat(status.mtu().bytes()).isEqualTo(1446);
        assertThat(status.heartbeats().lastPong()).contains(Duration.ofMillis(8));
        assertThat(status.heartbeats().latency().orElseThrow().mean()).isEqualTo(Duration.ofMillis(2));
        assertThat(status.localAddress()).isEqualTo("10.0.0.1:5405");
        assertThat(status.state().age()).isEqualTo(Duration.ofMillis(8));
    }

    @Test
    void dataIsSentInTheLeastSizeUntilTheMtuIsKnown() {
        lab.lost = flight -> flight.bytes().length > 1000;
        Node one = pair(LinkMode.PASSIVE, 1);
        assertThat(one.engine.dataBytes()).isEqualTo(482);
        one.send(2, 1000, 1);
        assertThat(one.taken())
                .containsExactly(
                        "to 2/0 DATA 1 part 1/3 of 482",
                        "to 2/0 DATA 1 part 2/3 of 482",
                        "to 2/0 DATA 1 part 3/3 of 36");
    }

    @Test
    void fragmentsHaveOneSizeAndOneNumber() {
        Node one = pair(LinkMode.PASSIVE, 1);
        one.send(2, 1446, 1);
        one.send(2, 1447, 2);
        one.send(2, 2892, 3);
        assertThat(one.taken())
                .containsExactly(
                        "to 2/0 DATA 1 part 0/1 of 1446",
                        "to 2/0 DATA 2 part 1/2 of 1446",
                        "to 2/0 DATA 2 part 2/2 of 1",
                        "to 2/0 DATA 3 part 1/2 of 1446",
                        "to 2/0 DATA 3 part 2/2 of 1446");
    }

    @Test
    void aMessageToAllGoesToTheReachableAndToOneself() {
        List<Node> all = lab.startAll(3, LinkMode.PASSIVE, 1);
        lab.run(900);
        lab.kill(3);
        lab.run(10_000);
        all.forEach(Node::taken);
        all.get(0).engine.sendToAll(lab.nowMillis() * MILLI, message(100, 7));
        assertThat(all.get(0).taken()).containsExactly("to 2/0 DATA 1 part 0/1 of 100 to all");
        assertThat(all.get(0).engine.deadlineNanos()).as("at once").isEqualTo(lab.nowMillis() * MILLI);
        lab.run(2);
        assertThat(all.get(0).events()).containsExactly("message from 1: 100 bytes, first 7");
        assertThat(all.get(1).events()).containsExactly("message from 1: 100 bytes, first 7");
        assertThat(all.get(2).events()).isEmpty();
    }

    @Test
    void whatCannotBeSentIsCounted() {
        Node one = lab.start(1, settings(1, LinkMode.PASSIVE, 1, peer(2, 1)));
        one.send(2, 10, 1);
        one.send(3, 10, 1);
        assertThat(one.dropped("no-route")).isEqualTo(2);
        one.engine.sendToOthers(0, message(10, 1));
        assertThat(one.dropped("no-route")).isEqualTo(3);
        one.send(1, 65_537, 1);
        assertThat(one.dropped("too-large")).isEqualTo(1);
        one.engine.send(0, NodeId.of(1), message(10, 1).limit(0));
        assertThat(one.dropped("empty-payload")).isEqualTo(1);
        assertThat(one.taken()).isEmpty();
    }

    @Test
    void theQueueToOneselfIsBounded() {
        Node one = lab.start(1, settings(1, LinkMode.PASSIVE, 1));
        for (int i = 0; i < LoopbackQueue.MAX_MESSAGES + 3; i++) one.send(1, 10, 1);
        assertThat(one.dropped("queue-full")).isEqualTo(3);
        lab.run(0);
        assertThat(one.taken()).hasSize(LoopbackQueue.MAX_MESSAGES);
        assertThat(one.engine.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aPingOutOfTurnGoesBeforeEvery8191stMessage() {
        Node one = pair(LinkMode.PASSIVE, 1, 1);
        for (int i = 1; i < 8191; i++) one.send(2, 1, 1);
        one.taken();
        one.send(2, 1, 1);
        assertThat(one.taken())
                .containsExactly(
                        "to 2/0 PING 8191 untimed", "to 2/1 PING 8191 untimed", "to 2/0 DATA 8191 part 0/1 of 1");
    }

    @Test
    void theNumberAfter65535Is1() {
        Node one = pair(LinkMode.PASSIVE, 1);
        for (int i = 1; i < 65_535; i++) one.send(2, 1, 1);
        one.taken();
        one.send(2, 1, 1);
        one.send(2, 1, 1);
        assertThat(one.taken()).containsExactly("to 2/0 DATA 65535 part 0/1 of 1", "to 2/0 DATA 1 part 0/1 of 1");
        lab.run(10);
        assertThat(one.dropped("duplicate")).isZero();
    }

    @Test
    void activeSendsEveryFragmentOverEveryLink() {
        Node one = pair(LinkMode.ACTIVE, 1, 1);
        one.send(2, 2000, 1);
        assertThat(one.taken())
                .containsExactly(
                        "to 2/0 DATA 1 part 1/2 of 1446",
                        "to 2/1 DATA 1 part 1/2 of 1446",
                        "to 2/0 DATA 1 part 2/2 of 554",
                        "to 2/1 DATA 1 part 2/2 of 554");
    }

    @Test
    void copiesOverSeveralLinksAreDeliveredOnce() {
        List<Node> both = lab.startAll(2, LinkMode.ACTIVE, 1, 1, 1);
        lab.run(900);
        both.get(1).taken();
        both.get(0).send(2, 5000, 4);
        lab.run(2);
        assertThat(both.get(1).events()).containsExactly("message from 1: 5000 bytes, first 4");
        assertThat(both.get(1).dropped("duplicate")).isPositive();
    }

    @Test
    void roundRobinKeepsTheFragmentsOfAMessageTogether() {
        Node one = pair(LinkMode.RR, 1, 1);
        one.send(2, 2000, 1);
        one.send(2, 10, 1);
        assertThat(one.taken())
                .containsExactly(
                        "to 2/0 DATA 1 part 1/2 of 1446",
                        "to 2/0 DATA 1 part 2/2 of 554",
                        "to 2/1 DATA 2 part 0/1 of 10");
    }

    @Test
    void dataMovesToTheOtherLinkAndBackToTheBetterOne() {
        Node one = pair(LinkMode.PASSIVE, 1, 5);
        one.send(2, 10, 1);
        assertThat(one.taken()).containsExactly("to 2/1 DATA 1 part 0/1 of 10");
        lab.run(12_000);
        lab.lost = flight -> flight.link() == 1;
        one.taken();
        lab.run(600);
        assertThat(one.events()).containsExactly("link 2/1 down: no pong for 598 ms, allowed 404 ms");
        one.send(2, 10, 2);
        assertThat(one.taken()).containsExactly("to 2/0 DATA 2 part 0/1 of 10");
        lab.lost = flight -> false;
        lab.run(700);
        assertThat(one.events()).containsExactly("link 2/1 up active: answered 3 pings");
        one.send(2, 10, 3);
        assertThat(one.taken()).containsExactly("to 2/1 DATA 3 part 0/1 of 10");
    }

    @Test
    void aPeerWithoutLinksIsUnreachableAndItsReceiveStateIsForgotten() {
        List<Node> both = lab.startAll(2, LinkMode.PASSIVE, 1);
        lab.run(900);
        Node two = both.get(1);
        two.receive(1, 0, data(1, 5, 0));
        two.receive(1, 0, data(1, 5, 0));
        assertThat(two.dropped("duplicate")).isEqualTo(1);
        lab.lost = flight -> true;
        lab.run(20_000);
        assertThat(two.events())
                .containsSubsequence(
                        "message from 1: 20 bytes, first 5",
                        "link 1/0 down: no pong for 2998 ms, allowed 2804 ms",
                        "peer 1 unreachable: link 0 is down: no pong for 2998 ms, allowed 2804 ms");
        two.receive(1, 0, data(1, 5, 0));
        assertThat(two.dropped("not-reachable")).isEqualTo(1);
        lab.lost = flight -> false;
        lab.run(1000);
        two.taken();
        two.receive(1, 0, data(1, 5, 0));
        assertThat(two.events()).containsExactly("message from 1: 20 bytes, first 5");
    }

    @Test
    void dataOfAPeerThatAnsweredOnePingBringsTheLinkUp() {
        Node one = lab.start(1, settings(1, LinkMode.PASSIVE, 1, peer(2, 1)));
        lab.run(0);
        one.taken();
        one.receive(2, 0, data(2, 1, 0));
        assertThat(one.taken()).isEmpty();
        assertThat(one.dropped("not-reachable")).isEqualTo(1);
        one.receive(2, 0, new PongFrame(2, 0, 1001, 0, 0, true));
        one.receive(2, 0, data(2, 2, 0));
        assertThat(one.taken())
                .containsExactly(
                        "link 2/0 up active: sends data and answered a ping",
                        "peer 2 reachable: link 0 is up: sends data and answered a ping",
                        "to 2/0 PMTUD 1500",
                        "message from 2: 20 bytes, first 2");
    }

    @Test
    void aNodeThatLivedForAMomentIsHeardAtOnceWhenItComesBack() {
        List<Node> both = lab.startAll(2, LinkMode.PASSIVE, 1);
        lab.run(950);
        Node two = both.get(1);
        // its first life ends before any ping told of its messages
        for (int i = 1; i <= 20; i++) both.get(0).send(2, 10, i);
        lab.run(2);
        assertThat(two.events()).hasSize(22);
        lab.kill(1);
        Node again = lab.start(1, settings(1, LinkMode.PASSIVE, 1, peer(2, 1)));
        lab.run(300);
        two.taken();
        again.send(2, 10, 1);
        lab.run(2);
        assertThat(two.events()).containsExactly("message from 1: 10 bytes, first 1");
        assertThat(two.dropped("duplicate")).isZero();
    }

    @Test
    void framesOfAWrongAddressAreRefused() {
        Node one = pair(LinkMode.PASSIVE, 1, 1);
        InetSocketAddress stranger = address(9, 0);
        one.receive(stranger, plain(new PingFrame(2, 0, 1, 2, 0, true)));
        one.receive(stranger, plain(new PmtudFrame(2, 0, 1500, 100)));
        one.receive(stranger, plain(new PongFrame(2, 0, 1001, 0, 0, true)));
        one.receive(stranger, plain(new PmtudReplyFrame(2, 0, 1500)));
        one.receive(stranger, plain(data(2, 1, 0)));
        // the right host, but over another link than the frame says
        one.receive(address(2, 1), plain(new PingFrame(2, 0, 1, 2, 0, true)));
        assertThat(one.taken())
                .as("said once")
                .containsExactly(
                        "refused: node 2 sends from 10.0.0.9:5405, which is not the address that the node list gives"
                                + " it for that link; correct the list, or the route of that host");
        assertThat(one.dropped("wrong-address")).isEqualTo(6);
    }

    @Test
    void thePortOfTheSenderDoesNotMatterAndAnswersGoToTheConfiguredOne() {
        Node one = pair(LinkMode.PASSIVE, 1, 1);
        InetSocketAddress otherPort = new InetSocketAddress(address(2, 0).getAddress(), 40_000);
        one.receive(otherPort, plain(new PingFrame(2, 0, 1, 2, 77, true)));
        one.receive(otherPort, plain(data(2, 1, 0)));
        assertThat(one.taken()).containsExactly("to 2/0 PONG 77", "message from 2: 20 bytes, first 1");
    }

    @Test
    void unlistedHostsAreRefused() {
        Node one = pair(LinkMode.PASSIVE, 1);
        one.receive(3, 0, new PingFrame(3, 0, 1, 2, 0, true));
        one.receive(3, 0, data(3, 1, 0));
        assertThat(one.taken())
                .as("said once")
                .containsExactly(
                        "refused: packets come from 10.0.0.3:5405 in the name of node 3, which is not in the node"
                                + " list; add it there, or give the other cluster a key of its own");
        assertThat(one.dropped("unknown-host")).isEqualTo(2);
    }

    @Test
    void linksThatAreNotConfiguredAreRefused() {
        Node one = pair(LinkMode.PASSIVE, 1);
        one.receive(2, 1, new PingFrame(2, 1, 1, 2, 0, true));
        byte[] linkNine = plain(new PingFrame(2, 1, 1, 2, 0, true));
        linkNine[6] = 9;
        one.receive(address(2, 0), linkNine);
        assertThat(one.taken()).isEmpty();
        assertThat(one.dropped("bad-link")).isEqualTo(2);
    }

    @Test
    void otherChannelsAreNotDelivered() {
        Node one = pair(LinkMode.PASSIVE, 1);
        one.receive(2, 0, data(2, 1, 1));
        assertThat(one.taken()).isEmpty();
        assertThat(one.dropped("bad-channel")).isEqualTo(1);
    }

    @Test
    void answersToThePingsOfAnEarlierLifeAreIgnored() {
        Node one = lab.start(1, settings(1, LinkMode.PASSIVE, 1, peer(2, 1)));
        lab.run(0);
        for (int i = 0; i < 5; i++) one.receive(2, 0, new PongFrame(2, 0, 1000, 0, 0, true));
        one.receive(2, 0, new PongFrame(2, 0, 1001, 1, 0, true));
        assertThat(one.events()).isEmpty();
        assertThat(one.dropped("unexpected-reply")).isEqualTo(6);
    }

    @Test
    void somebodyElseWithTheOwnIdIsReportedNowAndThen() {
        Node one = pair(LinkMode.PASSIVE, 1);
        one.receive(9, 0, data(1, 1, 0));
        assertThat(one.taken()).as("not an address of a peer").isEmpty();
        String evidence = "clash: a frame with this node's id 1 came from 10.0.0.2, which is an address of node 2";
        for (int i = 0; i < 100; i++) one.receive(2, 0, data(1, 1, 0));
        assertThat(one.taken()).containsExactly(evidence);
        lab.run(10_000);
        one.taken();
        one.receive(2, 0, data(1, 1, 0));
        assertThat(one.taken()).containsExactly(evidence);
        assertThat(one.dropped("own-id")).isEqualTo(102);
    }

    @Test
    void junkIsCountedAndForgotten() {
        Node one = pair(LinkMode.PASSIVE, 1);
        one.receive(address(2, 0), new byte[0]);
        one.receive(address(2, 0), new byte[6]);
        one.receive(address(2, 0), new byte[7]);
        one.receive(address(2, 0), new byte[70_000]);
        assertThat(one.taken()).isEmpty();
        assertThat(one.dropped("too-short")).isEqualTo(2);
        assertThat(one.dropped("bad-version")).isEqualTo(1);
        assertThat(one.dropped("too-large")).isEqualTo(1);
    }

    @Test
    void aLinkCanBeAddedChangedAndRemovedWithoutDisturbingTheOthers() {
        Node one = pair(LinkMode.PASSIVE, 1, 1, 1);
        long now = lab.nowMillis() * MILLI;
        one.engine.putPeer(now, peer(2, 1, 1, 1));
        assertThat(one.taken()).isEmpty();
        one.engine.putPeer(now, peer(2, 1, 9, 1));
        one.send(2, 10, 1);
        assertThat(one.taken()).containsExactly("to 2/1 DATA 1 part 0/1 of 10");
        one.engine.putPeer(now, peer(2, 1));
        one.send(2, 10, 1);
        assertThat(one.taken())
                .containsExactly(
                        "link 2/1 down: removed from the configuration",
                        "link 2/2 down: removed from the configuration",
                        "to 2/0 DATA 2 part 0/1 of 10");
        one.engine.putPeer(now, peer(2, 1, 1));
        lab.run(500);
        assertThat(one.taken())
                .contains("to 2/1 PING 2", "link 2/1 up: answered 3 pings")
                .doesNotContain("to 2/1 PING 0");
    }

    @Test
    void theLinkWithTheShortestFramesNoLongerCountsOnceItIsRemoved() {
        lab.lost = flight -> flight.link() == 1 && flight.bytes().length > 1000;
        Node one = pair(LinkMode.PASSIVE, 1, 1);
        lab.run(10_000);
        assertThat(one.engine.dataBytes()).isEqualTo(1000 - 26);
        one.engine.putPeer(lab.nowMillis() * MILLI, peer(2, 1));
        assertThat(one.engine.dataBytes()).isEqualTo(1446);
    }

    @Test
    void thePortTellsApartLinksToOneAddress() {
        Node one = lab.start(1, settings(1, LinkMode.PASSIVE, 2));
        TreeMap<Integer, PeerLink> links = new TreeMap<>(peer(2, 1, 1).links());
        InetSocketAddress second = new InetSocketAddress(address(2, 0).getAddress(), 7777);
        links.put(1, new PeerLink(second, 1, EngineLab.INTERVAL, EngineLab.TIMEOUT, 2048, 2));
        one.engine.putPeer(0, new Peer(NodeId.of(2), links));
        one.receive(second, plain(data(2, 1, 0)));
        one.receive(address(2, 0), plain(data(2, 1, 0)));
        one.receive(new InetSocketAddress(second.getAddress(), 1), plain(data(2, 1, 0)));
        assertThat(one.engine.counters())
                .containsEntry("link.2.0.received.packets", 2L)
                .containsEntry("link.2.1.received.packets", 1L);
    }

    @Test
    void aPeerThatIsRemovedIsUnreachableAndUnknown() {
        Node one = pair(LinkMode.PASSIVE, 1);
        one.engine.removePeer(lab.nowMillis() * MILLI, NodeId.of(2));
        assertThat(one.taken())
                .containsExactly(
                        "link 2/0 down: removed from the configuration", "peer 2 unreachable: link 0 was removed");
        assertThat(one.engine.links(0)).isEmpty();
        assertThat(one.engine.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
        one.receive(2, 0, data(2, 1, 0));
        assertThat(one.dropped("unknown-host")).isEqualTo(1);
    }

    @Test
    void aLinkWithoutAnOwnAddressIsLeftOut() {
        Node one = lab.start(1, settings(1, LinkMode.PASSIVE, 1, peer(2, 1, 1)));
        assertThat(one.engine.links(0)).extracting(LinkStatus::link).containsExactly(0);
    }

    @Test
    void aLinkOnWhichNoProbeIsAnsweredCarriesNoDataThoughItIsUp() {
        lab.lost = flight -> flight.link() == 0 && flight.bytes().length > 400;
        Node one = pair(LinkMode.PASSIVE, 9, 1);
        lab.run(10_000);
        LinkStatus sick = one.engine.links(lab.nowMillis() * MILLI).get(0);
        assertThat(sick.up()).isTrue();
        assertThat(sick.active()).isFalse();
        assertThat(sick.mtu().bytes()).isZero();
        one.taken();
        one.send(2, 10, 1);
        assertThat(one.taken()).containsExactly("to 2/1 DATA 1 part 0/1 of 10");
        lab.lost = flight -> false;
        lab.run(4500);
        one.taken();
        one.send(2, 10, 1);
        assertThat(one.taken()).containsExactly("to 2/0 DATA 2 part 0/1 of 10");
    }

    @Test
    void discardingCountsWhatWouldHaveBeenDelivered() {
        Node one = pair(LinkMode.PASSIVE, 1);
        one.send(1, 10, 1);
        one.engine.beginDiscard();
        one.receive(2, 0, data(2, 1, 0));
        one.receive(2, 0, new PingFrame(2, 0, 1, 2, 1, true));
        assertThat(one.engine.endDiscard()).isEqualTo(2);
        assertThat(one.taken()).containsExactly("to 2/0 PONG 1");
        one.receive(2, 0, data(2, 2, 0));
        assertThat(one.taken()).containsExactly("message from 2: 20 bytes, first 2");
        assertThat(one.engine.endDiscard()).isZero();
    }

    @Test
    void manyNodesAllReachEachOther() {
        List<Node> all = lab.startAll(12, LinkMode.PASSIVE, 1, 2);
        lab.run(900);
        all.forEach(Node::taken);
        all.get(4).engine.sendToAll(lab.nowMillis() * MILLI, message(30_000, 3));
        lab.run(2);
        assertThat(all)
                .allSatisfy(node -> assertThat(node.events()).containsExactly("message from 5: 30000 bytes, first 3"));
        assertThat(IntStream.range(0, 12).mapToLong(i -> all.get(i).dropped("duplicate")))
                .containsOnly(0L);
    }
}
