package org.quorate.core.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterException.Reason;
import org.quorate.Group;
import org.quorate.Group.GroupMember;
import org.quorate.NodeId;
import org.quorate.RingId;
import org.quorate.core.group.wire.CpgMcast;
import org.quorate.core.group.wire.CpgMessage;
import org.quorate.core.group.wire.CpgPartial;
import org.quorate.core.group.wire.Downlist;
import org.quorate.core.group.wire.GroupName;
import org.quorate.core.group.wire.JoinList;
import org.quorate.core.group.wire.ProcJoin;
import org.quorate.core.group.wire.ProcLeave;
import org.quorate.core.service.ServiceEffect;
import org.quorate.core.service.wire.ServiceHeader;
import org.quorate.core.wire.Parsed;

/** Who is in a group, and what its members hear: cpg.md sections 2 to 4, seen from node 1 with process id 10. */
class GroupServiceTest {
    private static final GroupName G = GroupName.of("g");
    private static final GroupMember ME = new GroupMember(NodeId.of(1), 10);
    private static final GroupMember OTHER = new GroupMember(NodeId.of(2), 20);

    private final GroupService service = new GroupService(1, 10, 1000);
    private final List<ServiceEffect> out = new ArrayList<>();

    @Test
    void theOwnJoinIsTheFirstThingAMemberSees() {
        hear(2, new ProcJoin(G, 20));
        assertThat(out).isEmpty();
        service.join("g", 0, out::add);
        assertThat(sent()).containsExactly(new ProcJoin(G, 10));
        assertThat(service.refuse("g", 0)).isNull();
        hear(1, new ProcJoin(G, 10));
        assertThat(out).containsExactly(changed(List.of(ME, OTHER), List.of(ME), List.of(), Group.Reason.JOIN));
    }

    @Test
    void whoLeavesBeforeItCameInHearsNothingOfTheOthersUntilItsOwnJoin() {
        hear(2, new ProcJoin(G, 20));
        service.join("g", 0, out::add);
        service.leave("g", 0, out::add);
        out.clear();
        hear(2, new CpgMcast(G, 20, 2, 0, new byte[] {1}));
        hear(2, new ProcJoin(G, 21));
        assertThat(out).isEmpty();
        hear(1, new ProcJoin(G, 10));
        hear(1, new ProcLeave(G, 10, CpgMessage.REASON_LEAVE));
        assertThat(out).hasSize(2);
        hear(2, new ProcLeave(G, 21, CpgMessage.REASON_LEAVE));
        assertThat(out).hasSize(2);
    }

    @Test
    void aMessageIsHeardOnlyIfItsNodeHasAMember() {
        join();
        hear(2, new CpgMcast(G, 20, 2, 0, new byte[] {1}));
        assertThat(out).containsExactly(new ServiceEffect.Dropped("drop.group.sender-not-a-member"));
        out.clear();
        hear(2, new ProcJoin(G, 20));
        out.clear();
        hear(2, new CpgMcast(G, 20, 2, 0, new byte[] {1}));
        assertThat(out).singleElement().isInstanceOfSatisfying(ServiceEffect.GroupMessage.class, m -> {
            assertThat(m.sender()).isEqualTo(OTHER);
            assertThat(m.ticket()).isEqualTo(-1);
        });
    }

    @Test
    void anOwnMessageBringsItsTicketBackOnce() {
        join();
        service.send("g", 0, new byte[] {7}, 42, out::add);
        CpgMessage message = sent().get(0);
        hear(1, message);
        hear(1, message);
        assertThat(out)
                .extracting(e -> ((ServiceEffect.GroupMessage) e).ticket())
                .containsExactly(42L, -1L);
    }

    @Test
    void whoJoinsAgainWhileItsLeaveIsUnderWayIsAnotherMember() {
        join();
        service.leave("g", 0, out::add);
        service.join("g", 1, out::add);
        assertThat(sent()).containsExactly(new ProcLeave(G, 10, CpgMessage.REASON_LEAVE), new ProcJoin(G, 11));
        assertThat(service.refuse("g", 0)).isEqualTo(Reason.NOT_A_MEMBER);
        assertThat(service.refuse("g", 1)).isNull();
        hear(1, new ProcLeave(G, 10, CpgMessage.REASON_LEAVE));
        assertThat(out).containsExactly(changed(List.of(), List.of(), List.of(ME), Group.Reason.LEAVE));
        out.clear();
        hear(2, new ProcJoin(G, 20));
        assertThat(out).isEmpty();
        hear(1, new ProcJoin(G, 11));
        assertThat(out)
                .containsExactly(changed(List.of(second(), OTHER), List.of(second()), List.of(), Group.Reason.JOIN));
    }

