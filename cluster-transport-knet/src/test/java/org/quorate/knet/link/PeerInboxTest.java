package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.quorate.knet.Vectors;
import org.quorate.knet.link.PeerInbox.Received;
import org.quorate.knet.wire.DropReason;
import org.quorate.knet.wire.KnetFrame.DataFrame;
import org.quorate.knet.wire.KnetFrame.PingFrame;
import org.quorate.knet.wire.KnetFrames;

/** Fragments make messages within bounds, whatever arrives; restarts of the peer are noticed by its pings. */
class PeerInboxTest {
    private final PeerInbox inbox = new PeerInbox();

    @Test
    void aWholeMessageIsGivenWithoutACopy() {
        ByteBuffer payload = ByteBuffer.wrap(new byte[] {1, 2, 3});
        Received received = inbox.data(new DataFrame(2, 1, 0, true, 1, 0, 0, payload));
        assertThat(((Received.Message) received).message()).isSameAs(payload);
    }

    @Test
    void aMessageThatWasNotDeliveredMayComeAgain() {
        assertThat(inbox.data(whole(1))).isInstanceOf(Received.Message.class);
        assertThat(inbox.data(whole(1))).isInstanceOf(Received.Message.class);
        inbox.delivered(1);
        assertThat(inbox.data(whole(1))).isEqualTo(new Received.Dropped(DropReason.DUPLICATE));
    }

    @Test
    void fragmentsOfSeveralMessagesMayBeMixed() {
        for (int part = 1; part <= 2; part++)
            for (int sequence = 1; sequence <= 20; sequence++)
                assertThat(inbox.data(part(sequence, 3, part, 10))).isInstanceOf(Received.Part.class);
        assertThat(inbox.pending()).isEqualTo(20);
        for (int sequence = 1; sequence <= 20; sequence++) {
            Received.Message message = (Received.Message) inbox.data(part(sequence, 3, 3, 4));
            assertThat(Vectors.bytes(message.message())).isEqualTo(expected(sequence, 3, 10, 4));
        }
        assertThat(inbox.pending()).isZero();
    }

    @Test
    void theLargestMessageFits() {
        // 1397 bytes is the data MTU of an encrypted Ethernet link
        int last = 65_536 - 46 * 1397;
        for (int part = 46; part >= 1; part--) inbox.data(part(1, 47, part, 1397));
        Received.Message message = (Received.Message) inbox.data(part(1, 47, 47, last));
        assertThat(Vectors.bytes(message.message()))
                .isEqualTo(expected(1, 47, 1397, last))
                .hasSize(65_536);
    }

    @Test
    void ofThirtyThreeUnfinishedMessagesTheOneTouchedLongestAgoIsLost() {
        for (int sequence = 1; sequence <= 32; sequence++) inbox.data(part(sequence, 3, 1, 10));
        inbox.data(part(1, 3, 2, 10)); // touched again
        assertThat(inbox.evicted()).isZero();
        inbox.data(part(33, 3, 1, 10));
        assertThat(inbox.pending()).isEqualTo(32);
        assertThat(inbox.evicted()).isEqualTo(1);
        assertThat(inbox.data(part(2, 3, 2, 10))).isEqualTo(new Received.Dropped(DropReason.LATE_FRAGMENT));
        assertThat(inbox.data(part(1, 3, 3, 10))).isInstanceOf(Received.Message.class);
    }

    @Test
    void anUnfinishedMessageSurvivesThirtyTwoNewerOnesAndIsLostWithTheThirtyThird() {
        inbox.data(part(100, 2, 1, 10));
        inbox.data(whole(132));
        assertThat(inbox.pending()).isEqualTo(1);
        inbox.data(whole(133));
        assertThat(inbox.pending()).isZero();
        assertThat(inbox.evicted()).isEqualTo(1);
        assertThat(inbox.data(part(100, 2, 2, 10))).isEqualTo(new Received.Dropped(DropReason.LATE_FRAGMENT));
        assertThat(inbox.data(part(100, 2, 1, 10))).isEqualTo(new Received.Dropped(DropReason.LATE_FRAGMENT));
    }

