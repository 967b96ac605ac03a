package org.quorate.core.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.core.group.wire.CpgPartial;
import org.quorate.core.group.wire.CpgPartial.Part;
import org.quorate.core.group.wire.GroupName;

/** Pieces of a message, however they are cut. */
class PartialMessagesTest {
    private static final GroupName G = GroupName.of("g");

    private final PartialMessages partials = new PartialMessages();

    @Test
    @Timeout(30)
    void aMessageInVeryManyPiecesTakesTimeInProportionToItsLength() {
        int bytes = 1_000_000;
        Optional<byte[]> whole = Optional.empty();
        for (int i = 0; i < bytes; i++) {
            assertThat(whole.isPresent()).isFalse();
            Part part = i == 0 ? Part.FIRST : i < bytes - 1 ? Part.CONTINUED : Part.LAST;
            whole = partials.accept(2, piece(bytes, part, (byte) i));
        }
        byte[] expected = new byte[bytes];
        for (int i = 0; i < bytes; i++) expected[i] = (byte) i;
        assertThat(whole).hasValue(expected);
    }

    @Test
    void moreThanWasAnnouncedIsNoMessageAndWhatFollowsIsNone() {
        assertThat(partials.accept(2, piece(3, Part.FIRST, 1, 2))).isEmpty();
        assertThat(partials.accept(2, piece(3, Part.CONTINUED, 3, 4))).isEmpty();
        assertThat(partials.accept(2, piece(3, Part.LAST))).isEmpty();
        assertThat(partials.accept(2, piece(2, Part.FIRST, 1))).isEmpty();
        assertThat(partials.accept(2, piece(2, Part.LAST, 2))).hasValue(new byte[] {1, 2});
    }

    @Test
    void lessThanWasAnnouncedIsNoMessage() {
        assertThat(partials.accept(2, piece(3, Part.FIRST, 1))).isEmpty();
        assertThat(partials.accept(2, piece(3, Part.LAST, 2))).isEmpty();
        assertThat(partials.accept(2, piece(3, Part.LAST, 3))).isEmpty();
    }

    @Test
    void aMessageAnnouncedAsTooLongIsNotBegun() {
        int tooLong = PartialMessages.MAX_MESSAGE_BYTES + 1;
        assertThat(partials.accept(2, piece(tooLong, Part.FIRST, 1))).isEmpty();
        assertThat(partials.accept(2, piece(1, Part.LAST))).isEmpty();
    }

    @Test
    void theOldestSenderIsGivenUpForANewOne() {
        for (int node = 1; node <= PartialMessages.MAX_SENDERS + 1; node++) {
            assertThat(partials.accept(node, piece(2, Part.FIRST, node))).isEmpty();
        }
        assertThat(partials.accept(1, piece(2, Part.LAST, 9))).isEmpty();
        assertThat(partials.accept(2, piece(2, Part.LAST, 9))).hasValue(new byte[] {2, 9});
    }

    private static CpgPartial piece(int messageBytes, Part part, int... octets) {
        byte[] piece = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) piece[i] = (byte) octets[i];
        return new CpgPartial(G, messageBytes, 20, part, 2, 0, piece);
    }
}