    @Test
    void twoMembersOfOneNodeComeAndGoOnTheirOwn() {
        join();
        service.join("g", 1, out::add);
        service.join("g", 1, out::add);
        assertThat(sent()).containsExactly(new ProcJoin(G, 11));
        hear(1, new ProcJoin(G, 11));
        assertThat(out)
                .containsExactly(changed(List.of(ME, second()), List.of(second()), List.of(), Group.Reason.JOIN));
        out.clear();
        service.send("g", 1, new byte[] {7}, 3, out::add);
        hear(1, sent().get(0));
        assertThat(out).singleElement().isInstanceOfSatisfying(ServiceEffect.GroupMessage.class, m -> {
            assertThat(m.sender()).isEqualTo(second());
            assertThat(m.ticket()).isEqualTo(3);
        });
        membershipTurn(new JoinList(List.of(new JoinList.Entry(10, G), new JoinList.Entry(11, G))));
        service.leave("g", 0, out::add);
        hear(1, sent().get(0));
        assertThat(out).containsExactly(changed(List.of(second()), List.of(), List.of(ME), Group.Reason.LEAVE));
        membershipTurn(new JoinList(List.of(new JoinList.Entry(11, G))));
        assertThat(service.isIdle()).isFalse();
        service.leaveAll(out::add);
        assertThat(sent()).containsExactly(new ProcLeave(G, 11, CpgMessage.REASON_PROCESS_DOWN));
        hear(1, new ProcLeave(G, 11, CpgMessage.REASON_PROCESS_DOWN));
        assertThat(service.isIdle()).isTrue();
    }

    /** Takes the turn in a synchronisation and checks what the others are told of the own members. */
    private void membershipTurn(JoinList expected) {
        out.clear();
        service.begin(0, new RingId(1, 8), List.of(1), List.of(1), out::add);
        service.turn(0, out::add);
        assertThat(sent()).contains(expected);
        service.activate(0, out::add);
        out.clear();
    }

    @Test
    void membersAreBoundedThoseThatAreLeavingIncluded() {
        for (int i = 0; i < GroupService.MAX_LOCAL_MEMBERS; i++) service.join("g" + i % 7, i, out::add);
        assertThat(sent()).hasSize(GroupService.MAX_LOCAL_MEMBERS);
        service.leave("g0", 0, out::add);
        out.clear();
        service.join("h", GroupService.MAX_LOCAL_MEMBERS, out::add);
        assertThat(out).isEmpty();
        hear(1, new ProcJoin(GroupName.of("g0"), 10));
        hear(1, new ProcLeave(GroupName.of("g0"), 10, CpgMessage.REASON_LEAVE));
        out.clear();
        service.join("h", GroupService.MAX_LOCAL_MEMBERS, out::add);
        assertThat(sent()).hasSize(1);
    }

    private static GroupMember second() {
        return new GroupMember(NodeId.of(1), 11);
    }

    @Test
    void aProcessThatSomebodyInventedForThisNodeIsNotListed() {
        join();
        hear(1, new ProcJoin(G, 99));
        hear(1, new ProcJoin(GroupName.of("other"), 10));
        out.clear();
        service.begin(0, new RingId(1, 8), List.of(1), List.of(1), out::add);
        service.turn(0, out::add);
        assertThat(sent()).contains(new JoinList(List.of(new JoinList.Entry(10, G))));
    }

    @Test
    void sendingNeedsMembership() {
        assertThat(service.refuse("g", 0)).isEqualTo(Reason.NOT_A_MEMBER);
        join();
        service.leave("g", 0, out::add);
        assertThat(service.refuse("g", 0)).isEqualTo(Reason.NOT_A_MEMBER);
        assertThat(service.isIdle()).isFalse();
        hear(1, new ProcLeave(G, 10, CpgMessage.REASON_LEAVE));
        assertThat(service.isIdle()).isTrue();
        service.join("g", 1, out::add);
        assertThat(service.refuse("g", 1)).isNull();
    }

