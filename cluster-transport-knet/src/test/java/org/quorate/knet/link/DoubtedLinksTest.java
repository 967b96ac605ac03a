package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quorate.LinkMode;
import org.quorate.NodeId;
import org.quorate.spi.TransportSettings;
import org.quorate.spi.TransportSettings.Peer;
import org.quorate.spi.TransportSettings.PeerLink;

/** What goes over a link that may be cut goes over the others, too, and arrives once; link 0 carries the data. */
class DoubtedLinksTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final ChangeLab lab = new ChangeLab(new SplittableRandom(1));
    private final List<Integer> localOfData = new ArrayList<>();
    private final ChangeLab.Node one = lab.new Node(1, settings(1)) {
        @Override
        public void datagram(int local, InetSocketAddress peer, ByteBuffer sealed) {
            if (sealed.remaining() > 700) localOfData.add(local);
            super.datagram(local, peer, sealed);
        }
    };
    private final ChangeLab.Node two = lab.new Node(2, settings(2));

    @BeforeEach
    void bothLinksAreUp() {
        lab.run(12_000);
        localOfData.clear();
    }

    private static TransportSettings settings(int self) {
        TreeMap<Integer, InetSocketAddress> local = new TreeMap<>();
        TreeMap<Integer, PeerLink> links = new TreeMap<>();
        for (int link = 0; link < 2; link++) {
            local.put(link, ChangeLab.address(self, link, 0));
            InetSocketAddress other = ChangeLab.address(3 - self, link, 0);
            links.put(link, new PeerLink(other, 2 - link, ChangeLab.INTERVAL, TIMEOUT, 2048, 2));
        }
        return ChangeLab.settings(self, LinkMode.PASSIVE, local, List.of(new Peer(NodeId.of(3 - self), links)));
    }

    private static ByteBuffer message(int number) {
        return ByteBuffer.allocate(700).putInt(0, number);
    }

    private void cutLinkZero() {
        lab.lost = flight -> flight.to().getPort() == ChangeLab.address(1, 0, 0).getPort();
    }

    @Test
    void whatIsSentAgainGoesOverBothAndArrivesOnce() {
        one.engine.sendAgain(lab.nowNanos, NodeId.of(2), message(7));
        lab.run(10);
        assertThat(localOfData).containsExactlyInAnyOrder(0, 1);
        assertThat(two.arrived).containsOnly(Map.entry(7, 1));
    }

    @Test
    void elsewhereIsTheOtherLinkAndNothingWhereThereIsNone() {
        one.engine.sendElsewhere(lab.nowNanos, NodeId.of(2), message(8));
        assertThat(localOfData).containsExactly(1);
        lab.lost = flight -> flight.to().getPort() == ChangeLab.address(1, 1, 0).getPort();
        lab.run(4000);
        assertThat(one.links().get(1).up()).isFalse();
        localOfData.clear();
        one.engine.sendElsewhere(lab.nowNanos, NodeId.of(2), message(9));
        assertThat(localOfData).isEmpty();
    }

    @Test
    void afterARepeatEverythingGoesOverBothUntilTheCarrierIsHeardAgain() {
        cutLinkZero();
        one.send(2);
        one.engine.sendElsewhere(lab.nowNanos, NodeId.of(2), message(1000));
        one.send(2);
        assertThat(localOfData).containsExactly(0, 1, 0, 1);
        lab.run(10);
        assertThat(two.arrived).containsOnlyKeys(1000, 2);
        lab.lost = flight -> false;
        lab.run(250); // pings come over link 0
        localOfData.clear();
        one.send(2);
        assertThat(localOfData).containsExactly(0);
    }

    @Test
    void aLinkOnWhichNothingComesBackIsDoubtedLongBeforeItIsDown() {
        cutLinkZero();
        for (int i = 0; i < 50; i++) {
            one.send(2);
            lab.run(10);
        }
        assertThat(one.links().get(0).up()).isTrue();
        assertThat(localOfData.subList(localOfData.size() - 2, localOfData.size()))
                .containsExactlyInAnyOrder(0, 1);
    }
}
