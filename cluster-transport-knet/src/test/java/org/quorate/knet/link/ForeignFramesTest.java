package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.knet.Ciphers;
import org.quorate.knet.Mutations;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.knet.wire.Decoded;
import org.quorate.knet.wire.DropReason;
import org.quorate.knet.wire.KnetFrame;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrame.PmtudFrame;
import org.quorate.knet.wire.KnetFrame.PmtudReplyFrame;
import org.quorate.knet.wire.KnetFrame.PongFrame;
import org.quorate.knet.wire.KnetFrames;
import org.quorate.spi.TransportSettings;

/**
 * Frames that are well-formed but come from somebody or somewhere they must not come from are dropped without an answer, and change
 * nothing, in clear text and encrypted. Node 1 has links 0 and 2 to node 2, and no other peer.
 */
class ForeignFramesTest {
    private static final int LINK_0 = 0;
    private static final int LINK_2 = 2;
    private static final InetSocketAddress STRANGER = address(9, 5405);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsRightIsAnswered(boolean encrypted) {
        try (Node node = new Node(encrypted)) {
            assertThat(node.receive(address(2, 5405), ping(2, LINK_0))).containsExactly("link 0 to 10.0.0.2:5405");
            // any source port will do, and the answer goes to the configured one
            assertThat(node.receive(address(2, 40_000), ping(2, LINK_0))).containsExactly("link 0 to 10.0.0.2:5405");
            assertThat(node.receive(address(22, 5407), ping(2, LINK_2))).containsExactly("link 2 to 10.0.0.22:5407");
            assertThat(node.receive(address(2, 5405), new PmtudFrame(2, LINK_0, 1500, 1423)))
                    .containsExactly("link 0 to 10.0.0.2:5405");
            assertThat(node.drops()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anUnknownHost(boolean encrypted) {
        for (KnetFrame frame : frames(3, LINK_0))
            assertDropped(encrypted, address(2, 5405), frame, DropReason.UNKNOWN_HOST);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theOwnId(boolean encrypted) {
        for (KnetFrame frame : frames(1, LINK_0)) assertDropped(encrypted, STRANGER, frame, DropReason.OWN_ID);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aControlFrameOfALinkThatIsNotConfigured(boolean encrypted) {
        for (int link : new int[] {1, 3, 7})
            for (KnetFrame frame : frames(2, link))
                if (!(frame instanceof DataFrame))
                    assertDropped(encrypted, address(2, 5405), frame, DropReason.BAD_LINK);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aControlFrameFromAnotherAddressThanItsLinks(boolean encrypted) {
        for (KnetFrame frame : frames(2, LINK_0)) {
            assertDropped(encrypted, STRANGER, frame, DropReason.WRONG_ADDRESS);
            // an address of the right host, but of another link
            if (!(frame instanceof DataFrame))
                assertDropped(encrypted, address(22, 5405), frame, DropReason.WRONG_ADDRESS);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void dataOfAPeerToWhichNoLinkIsUp(boolean encrypted) {
        KnetFrame data = new DataFrame(2, 1, 0, true, 1, 0, 0, ByteBuffer.allocate(20));
        assertDropped(encrypted, address(2, 5405), data, DropReason.NOT_REACHABLE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPongToAPingThatThisNodeHasNotSent(boolean encrypted) {
        assertDropped(
                encrypted,
                address(2, 5405),
                new PongFrame(2, LINK_0, Node.SESSION + 1, 0, 0, true),
                DropReason.UNEXPECTED_REPLY);
        assertDropped(
                encrypted,
                address(2, 5405),
                new PongFrame(2, LINK_0, Node.SESSION, Long.MAX_VALUE, 0, true),
                DropReason.UNEXPECTED_REPLY);
    }

    @Test
    void damagedFramesNeitherStopANodeNorMakeItSayMoreThanOneThing() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        int mutations = Integer.getInteger("fuzz.mutations", 200_000) / 4;
        System.out.println("fuzz.mutations=" + 4 * mutations + " fuzz.seed=" + seed);
        Random random = new Random(seed);
        Mutations recorded = new Mutations(random);
        int answers = 0;
        try (Node node = new Node(false)) {
            node.bringUp();
            for (int i = 0; i < mutations; i++) {
                InetSocketAddress from = random.nextInt(8) == 0 ? STRANGER : address(2, 5405);
                int sent = node.receive(from, recorded.damage(recorded.frame())).size();
                assertThat(sent).isBetween(0, 1);
                answers += sent;
            }
            System.out.println("answers " + answers + ", messages " + node.messages + ", drops " + node.drops());
            assertThat(answers).isPositive();
            assertThat(node.messages).isPositive();
            assertThat(node.drops()).hasSizeGreaterThan(8);
        }
    }

    private static void assertDropped(boolean encrypted, InetSocketAddress from, KnetFrame frame, DropReason reason) {
        try (Node node = new Node(encrypted)) {
            List<LinkStatus> before = node.engine.links(node.now);
            assertThat(node.receive(from, frame)).as("answers to %s", frame).isEmpty();
            assertThat(node.drops()).as("%s", frame).isEqualTo(Map.of(reason.counterName(), 1L));
            assertThat(node.messages).isZero();
            assertThat(node.engine.links(node.now))
                    .extracting(LinkStatus::up)
                    .isEqualTo(before.stream().map(LinkStatus::up).toList());
        }
    }

    private static PingFrame ping(int source, int link) {
        return new PingFrame(source, link, 5, 6, 0, true);
    }

    private static List<KnetFrame> frames(int source, int link) {
        return List.of(
                new DataFrame(source, 1, 0, true, 1, 0, 0, ByteBuffer.allocate(20)),
                ping(source, link),
                new PongFrame(source, link, 5, 6, 0, true),
                new PmtudFrame(source, link, 1500, 1423),
                new PmtudReplyFrame(source, link, 1500));
    }

    private static InetSocketAddress address(int lastByte, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) lastByte}), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** An engine with an ear at its output. */
    private static final class Node extends DeafOutput implements AutoCloseable {
        static final long SESSION = 77;

        final List<String> sent = new ArrayList<>();
        final List<PingFrame> pings = new ArrayList<>();
        final KnetEngine engine;
        final FrameCipher cipher;
        long now = 1_000_000_000;
        int messages;

        Node(boolean encrypted) {
            CryptoConfig crypto = encrypted ? CryptoConfig.DEFAULT : CryptoConfig.NONE;
            cipher = Ciphers.of(crypto, new Random(1));
            TreeMap<Integer, InetSocketAddress> local = new TreeMap<>();
            local.put(LINK_0, address(1, 5405));
            local.put(LINK_2, address(11, 5407));
            TreeMap<Integer, TransportSettings.PeerLink> links = new TreeMap<>();
            links.put(LINK_0, link(address(2, 5405)));
            links.put(LINK_2, link(address(22, 5407)));
            TransportSettings settings = new TransportSettings(
                    NodeId.of(1),
                    local,
                    List.of(new TransportSettings.Peer(NodeId.of(2), links)),
                    crypto,
                    new byte[0],
                    LinkMode.PASSIVE,
                    Duration.ofSeconds(30),
                    0);
            engine = new KnetEngine(now, settings, Ciphers.of(crypto, new Random(2)), SESSION, number -> 1500, this);
            sent.clear();
        }

        private static TransportSettings.PeerLink link(InetSocketAddress address) {
            return new TransportSettings.PeerLink(address, 1, Duration.ofMillis(750), Duration.ofMillis(1500), 2048, 2);
        }

        /** Answers pings of link 0 until the peer is reachable. */
        void bringUp() {
            for (int i = 0; i < 5; i++) {
                now += 1_000_000_000;
                pings.clear();
                engine.tick(now);
                for (PingFrame ping : List.copyOf(pings))
                    if (ping.link() == LINK_0) receive(address(2, 5405), ping.answeredBy(2));
            }
            assertThat(engine.links(now).get(0).active()).isTrue();
        }

        /** Where the engine sends to while it takes this frame. */
        List<String> receive(InetSocketAddress from, KnetFrame frame) {
            ByteBuffer plain = ByteBuffer.allocate(frame.encodedBytes());
            frame.encode(plain);
            return receive(from, plain.array());
        }

        List<String> receive(InetSocketAddress from, byte[] plain) {
            ByteBuffer datagram = ByteBuffer.allocate(cipher.sealedBytes(plain.length));
            cipher.seal(ByteBuffer.wrap(plain), datagram);
            sent.clear();
            engine.datagram(++now, from, datagram.flip());
            return List.copyOf(sent);
        }

        /** The counters of drops that are not zero. */
        Map<String, Long> drops() {
            Map<String, Long> drops = new TreeMap<>(engine.counters());
            drops.entrySet().removeIf(entry -> !entry.getKey().startsWith("drop.") || entry.getValue() == 0);
            return drops;
        }

        @Override
        public void datagram(int localLink, InetSocketAddress peer, ByteBuffer sealed) {
            ByteBuffer plain = ByteBuffer.allocate(cipher.openBytes(sealed.remaining()));
            assertThat(cipher.open(sealed, plain)).isEqualTo(FrameCipher.Opened.OK);
            if (KnetFrames.decode(plain.flip()) instanceof Decoded.Ok ok && ok.frame() instanceof PingFrame ping)
                pings.add(ping);
            sent.add("link " + localLink + " to " + peer.getAddress().getHostAddress() + ":" + peer.getPort());
        }

        @Override
        public void probe(int localLink, InetSocketAddress peer, ByteBuffer sealed, NodeId to, int packetBytes) {
            sent.add("probe");
        }

        @Override
        public void message(NodeId from, ByteBuffer message) {
            messages++;
        }

        @Override
        public void close() {
            engine.close();
            cipher.close();
        }
    }
}