    @Test
    void aFragmentThatContradictsTheOthersIsDroppedAndTheMessageStillCompletes() {
        inbox.data(part(1, 4, 1, 100));
        ByteBuffer hundred = ByteBuffer.allocate(100);
        assertContradicts(part(1, 5, 2, 100));
        assertContradicts(new DataFrame(2, 1, 1, true, 4, 2, 0, hundred));
        assertContradicts(new DataFrame(2, 1, 0, true, 4, 2, 1, hundred));
        assertContradicts(new DataFrame(2, 1, 0, false, 4, 2, 0, hundred));
        assertContradicts(part(1, 4, 2, 99));
        assertContradicts(part(1, 4, 2, 101));
        assertContradicts(part(1, 4, 4, 101));
        inbox.data(part(1, 4, 4, 100));
        inbox.data(part(1, 4, 2, 100));
        Received.Message message = (Received.Message) inbox.data(part(1, 4, 3, 100));
        assertThat(Vectors.bytes(message.message())).isEqualTo(expected(1, 4, 100, 100));
    }

    @Test
    void fragmentsShorterThanALastOneThatCameFirstAreDropped() {
        inbox.data(part(1, 3, 3, 50));
        assertContradicts(part(1, 3, 1, 49));
        inbox.data(part(1, 3, 1, 50));
        assertThat(inbox.data(part(1, 3, 2, 50))).isInstanceOf(Received.Message.class);
    }

    @Test
    void aMessageThatTurnsOutTooLargeIsGivenUp() {
        inbox.data(part(1, 2, 1, 40_000));
        assertThat(inbox.data(part(1, 2, 2, 25_537))).isEqualTo(new Received.Dropped(DropReason.TOO_LARGE));
        assertThat(inbox.pending()).isZero();
        assertThat(inbox.data(part(1, 2, 1, 40_000))).isEqualTo(new Received.Dropped(DropReason.LATE_FRAGMENT));

        inbox.data(part(2, 2, 2, 30_000)); // the last one first
        assertThat(inbox.data(part(2, 2, 1, 40_000))).isEqualTo(new Received.Dropped(DropReason.TOO_LARGE));
        assertThat(inbox.pending()).isZero();
    }

    @Test
    void aRestartIsNoticedByAPeriodicPingThatFallsToZero() {
        receiveAndDeliver(5);
        inbox.data(part(6, 2, 1, 10));
        inbox.ping(ping(6, true));
        assertIsDuplicate(5);
        inbox.ping(ping(0, true));
        assertThat(inbox.pending()).isZero();
        receiveAndDeliver(5);
        inbox.ping(ping(0, true)); // again 0: no restart
        assertIsDuplicate(5);
    }

    @Test
    void theFirstPingOfAPeerForgetsNothing() {
        receiveAndDeliver(1);
        inbox.ping(ping(0, true));
        assertIsDuplicate(1);
    }

    @Test
    void aPingOutOfTurnMovesTheWindowWhereDataCameBeforeIt() {
        receiveAndDeliver(8_190);
        inbox.ping(ping(8_191, false));
        assertIsDuplicate(8_190);
        inbox.ping(ping(8_191, false)); // its copy on another link
        assertIsDuplicate(8_190);
    }

    @Test
    void aPingOutOfTurnStartsOverWhereNoDataCameBeforeIt() {
        receiveAndDeliver(8_190);
        inbox.ping(ping(8_191, false));
        inbox.ping(ping(8_200, false));
        receiveAndDeliver(8_190);
    }

