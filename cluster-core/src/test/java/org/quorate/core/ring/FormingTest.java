package org.quorate.core.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quorate.NodeId;
import org.quorate.TotemConfig;
import org.quorate.core.conf.RingTimers;
import org.quorate.core.ring.RingEngine.Phase;
import org.quorate.core.ring.wire.Decoded;
import org.quorate.core.ring.wire.Join;
import org.quorate.core.ring.wire.RingMessage;
import org.quorate.core.ring.wire.RingMessages;

/** Many nodes meet at the same moment: node 2 has agreed with node 3 on a ring of two, and sent the commit token, when node 3 hears of others. */
class FormingTest {
    private static final long OLD = 9;

    private final RingEngine engine = new RingEngine(
            NodeId.of(2),
            TotemConfig.DEFAULT,
            RingTimers.of(TotemConfig.DEFAULT, 4),
            new NothingToSend(),
            new SplittableRandom(1));
    private final Deque<RingMessage> loopback = new ArrayDeque<>();
    private final Deque<RingMessage> sent = new ArrayDeque<>();

    @BeforeEach
    void agreeWithNodeThree() {
        step(new RingInput.Start(8));
        while (!loopback.isEmpty()) step(new RingInput.Received(loopback.remove()));
        assertThat(engine.phase()).isEqualTo(Phase.OPERATIONAL);
        hear(List.of(2, 3), List.of());
        hear(List.of(2, 3), List.of());
        assertThat(engine.phase()).isEqualTo(Phase.COMMIT);
        sent.clear();
    }

    @Test
    void aMemberThatHasHeardOfOthersWillNotTakeTheCommitTokenSoItIsNotWaitedFor() {
        hear(List.of(1, 2, 3), List.of());
        assertThat(engine.phase()).isEqualTo(Phase.GATHER);
        assertThat(sent)
                .singleElement()
                .isInstanceOfSatisfying(
                        Join.class, join -> assertThat(join.procs()).containsExactly(1, 2, 3));
    }

    @Test
    void norOneThatHasGivenUpThisNode() {
        hear(List.of(2, 3), List.of(2));
        assertThat(engine.phase()).isEqualTo(Phase.GATHER);
    }

    @Test
    void aJoinFromBeforeTheAgreementChangesNothing() {
        hear(List.of(2, 3), List.of());
        hear(List.of(3), List.of());
        assertThat(engine.phase()).isEqualTo(Phase.COMMIT);
        assertThat(sent).isEmpty();
    }

    @Test
    void whoIsNotToBeInTheRingHasNoSay() {
        step(new RingInput.Received(new Join(4, 0, 4, List.of(2, 3, 4), List.of(), OLD)));
        assertThat(engine.phase()).isEqualTo(Phase.COMMIT);
    }

    /** Node 3 says so with the sequence of its last ring: it has not taken the commit token. */
    private void hear(List<Integer> known, List<Integer> failed) {
        step(new RingInput.Received(new Join(3, 0, 3, known, failed, OLD)));
    }

    private void step(RingInput input) {
        engine.step(0, input, effect -> {
            byte[] toSelf = effect instanceof RingEffect.SendToAll all
                    ? all.packet()
                    : effect instanceof RingEffect.Send send && send.target() == 2 ? send.packet() : new byte[0];
            if (effect instanceof RingEffect.SendToAll all) sent.add(decode(all.packet()));
            if (toSelf.length > 0) loopback.add(decode(toSelf));
        });
    }

    private static RingMessage decode(byte[] packet) {
        return ((Decoded.Ok) RingMessages.decode(packet)).message();
    }
}