    @Test
    void aNodeThatIsGoneTakesItsMembersAlong() {
        join();
        membership(List.of(1, 2), List.of(1));
        hear(2, new ProcJoin(G, 20));
        out.clear();
        service.begin(0, new RingId(1, 12), List.of(1), List.of(1), out::add);
        service.turn(0, out::add);
        assertThat(sent())
                .containsExactly(new Downlist(2, List.of(2)), new JoinList(List.of(new JoinList.Entry(10, G))));
        service.activate(0, out::add);
        assertThat(out).containsExactly(changed(List.of(ME), List.of(), List.of(OTHER), Group.Reason.NODE_DOWN));
    }

    @Test
    void aNodeThatComesBringsItsMembers() {
        join();
        service.begin(0, new RingId(1, 12), List.of(1, 2), List.of(1), out::add);
        hear(2, new JoinList(List.of(new JoinList.Entry(20, G))));
        assertThat(out).isEmpty();
        service.activate(0, out::add);
        assertThat(out).containsExactly(changed(List.of(ME, OTHER), List.of(OTHER), List.of(), Group.Reason.NODE_UP));
    }

    /** A daemon forgets the first of the two changes when the second one comes before the first is synchronised. */
    @Test
    void aNodeThatWasAwayInARingThatWasNotSynchronisedIsGoneAndComes() {
        join();
        membership(List.of(1, 2), List.of(1));
        hear(2, new ProcJoin(G, 20));
        out.clear();
        service.begin(0, new RingId(1, 16), List.of(1), List.of(1), out::add);
        service.abort();
        service.begin(0, new RingId(1, 20), List.of(1, 2), List.of(1), out::add);
        service.abort();
        service.begin(0, new RingId(1, 24), List.of(1, 2), List.of(1, 2), out::add);
        hear(2, new JoinList(List.of(new JoinList.Entry(20, G))));
        out.clear();
        service.activate(0, out::add);
        assertThat(out)
                .containsExactly(
                        changed(List.of(ME), List.of(), List.of(OTHER), Group.Reason.NODE_DOWN),
                        changed(List.of(ME, OTHER), List.of(OTHER), List.of(), Group.Reason.NODE_UP));
        out.clear();
        service.begin(0, new RingId(1, 28), List.of(1, 2), List.of(1, 2), out::add);
        hear(2, new JoinList(List.of(new JoinList.Entry(20, G))));
        service.activate(0, out::add);
        assertThat(out).as("it is forgotten afterwards").isEmpty();
    }

    @Test
    void aMemberThatItsNodeDoesNotListAnyMoreIsGone() {
        join();
        membership(List.of(1, 2), List.of(1));
        hear(2, new ProcJoin(G, 20));
        out.clear();
        membership(List.of(1, 2), List.of(1, 2));
        assertThat(out).containsExactly(changed(List.of(ME), List.of(), List.of(OTHER), Group.Reason.PROCESS_DOWN));
    }

    @Test
    void anAbortForgetsWhatWasHeard() {
        join();
        service.begin(0, new RingId(1, 12), List.of(1, 2), List.of(1), out::add);
        hear(2, new JoinList(List.of(new JoinList.Entry(20, G))));
        service.abort();
        membership(List.of(1), List.of(1));
        assertThat(out).isEmpty();
    }

    @Test
    void aJoinListOutsideASynchronisationIsDropped() {
        join();
        JoinList list = new JoinList(List.of(new JoinList.Entry(20, G)));
        ServiceEffect dropped = new ServiceEffect.Dropped("drop.group.join-list-out-of-turn");
        hear(2, list);
        service.begin(0, new RingId(1, 12), List.of(1, 2), List.of(1), out::add);
        service.activate(0, out::add);
        hear(2, list);
        assertThat(out).containsExactly(dropped, dropped);
        out.clear();
        service.begin(0, new RingId(1, 16), List.of(1, 2), List.of(1, 2), out::add);
        service.abort();
        hear(2, list);
        assertThat(out).containsExactly(dropped);
        service.activate(0, out::add);
        assertThat(out).as("none of them was kept").containsExactly(dropped);
        assertThat(service.size()).isEqualTo(1);
    }

