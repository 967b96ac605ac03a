package org.quorate.core.group.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.core.group.wire.CpgPartial.Part;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.Parsed;

/** Messages of process groups that cannot be right, and what names may be. */
class HostileGroupsTest {
    private static final GroupName GROUP = GroupName.of("orders");

    private static final List<CpgMessage> ONE_OF_EACH = List.of(
            new ProcJoin(GROUP, 7),
            new ProcLeave(GROUP, 7, CpgMessage.REASON_PROCESS_DOWN),
            new JoinList(List.of(new JoinList.Entry(7, GROUP), new JoinList.Entry(8, GroupName.of("x")))),
            new CpgMcast(GROUP, 7, 3, 0x1234_5678_9ABCL, new byte[] {1, 2, 3}),
            new CpgPartial(GROUP, 1_100_000, 7, Part.CONTINUED, 3, -1, new byte[] {4, 5}),
            new Downlist(3, List.of(2, 3)));

    @Test
    void messagesHaveTheSizesOfCorosync() {
        assertThat(ONE_OF_EACH.stream().map(message -> message.encode().length))
                .containsExactly(168, 168, 24 + 2 * 144, 184 + 3, 200 + 2, 1568);
    }

    @Test
    void everyMessageShorterThanItsKindIsRefused() {
        for (CpgMessage message : ONE_OF_EACH) {
            byte[] octets = message.encode();
            assertThat(decode(octets)).isEqualTo(Parsed.ok(message));
            for (int bytes = 0; bytes < octets.length; bytes++) {
                byte[] cut = Arrays.copyOf(octets, bytes);
                assertThat(decode(cut)).isInstanceOf(Parsed.Malformed.class);
                boolean wholeEntries = message instanceof JoinList && bytes >= 24 && (bytes - 24) % 144 == 0;
                if (bytes >= 16 && !wholeEntries) {
                    assertThat(decode(with32(cut, 8, bytes))).isInstanceOf(Parsed.Malformed.class);
                }
            }
        }
    }

    @Test
    void octetsBehindAMessageAreTolerated() {
        for (CpgMessage message : ONE_OF_EACH) {
            byte[] octets = message.encode();
            assertThat(decode(Arrays.copyOf(octets, octets.length + 5))).isEqualTo(Parsed.ok(message));
        }
    }

