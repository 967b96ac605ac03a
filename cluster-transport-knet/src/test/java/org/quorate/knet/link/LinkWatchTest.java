package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.LinkMode;
import org.quorate.NodeId;
import org.quorate.spi.TransportSettings;
import org.quorate.spi.TransportSettings.Peer;
import org.quorate.spi.TransportSettings.PeerLink;

/** When the network is asked about a silent link, and when its answer counts. */
class LinkWatchTest {
    private static final InetSocketAddress OWN = ChangeLab.address(1, 0, 0);
    private static final InetSocketAddress OTHER = ChangeLab.address(2, 0, 0);

    private final ChangeLab lab = new ChangeLab(new SplittableRandom(1));
    private final List<Long> askedAtMillis = new ArrayList<>();

    private TransportSettings settings(int self, InetSocketAddress own, InetSocketAddress other) {
        TreeMap<Integer, InetSocketAddress> local = new TreeMap<>();
        local.put(0, own);
        TreeMap<Integer, PeerLink> links = new TreeMap<>();
        links.put(0, new PeerLink(other, 1, ChangeLab.INTERVAL, Duration.ofSeconds(2), 2048, 2));
        return ChangeLab.settings(self, LinkMode.PASSIVE, local, List.of(new Peer(NodeId.of(3 - self), links)));
    }

    private ChangeLab.Node pair() {
        ChangeLab.Node one = lab.new Node(1, settings(1, OWN, OTHER)) {
            @Override
            public void watch(int local, InetSocketAddress peer, ByteBuffer sealed) {
                assertThat(peer).isEqualTo(OTHER);
                askedAtMillis.add(lab.nowNanos / ChangeLab.MILLI);
            }
        };
        lab.new Node(2, settings(2, OTHER, OWN));
        lab.run(12_000);
        assertThat(one.links().get(0).up()).isTrue();
        assertThat(askedAtMillis).as("asked while all is well").isEmpty();
        one.taken();
        return one;
    }

    private void report(ChangeLab.Node node, InetAddress own, InetSocketAddress peer) {
        node.engine.unreachable(lab.nowNanos, own, peer, Unreachability.PORT_CLOSED);
    }

    @Test
    void aSilentPeerIsAskedAboutAndTheReportTakesTheLinkDown() {
        ChangeLab.Node one = pair();
        lab.kill(2);
        long killed = lab.nowNanos / ChangeLab.MILLI;
        lab.run(450);
        assertThat(askedAtMillis).isNotEmpty().allMatch(at -> at <= killed + 400);
        report(one, OWN.getAddress(), OTHER);
        assertThat(one.taken())
                .containsExactly(
                        "link 2/0 down 10.0.0.1:5405-10.0.0.2:5405: the network reports: nobody listens at the peer's port",
                        "peer 2 unreachable: link 0 is down: the network reports: nobody listens at the peer's port");
        int asked = askedAtMillis.size();
        lab.run(5000);
        assertThat(askedAtMillis).as("a link that is down is not asked about").hasSize(asked);
        report(one, OWN.getAddress(), OTHER);
        assertThat(one.taken()).isEmpty();
    }

    @Test
    void aForgedReportHarmsNoLinkOnWhichThePeerIsHeard() {
        ChangeLab.Node one = pair();
        for (int i = 0; i < 100; i++) {
            report(one, OWN.getAddress(), OTHER);
            lab.run(7);
        }
        assertThat(one.taken()).isEmpty();
    }

    @Test
    void aReportIsNotBelievedOnceThePeerWasHeardAgain() {
        ChangeLab.Node one = pair();
        lab.lost = flight -> flight.to().equals(OWN);
        lab.run(450);
        assertThat(askedAtMillis).isNotEmpty();
        lab.lost = flight -> false;
        lab.run(201); // a pong comes
        report(one, OWN.getAddress(), OTHER);
        assertThat(one.taken()).isEmpty();
    }

    @Test
    void aReportAboutAnotherWayIsNotBelieved() {
        ChangeLab.Node one = pair();
        lab.kill(2);
        lab.run(450);
        report(one, ChangeLab.address(1, 1, 0).getAddress(), OTHER);
        report(one, OWN.getAddress(), ChangeLab.address(2, 1, 0));
        assertThat(one.links().get(0).up()).isTrue();
    }

    @Test
    void withoutAReportTheTimeoutDecides() {
        ChangeLab.Node one = pair();
        lab.kill(2);
        lab.run(1500);
        assertThat(one.links().get(0).up()).isTrue();
        lab.run(1000);
        assertThat(one.taken()).first().asString().contains("no pong for");
    }
}
