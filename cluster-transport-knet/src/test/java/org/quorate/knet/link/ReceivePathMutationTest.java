package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quorate.CryptoConfig;
import org.quorate.knet.Ciphers;
import org.quorate.knet.Mutations;
import org.quorate.knet.compress.Decompressed;
import org.quorate.knet.compress.Decompressor;
import org.quorate.knet.crypto.FrameCipher;
import org.quorate.knet.wire.Decoded;
import org.quorate.knet.wire.DropReason;
import org.quorate.knet.wire.KnetFrame;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrames;

/**
 * Recorded frames, damaged at random (cut, extended, bits flipped, bytes replaced), go through the whole receive path: opened, decoded, put together, decompressed.
 * Nothing throws, every drop has a reason, every bound holds, and no damaged sealed datagram opens.
 *
 * <p>{@code -Dfuzz.mutations} says how many, {@code -Dfuzz.seed} repeats a run.
 */
class ReceivePathMutationTest {
    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Map<DropReason, Integer> drops = new EnumMap<>(DropReason.class);
    private final PeerInbox inbox = new PeerInbox();
    private final ByteBuffer opened = ByteBuffer.allocate(70_000);
    private int delivered;

    @Test
    void damagedFramesAreDroppedForAReasonOrAreFrames() {
        int mutations = Integer.getInteger("fuzz.mutations", 200_000);
        System.out.println("fuzz.mutations=" + mutations + " fuzz.seed=" + seed);
        Mutations recorded = new Mutations(random);
        int forged = 0;
        try (FrameCipher clear = Ciphers.of(CryptoConfig.NONE, random);
                FrameCipher sealing = Ciphers.of(CryptoConfig.DEFAULT, random);
                Decompressor decompressor = new Decompressor()) {
            for (int i = 0; i < mutations; i++) {
                byte[] plain = recorded.frame();
                switch (random.nextInt(4)) {
                    case 0 -> {
                        byte[] datagram = seal(sealing, plain);
                        byte[] damaged = recorded.damage(datagram);
                        receive(sealing, damaged, decompressor, !Arrays.equals(datagram, damaged));
                        forged++;
                    }
                    // damage by someone who has the key
                    case 1 -> receive(sealing, seal(sealing, recorded.damage(plain)), decompressor, false);
                    default -> receive(clear, recorded.damage(plain), decompressor, false);
                }
            }
        }
        System.out.println("delivered " + delivered + ", dropped " + drops + ", evicted " + inbox.evicted());
        assertThat(forged).isBetween(mutations / 8, mutations / 2);
        assertThat(delivered).isPositive();
        assertThat(drops.keySet())
                .as("the run reached every check")
                .contains(
                        DropReason.TOO_SHORT,
                        DropReason.TOO_LARGE,
                        DropReason.BAD_VERSION,
                        DropReason.UNKNOWN_TYPE,
                        DropReason.BAD_LINK,
                        DropReason.BAD_FRAGMENT,
                        DropReason.BAD_CHANNEL,
                        DropReason.BAD_COMPRESSION,
                        DropReason.EMPTY_PAYLOAD,
                        DropReason.NOT_AUTHENTIC,
                        DropReason.DUPLICATE,
                        DropReason.LATE_FRAGMENT);
    }

    private void receive(FrameCipher cipher, byte[] datagram, Decompressor decompressor, boolean mustNotOpen) {
        opened.clear();
        FrameCipher.Opened result = cipher.open(ByteBuffer.wrap(datagram), opened);
        if (result != FrameCipher.Opened.OK) {
            drop(result.reason());
            return;
        }
        assertThat(mustNotOpen).as("a damaged datagram has opened").isFalse();
        Decoded decoded = KnetFrames.decode(opened.flip());
        if (decoded instanceof Decoded.Malformed malformed) drop(malformed.reason());
        else receive(((Decoded.Ok) decoded).frame(), decompressor);
    }

    private void receive(KnetFrame frame, Decompressor decompressor) {
        ByteBuffer again = ByteBuffer.allocate(frame.encodedBytes());
        frame.encode(again);
        assertThat(KnetFrames.decode(again.flip())).isEqualTo(new Decoded.Ok(frame));
        if (frame instanceof PingFrame ping) inbox.ping(ping);
        if (!(frame instanceof DataFrame data)) return;
        PeerInbox.Received received = inbox.data(data);
        assertThat(inbox.pending()).isBetween(0, Reassembler.MAX_BUFFERS);
        if (received instanceof PeerInbox.Received.Dropped dropped) drop(dropped.reason());
        if (!(received instanceof PeerInbox.Received.Message message)) return;
        assertThat(message.message().remaining()).isBetween(1, KnetFrames.MAX_MESSAGE_BYTES);
        Decompressed plain = decompressor.decompress(data.compress(), message.message());
        if (plain instanceof Decompressed.Refused refused) {
            drop(refused.reason());
        } else {
            assertThat(((Decompressed.Message) plain).bytes().remaining()).isBetween(1, KnetFrames.MAX_MESSAGE_BYTES);
            inbox.delivered(data.sequence());
            delivered++;
        }
    }

    private void drop(DropReason reason) {
        drops.merge(reason, 1, Integer::sum);
    }

    private static byte[] seal(FrameCipher cipher, byte[] plain) {
        ByteBuffer out = ByteBuffer.allocate(cipher.sealedBytes(plain.length));
        cipher.seal(ByteBuffer.wrap(plain), out);
        return out.array();
    }
}
