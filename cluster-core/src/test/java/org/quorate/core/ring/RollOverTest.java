package org.quorate.core.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.NodeId;
import org.quorate.RingId;
import org.quorate.TotemConfig;
import org.quorate.core.conf.RingTimers;
import org.quorate.core.ring.RingEngine.Phase;
import org.quorate.core.ring.wire.Decoded;
import org.quorate.core.ring.wire.RingMessage;
import org.quorate.core.ring.wire.RingMessages;
import org.quorate.core.ring.wire.Token;

/** A ring that has lasted long: its numbers pass the largest signed and the largest unsigned one. */
class RollOverTest {
    private static final int MESSAGES = 40;

    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private final FrameSource frames = new FrameSource() {
        @Override
        public int size(boolean syncing) {
            return waiting.size();
        }

        @Override
        public byte[] poll(boolean syncing) {
            return waiting.remove();
        }
    };
    private final Deque<RingMessage> loopback = new ArrayDeque<>();
    private final List<Integer> delivered = new ArrayList<>();
    private final List<Integer> tokens = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {-1, -20, -MESSAGES, 0, Integer.MAX_VALUE, Integer.MAX_VALUE - 20})
    void messagesAreDeliveredInOrderAndLetGoAcrossTheEnd(int before) {
        RingEngine engine = new RingEngine(
                NodeId.of(1),
                TotemConfig.DEFAULT,
                RingTimers.of(TotemConfig.DEFAULT, 2),
                frames,
                new SplittableRandom(1),
                ring -> new RingNumbers.Begin(before, before - 5));
        step(engine, new RingInput.Start(8));
        while (engine.phase() != Phase.OPERATIONAL) step(engine, new RingInput.Received(loopback.remove()));
        assertThat(engine.isOwnReceivedByAll()).isTrue();
        for (int i = 0; i < MESSAGES; i++) waiting.add(new byte[] {(byte) i});
        for (int hops = 0; hops < 20; hops++) step(engine, new RingInput.Received(loopback.remove()));
        assertThat(delivered).hasSize(MESSAGES);
        for (int i = 0; i < MESSAGES; i++) assertThat(delivered.get(i)).isEqualTo(before + 1 + i);
        assertThat(tokens).startsWith(before - 5, before - 4).contains(before + 5);
        assertThat(engine.isOwnReceivedByAll()).isTrue();
        assertThat(engine.counters()).doesNotContainKeys("drop.ring.implausible-token", "ring.token-duplicates");
    }

    @Test
    void whatWasSentLongAgoHasArrivedEvenIfTheNumbersHaveGoneHalfWayRound() {
        TokenVisit visit = new TokenVisit(1, TotemConfig.DEFAULT, new MessageOrder(), frames);
        RingId ring = new RingId(1, 4);
        visit.startOperational();
        for (long seq = 0; seq < 0x1_2000_0000L; seq += 0x1000_0000) {
            int now = (int) seq;
            Token token = new Token(2, 1, now, 1, now, 0, ring, 0, 0, 0, List.of());
            visit.visit(token, ring, false, false, 2, effect -> {});
            assertThat(visit.isOwnReceivedByAll()).as("at %x", seq).isTrue();
        }
    }

    private void step(RingEngine engine, RingInput input) {
        engine.step(0, input, effect -> {
            if (effect instanceof RingEffect.SendToAll all) loopback.add(decode(all.packet()));
            if (effect instanceof RingEffect.Send send) {
                RingMessage message = decode(send.packet());
                loopback.add(message);
                if (message instanceof Token token) tokens.add(token.tokenSeq());
            }
            if (effect instanceof RingEffect.Deliver deliver)
                delivered.add(deliver.message().seq());
        });
    }

    private static RingMessage decode(byte[] packet) {
        return ((Decoded.Ok) RingMessages.decode(packet)).message();
    }
}
