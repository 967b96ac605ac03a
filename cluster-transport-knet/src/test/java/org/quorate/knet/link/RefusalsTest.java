package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.NodeId;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.spi.TransportSettings;

/** Packets sealed with another key are counted each, and spoken of once a minute. */
class RefusalsTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<String> said = new ArrayList<>();
    private final KnetEngine engine = engine();

    @Test
    void aPeerWithAnotherKeyIsNamed() throws UnknownHostException {
        for (int i = 0; i < 100; i++) engine.datagram(i, at(2), foreign());
        assertThat(said)
                .containsExactly(
                        "packets of node 2 (10.0.0.2:5405) are sealed with another key or damaged; compare its key file,"
                                + " crypto_cipher and crypto_hash with those here");
        assertThat(engine.counters()).containsEntry("drop.not-authentic", 100L);
    }

    @Test
    void anotherClusterOnTheSamePortIsSuspected() throws UnknownHostException {
        engine.datagram(0, at(77), foreign());
        assertThat(said)
                .containsExactly(
                        "packets come from 10.0.0.77:5405, which is no address in the node list, and are sealed with"
                                + " another key; another cluster uses this port");
    }

    @Test
    void itIsSaidAgainAfterAMinute() throws UnknownHostException {
        engine.datagram(0, at(2), foreign());
        engine.datagram(59 * SECOND, at(2), foreign());
        assertThat(said).hasSize(1);
        engine.datagram(60 * SECOND, at(2), foreign());
        assertThat(said).hasSize(2);
    }

    @Test
    void aFloodOfStrangersIsNotOpenedExceptForAHundredASecondWhichAreExplained() throws UnknownHostException {
        for (int i = 0; i < 1000; i++) engine.datagram(i, at(9), foreign());
        assertThat(engine.counters()).containsEntry("drop.not-authentic", 100L).containsEntry("drop.stranger", 900L);
        assertThat(said).hasSize(1);
        engine.datagram(SECOND, at(9), foreign());
        assertThat(engine.counters()).containsEntry("drop.not-authentic", 101L);
    }

    @Test
    void whateverComesFromAnAddressOfAPeerIsOpened() throws UnknownHostException {
        for (int i = 0; i < 1000; i++) engine.datagram(i, at(2), foreign());
        assertThat(engine.counters()).containsEntry("drop.not-authentic", 1000L).containsEntry("drop.stranger", 0L);
    }

    private static ByteBuffer foreign() {
        try (FrameCipher cipher = FrameCipher.of(CryptoConfig.DEFAULT, key(2), new Random(1))) {
            PingFrame ping = new PingFrame(2, 0, 1, 2, 0, true);
            ByteBuffer plain = ByteBuffer.allocate(ping.encodedBytes());
            ping.encode(plain);
            ByteBuffer sealed =
                    ByteBuffer.allocate(cipher.sealedBytes(plain.flip().remaining()));
            cipher.seal(plain, sealed);
            return sealed.flip();
        }
    }

    private static byte[] key(int seed) {
        byte[] key = new byte[256];
        new Random(seed).nextBytes(key);
        return key;
    }

    private static InetSocketAddress at(int host) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) host}), 5405);
    }

    private KnetEngine engine() {
        try {
            TreeMap<Integer, InetSocketAddress> local = new TreeMap<>();
            local.put(0, at(1));
            TreeMap<Integer, TransportSettings.PeerLink> links = new TreeMap<>();
            links.put(
                    0,
                    new TransportSettings.PeerLink(at(2), 1, Duration.ofMillis(400), Duration.ofMillis(800), 2048, 2));
            TransportSettings settings = new TransportSettings(
                    NodeId.of(1),
                    local,
                    List.of(new TransportSettings.Peer(NodeId.of(2), links)),
                    CryptoConfig.DEFAULT,
                    new byte[0],
                    LinkMode.PASSIVE,
                    Duration.ofSeconds(30),
                    0);
            FrameCipher cipher = FrameCipher.of(CryptoConfig.DEFAULT, key(1), new Random(1));
            return new KnetEngine(0, settings, cipher, 1, link -> 1500, new Silent());
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private final class Silent extends DeafOutput {
        @Override
        public void refused(String sentence) {
            said.add(sentence);
        }
    }
}
