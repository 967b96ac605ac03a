package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.quorate.knet.Vectors;
import org.quorate.knet.compress.Decompressed;
import org.quorate.knet.compress.Decompressor;
import org.quorate.knet.wire.Decoded;
import org.quorate.knet.wire.KnetFrame;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrames;
import org.quorate.testkit.Json;

/**
 * Given the same frames, we deliver what the real libknet 1.25 delivered, step by step: duplicates, number wrap, restarts, pings out of turn,
 * fragments in every order. Where we do otherwise the step stands in {@link #DIFFERENCES} with the reason.
 */
class RecordedBehaviourTest {
    private static final int SCENARIOS = 12;
    private static final int FRAMES = 70;

    /** "scenario/step" to why we do not do what libknet 1.25 does. */
    private static final Map<String, String> DIFFERENCES = Map.of(
            "odd but accepted/0", "no fragments at all, frag_num 0: libknet takes it for a whole message, we drop it");

    @Test
    void everyScenarioDeliversWhatLibknetDelivered() {
        Set<String> differences = new TreeSet<>();
        int scenarios = 0;
        int frames = 0;
        for (Json scenario :
                Json.resource("knet/behaviour.json").get("scenarios").items()) {
            Receiver receiver = new Receiver();
            receiver.take(ping(0));
            int step = 0;
            for (Json recorded : scenario.get("steps").items()) {
                List<String> expected = new ArrayList<>();
                for (Json message : recorded.get("delivers").items()) expected.add(message.text());
                String where = scenario.get("name").text() + "/" + step++;
                List<String> delivered = receiver.take(recorded.get("frame").hex());
                if (DIFFERENCES.containsKey(where)) {
                    assertThat(delivered).as(where).isEmpty();
                    assertThat(expected).as(where).isNotEmpty();
                    differences.add(where);
                } else {
                    assertThat(delivered).as(where).isEqualTo(expected);
                }
                frames++;
            }
            scenarios++;
        }
        System.out.println(scenarios + " scenarios, " + frames + " frames, differences: " + differences);
        assertThat(scenarios).isEqualTo(SCENARIOS);
        assertThat(frames).isEqualTo(FRAMES);
        assertThat(differences).isEqualTo(DIFFERENCES.keySet());
    }

    private static byte[] ping(int sequence) {
        ByteBuffer out = ByteBuffer.allocate(KnetFrames.PING_BYTES);
        new PingFrame(2, 0, 0, 0, sequence, true).encode(out);
        return out.array();
    }

    /** A node that knows host 2 and has channel 0 open, and nothing else, as the recorded one. */
    private static final class Receiver {
        private final PeerInbox inbox = new PeerInbox();

        List<String> take(byte[] plain) {
            if (!(KnetFrames.decode(ByteBuffer.wrap(plain)) instanceof Decoded.Ok ok)) return List.of();
            KnetFrame frame = ok.frame();
            if (frame.source() != 2) return List.of();
            if (frame instanceof PingFrame ping) inbox.ping(ping);
            if (!(frame instanceof DataFrame data)) return List.of();
            if (!(inbox.data(data) instanceof PeerInbox.Received.Message received)) return List.of();
            try (Decompressor decompressor = new Decompressor()) {
                if (data.channel() != 0
                        || !(decompressor.decompress(data.compress(), received.message())
                                instanceof Decompressed.Message message)) return List.of();
                inbox.delivered(data.sequence());
                return List.of(HexFormat.of().formatHex(Vectors.bytes(message.bytes())));
            }
        }
    }
}
