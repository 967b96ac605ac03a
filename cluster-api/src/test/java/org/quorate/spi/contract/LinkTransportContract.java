package org.quorate.spi.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.ClusterException;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.NodeId;
import org.quorate.spi.EventLoop;
import org.quorate.spi.LinkTransport;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;
import org.quorate.spi.contract.TransportProbe.Arrived;
import org.quorate.testkit.FreePort;

/**
 * What every {@link LinkTransport} does. Extend it and say how to make one; override {@link #crypto} and {@link #key} to run it
 * encrypted, {@link #links} for more than one link.
 */
@Timeout(60)
public abstract class LinkTransportContract extends TransportKeysContract {
    private static final NodeId ONE = NodeId.of(1);
    private static final NodeId TWO = NodeId.of(2);
    private static final NodeId THREE = NodeId.of(3);

    private final Map<NodeId, SortedMap<Integer, InetSocketAddress>> addresses = new TreeMap<>();
    private final List<TransportProbe> probes = new ArrayList<>();

    /** The transport under test; called for each node. */
    protected abstract LinkTransport transport();

    /** Cipher and hash; none unless overridden. */
    protected CryptoConfig crypto() {
        return CryptoConfig.NONE;
    }

    /** The key that goes with {@link #crypto}; empty unless overridden. */
    protected byte[] key() {
        return new byte[0];
    }

    /** How many links each node has. */
    protected int links() {
        return 1;
    }

    /** Settings of one node; addresses are free UDP ports on the loopback interface, chosen once for each node. */
    @Override
    protected TransportSettings settings(NodeId self, NodeId... peers) {
        return new TransportSettings(
                self,
                addressesOf(self),
                Stream.of(peers).map(this::peer).toList(),
                crypto(),
                key(),
                LinkMode.PASSIVE,
                Duration.ofSeconds(30),
                0);
    }

    /** How the others reach a node. */
    protected TransportSettings.Peer peer(NodeId id) {
        TreeMap<Integer, TransportSettings.PeerLink> peerLinks = new TreeMap<>();
        addressesOf(id)
                .forEach((link, address) -> peerLinks.put(
                        link,
                        new TransportSettings.PeerLink(
                                address, 1, Duration.ofMillis(50), Duration.ofMillis(400), 2048, 1)));
        return new TransportSettings.Peer(id, peerLinks);
    }

    @AfterEach
    final void closeAll() {
        for (TransportProbe probe : probes) probe.close();
        for (TransportProbe probe : probes)
            assertThat(probe.complaints()).as(probe.toString()).isEmpty();
    }