    @Test
    void losingThePeerForgetsWhatWasReceived() {
        receiveAndDeliver(5);
        inbox.data(part(6, 2, 1, 10));
        inbox.reset();
        assertThat(inbox.pending()).isZero();
        assertThat(inbox.evicted()).isEqualTo(1);
        receiveAndDeliver(5);
    }

    @Test
    void aRestartWhoseFirstPingsWereLostIsNoticedByANumberThatHasFallen() {
        inbox.ping(ping(899, true));
        receiveAndDeliver(200);
        receiveAndDeliver(900);
        inbox.ping(ping(150, true));
        assertThat(inbox.data(whole(200))).isInstanceOf(Received.Message.class);
    }

    @Test
    void aFragmentOfTheFormerLifeDoesNotBecomePartOfAMessageOfTheNewOne() {
        inbox.ping(ping(200, true));
        receiveAndDeliver(202);
        inbox.ping(ping(1, true));
        inbox.ping(ping(0, true));
        assertThat(inbox.data(part(201, 2, 2, 30))).isEqualTo(new Received.Dropped(DropReason.LATE_FRAGMENT));

        for (int sequence = 1; sequence <= 200; sequence++) receiveAndDeliver(sequence);
        assertThat(inbox.data(part(201, 2, 1, 50))).isInstanceOf(Received.Part.class);
        Received.Message message = (Received.Message) inbox.data(part(201, 2, 2, 40));
        assertThat(Vectors.bytes(message.message())).isEqualTo(expected(201, 2, 50, 40));
    }

    @Test
    void aPingThatWasOvertakenForgetsNothing() {
        inbox.ping(ping(900, true));
        receiveAndDeliver(901);
        inbox.ping(ping(900 - PeerInbox.OVERTAKING, true));
        assertIsDuplicate(901);
    }

    @Test
    void aPingOnALinkThatWasSilentWhileNumbersWentRoundForgetsNothing() {
        inbox.ping(ping(900, true));
        int later = 900 + 40_000;
        receiveAndDeliver(later);
        inbox.ping(ping(later, true));
        assertIsDuplicate(later);
    }

    private void receiveAndDeliver(int sequence) {
        assertThat(inbox.data(whole(sequence))).isInstanceOf(Received.Message.class);
        inbox.delivered(sequence);
    }

    private void assertIsDuplicate(int sequence) {
        assertThat(inbox.data(whole(sequence))).isEqualTo(new Received.Dropped(DropReason.DUPLICATE));
    }

    private void assertContradicts(DataFrame frame) {
        assertThat(inbox.data(frame)).isEqualTo(new Received.Dropped(DropReason.BAD_FRAGMENT));
        assertThat(inbox.pending()).isEqualTo(1);
    }

    private static PingFrame ping(int sequence, boolean timed) {
        return new PingFrame(2, 0, 0, 0, sequence, timed);
    }

    private static DataFrame whole(int sequence) {
        return new DataFrame(2, sequence, 0, true, 1, 0, 0, ByteBuffer.wrap(new byte[] {42}));
    }

    /** A fragment whose bytes tell which it is; its payload is a view in the middle of another buffer. */
    private static DataFrame part(int sequence, int parts, int part, int size) {
        byte[] bytes = new byte[size + 20];
        Arrays.fill(bytes, 10, 10 + size, content(sequence, part));
        return new DataFrame(2, sequence, 0, true, parts, part, 0, ByteBuffer.wrap(bytes, 10, size));
    }

    private static byte[] expected(int sequence, int parts, int size, int lastSize) {
        ByteBuffer all = ByteBuffer.allocate((parts - 1) * size + lastSize);
        assertThat(all.capacity()).isLessThanOrEqualTo(KnetFrames.MAX_MESSAGE_BYTES);
        for (int part = 1; part <= parts; part++)
            for (int i = 0; i < (part == parts ? lastSize : size); i++) all.put(content(sequence, part));
        return all.array();
    }

    private static byte content(int sequence, int part) {
        return (byte) (sequence * 31 + part);
    }
}
