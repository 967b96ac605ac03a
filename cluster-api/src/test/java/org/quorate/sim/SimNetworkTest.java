package org.quorate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each way in which the network can harm messages does so, alone, and is counted. */
class SimNetworkTest {
    private record Got(int at, int from, int path, int number, boolean damaged) {}

    private final Simulation simulation = new Simulation(7);
    private final SimNetwork network = new SimNetwork(simulation, 2);
    private final List<Got> got = new ArrayList<>();

    SimNetworkTest() {
        for (int node = 1; node <= 3; node++) {
            int self = node;
            network.attach(
                    node,
                    (from, path, message, damaged) -> got.add(
                            new Got(self, from, path, ((message[0] & 0xFF) << 8) | (message[1] & 0xFF), damaged)));
        }
    }

    @Test
    void aQuietNetworkDeliversEverythingInOrder() {
        send(1, 2, 1000);
        assertThat(numbers(2)).hasSize(1000).isSorted();
        assertThat(network.counts()).isEqualTo(new SimNetwork.Counts(1000, 1000, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void aMessageTakesItsDelay() {
        network.quality(LinkQuality.LAN.withDelay(5_000_000, 0));
        network.send(1, 2, new byte[2]);
        simulation.runTo(4_999_999);
        assertThat(got).isEmpty();
        simulation.runTo(5_000_000);
        assertThat(got).hasSize(1);
    }

    @Test
    void losesAboutAsManyAsAsked() {
        network.quality(LinkQuality.LAN.withLoss(200));
        send(1, 2, 1000);
        assertThat(network.counts().lost()).isBetween(150L, 250L);
        assertThat(numbers(2)).hasSize((int) (1000 - network.counts().lost())).isSorted();
    }

    @Test
    void duplicatesArriveTwice() {
        network.quality(LinkQuality.LAN.withDuplicates(200));
        send(1, 2, 1000);
        assertThat(network.counts().duplicated()).isBetween(150L, 250L);
        assertThat(numbers(2)).hasSize((int) (1000 + network.counts().duplicated()));
        assertThat(numbers(2).stream().distinct()).hasSize(1000);
    }

    @Test
    void reorderingLetsMessagesOvertake() {
        network.quality(LinkQuality.LAN.withReordering(200, 5_000_000));
        send(1, 2, 1000);
        assertThat(network.counts().reordered()).isBetween(150L, 250L);
        assertThat(numbers(2)).hasSize(1000);
        assertThat(numbers(2)).isNotEqualTo(numbers(2).stream().sorted().toList());
    }

    @Test
    void corruptionFlipsBitsAndSaysSo() {
        network.quality(LinkQuality.LAN.withCorruption(200));
        send(1, 2, 1000);
        assertThat(network.counts().corrupted()).isBetween(150L, 250L);
        assertThat(got.stream().filter(Got::damaged))
                .hasSize((int) network.counts().corrupted());
        assertThat(numbers(2)).isNotEqualTo(numbers(2).stream().sorted().toList());
    }

    @Test
    void aCutIsOneWayUntilItIsMended() {
        Runnable mend = network.cut(1, 2);
        send(1, 2, 10);
        send(2, 1, 10);
        assertThat(numbers(2)).isEmpty();
        assertThat(numbers(1)).hasSize(10);
        assertThat(network.counts().cut()).isEqualTo(10);
        assertThat(network.isOpen(1, 2)).isFalse();
        mend.run();
        mend.run();
        send(1, 2, 10);
        assertThat(numbers(2)).hasSize(10);
    }

    @Test
    void cutsAddUp() {
        Runnable first = network.cut(1, 2);
        Runnable second = network.cut(1, 2);
        first.run();
        assertThat(network.isOpen(1, 2)).isFalse();
        second.run();
        assertThat(network.isOpen(1, 2)).isTrue();
    }

    @Test
    void aMendOfAnOlderAgeDoesNotUndoANewCut() {
        Runnable old = network.cut(1, 2);
        network.mendAll();
        network.cut(1, 2);
        old.run();
        assertThat(network.isOpen(1, 2)).isFalse();
    }

    @Test
    void aDeadLinkIsAvoidedWhereThereIsAnother() {
        network.cut(1, 2, 0);
        send(1, 2, 10);
        assertThat(got).hasSize(10).allMatch(g -> g.path == 1);
        assertThat(network.send(1, 2, 0, new byte[2])).isFalse();
    }

    @Test
    void aPartitionSeparatesTwoSides() {
        Runnable mend = network.partition(List.of(1), List.of(2, 3));
        send(1, 2, 5);
        send(3, 1, 5);
        send(2, 3, 5);
        assertThat(got).hasSize(5).allMatch(g -> g.at == 3 && g.from == 2);
        mend.run();
        send(1, 2, 5);
        assertThat(numbers(2)).hasSize(5);
    }

    @Test
    void whatANodeSendsToItselfIsNeverHarmed() {
        network.quality(LinkQuality.LAN.withLoss(1000).withCorruption(1000));
        send(1, 1, 100);
        assertThat(numbers(1)).hasSize(100).isSorted();
    }

    @Test
    void aNodeThatIsNotThereHearsNothing() {
        network.detach(2);
        send(1, 2, 5);
        assertThat(network.counts().unattached()).isEqualTo(5);
        assertThat(network.nodes()).containsExactly(1, 3);
    }

    @Test
    void damageIsDoneToACopy() {
        byte[] message = {0, 7};
        network.quality(LinkQuality.LAN.withCorruption(1000));
        network.send(1, 2, message);
        simulation.runFor(10_000_000);
        assertThat(network.counts().corrupted()).isEqualTo(1);
        assertThat(message).containsExactly(0, 7);
    }

    private void send(int from, int to, int count) {
        for (int i = 0; i < count; i++) {
            byte[] message = {(byte) (i >> 8), (byte) i};
            simulation.after(i * 1_000L, () -> network.send(from, to, message));
        }
        simulation.runFor(1_000_000_000L);
    }

    private List<Integer> numbers(int node) {
        return got.stream().filter(g -> g.at == node).map(Got::number).toList();
    }
}