    @Test
    void whatArrivedWhileTheLoopStoodStillIsDeliveredBeforeAnAlarmOfThatTime() {
        List<TransportProbe> nodes = three();
        EventLoop loop = nodes.get(1).session().loop();
        CompletableFuture<Integer> deliveredAtAlarm = new CompletableFuture<>();
        CompletableFuture<Void> stands = new CompletableFuture<>();
        CompletableFuture<Void> sent = new CompletableFuture<>();
        loop.execute(() -> {
            long due = loop.nowNanos() + 1_000_000;
            loop.newAlarm(() -> deliveredAtAlarm.complete(nodes.get(1).arrived().size()))
                    .setAt(due);
            stands.complete(null);
            sent.orTimeout(20, TimeUnit.SECONDS).join();
            while (loop.nowNanos() - due < 50_000_000) LockSupport.parkNanos(1_000_000);
        });
        stands.orTimeout(20, TimeUnit.SECONDS).join();
        for (int i = 1; i <= 100; i++) nodes.get(0).send(TWO, bytes(100, i));
        nodes.get(0).runOnLoop(() -> {}); // what was queued for the socket is out
        sent.complete(null);
        assertThat(deliveredAtAlarm.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(100);
    }

    @Test
    void aMessageGoesToTheNodeItIsFor() {
        List<TransportProbe> nodes = three();
        nodes.get(0).send(TWO, bytes(100, 1));
        awaitMessages(nodes.get(1), 1);
        assertThat(nodes.get(1).arrived().get(0).from()).isEqualTo(ONE);
        assertThat(nodes.get(1).arrived().get(0).bytes()).isEqualTo(bytes(100, 1));
        // what node 3 gets next shows that it was left out before
        nodes.get(0).send(THREE, bytes(10, 2));
        awaitMessages(nodes.get(2), 1);
        assertThat(nodes.get(2).arrived().get(0).bytes()).isEqualTo(bytes(10, 2));
        assertThat(nodes.get(0).arrived()).isEmpty();
    }

    @Test
    void aMessageToAllReachesAllAndTheSender() {
        List<TransportProbe> nodes = three();
        nodes.get(0).runOnLoop(() -> nodes.get(0).session().sendToAll(ByteBuffer.wrap(bytes(50, 3))));
        for (TransportProbe node : nodes) {
            awaitMessages(node, 1);
            assertThat(node.arrived().get(0).from()).isEqualTo(ONE);
            assertThat(node.arrived().get(0).bytes()).isEqualTo(bytes(50, 3));
        }
    }

    @Test
    void aMessageToTheOthersDoesNotComeBack() {
        List<TransportProbe> nodes = three();
        nodes.get(0).runOnLoop(() -> nodes.get(0).session().sendToOthers(ByteBuffer.wrap(bytes(50, 4))));
        awaitMessages(nodes.get(1), 1);
        awaitMessages(nodes.get(2), 1);
        nodes.get(0).send(ONE, bytes(5, 5));
        awaitMessages(nodes.get(0), 1);
        assertThat(nodes.get(0).arrived().get(0).bytes()).isEqualTo(bytes(5, 5));
    }

    @Test
    void aNodesMessagesToItselfComeThroughTheQueueAndNotWithinTheCall() {
        TransportProbe alone = open(settings(ONE));
        int duringTheCalls = alone.onLoop(() -> {
            alone.session().send(ONE, ByteBuffer.wrap(bytes(1, 1)));
            alone.session().sendToAll(ByteBuffer.wrap(bytes(2, 2)));
            return alone.arrived().size();
        });
        assertThat(duringTheCalls).isZero();
        awaitMessages(alone, 2);
        assertThat(alone.arrived()).extracting(a -> a.bytes().length).containsExactly(1, 2);
        assertThat(alone.arrived()).extracting(Arrived::from).containsOnly(ONE);
    }

    @Test
    void messagesOfOneByteToSixtyFourKibibytesArriveIntact() {
        List<TransportProbe> nodes = two();
        int[] sizes = {1, 2, 15, 16, 17, 1000, 1400, 1472, 1500, 4096, 9000, 32_767, 65_000, 65_535, 65_536};
        for (int i = 0; i < sizes.length; i++) {
            byte[] message = bytes(sizes[i], i);
            nodes.get(0).send(TWO, message);
            awaitMessages(nodes.get(1), i + 1);
            assertThat(nodes.get(1).arrived().get(i).bytes())
                    .as("%d bytes", sizes[i])
                    .isEqualTo(message);
        }
    }

    @Test
    void aMessageThatIsTooLongIsCountedAndDropped() {
        List<TransportProbe> nodes = two();
        long before = nodes.get(0).dropped();
        nodes.get(0).send(TWO, new byte[LinkTransport.MAX_MESSAGE_BYTES + 1]);
        assertThat(nodes.get(0).dropped()).isGreaterThan(before);
        nodes.get(0).send(TWO, bytes(7, 7));
        awaitMessages(nodes.get(1), 1);
        assertThat(nodes.get(1).arrived().get(0).bytes()).isEqualTo(bytes(7, 7));
    }

    @Test
    void manyMessagesArriveUndamagedAndOnlyOnce() {
        List<TransportProbe> nodes = two();
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            byte[] message = bytes(8 + i * 13, i);
            sent.add(message);
            nodes.get(0).send(TWO, message);
        }
        awaitMessages(nodes.get(1), 200);
        List<String> arrived = nodes.get(1).arrived().stream()
                .map(a -> Arrays.toString(a.bytes()))
                .toList();
        assertThat(arrived)
                .containsExactlyInAnyOrderElementsOf(
                        sent.stream().map(Arrays::toString).toList());
    }

