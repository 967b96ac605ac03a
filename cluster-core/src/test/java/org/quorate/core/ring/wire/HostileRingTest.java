package org.quorate.core.ring.wire;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quorate.RingId;

/** What a broken or hostile node may send: refused by name, before anything of its claimed size is allocated. */
class HostileRingTest {
    private static final RingId RING = new RingId(1, 0x1A);

    @Test
    void nothingAndHalfAHeaderAreShort() {
        assertThat(reason(new byte[0])).isEqualTo(RingDropReason.SHORT);
        assertThat(reason(Arrays.copyOf(token(0).encode(), 12))).isEqualTo(RingDropReason.SHORT);
    }

    @Test
    void everyTypeCutToItsCommonHeaderIsShort() {
        for (byte[] packet : oneOfEach()) {
            assertThat(reason(Arrays.copyOf(packet, 13))).isEqualTo(RingDropReason.SHORT);
        }
    }

    @Test
    void aPacketThatACorosyncWouldAbortOnIsLong() {
        byte[] mcast = Mcast.encode(1, Mcast.ENCAPSULATED, 1, 0, RING, 0, new byte[65536 - 45]);
        assertThat(RingMessages.decode(mcast)).isInstanceOf(Decoded.Ok.class);
        assertThat(reason(Arrays.copyOf(mcast, 65537))).isEqualTo(RingDropReason.LONG);
    }

    @Test
    void anotherMagicVersionOrTypeIsNotOurs() {
        assertThat(reason(with(token(0).encode(), 0, 0x71))).isEqualTo(RingDropReason.MAGIC);
        assertThat(reason(with(token(0).encode(), 2, 2))).isEqualTo(RingDropReason.VERSION);
        assertThat(reason(with(token(0).encode(), 3, 6))).isEqualTo(RingDropReason.TYPE);
        assertThat(reason(with(token(0).encode(), 3, 0xFF))).isEqualTo(RingDropReason.TYPE);
    }

    @Test
    void extraOctetsBehindAMessageAreTolerated() {
        for (byte[] packet : oneOfEach()) {
            Decoded longer = RingMessages.decode(Arrays.copyOf(packet, packet.length + 7));
            assertThat(longer).isInstanceOf(Decoded.Ok.class);
            if (packet[3] != RingMessages.TYPE_MCAST) assertThat(longer).isEqualTo(RingMessages.decode(packet));
        }
    }

    @Test
    void aTokenWithMoreThanThirtyRequestsIsRefused() {
        assertThat(RingMessages.decode(token(30).encode())).isEqualTo(new Decoded.Ok(token(30)));
        byte[] packet = Arrays.copyOf(token(30).encode(), 57 + 31 * 16);
        for (int count : new int[] {31, 1000, Integer.MAX_VALUE, -1, 0x1000_0000, 0x1000_0001}) {
            assertThat(reason(with32(packet, 53, count))).isEqualTo(RingDropReason.COUNT);
        }
    }

    @Test
    void aTokenOfMoreThan1500OctetsIsRefusedThoughItsCountsAreFine() {
        assertThat(RingMessages.decode(Arrays.copyOf(token(2).encode(), 1500))).isEqualTo(new Decoded.Ok(token(2)));
        assertThat(reason(Arrays.copyOf(token(2).encode(), 1501))).isEqualTo(RingDropReason.TOKEN_LONG);
    }

    @Test
    void aTokenShorterThanItsCountIsTruncated() {
        byte[] packet = token(3).encode();
        for (int bytes = 57; bytes < packet.length; bytes++) {
            assertThat(reason(Arrays.copyOf(packet, bytes))).isEqualTo(RingDropReason.TRUNCATED);
        }
    }

    @Test
    void aJoinWithMoreThan384NodesInEitherListIsRefused() {
        Join full = new Join(1, 0, 1, nodes(384), nodes(384), 8);
        assertThat(RingMessages.decode(full.encode())).isEqualTo(new Decoded.Ok(full));
        byte[] packet = Arrays.copyOf(full.encode(), 60000);
        for (int count : new int[] {385, 65535, Integer.MAX_VALUE, -1}) {
            assertThat(reason(with32(packet, 17, count))).isEqualTo(RingDropReason.COUNT);
            assertThat(reason(with32(packet, 21, count))).isEqualTo(RingDropReason.COUNT);
        }
    }