    @Test
    void aNodeHasNoMoreMembersThanItsJoinListCanName() {
        int most = GroupTable.MAX_MEMBERS_OF_NODE;
        ServiceEffect dropped = new ServiceEffect.Dropped("drop.group.too-many-members");
        for (int pid = 1; pid <= most; pid++) hear(2, new ProcJoin(GroupName.of("g" + pid % 5), pid));
        assertThat(out).isEmpty();
        hear(2, new ProcJoin(G, 10_000));
        assertThat(out).containsExactly(dropped);
        assertThat(service.size()).isEqualTo(most);
        hear(2, new ProcJoin(GroupName.of("g1"), 1));
        assertThat(out).as("who is in already is no drop").hasSize(1);
        hear(3, new ProcJoin(G, 10_000));
        hear(2, new ProcLeave(GroupName.of("g1"), 1, CpgMessage.REASON_LEAVE));
        hear(2, new ProcJoin(G, 10_000));
        assertThat(out).as("another node, and room again").hasSize(1);
        assertThat(service.size()).isEqualTo(most + 1);
    }

    @Test
    void joinListsNameNoMoreMembersOfANodeThanOneCan() {
        service.begin(0, new RingId(1, 12), List.of(1, 2), List.of(1), out::add);
        List<JoinList.Entry> entries = new ArrayList<>();
        for (int pid = 1; pid <= JoinList.MAX_ENTRIES; pid++) entries.add(new JoinList.Entry(pid, G));
        hear(2, new JoinList(entries));
        hear(2, new JoinList(entries));
        assertThat(out).as("said twice").isEmpty();
        hear(2, new JoinList(List.of(new JoinList.Entry(10_000, G), new JoinList.Entry(10_001, G))));
        assertThat(out).hasSize(2).containsOnly(new ServiceEffect.Dropped("drop.group.too-many-members"));
        service.activate(0, out::add);
        assertThat(service.size()).isEqualTo(JoinList.MAX_ENTRIES);
    }

    @Test
    void aMessageInPiecesIsHeardWhole() {
        join();
        hear(2, new ProcJoin(G, 20));
        out.clear();
        hear(2, piece(CpgPartial.Part.CONTINUED, 9));
        assertThat(out).containsExactly(new ServiceEffect.Dropped("drop.group.partial-not-begun"));
        out.clear();
        hear(2, piece(CpgPartial.Part.FIRST, 1));
        hear(2, piece(CpgPartial.Part.CONTINUED, 2));
        hear(2, piece(CpgPartial.Part.LAST, 3));
        assertThat(out)
                .singleElement()
                .isInstanceOfSatisfying(
                        ServiceEffect.GroupMessage.class,
                        m -> assertThat(m.payload()).containsExactly(1, 2, 3));
    }

    @Test
    void piecesForAGroupWithoutAMemberHereAreNotKept() {
        hear(2, new ProcJoin(G, 20));
        hear(2, piece(CpgPartial.Part.FIRST, 1));
        assertThat(service.partialBytes()).isZero();
        service.join("g", 0, out::add);
        hear(2, piece(CpgPartial.Part.FIRST, 1));
        assertThat(service.partialBytes()).as("the own join is not delivered").isZero();
        hear(1, new ProcJoin(G, 10));
        out.clear();
        hear(2, piece(CpgPartial.Part.CONTINUED, 2));
        hear(2, piece(CpgPartial.Part.LAST, 3));
        assertThat(out)
                .containsExactly(
                        new ServiceEffect.Dropped("drop.group.partial-not-begun"),
                        new ServiceEffect.Dropped("drop.group.partial-not-begun"));
    }

    @Test
    void whatTheLastMemberHereHalfHeardIsNotTheNextOnes() {
        join();
        hear(2, new ProcJoin(G, 20));
        hear(2, piece(CpgPartial.Part.FIRST, 1));
        assertThat(service.partialBytes()).isPositive();
        service.leave("g", 0, out::add);
        service.join("g", 1, out::add);
        out.clear();
        hear(1, new ProcLeave(G, 10, CpgMessage.REASON_LEAVE));
        assertThat(service.partialBytes()).isZero();
        hear(1, new ProcJoin(G, 11));
        hear(2, piece(CpgPartial.Part.CONTINUED, 2));
        hear(2, piece(CpgPartial.Part.LAST, 3));
        assertThat(out).noneMatch(ServiceEffect.GroupMessage.class::isInstance);
    }