    @Test
    void sendingLeavesTheBufferAsItWas() {
        List<TransportProbe> nodes = two();
        ByteBuffer heap = ByteBuffer.wrap(bytes(64, 9)).position(10).limit(30);
        ByteBuffer direct =
                ByteBuffer.allocateDirect(64).put(bytes(64, 9)).position(10).limit(30);
        for (ByteBuffer buffer :
                List.of(heap, direct, heap.asReadOnlyBuffer().position(10).limit(30))) {
            nodes.get(0).runOnLoop(() -> {
                nodes.get(0).session().send(TWO, buffer);
                nodes.get(0).session().sendToAll(buffer);
                nodes.get(0).session().sendToOthers(buffer);
            });
            assertThat(buffer.position()).isEqualTo(10);
            assertThat(buffer.limit()).isEqualTo(30);
        }
        awaitMessages(nodes.get(1), 9);
        assertThat(nodes.get(1).arrived())
                .allSatisfy(a -> assertThat(a.bytes()).isEqualTo(Arrays.copyOfRange(bytes(64, 9), 10, 30)));
    }

    @Test
    void theMessageHasBeenReadWhenSendReturns() {
        List<TransportProbe> nodes = two();
        byte[] message = bytes(100, 1);
        nodes.get(0).runOnLoop(() -> {
            nodes.get(0).session().sendToAll(ByteBuffer.wrap(message));
            Arrays.fill(message, (byte) 0x55);
        });
        for (TransportProbe node : nodes) {
            awaitMessages(node, 1);
            assertThat(node.arrived().get(0).bytes()).isEqualTo(bytes(100, 1));
        }
    }

    @Test
    void aMessageForANodeThatIsNotThereIsCountedAndDropped() {
        TransportProbe one = open(settings(ONE, TWO));
        long before = one.dropped();
        one.send(TWO, bytes(10, 1)); // known, but silent
        assertThat(one.dropped()).isGreaterThan(before);
        long between = one.dropped();
        one.send(THREE, bytes(10, 1)); // unknown
        assertThat(one.dropped()).isGreaterThan(between);
    }

    @Test
    void aPeerThatComesAndGoesIsReported() {
        TransportProbe one = open(settings(ONE, TWO));
        TransportProbe two = open(settings(TWO, ONE));
        one.awaitReachable(TWO);
        two.awaitReachable(ONE);
        assertThat(one.linkChanges()).isNotEmpty();
        assertThat(one.linkChanges().get(0).peer()).isEqualTo(TWO);
        assertThat(one.linkChanges().get(0).up()).isTrue();
        assertThat(one.linkChanges().get(0).why()).isNotBlank();
        assertThat(one.onLoop(() -> one.session().links()))
                .anySatisfy(
                        link -> assertThat(link.up() && link.peer().equals(TWO)).isTrue());
        two.close();
        one.awaitUnreachable(TWO);
        assertThat(one.linkChanges()).anySatisfy(link -> assertThat(link.up()).isFalse());
        assertThat(one.onLoop(() -> one.session().links()))
                .allSatisfy(link -> assertThat(link.up()).isFalse());
    }

    @Test
    void peersCanBeAddedAndRemovedWhileItRuns() {
        TransportProbe one = open(settings(ONE));
        TransportProbe two = open(settings(TWO));
        one.runOnLoop(() -> one.session().putPeer(peer(TWO)));
        two.runOnLoop(() -> two.session().putPeer(peer(ONE)));
        one.awaitReachable(TWO);
        two.awaitReachable(ONE);
        one.send(TWO, bytes(20, 1));
        awaitMessages(two, 1);

        one.runOnLoop(() -> one.session().removePeer(TWO));
        assertThat(one.onLoop(() -> one.session().links())).isEmpty();
        long before = one.dropped();
        one.send(TWO, bytes(20, 2));
        assertThat(one.dropped()).isGreaterThan(before);
        one.runOnLoop(() -> one.session().removePeer(THREE)); // unknown: ignored
        two.awaitUnreachable(ONE);

        one.runOnLoop(() -> one.session().putPeer(peer(TWO)));
        one.await("node 1 has the peer again", () -> one.reaches(TWO) && two.reaches(ONE));
        one.send(TWO, bytes(20, 3));
        awaitMessages(two, 2);
        assertThat(two.arrived().get(1).bytes()).isEqualTo(bytes(20, 3));
    }

