package org.quorate.core.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.quorate.NodeId;
import org.quorate.RingId;
import org.quorate.TotemConfig;
import org.quorate.core.conf.RingTimers;
import org.quorate.core.ring.RingEngine.Phase;
import org.quorate.core.ring.wire.CommitEntry;
import org.quorate.core.ring.wire.CommitToken;
import org.quorate.core.ring.wire.Decoded;
import org.quorate.core.ring.wire.Join;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.ring.wire.MergeDetect;
import org.quorate.core.ring.wire.RetransmitRequest;
import org.quorate.core.ring.wire.RingMessage;
import org.quorate.core.ring.wire.RingMessages;
import org.quorate.core.ring.wire.Token;

/** Well-formed messages that no honest node sends, or that come at the wrong moment, to node 1 with its loopback. */
class HostileRingInputTest {
    private final RingEngine engine = new RingEngine(
            NodeId.of(1),
            TotemConfig.DEFAULT,
            RingTimers.of(TotemConfig.DEFAULT, 2),
            new NothingToSend(),
            new SplittableRandom(1));
    private final Deque<RingMessage> loopback = new ArrayDeque<>();
    private final List<RingMessage> sent = new ArrayList<>();
    private long now;

    @BeforeEach
    void formARingAlone() {
        step(new RingInput.Start(8));
        settle();
        assertThat(engine.phase()).isEqualTo(Phase.OPERATIONAL);
        assertThat(engine.members()).containsExactly(1);
    }

    @Test
    void onlyTheEndOfItsOwnSynchronisationLetsApplicationsSend() {
        assertThat(engine.isSyncing()).isTrue();
        step(new RingInput.SyncComplete(new RingId(1, engine.ringId().sequence() - 4)));
        assertThat(engine.isSyncing()).isTrue();
        step(new RingInput.SyncComplete(engine.ringId()));
        assertThat(engine.isSyncing()).isFalse();
    }

    @Test
    void strangersBeyondTheLargestRingAreCountedAndNotTakenIn() {
        for (int from = 2; from < 600; from++) {
            receive(new MergeDetect(from, 0, from, new RingId(from, 4)));
        }
        receive(new Join(700, 0, 700, List.of(700), List.of(), 4));
        assertThat(engine.phase()).isEqualTo(Phase.GATHER);
        assertThat(last(Join.class).procs()).hasSize(384);
        assertThat(engine.counters()).containsEntry("drop.ring.too-many-nodes", 600L - 385 + 1);
    }

    @Test
    void aMemberThatGivesUpCrowdsOfStrangersDoesNotOverflowTheNextJoin() {
        joinNode2();
        CommitToken first = last(CommitToken.class);
        formRingWithNode2(first);
        for (int crowd = 1; crowd <= 5; crowd++) {
            int base = crowd * 1000;
            List<Integer> strangers = IntStream.range(base, base + 300).boxed().toList();
            receive(new Join(2, 0, 2, List.of(1, 2), strangers, engine.ringId().sequence()));
        }
        assertThat(engine.phase()).isEqualTo(Phase.GATHER);
        assertThat(last(Join.class).failed()).hasSize(300);
        assertThat(engine.counters()).containsEntry("drop.ring.too-many-nodes", 4L);
    }

    @Test
    void aFullCommitTokenOfTheSameRingForOthersIsIgnored() {
        joinNode2();
        CommitToken own = last(CommitToken.class);
        CommitToken shorter = new CommitToken(
                2, 1, 2, own.ringId(), 0, 1, List.of(1), List.of(own.entries().get(0)));
        receive(shorter);
        assertThat(engine.phase()).isEqualTo(Phase.COMMIT);
        CommitToken longer = new CommitToken(
                2, 1, 2, own.ringId(), 0, 3, List.of(1, 2, 3), Collections.nCopies(3, CommitEntry.EMPTY));
        receive(longer);
        assertThat(engine.phase()).isEqualTo(Phase.COMMIT);
    }

    @Test
    void aRepeatedTokenOfTheFirstRotationDoesNotStartTheRing() {
        joinNode2();
        CommitToken full = filledByNode2(last(CommitToken.class));
        receive(full);
        assertThat(engine.phase()).isEqualTo(Phase.RECOVERY);
        assertThat(last(CommitToken.class).tokenSeq()).isEqualTo(3);
        sent.clear();

        receive(full);
        assertThat(sent).isEmpty();

        receive(CommitRotation.sendOn(CommitRotation.sendOn(full, 1, 2), 2, 1));
        assertThat(last(Token.class).tokenSeq()).isZero();
        assertThat(last(Token.class).aru()).isEqualTo(-1);
    }

