package org.quorate.core.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.quorate.core.group.wire.CpgPartial;
import org.quorate.core.group.wire.CpgPartial.Part;
import org.quorate.core.group.wire.GroupName;
import org.quorate.core.service.ServiceEffect;

/** Pieces of a message, however they are cut. */
class PartialMessagesTest {
    private static final GroupName G = GroupName.of("g");

    private final PartialMessages partials = new PartialMessages(64 << 20);
    private final List<ServiceEffect> out = new ArrayList<>();

    @Test
    @Timeout(30)
    void aMessageInVeryManyPiecesTakesTimeInProportionToItsLength() {
        int bytes = 1_000_000;
        Optional<byte[]> whole = Optional.empty();
        for (int i = 0; i < bytes; i++) {
            assertThat(whole.isPresent()).isFalse();
            Part part = i == 0 ? Part.FIRST : i < bytes - 1 ? Part.CONTINUED : Part.LAST;
            whole = accept(2, piece(bytes, part, (byte) i));
        }
        byte[] expected = new byte[bytes];
        for (int i = 0; i < bytes; i++) expected[i] = (byte) i;
        assertThat(whole).hasValue(expected);
    }

    @Test
    void moreThanWasAnnouncedIsNoMessageAndWhatFollowsIsNone() {
        assertThat(accept(2, piece(3, Part.FIRST, 1, 2))).isEmpty();
        assertThat(accept(2, piece(3, Part.CONTINUED, 3, 4))).isEmpty();
        assertThat(accept(2, piece(3, Part.LAST))).isEmpty();
        assertThat(dropped()).containsExactly("drop.group.partial-length", "drop.group.partial-not-begun");
        assertThat(accept(2, piece(2, Part.FIRST, 1))).isEmpty();
        assertThat(accept(2, piece(2, Part.LAST, 2))).hasValue(new byte[] {1, 2});
    }

    @Test
    void lessThanWasAnnouncedIsNoMessage() {
        assertThat(accept(2, piece(3, Part.FIRST, 1))).isEmpty();
        assertThat(accept(2, piece(3, Part.LAST, 2))).isEmpty();
        assertThat(accept(2, piece(3, Part.LAST, 3))).isEmpty();
    }

    @Test
    void aMessageAnnouncedAsTooLongIsNotBegunAndTheNextOneIs() {
        PartialMessages small = new PartialMessages(1000);
        assertThat(small.accept(2, piece(1001, Part.FIRST, 1), out::add)).isEmpty();
        assertThat(small.accept(2, piece(1001, Part.LAST), out::add)).isEmpty();
        assertThat(dropped()).containsExactly("drop.group.partial-too-large", "drop.group.partial-not-begun");
        assertThat(small.accept(2, piece(2, Part.FIRST, 1), out::add)).isEmpty();
        assertThat(small.accept(2, piece(2, Part.LAST, 2), out::add)).hasValue(new byte[] {1, 2});
        assertThat(accept(2, piece(PartialMessages.MAX_MESSAGE_BYTES + 1, Part.FIRST, 1)))
                .isEmpty();
        assertThat(dropped()).containsExactly("drop.group.partial-too-large");
    }

    @Test
    void theSenderThatWasSilentLongestIsGivenUpForANewOne() {
        for (int node = 1; node <= PartialMessages.MAX_SENDERS; node++)
            assertThat(accept(node, piece(3, Part.FIRST, node))).isEmpty();
        assertThat(accept(1, piece(3, Part.CONTINUED, 8))).isEmpty();
        assertThat(dropped()).isEmpty();
        assertThat(accept(PartialMessages.MAX_SENDERS + 1, piece(2, Part.FIRST, 7)))
                .isEmpty();
        assertThat(dropped()).containsExactly("drop.group.partial-no-room");
        assertThat(accept(2, piece(3, Part.LAST, 9, 9))).isEmpty();
        assertThat(accept(1, piece(3, Part.LAST, 9))).hasValue(new byte[] {1, 8, 9});
        assertThat(dropped()).containsExactly("drop.group.partial-not-begun");
    }

    /** Sixteen senders with 100 octets each under way, in 1000 octets. */
    @Test
    void allMessagesTogetherHoldNoMoreThanTheBound() {
        PartialMessages small = new PartialMessages(1000);
        int[] forty = new int[40];
        int whole = 0;
        for (int node = 1; node <= 16; node++) {
            small.accept(node, piece(100, Part.FIRST, forty), out::add);
            assertThat(small.bytes()).isPositive().isLessThanOrEqualTo(1000);
        }
        for (int node = 1; node <= 16; node++) {
            small.accept(node, piece(100, Part.CONTINUED, forty), out::add);
            assertThat(small.bytes()).isLessThanOrEqualTo(1000);
        }
        for (int node = 1; node <= 16; node++)
            if (small.accept(node, piece(100, Part.LAST, new int[20]), out::add).isPresent()) whole++;
        assertThat(whole).isBetween(1, 12);
        assertThat(dropped()).contains("drop.group.partial-no-room", "drop.group.partial-not-begun");
        assertThat(small.bytes()).as("all are complete or given up").isZero();
    }

    /** An interrupted sender holds room until somebody needs it. */
    @Test
    void aMessageAsLongAsTheBoundHasRoomBesideOnesThatNobodyFinishes() {
        PartialMessages small = new PartialMessages(1000);
        for (int node = 3; node <= 10; node++) small.accept(node, piece(200, Part.FIRST, new int[100]), out::add);
        assertThat(small.accept(2, piece(1000, Part.FIRST, new int[400]), out::add))
                .isEmpty();
        assertThat(small.accept(2, piece(1000, Part.CONTINUED, new int[400]), out::add))
                .isEmpty();
        assertThat(small.bytes()).isLessThanOrEqualTo(1000);
        assertThat(small.accept(2, piece(1000, Part.LAST, new int[200]), out::add))
                .isPresent();
        assertThat(dropped()).hasSize(8).containsOnly("drop.group.partial-no-room");
    }

    @Test
    void aSenderHasAMessageUnderWayToEachGroup() {
        GroupName h = GroupName.of("h");
        assertThat(accept(2, piece(2, Part.FIRST, 1))).isEmpty();
        assertThat(accept(2, new CpgPartial(h, 2, 20, Part.FIRST, 2, 0, new byte[] {3})))
                .isEmpty();
        assertThat(accept(2, piece(2, Part.LAST, 2))).hasValue(new byte[] {1, 2});
        assertThat(accept(2, new CpgPartial(h, 2, 20, Part.LAST, 2, 0, new byte[] {4})))
                .hasValue(new byte[] {3, 4});
        assertThat(dropped()).isEmpty();
    }

    @Test
    void whatStartsAgainGivesTheFormerUp() {
        assertThat(accept(2, piece(2, Part.FIRST, 1))).isEmpty();
        assertThat(accept(2, piece(2, Part.FIRST, 5))).isEmpty();
        assertThat(accept(2, piece(2, Part.LAST, 6))).hasValue(new byte[] {5, 6});
        assertThat(dropped()).containsExactly("drop.group.partial-unfinished");
    }

    private Optional<byte[]> accept(int node, CpgPartial piece) {
        return partials.accept(node, piece, out::add);
    }

    private List<String> dropped() {
        List<String> reasons =
                out.stream().map(e -> ((ServiceEffect.Dropped) e).counter()).toList();
        out.clear();
        return reasons;
    }

    private static CpgPartial piece(int messageBytes, Part part, int... octets) {
        byte[] piece = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) piece[i] = (byte) octets[i];
        return new CpgPartial(G, messageBytes, 20, part, 2, 0, piece);
    }
}
