package org.quorate.knet.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.CryptoConfig;
import org.quorate.CryptoConfig.Cipher;
import org.quorate.CryptoConfig.Hash;
import org.quorate.LinkMode;
import org.quorate.NodeId;
import org.quorate.knet.HeapSearch;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSettings;
import org.quorate.spi.TransportSettings.PeerLink;

/** A session that goes on with another key has nothing left of the old one, and nothing of any after its end. */
@Timeout(60)
class SessionKeyWipingTest {
    private static final CryptoConfig CRYPTO = new CryptoConfig(Cipher.AES256, Hash.SHA512);
    /** As long as a block of SHA-512, so that the HMAC does not hash it. */
    private static final int KEY_BYTES = 128;

    @TempDir
    private Path folder;

    @Test
    void anOldKeyIsNowhereInTheHeapOnceItWasDropped() throws IOException {
        byte[] first = new byte[KEY_BYTES];
        new Random(1).nextBytes(first);
        byte[] second = new byte[KEY_BYTES];
        new Random(2).nextBytes(second);
        byte[] firstPattern = HeapSearch.complement(first);
        byte[] secondPattern = HeapSearch.complement(second);
        try (KnetSession session = KnetSession.open(settings(first), new TransportListener() {
            @Override
            public void received(NodeId from, ByteBuffer message) {}
        })) {
            Arrays.fill(first, (byte) 0);
            onLoop(session, () -> session.loadKey(CRYPTO, second));
            Arrays.fill(second, (byte) 0);
            // pings are sealed with each of the two
            onLoop(session, () -> {});
            assertThat(HeapSearch.copiesInHeap(folder, firstPattern)[0])
                    .as("in use")
                    .isPositive();
            assertThat(HeapSearch.copiesInHeap(folder, secondPattern)[0])
                    .as("loaded")
                    .isPositive();
            onLoop(session, session::useLoadedKey);
            onLoop(session, session::dropOldKey);
            assertThat(HeapSearch.copiesInHeap(folder, firstPattern))
                    .as("dropped")
                    .containsExactly(0, 0, 0);
            assertThat(HeapSearch.copiesInHeap(folder, secondPattern)[0])
                    .as("in use")
                    .isPositive();
        }
        assertThat(HeapSearch.copiesInHeap(folder, secondPattern)).as("closed").containsExactly(0, 0, 0);
    }

    private static void onLoop(KnetSession session, Runnable work) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        session.loop().execute(() -> {
            work.run();
            done.complete(true);
        });
        assertThat(done.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
    }

    private static TransportSettings settings(byte[] key) {
        TreeMap<Integer, InetSocketAddress> own = new TreeMap<>();
        own.put(0, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        TreeMap<Integer, PeerLink> links = new TreeMap<>();
        Duration interval = Duration.ofMillis(200);
        links.put(
                0,
                new PeerLink(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 9), 1, interval, interval, 2048, 1));
        return new TransportSettings(
                NodeId.of(1),
                own,
                List.of(new TransportSettings.Peer(NodeId.of(2), links)),
                CRYPTO,
                key,
                LinkMode.PASSIVE,
                Duration.ofSeconds(30),
                0);
    }
}