    @Test
    void puttingAPeerThatIsThereAlreadyDisturbsNothing() {
        List<TransportProbe> nodes = two();
        nodes.get(0).await("every link is up", () -> nodes.get(0).linkChanges().size() == links());
        int before = nodes.get(0).linkChanges().size();
        nodes.get(0).runOnLoop(() -> nodes.get(0).session().putPeer(peer(TWO)));
        nodes.get(0).send(TWO, bytes(20, 1));
        awaitMessages(nodes.get(1), 1);
        assertThat(nodes.get(0).linkChanges()).hasSize(before);
    }

    @Test
    void reconfiguringAddsAndRemovesPeersAndLeavesTheOthersAlone() {
        TransportProbe one = open(settings(ONE, TWO));
        TransportProbe two = open(settings(TWO, ONE, THREE));
        TransportProbe three = open(settings(THREE, ONE, TWO));
        one.awaitReachable(TWO);
        two.awaitReachable(ONE);
        one.runOnLoop(() -> one.session().reconfigure(settings(ONE, TWO, THREE)));
        one.awaitReachable(THREE);
        three.awaitReachable(ONE);
        one.send(THREE, bytes(20, 1));
        awaitMessages(three, 1);
        one.runOnLoop(() -> one.session().reconfigure(settings(ONE, THREE)));
        long before = one.dropped();
        one.send(TWO, bytes(20, 2));
        assertThat(one.dropped()).isGreaterThan(before);
        assertThat(one.onLoop(() -> one.session().links()))
                .allMatch(link -> link.peer().equals(THREE));
        one.send(THREE, bytes(20, 3));
        awaitMessages(three, 2);
        assertThat(one.changesOf(THREE)).as("node 3 was never lost").containsExactly(true);
    }

    @Test
    void reconfiguringToWhatIsInForceDisturbsNothing() {
        List<TransportProbe> nodes = two();
        nodes.get(0).await("every link is up", () -> nodes.get(0).linkChanges().size() == links());
        int before = nodes.get(0).linkChanges().size();
        nodes.get(0).runOnLoop(() -> nodes.get(0).session().reconfigure(settings(ONE, TWO)));
        nodes.get(0).send(TWO, bytes(20, 1));
        awaitMessages(nodes.get(1), 1);
        assertThat(nodes.get(0).linkChanges()).hasSize(before);
    }

    @Test
    void reconfiguringIgnoresAnotherKeyAndAnotherId() {
        List<TransportProbe> nodes = two();
        TransportSettings now = settings(ONE, TWO);
        TransportSettings other = new TransportSettings(
                NodeId.of(99),
                now.localAddresses(),
                now.peers(),
                CryptoConfig.DEFAULT,
                bytes(256, 77),
                now.linkMode(),
                now.pmtudInterval(),
                now.manualMtu());
        nodes.get(0).runOnLoop(() -> nodes.get(0).session().reconfigure(other));
        nodes.get(0).send(TWO, bytes(20, 1));
        nodes.get(1).send(ONE, bytes(20, 2));
        awaitMessages(nodes.get(1), 1);
        awaitMessages(nodes.get(0), 1);
        assertThat(nodes.get(1).arrived().get(0).from()).isEqualTo(ONE);
    }

