package org.quorate.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.ClusterException;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.NodeId;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;

/** The controls of the network in one JVM. */
@Timeout(60)
class MemoryNetworkTest {
    private static final NodeId ONE = NodeId.of(1);
    private static final NodeId TWO = NodeId.of(2);

    private final MemoryNetwork network = new MemoryNetwork(1);
    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final List<TransportSession> sessions = new ArrayList<>();

    @AfterEach
    void close() {
        sessions.forEach(TransportSession::close);
    }

    @Test
    void aCutIsNoticedAtBothEndsAndMended() throws InterruptedException {
        TransportSession one = open(ONE, new byte[0], TWO);
        open(TWO, new byte[0], ONE);
        assertThat(next(2)).containsExactlyInAnyOrder("1: 2 true", "2: 1 true");
        network.cut(ONE, TWO);
        assertThat(next(2)).containsExactlyInAnyOrder("1: 2 false", "2: 1 false");
        network.mendAll();
        assertThat(next(2)).containsExactlyInAnyOrder("1: 2 true", "2: 1 true");
        network.isolate(ONE);
        assertThat(next(2)).containsExactlyInAnyOrder("1: 2 false", "2: 1 false");
        assertThat(counters(one)).doesNotContainKey("drop.unreachable");
    }

    @Test
    void lossHarmsOnlyMessagesToOthers() throws InterruptedException {
        TransportSession one = open(ONE, new byte[0], TWO);
        open(TWO, new byte[0], ONE);
        assertThat(next(2)).hasSize(2);
        network.lossPerMille(1000);
        one.loop().execute(() -> one.sendToAll(ByteBuffer.wrap(new byte[] {1})));
        assertThat(next(1)).containsExactly("1 got 1 of 1");
        assertThat(counters(one)).containsEntry("drop.lost", 1L).containsEntry("sent", 1L);
    }

    @Test
    void nodesWithDifferentKeysDoNotReachEachOther() throws InterruptedException {
        open(ONE, new byte[] {1}, TWO);
        TransportSession two = open(TWO, new byte[] {2}, ONE);
        assertThat(counters(two)).isEmpty();
        two.close();
        open(TWO, new byte[] {1}, ONE);
        assertThat(next(2)).containsExactlyInAnyOrder("1: 2 true", "2: 1 true");
    }

    @Test
    void aNodeIdIsOpenOnlyOnce() {
        open(ONE, new byte[0]);
        assertThatThrownBy(() -> open(ONE, new byte[0]))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("already open");
    }

    @Test
    void aTaskThatThrowsIsReportedAndTheLoopGoesOn() throws InterruptedException {
        TransportSession one = open(ONE, new byte[0]);
        one.loop().execute(() -> {
            throw new IllegalStateException("oops");
        });
        one.loop().execute(() -> heard.add("still here"));
        assertThat(next(2)).containsExactly("1 failed: oops", "still here");
    }

    private Map<String, Long> counters(TransportSession session) {
        CompletableFuture<Map<String, Long>> answer = new CompletableFuture<>();
        session.loop().execute(() -> answer.complete(session.counters()));
        return answer.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private List<String> next(int count) throws InterruptedException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String line = heard.poll(20, TimeUnit.SECONDS);
            assertThat(line).as("after %s", lines).isNotNull();
            lines.add(String.valueOf(line));
        }
        return lines;
    }

    private TransportSession open(NodeId self, byte[] key, NodeId... peers) {
        TransportSettings settings = new TransportSettings(
                self,
                new TreeMap<>(),
                Stream.of(peers)
                        .map(id -> new TransportSettings.Peer(id, new TreeMap<>()))
                        .toList(),
                CryptoConfig.NONE,
                key,
                LinkMode.PASSIVE,
                Duration.ofSeconds(30),
                0);
        TransportSession session = new MemoryTransport(network).open(settings, new TransportListener() {
            @Override
            public void received(NodeId from, ByteBuffer message) {
                heard.add(self + " got " + message.remaining() + " of " + from);
            }

            @Override
            public void peerChanged(NodeId peer, boolean reachable, String why) {
                heard.add(self + ": " + peer + " " + reachable);
            }

            @Override
            public void failed(Throwable cause) {
                heard.add(self + " failed: " + cause.getMessage());
            }
        });
        sessions.add(session);
        session.loop().execute(() -> {});
        return session;
    }
}