    @Test
    void aJoinWhoseCountsOverflowTheLengthIsRefused() {
        byte[] packet = new Join(1, 0, 1, nodes(2), List.of(), 8).encode();
        // 4 * (p + f) is 0 in 32 bits
        assertThat(reason(with32(with32(packet, 17, 0x2000_0000), 21, 0x2000_0000)))
                .isEqualTo(RingDropReason.COUNT);
        assertThat(reason(with32(with32(packet, 17, -2), 21, 2))).isEqualTo(RingDropReason.COUNT);
        assertThat(reason(with32(packet, 17, 0x4000_0000))).isEqualTo(RingDropReason.COUNT);
    }

    @Test
    void aJoinShorterThanItsListsIsTruncated() {
        byte[] packet = new Join(1, 0, 1, nodes(2), nodes(1), 8).encode();
        for (int bytes = 33; bytes < packet.length; bytes++) {
            assertThat(reason(Arrays.copyOf(packet, bytes))).isEqualTo(RingDropReason.TRUNCATED);
        }
    }

    @Test
    void nodeZeroIsNobody() {
        assertThat(reason(new Join(1, 0, 0, nodes(1), List.of(), 8).encode())).isEqualTo(RingDropReason.NODE_ID);
        assertThat(reason(new Join(1, 0, 1, List.of(1, 0), List.of(), 8).encode()))
                .isEqualTo(RingDropReason.NODE_ID);
        assertThat(reason(new Join(1, 0, 1, List.of(1), List.of(0), 8).encode()))
                .isEqualTo(RingDropReason.NODE_ID);
        assertThat(reason(new MergeDetect(1, 0, 0, RING).encode())).isEqualTo(RingDropReason.NODE_ID);
        assertThat(reason(with32(commit(2).encode(), 41, 0))).isEqualTo(RingDropReason.NODE_ID);
    }

    @Test
    void aJoinWithEmptyListsIsWellFormedAndForTheRingToJudge() {
        Join nobody = new Join(1, 0, 1, List.of(), List.of(), 8);
        assertThat(RingMessages.decode(nobody.encode())).isEqualTo(new Decoded.Ok(nobody));
    }

    @Test
    void aCommitTokenWithMoreThan384MembersIsRefused() {
        assertThat(RingMessages.decode(commit(384).encode())).isEqualTo(new Decoded.Ok(commit(384)));
        byte[] packet = Arrays.copyOf(commit(384).encode(), 60000);
        for (int count : new int[] {385, 1428, Integer.MAX_VALUE, -1, 0x0924_9250}) {
            assertThat(reason(with32(packet, 37, count))).isEqualTo(RingDropReason.COUNT);
        }
    }

    @Test
    void aCommitTokenForNobodyIsRefused() {
        assertThat(reason(with32(commit(2).encode(), 37, 0))).isEqualTo(RingDropReason.NO_MEMBERS);
    }

    @Test
    void aCommitTokenTooShortForItsMembersIsTruncated() {
        byte[] packet = commit(3).encode();
        for (int bytes = 41; bytes < packet.length; bytes++) {
            assertThat(reason(Arrays.copyOf(packet, bytes))).isEqualTo(RingDropReason.TRUNCATED);
        }
    }

    @Test
    void aCommitTokenWhoseIndexIsBeyondItsMembersIsRefused() {
        byte[] packet = commit(3).encode();
        for (int index = 0; index <= 3; index++) {
            assertThat(RingMessages.decode(with32(packet, 33, index))).isInstanceOf(Decoded.Ok.class);
        }
        for (int index : new int[] {4, 384, Integer.MAX_VALUE, -1}) {
            assertThat(reason(with32(packet, 33, index))).isEqualTo(RingDropReason.MEMBER_INDEX);
        }
    }