    @Test
    void settingsThatContradictThemselvesAreRefusedAndNothingChanges() {
        List<TransportProbe> nodes = two();
        TransportSettings bad = settings(ONE, ONE, THREE);
        Throwable thrown = nodes.get(0).onLoop(() -> {
            try {
                nodes.get(0).session().reconfigure(bad);
                return new AssertionError("accepted");
            } catch (ClusterException e) {
                return e;
            }
        });
        assertThat(thrown)
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("node 1 is listed as its own peer");
        nodes.get(0).send(TWO, bytes(20, 1));
        awaitMessages(nodes.get(1), 1);
    }

    @Test
    void discardingAnswersWithTheNumberOfMessagesThatAreGone() {
        TransportProbe one = open(settings(ONE));
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        AtomicInteger answers = new AtomicInteger();
        boolean within = one.onLoop(() -> {
            for (int i = 0; i < 5; i++) one.session().send(ONE, ByteBuffer.wrap(bytes(10, i)));
            one.session().discardPending(discarded -> {
                answers.incrementAndGet();
                answer.complete(discarded);
            });
            return answer.isDone();
        });
        int discarded = answer.orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(within).as("answered within the call").isFalse();
        one.send(ONE, bytes(10, 99));
        awaitMessages(one, 5 - discarded + 1);
        List<Arrived> arrived = one.arrived();
        assertThat(arrived).hasSize(5 - discarded + 1);
        assertThat(arrived.get(arrived.size() - 1).bytes()).isEqualTo(bytes(10, 99));
        assertThat(answers).hasValue(1);
    }

    @Test
    void closingTwiceIsHarmlessAndLeavesNoThread() {
        TransportProbe one = open(settings(ONE, TWO));
        Thread loopThread = one.onLoop(Thread::currentThread);
        TransportSession session = one.session();
        session.close();
        session.close();
        one.await("the loop's thread has ended", () -> !loopThread.isAlive());
        session.loop().execute(() -> {
            throw new AssertionError("a task ran on a loop that had ended");
        });
        // its address is free again
        TransportProbe again = open(settings(ONE, TWO));
        again.send(ONE, bytes(3, 3));
        awaitMessages(again, 1);
    }

