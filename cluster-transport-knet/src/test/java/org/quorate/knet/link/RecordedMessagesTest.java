package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quorate.knet.Vectors;
import org.quorate.knet.compress.Decompressed;
import org.quorate.knet.compress.Decompressor;
import org.quorate.knet.wire.Decoded;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.knet.wire.KnetFrames;
import org.quorate.testkit.Json;

/** Messages that real nodes sent in fragments come out as they went in. */
class RecordedMessagesTest {
    private static final int EXPECTED_MESSAGES = 25;

    @Test
    void everyRecordedMessageIsPutTogether() throws NoSuchAlgorithmException {
        int messages = 0;
        int datagrams = 0;
        int compressed = 0;
        for (String name : Vectors.NAMES) {
            Vectors vectors = Vectors.load(name);
            for (Json message : vectors.json().get("messages").items()) {
                List<DataFrame> frames = frames(vectors, message);
                check(frames, message);
                Collections.shuffle(frames, new Random(4));
                check(frames, message);
                messages++;
                datagrams += frames.size();
                if (message.get("compress").integer() != 0) compressed++;
            }
        }
        System.out.println(messages + " messages in " + datagrams + " datagrams, " + compressed + " compressed");
        assertThat(messages).isEqualTo(EXPECTED_MESSAGES);
        assertThat(datagrams).isGreaterThanOrEqualTo(2 * messages);
        assertThat(compressed).isPositive();
    }

    private static List<DataFrame> frames(Vectors vectors, Json message) {
        List<DataFrame> frames = new ArrayList<>();
        for (Json datagram : message.get("datagrams").items()) {
            Decoded decoded = KnetFrames.decode(ByteBuffer.wrap(vectors.open(datagram.hex())));
            DataFrame frame = (DataFrame) ((Decoded.Ok) decoded).frame();
            assertThat(frame.sequence()).isEqualTo(message.get("seq").integer());
            frames.add(frame);
        }
        return frames;
    }

    private static void check(List<DataFrame> frames, Json message) throws NoSuchAlgorithmException {
        PeerInbox inbox = new PeerInbox();
        for (DataFrame frame : frames.subList(0, frames.size() - 1)) {
            assertThat(inbox.data(frame)).isInstanceOf(PeerInbox.Received.Part.class);
            assertThat(inbox.data(frame)).isInstanceOf(PeerInbox.Received.Part.class);
        }
        DataFrame last = frames.get(frames.size() - 1);
        PeerInbox.Received.Message whole = (PeerInbox.Received.Message) inbox.data(last);
        try (Decompressor decompressor = new Decompressor()) {
            Decompressed.Message plain =
                    (Decompressed.Message) decompressor.decompress(last.compress(), whole.message());
            assertThat(plain.bytes().remaining())
                    .isEqualTo(message.get("message_len").integer());
            assertThat(MessageDigest.getInstance("SHA-256").digest(Vectors.bytes(plain.bytes())))
                    .isEqualTo(HexFormat.of()
                            .parseHex(message.get("message_sha256").text()));
        }
        inbox.delivered(last.sequence());
        for (DataFrame frame : frames) assertThat(inbox.data(frame)).isInstanceOf(PeerInbox.Received.Dropped.class);
        assertThat(inbox.evicted()).isZero();
    }
}