    @Test
    void whatAMemberLeftUnfinishedGoesWithIt() {
        join();
        membership(List.of(1, 2), List.of(1));
        hear(2, new ProcJoin(G, 20));
        hear(2, new ProcJoin(G, 21));
        hear(2, piece(CpgPartial.Part.FIRST, 1));
        out.clear();
        hear(2, new ProcLeave(G, 20, CpgMessage.REASON_PROCESS_DOWN));
        assertThat(out).contains(new ServiceEffect.Dropped("drop.group.partial-unfinished"));
        assertThat(service.partialBytes()).isZero();
        hear(2, new ProcJoin(G, 20));
        hear(2, piece(CpgPartial.Part.FIRST, 1));
        assertThat(service.partialBytes()).isPositive();
        service.begin(0, new RingId(1, 16), List.of(1, 2), List.of(1, 2), out::add);
        hear(2, new JoinList(List.of(new JoinList.Entry(21, G))));
        service.activate(0, out::add);
        assertThat(service.partialBytes())
                .as("its node does not list it any more")
                .isZero();
        hear(2, new CpgPartial(G, 3, 21, CpgPartial.Part.FIRST, 2, 0, new byte[] {1}));
        assertThat(service.partialBytes()).isPositive();
        membership(List.of(1), List.of(1));
        assertThat(service.partialBytes()).as("its node is gone").isZero();
    }

    @Test
    void aMessageThatIsTooLargeIsDroppedAndTheNextIsHeard() {
        join();
        hear(2, new ProcJoin(G, 20));
        out.clear();
        hear(2, new CpgPartial(G, 1001, 20, CpgPartial.Part.FIRST, 2, 0, new byte[900]));
        hear(2, new CpgPartial(G, 1001, 20, CpgPartial.Part.LAST, 2, 0, new byte[101]));
        assertThat(out)
                .containsExactly(
                        new ServiceEffect.Dropped("drop.group.partial-too-large"),
                        new ServiceEffect.Dropped("drop.group.partial-not-begun"));
        out.clear();
        hear(2, piece(CpgPartial.Part.FIRST, 1));
        hear(2, piece(CpgPartial.Part.CONTINUED, 2));
        hear(2, piece(CpgPartial.Part.LAST, 3));
        assertThat(out).singleElement().isInstanceOf(ServiceEffect.GroupMessage.class);
    }

    @Test
    void piecesOfANodeWithoutAMemberAreDropped() {
        join();
        hear(2, piece(CpgPartial.Part.FIRST, 1));
        assertThat(out).containsExactly(new ServiceEffect.Dropped("drop.group.sender-not-a-member"));
        assertThat(service.partialBytes()).isZero();
    }

    private static CpgPartial piece(CpgPartial.Part part, int content) {
        return new CpgPartial(G, 3, 20, part, 2, 0, new byte[] {(byte) content});
    }

    private void join() {
        service.join("g", 0, out::add);
        hear(1, new ProcJoin(G, 10));
        out.clear();
    }

    private void membership(List<Integer> members, List<Integer> transitional) {
        service.begin(0, new RingId(1, 12), members, transitional, out::add);
        service.activate(0, out::add);
    }

    private void hear(int from, CpgMessage message) {
        byte[] bytes = message.encode();
        int function =
                ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(0) & 0xFFFF;
        assertThat(ServiceHeader.CPG).isEqualTo(service.id());
        service.deliver(0, from, function, ByteBuffer.wrap(bytes), true, out::add);
    }

    private List<CpgMessage> sent() {
        List<CpgMessage> messages = new ArrayList<>();
        out.removeIf(effect -> {
            if (!(effect instanceof ServiceEffect.Multicast multicast)) return false;
            Parsed<CpgMessage> parsed = CpgMessage.decode(ByteBuffer.wrap(multicast.message()), true);
            messages.add(((Parsed.Ok<CpgMessage>) parsed).value());
            return true;
        });
        return messages;
    }

    private static ServiceEffect changed(
            List<GroupMember> members, List<GroupMember> joined, List<GroupMember> left, Group.Reason reason) {
        return new ServiceEffect.GroupChanged("g", new Group.Change(members, joined, left, reason));
    }
}