    @Test
    void closingOnTheLoopDoesNotHang() {
        TransportProbe one = open(settings(ONE));
        Thread loopThread = one.onLoop(Thread::currentThread);
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        one.session().loop().execute(() -> {
            one.session().close();
            closed.complete(true);
        });
        assertThat(closed.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
        one.await("the loop's thread has ended", () -> !loopThread.isAlive());
    }

    @Test
    void tasksFromOtherThreadsRunOnTheLoopInTheirOrder() throws InterruptedException {
        TransportProbe one = open(settings(ONE));
        EventLoop loop = one.session().loop();
        List<Integer> ran = new ArrayList<>(); // on the loop only
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int thread = t;
            threads.add(new Thread(() -> {
                for (int i = 0; i < 500; i++) {
                    int task = thread * 1000 + i;
                    loop.execute(() -> {
                        if (loop.inLoop()) ran.add(task);
                    });
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) thread.join();
        List<Integer> seen = one.onLoop(() -> List.copyOf(ran));
        assertThat(loop.inLoop()).isFalse();
        assertThat(seen).hasSize(2000);
        for (int t = 0; t < 4; t++) {
            int thread = t;
            assertThat(seen.stream().filter(task -> task / 1000 == thread)).isSorted();
        }
    }

    @Test
    void theClockNeverGoesBack() {
        TransportProbe one = open(settings(ONE));
        long first = one.onLoop(() -> one.session().loop().nowNanos());
        for (int i = 0; i < 100; i++) {
            long next = one.onLoop(() -> one.session().loop().nowNanos());
            assertThat(next).isGreaterThanOrEqualTo(first);
            first = next;
        }
    }

    @Test
    void anAlarmFiresAtItsLastSettingOnly() {
        TransportProbe one = open(settings(ONE));
        EventLoop loop = one.session().loop();
        List<Long> fired = new ArrayList<>(); // on the loop only
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        long setAt = one.onLoop(() -> {
            EventLoop.Alarm alarm = loop.newAlarm(() -> fired.add(loop.nowNanos()));
            EventLoop.Alarm last = loop.newAlarm(() -> done.complete(true));
            long now = loop.nowNanos();
            alarm.setAt(now + millis(10));
            alarm.setAt(now + millis(60));
            alarm.setAt(now + millis(30));
            last.setAt(now + millis(120));
            return now;
        });
        assertThat(done.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
        List<Long> seen = one.onLoop(() -> List.copyOf(fired));
        assertThat(seen).hasSize(1);
        assertThat(seen.get(0)).isGreaterThanOrEqualTo(setAt + millis(30));
    }

    @Test
    void anAlarmCanBeSwitchedOffAndSetAgain() {
        TransportProbe one = open(settings(ONE));
        EventLoop loop = one.session().loop();
        AtomicInteger fired = new AtomicInteger();
        CompletableFuture<Integer> later = new CompletableFuture<>();
        one.runOnLoop(() -> {
            EventLoop.Alarm alarm = loop.newAlarm(fired::incrementAndGet);
            long now = loop.nowNanos();
            alarm.setAt(now + millis(10));
            alarm.setAt(Long.MAX_VALUE);
            loop.newAlarm(() -> {
                        later.complete(fired.get());
                        alarm.setAt(loop.nowNanos());
                    })
                    .setAt(now + millis(50));
        });
        assertThat(later.orTimeout(20, TimeUnit.SECONDS).join()).isZero();
        one.await("the alarm fired after it was set again", () -> fired.get() == 1);
    }

    @Test
    void anAlarmInThePastFiresSoonButNotWithinTheCall() {
        TransportProbe one = open(settings(ONE));
        EventLoop loop = one.session().loop();
        CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
        boolean within = one.onLoop(() -> {
            loop.newAlarm(() -> onLoop.complete(loop.inLoop())).setAt(loop.nowNanos() - millis(5));
            return onLoop.isDone();
        });
        assertThat(within).isFalse();
        assertThat(onLoop.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
    }

    @Test
    void anAlarmMayMoveItselfFromItsOwnAction() {
        TransportProbe one = open(settings(ONE));
        EventLoop loop = one.session().loop();
        CompletableFuture<Integer> third = new CompletableFuture<>();
        one.runOnLoop(() -> {
            AtomicInteger fired = new AtomicInteger();
            EventLoop.Alarm[] alarm = new EventLoop.Alarm[1];
            alarm[0] = loop.newAlarm(() -> {
                if (fired.incrementAndGet() == 3) third.complete(3);
                else alarm[0].setAt(loop.nowNanos() + millis(1));
            });
            alarm[0].setAt(loop.nowNanos());
        });
        assertThat(third.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(3);
    }

    private List<TransportProbe> two() {
        TransportProbe one = open(settings(ONE, TWO));
        TransportProbe two = open(settings(TWO, ONE));
        one.awaitReachable(TWO);
        two.awaitReachable(ONE);
        return List.of(one, two);
    }

    private List<TransportProbe> three() {
        TransportProbe one = open(settings(ONE, TWO, THREE));
        TransportProbe two = open(settings(TWO, ONE, THREE));
        TransportProbe three = open(settings(THREE, ONE, TWO));
        one.awaitReachable(TWO, THREE);
        two.awaitReachable(ONE, THREE);
        three.awaitReachable(ONE, TWO);
        return List.of(one, two, three);
    }

    @Override
    TransportProbe open(TransportSettings settings) {
        TransportProbe probe = TransportProbe.open(transport(), settings);
        probes.add(probe);
        return probe;
    }

    private static void awaitMessages(TransportProbe node, int count) {
        node.await(
                count + " messages at node " + node.self(), () -> node.arrived().size() >= count);
    }

    private SortedMap<Integer, InetSocketAddress> addressesOf(NodeId id) {
        return addresses.computeIfAbsent(id, node -> {
            TreeMap<Integer, InetSocketAddress> free = new TreeMap<>();
            for (int link = 0; link < links(); link++) free.put(link, freeAddress());
            return free;
        });
    }

    private static InetSocketAddress freeAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.udp());
    }

    private static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