    @Test
    void namesOfNoneOrMoreThan128OctetsAreRefused() {
        byte[] join = new ProcJoin(GROUP, 7).encode();
        for (int length : new int[] {0, 129, -1, Integer.MAX_VALUE}) {
            assertThat(decode(with32(join, 16, length))).isEqualTo(bad(DropReason.CPG_NAME));
        }
        byte[] list = ONE_OF_EACH.get(2).encode();
        assertThat(decode(with32(list, 24 + 144 + 8, 0))).isEqualTo(bad(DropReason.CPG_NAME));
        assertThat(decode(with32(ONE_OF_EACH.get(1).encode(), 16, 0))).isEqualTo(bad(DropReason.CPG_NAME));
        assertThat(decode(with32(ONE_OF_EACH.get(3).encode(), 16, 0))).isEqualTo(bad(DropReason.CPG_NAME));
        assertThat(decode(with32(ONE_OF_EACH.get(4).encode(), 16, 0))).isEqualTo(bad(DropReason.CPG_NAME));
        assertThatThrownBy(() -> GroupName.of("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GroupName.of(new byte[129])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNameIsAnyOctetsUpToItsLength() {
        byte[] octets = new byte[128];
        for (int i = 0; i < 128; i++) octets[i] = (byte) (i * 37);
        ProcJoin longest = new ProcJoin(GroupName.of(octets), 7);
        assertThat(decode(longest.encode())).isEqualTo(Parsed.ok(longest));

        byte[] join = new ProcJoin(GROUP, 7).encode();
        Arrays.fill(join, 24 + 6, 152, (byte) 'x');
        assertThat(decode(join)).isEqualTo(Parsed.ok(new ProcJoin(GROUP, 7)));
        assertThat(GroupName.of("a\0b")).isNotEqualTo(GroupName.of("a"));
    }

    @Test
    void namesAreOrderedByUnsignedOctetsAndShorterFirst() {
        assertThat(List.of(GroupName.of("a"), GroupName.of("aa"), GroupName.of("b"), GroupName.of(new byte[] {-1})))
                .isSorted();
        byte[] octets = {1, 2};
        GroupName name = GroupName.of(octets);
        octets[0] = 9;
        name.octets()[0] = 9;
        assertThat(name).isEqualTo(GroupName.of(new byte[] {1, 2})).hasToString("\1\2");
    }

    @Test
    void halfAnEntryOfAJoinListIsRefused() {
        byte[] list = ONE_OF_EACH.get(2).encode();
        assertThat(decode(with32(list, 8, list.length - 1))).isEqualTo(bad(DropReason.CPG_LENGTH));
        assertThat(decode(with32(list, 8, 24))).isEqualTo(Parsed.ok(new JoinList(List.of())));
        assertThat(decode(with32(list, 8, 23))).isEqualTo(bad(DropReason.MESSAGE_SIZE));
    }

    @Test
    void aJoinListHasAsManyEntriesAsFitIntoAMebibyte() {
        assertThat(JoinList.MAX_ENTRIES).isEqualTo(7281);
        JoinList most = new JoinList(Collections.nCopies(7281, new JoinList.Entry(7, GROUP)));
        assertThat(most.encode()).hasSizeLessThanOrEqualTo(1 << 20);
        assertThat(decode(most.encode())).isEqualTo(Parsed.ok(most));
        byte[] more = Arrays.copyOf(most.encode(), 24 + 7282 * 144);
        assertThat(decode(with32(more, 8, more.length))).isEqualTo(bad(DropReason.CPG_COUNT));
        assertThatThrownBy(() -> new JoinList(Collections.nCopies(7282, new JoinList.Entry(7, GROUP))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPayloadLongerThanItsMessageIsRefused() {
        for (int length : new int[] {4, -1, Integer.MAX_VALUE}) {
            assertThat(decode(with32(ONE_OF_EACH.get(3).encode(), 152, length))).isEqualTo(bad(DropReason.CPG_LENGTH));
            assertThat(decode(with32(ONE_OF_EACH.get(4).encode(), 160, length))).isEqualTo(bad(DropReason.CPG_LENGTH));
        }
        assertThat(decode(with32(ONE_OF_EACH.get(4).encode(), 152, -1))).isEqualTo(bad(DropReason.CPG_LENGTH));
    }

    @Test
    void aPieceIsFirstContinuedOrLast() {
        byte[] partial = ONE_OF_EACH.get(4).encode();
        assertThat(partial[176]).isEqualTo((byte) 2);
        for (int part : new int[] {0, 4, -1}) {
            assertThat(decode(with32(partial, 176, part))).isEqualTo(bad(DropReason.CPG_PART));
        }
        assertThat(decode(with32(partial, 176, 1)))
                .isEqualTo(Parsed.ok(new CpgPartial(GROUP, 1_100_000, 7, Part.FIRST, 3, -1, new byte[] {4, 5})));
        assertThat(decode(with32(partial, 176, 3)))
                .isEqualTo(Parsed.ok(new CpgPartial(GROUP, 1_100_000, 7, Part.LAST, 3, -1, new byte[] {4, 5})));
    }

    @Test
    void aDownlistNamesAtMost384Nodes() {
        Downlist most = new Downlist(384, Collections.nCopies(384, 5));
        assertThat(decode(most.encode())).isEqualTo(Parsed.ok(most));
        for (int count : new int[] {385, -1, Integer.MAX_VALUE}) {
            assertThat(decode(with32(most.encode(), 24, count))).isEqualTo(bad(DropReason.CPG_COUNT));
        }
        assertThatThrownBy(() -> new Downlist(1, Collections.nCopies(385, 5)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theOldDownlistAndMessagesOfNewerNodesAreCountedAndDropped() {
        byte[] old = Arrays.copyOf(new ProcJoin(GROUP, 7).encode(), 1560);
        assertThat(decode(with32(with32(old, 0, 0x20004), 8, 1560))).isEqualTo(bad(DropReason.CPG_OLD_DOWNLIST));
        for (int function : new int[] {7, 0xFFFF}) {
            assertThat(decode(with32(old, 0, 0x20000 | function))).isEqualTo(bad(DropReason.SERVICE_FUNCTION));
        }
        assertThat(decode(with32(old, 0, 0x10000))).isEqualTo(bad(DropReason.SERVICE_FUNCTION));
    }

    @Test
    void payloadsLongerThanRealNodesSendAreNotMade() {
        byte[] most = new byte[CpgMcast.MAX_PAYLOAD_BYTES];
        assertThat(new CpgMcast(GROUP, 7, 3, 0, most).encode()).hasSize(1_047_736);
        byte[] more = new byte[CpgMcast.MAX_PAYLOAD_BYTES + 1];
        assertThatThrownBy(() -> new CpgMcast(GROUP, 7, 3, 0, more).encode())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CpgPartial(GROUP, 1, 7, Part.FIRST, 3, 0, more).encode())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aBigEndianNodesMessagesAreRead() {
        ByteBuffer big = ByteBuffer.allocate(187).order(BIG_ENDIAN);
        big.putInt(0, 0x20003).putInt(8, 187).putInt(16, 6).put(24, GROUP.octets());
        big.putInt(152, 3).putInt(160, 7).putInt(168, 3).putLong(176, 9).put(184, new byte[] {1, 2, 3});
        assertThat(CpgMessage.decode(big, false))
                .isEqualTo(Parsed.ok(new CpgMcast(GROUP, 7, 3, 9, new byte[] {1, 2, 3})));

        ByteBuffer list = ByteBuffer.allocate(168).order(BIG_ENDIAN);
        list.putInt(0, 0x20002).putInt(8, 168).putInt(24, 7).putInt(32, 6).put(40, GROUP.octets());
        assertThat(CpgMessage.decode(list, false))
                .isEqualTo(Parsed.ok(new JoinList(List.of(new JoinList.Entry(7, GROUP)))));
    }

    @Test
    void everyReasonHasItsOwnCounter() {
        assertThat(Arrays.stream(DropReason.values()).map(DropReason::counterName))
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("drop\\.[a-z]+\\.[a-z-]+"));
    }

    private static Parsed<CpgMessage> decode(byte[] message) {
        return CpgMessage.decode(ByteBuffer.wrap(message), true);
    }

    private static Parsed<CpgMessage> bad(DropReason reason) {
        return Parsed.malformed(reason);
    }

    private static byte[] with32(byte[] message, int at, int value) {
        byte[] copy = message.clone();
        ByteBuffer.wrap(copy).order(LITTLE_ENDIAN).putInt(at, value);
        return copy;
    }
}
