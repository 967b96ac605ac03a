package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.LinkMode;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.spi.TransportSettings;
import org.quorate.spi.TransportSettings.Peer;
import org.quorate.spi.TransportSettings.PeerLink;

/** When a peer's process is said to have ended: on the word of its host, over all links, and never while it is heard. */
class DepartureTest {
    private static final int MOST_LINKS = 3;

    private record Question(int local, InetSocketAddress peer) {}

    private final ChangeLab lab = new ChangeLab(new SplittableRandom(1));
    private final List<Question> questions = new ArrayList<>();

    private static TransportSettings settings(int self, int links) {
        int other = 3 - self;
        TreeMap<Integer, InetSocketAddress> local = new TreeMap<>();
        TreeMap<Integer, PeerLink> peerLinks = new TreeMap<>();
        for (int link = 0; link < links; link++) {
            local.put(link, ChangeLab.address(self, link, 0));
            Duration timeout = Duration.ofSeconds(2);
            peerLinks.put(
                    link,
                    new PeerLink(
                            ChangeLab.address(other, link, 0), links - link, ChangeLab.INTERVAL, timeout, 2048, 2));
        }
        return ChangeLab.settings(self, LinkMode.PASSIVE, local, List.of(new Peer(NodeId.of(other), peerLinks)));
    }

    private ChangeLab.Node pair(int links) {
        ChangeLab.Node one = lab.new Node(1, settings(1, links)) {
            @Override
            public void watch(int local, InetSocketAddress peer, ByteBuffer sealed) {
                questions.add(new Question(local, peer));
            }

            @Override
            public void peerGone(NodeId peer) {
                events.add("peer " + peer + " gone");
            }
        };
        lab.new Node(2, settings(2, links));
        lab.run(12_000);
        assertThat(one.taken()).hasSize(links + 1).noneMatch(said -> said.contains("down"));
        return one;
    }

    private static void report(ChangeLab lab, ChangeLab.Node node, int local, InetSocketAddress peer) {
        node.engine.unreachable(
                lab.nowNanos, ChangeLab.address(1, local, 0).getAddress(), peer, Unreachability.PORT_CLOSED);
    }

    /** Lets time pass while the host of node 2 says of every question that the port is closed. */
    private void runWhileClosed(ChangeLab.Node one, int millis) {
        for (int i = 0; i < millis; i++) {
            List<Question> asked = List.copyOf(questions);
            questions.clear();
            for (Question each : asked) report(lab, one, each.local(), each.peer());
            lab.run(1);
        }
    }

    @Test
    void anEndedProcessIsGoneHalfASecondLaterOverHoweverManyLinks() {
        for (int links = 1; links <= MOST_LINKS; links++) {
            DepartureTest fresh = new DepartureTest();
            ChangeLab.Node one = fresh.pair(links);
            fresh.lab.kill(2);
            fresh.runWhileClosed(one, 400 + 100 + 5);
            assertThat(one.taken()).as(links + " links").hasSize(links + 2).endsWith("peer 2 gone");
            fresh.runWhileClosed(one, 5000);
            assertThat(one.taken()).as("said once").isEmpty();
        }
    }

    @Test
    void aSilentPeerIsNotGone() {
        ChangeLab.Node one = pair(2);
        lab.kill(2);
        lab.run(20_000);
        assertThat(one.taken()).anyMatch(said -> said.contains("unreachable")).noneMatch(said -> said.contains("gone"));
    }

    @Test
    void onePortOfTwoIsNotTheProcess() {
        ChangeLab.Node one = pair(2);
        lab.lost = flight -> flight.to().equals(ChangeLab.address(1, 0, 0));
        for (int i = 0; i < 3000; i++) {
            lab.run(1);
            for (Question each : List.copyOf(questions))
                if (each.local() == 0) report(lab, one, each.local(), each.peer());
            questions.clear();
        }
        assertThat(one.taken())
                .singleElement()
                .asString()
                .startsWith("link 2/0 down")
                .contains("nobody listens");
    }

    @Test
    void forgedReportsOfAllPortsDoNotMakeAHeardPeerGone() {
        ChangeLab.Node one = pair(2);
        // what the peer sends is lost until both links have been asked about and given up
        lab.lost = flight -> flight.to().getAddress().getAddress()[3] == 1;
        for (int i = 0; i < 1000 && one.links().stream().anyMatch(LinkStatus::up); i++) runWhileClosed(one, 1);
        assertThat(one.taken()).anyMatch(said -> said.startsWith("peer 2 unreachable"));
        lab.lost = flight -> false;
        runWhileClosed(one, 3000);
        assertThat(one.taken())
                .noneMatch(said -> said.contains("gone"))
                .anyMatch(said -> said.startsWith("peer 2 reachable"));
    }

    @Test
    void aProcessThatIsBackAtOnceIsNotGone() {
        ChangeLab.Node one = pair(1);
        lab.kill(2);
        for (int i = 0; i < 1000 && one.links().get(0).up(); i++) runWhileClosed(one, 1);
        assertThat(one.links().get(0).up()).isFalse();
        lab.new Node(2, settings(2, 1));
        lab.run(5000);
        assertThat(one.taken())
                .noneMatch(said -> said.contains("gone"))
                .anyMatch(said -> said.startsWith("peer 2 reachable"));
    }
}