    @Test
    void aCommitTokenWithMembersOutOfOrderOrTwiceIsRefused() {
        byte[] packet = commit(3).encode();
        assertThat(reason(with32(packet, 41, 2))).isEqualTo(RingDropReason.MEMBER_ORDER);
        assertThat(reason(with32(packet, 41, 9))).isEqualTo(RingDropReason.MEMBER_ORDER);
        assertThat(reason(with32(packet, 49, 2))).isEqualTo(RingDropReason.MEMBER_ORDER);
    }

    @Test
    void membersAreOrderedAsUnsignedNumbers() {
        CommitToken high = new CommitToken(
                1,
                2,
                1,
                RING,
                0,
                0,
                List.of(1, 0x7FFF_FFFF, 0x8000_0000, -1),
                Collections.nCopies(4, CommitEntry.EMPTY));
        assertThat(RingMessages.decode(high.encode())).isEqualTo(new Decoded.Ok(high));
        assertThatThrownBy(() ->
                        new CommitToken(1, 2, 1, RING, 0, 0, List.of(-1, 1), Collections.nCopies(2, CommitEntry.EMPTY)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anMcastOfAnUnknownEncapsulationIsRefused() {
        byte[] packet = Mcast.encode(1, Mcast.ORDINARY, 1, 0, RING, 0);
        for (int encapsulated : new int[] {0, 3, 255}) {
            assertThat(reason(with(packet, 4, encapsulated))).isEqualTo(RingDropReason.ENCAPSULATED);
        }
    }

    @Test
    void anMcastOf44OctetsIsShortAndOneOf45HasNoBody() {
        byte[] packet = Mcast.encode(1, Mcast.ORDINARY, 1, 0, RING, 0);
        assertThat(packet).hasSize(45);
        assertThat(mcast(packet).bodyBytes()).isZero();
        assertThat(mcast(packet).body().remaining()).isZero();
        assertThat(reason(Arrays.copyOf(packet, 44))).isEqualTo(RingDropReason.SHORT);
    }

    @Test
    void anEnvelopeWithAnythingButAnOrdinaryMcastIsEmpty() {
        byte[] ordinary = Mcast.encode(2, Mcast.ORDINARY, 7, 3, new RingId(2, 4), 0, new byte[] {1, 2, 3});
        byte[] envelope = envelope(ordinary);
        assertThat(mcast(envelope).inner().map(Mcast::packet)).hasValue(ordinary);
        assertThat(mcast(ordinary).inner()).isEmpty();
        assertThat(mcast(envelope(envelope)).inner()).isEmpty();
        assertThat(mcast(envelope(token(1).encode())).inner()).isEmpty();
        assertThat(mcast(envelope(new byte[0])).inner()).isEmpty();
        assertThat(mcast(envelope(Arrays.copyOf(ordinary, 44))).inner()).isEmpty();
    }

    @Test
    void anEnvelopeMayCarryAMessageOfTheOtherByteOrder() {
        byte[] inner = new byte[46];
        ByteBuffer.wrap(inner)
                .put(new byte[] {(byte) 0xC0, 0x70, 3, 1, Mcast.ORDINARY})
                .putInt(2)
                .putInt(0)
                .putInt(2)
                .putInt(77)
                .putInt(0)
                .putInt(2)
                .putLong(4);
        Mcast found = mcast(envelope(inner)).inner().orElseThrow();
        assertThat(found.littleEndian()).isFalse();
        assertThat(found.seq()).isEqualTo(77);
        assertThat(found.ringId()).isEqualTo(new RingId(2, 4));
        assertThat(found.bodyBytes()).isEqualTo(1);
        assertThat(found.encode()).isEqualTo(inner);
    }

    @Test
    void aRetransmittedMcastGoesToAllWhateverItsTargetWas() {
        byte[] packet = Mcast.encode(1, Mcast.ORDINARY, 1, 0, RING, 0, new byte[] {9});
        assertThat(mcast(packet).encodeForAll()).isSameAs(packet);
        byte[] toOne = with32(packet, 9, 3);
        assertThat(mcast(toOne).target()).isEqualTo(3);
        assertThat(mcast(toOne).encodeForAll()).isEqualTo(packet);
        assertThat(mcast(toOne).encode()).isSameAs(toOne);
    }

    @Test
    void whatPeersWouldTakeAmissIsNotMade() {
        assertThatThrownBy(() -> Mcast.encode(1, Mcast.ORDINARY, 1, 0, RING, 0, new byte[65447]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mcast of 65492 octets, at most 65491");
        assertThat(Mcast.encode(1, Mcast.ORDINARY, 1, 0, RING, 0, new byte[65446]))
                .hasSize(65491);
        assertThatThrownBy(() -> Mcast.encode(1, Mcast.ENCAPSULATED, 1, 0, RING, 0, new byte[65492]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Mcast.encode(1, 0, 1, 0, RING, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> token(31)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Join(1, 0, 1, nodes(385), List.of(), 8))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Join(1, 0, 1, List.of(), nodes(385), 8))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CommitToken(1, 2, 1, RING, 0, 0, List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CommitToken(1, 2, 1, RING, 0, 0, List.of(1, 2), List.of(CommitEntry.EMPTY)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CommitToken(1, 2, 1, RING, 0, 2, List.of(1), List.of(CommitEntry.EMPTY)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nodeIdsAndNumbersKeepAll32Bits() {
        Token token = new Token(-1, -2, -3, -4, -5, -6, new RingId(-7, -8), -9, -10, 1, List.of());
        assertThat(RingMessages.decode(token.encode())).isEqualTo(new Decoded.Ok(token));
        Join join = new Join(-1, 0, -1, List.of(-1, 0x8000_0000), List.of(-2), -1);
        assertThat(RingMessages.decode(join.encode())).isEqualTo(new Decoded.Ok(join));
    }

    @Test
    void aLeaveIsAJoinWithoutNodeIdWhoseSenderIsStillNamed() {
        Join leave = new Join(0, 0, 3, List.of(1, 2), List.of(3), 13);
        assertThat(leave.isLeave()).isTrue();
        assertThat(RingMessages.decode(leave.encode())).isEqualTo(new Decoded.Ok(leave));
        assertThat(new Join(3, 0, 3, List.of(1, 2), List.of(3), 13).isLeave()).isFalse();
    }

    @Test
    void everyReasonHasItsOwnCounter() {
        assertThat(Arrays.stream(RingDropReason.values()).map(RingDropReason::counterName))
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("drop\\.ring\\.[a-z-]+"));
    }

    private static List<byte[]> oneOfEach() {
        return List.of(
                token(2).encode(),
                Mcast.encode(1, Mcast.ORDINARY, 1, 0, RING, 0, new byte[] {1}),
                new MergeDetect(1, 0, 1, RING).encode(),
                new Join(1, 0, 1, nodes(3), nodes(1), 8).encode(),
                commit(3).encode(),
                new HoldCancel(1, 0, RING).encode());
    }

    private static Token token(int requests) {
        return new Token(
                1, 2, 40, 7, 39, 2, RING, 5, 6, 0, Collections.nCopies(requests, new RetransmitRequest(RING, 40)));
    }

    private static CommitToken commit(int members) {
        List<CommitEntry> entries = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            entries.add(new CommitEntry(new RingId(1, i), 10 + i, 9 + i, i % 2 == 0));
        }
        return new CommitToken(1, 2, 4, RING, 0, members, nodes(members), entries);
    }

    private static List<Integer> nodes(int count) {
        return IntStream.rangeClosed(1, count).boxed().toList();
    }

    private static byte[] envelope(byte[] inner) {
        return Mcast.encode(1, Mcast.ENCAPSULATED, 1, 0, RING, 0, inner);
    }

    private static Mcast mcast(byte[] packet) {
        return (Mcast) ((Decoded.Ok) RingMessages.decode(packet)).message();
    }

    private static RingDropReason reason(byte[] packet) {
        Decoded decoded = RingMessages.decode(packet);
        assertThat(decoded).isInstanceOf(Decoded.Malformed.class);
        return ((Decoded.Malformed) decoded).reason();
    }

    private static byte[] with(byte[] packet, int at, int octet) {
        byte[] copy = packet.clone();
        copy[at] = (byte) octet;
        return copy;
    }

    private static byte[] with32(byte[] packet, int at, int value) {
        byte[] copy = packet.clone();
        ByteBuffer.wrap(copy).order(LITTLE_ENDIAN).putInt(at, value);
        return copy;
    }
}
