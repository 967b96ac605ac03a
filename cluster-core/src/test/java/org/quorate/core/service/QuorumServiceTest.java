package org.quorate.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.core.wire.MessageHeader;
import org.quorate.engine.Effects;
import org.quorate.spi.QuorumEngine;

/** What of the ring's messages gets to a quorum engine. */
class QuorumServiceTest {
    private static final class Ears implements QuorumEngine {
        final List<Input> heard = new ArrayList<>();

        @Override
        public OptionalInt service() {
            return OptionalInt.of(5);
        }

        @Override
        public QuorumState state() {
            return QuorumState.UNKNOWN;
        }

        @Override
        public void step(long nowNanos, Input input, Effects<Effect> out) {
            heard.add(input);
        }

        @Override
        public void tick(long nowNanos, Effects<Effect> out) {}

        @Override
        public long deadlineNanos() {
            return Long.MAX_VALUE;
        }
    }

    private final Ears ears = new Ears();
    private final List<ServiceEffect> out = new ArrayList<>();

    private void deliver(boolean littleEndian) {
        ByteBuffer message = ByteBuffer.allocate(MessageHeader.BYTES + 4)
                .order(littleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        message.putInt(MessageHeader.BYTES, 7);
        new QuorumService(ears).deliver(0, 2, 1, message, littleEndian, out::add);
    }

    @Test
    void aMessageOfTheOtherByteOrderIsDropped() {
        deliver(false);
        assertThat(ears.heard).isEmpty();
        assertThat(out).containsExactly(new ServiceEffect.Dropped("drop.quorum.byte-order"));
    }

    @Test
    void aMessageComesWithoutItsHeader() {
        deliver(true);
        assertThat(out).isEmpty();
        assertThat(ears.heard).singleElement().isInstanceOfSatisfying(QuorumEngine.Input.Message.class, message -> {
            assertThat(message.from()).isEqualTo(NodeId.of(2));
            assertThat(message.function()).isEqualTo(1);
            assertThat(message.body()).containsExactly(7, 0, 0, 0);
        });
    }
}