    /** Two halves that formed their rings at the same time, each without the other, had parted like that over and over. */
    @Test
    void whoWasGivenUpBeforeARingWasFormedIsNotGivenUpAfterIt() {
        joinNode2();
        formRingWithNode2(last(CommitToken.class));
        Join without3 =
                new Join(2, 0, 2, List.of(1, 2, 3), List.of(3), engine.ringId().sequence());
        receive(without3);
        receive(without3);
        assertThat(engine.phase()).isEqualTo(Phase.COMMIT);
        assertThat(last(CommitToken.class).addresses()).containsExactly(1, 2);
        receive(filledByNode2(last(CommitToken.class)));
        assertThat(engine.phase()).isEqualTo(Phase.RECOVERY);

        // node 2 has the ring already and hears of node 3 again
        receive(new Join(2, 0, 2, List.of(1, 2, 3), List.of(), engine.ringId().sequence()));
        assertThat(engine.phase()).isEqualTo(Phase.GATHER);
        assertThat(last(Join.class).procs()).containsExactly(1, 2, 3);
        assertThat(last(Join.class).failed()).isEmpty();
    }

    @Test
    void aMessageTooLongForAnEnvelopeIsNotPutIntoOne() {
        MessageOrder order = new MessageOrder();
        RingId ring = new RingId(1, 8);
        byte[] longest = Mcast.encode(2, Mcast.ENCAPSULATED, 1, 0, ring, 0, new byte[65536 - 45]);
        order.store(new Mcast(longest, 2, Mcast.ORDINARY, 2, 1, ring, true));
        order.store(mcast(2, 2, ring, new byte[65446]));
        order.save();
        assertThat(order.heldAbove(0)).extracting(Mcast::seq).containsExactly(2);
        byte[] envelope = Mcast.encode(
                1, Mcast.ENCAPSULATED, 1, 0, ring, 0, order.heldAbove(0).get(0).packet());
        assertThat(envelope).hasSize(65536);
    }

    @Test
    void aRepeatedMessageGoesToAllThoughItCameToOneNode() {
        MessageOrder order = new MessageOrder();
        RingId ring = new RingId(1, 8);
        byte[] packet = mcast(2, 1, ring, new byte[] {5}).packet();
        packet[9] = 1;
        order.store(new Mcast(packet, 2, Mcast.ORDINARY, 2, 1, ring, true));
        TokenVisit visit = new TokenVisit(1, TotemConfig.DEFAULT, order, new NothingToSend());
        List<RingEffect> out = new ArrayList<>();
        Token token = new Token(2, 1, 1, 9, 0, 3, ring, 0, 0, 0, List.of(new RetransmitRequest(ring, 1)));
        visit.visit(token, ring, false, false, 3, out::add);
        assertThat(out).hasSize(1);
        byte[] again = ((RingEffect.SendToOthersAgain) out.get(0)).packet();
        assertThat(again).isEqualTo(mcast(2, 1, ring, new byte[] {5}).packet());
    }

    private void joinNode2() {
        receive(new Join(2, 0, 2, List.of(1, 2), List.of(), 4));
        receive(new Join(2, 0, 2, List.of(1, 2), List.of(), 4));
        assertThat(engine.phase()).isEqualTo(Phase.COMMIT);
    }

    private static CommitToken filledByNode2(CommitToken fromNode1) {
        CommitEntry entry = new CommitEntry(new RingId(2, 4), 0, 0, true);
        return CommitRotation.sendOn(CommitRotation.fill(fromNode1, entry), 2, 1);
    }

    private void formRingWithNode2(CommitToken first) {
        CommitToken full = filledByNode2(first);
        receive(full);
        receive(CommitRotation.sendOn(CommitRotation.sendOn(full, 1, 2), 2, 1));
        for (int visit = 0; engine.phase() == Phase.RECOVERY && visit < 10; visit++) {
            Token token = last(Token.class);
            receive(new Token(
                    2,
                    1,
                    token.seq(),
                    token.tokenSeq() + 1,
                    token.aru() == -1 ? 0 : token.aru(),
                    token.aru() == -1 ? 1 : 0,
                    token.ringId(),
                    0,
                    0,
                    token.retransFlag(),
                    List.of()));
        }
        assertThat(engine.phase()).isEqualTo(Phase.OPERATIONAL);
        assertThat(engine.members()).containsExactly(1, 2);
    }

    private static Mcast mcast(int from, int seq, RingId ring, byte[] body) {
        byte[] packet = Mcast.encode(from, Mcast.ORDINARY, seq, 0, ring, 0, body);
        return new Mcast(packet, from, Mcast.ORDINARY, from, seq, ring, true);
    }

    private void receive(RingMessage message) {
        step(new RingInput.Received(message));
        settle();
    }

    private void settle() {
        for (int i = 0; i < 1000 && !loopback.isEmpty(); i++) {
            step(new RingInput.Received(loopback.remove()));
        }
        assertThat(loopback).isEmpty();
    }

    private void step(RingInput input) {
        now += 1000;
        engine.step(now, input, this::perform);
    }

    private void perform(RingEffect effect) {
        if (effect instanceof RingEffect.Send send) {
            (send.target() == 1 ? loopback : sent).add(decoded(send.packet()));
        } else if (effect instanceof RingEffect.SendToAll all) {
            sent.add(decoded(all.packet()));
            loopback.add(decoded(all.packet()));
        }
    }

    private static RingMessage decoded(byte[] packet) {
        return ((Decoded.Ok) RingMessages.decode(packet)).message();
    }

    private <T> T last(Class<T> type) {
        List<T> found = sent.stream().filter(type::isInstance).map(type::cast).toList();
        return found.get(found.size() - 1);
    }
}
