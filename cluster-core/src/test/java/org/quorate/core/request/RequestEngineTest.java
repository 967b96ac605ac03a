package org.quorate.core.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.Group.Reason;
import org.quorate.NodeId;
import org.quorate.RequestGroup;
import org.quorate.RequestGroup.Replies;
import org.quorate.core.request.RequestInput.Target;
import org.quorate.core.request.wire.RequestMessage;
import org.quorate.core.request.wire.RequestMessage.Kind;
import org.quorate.core.wire.Parsed;

/** Who is asked, whose answer counts, and when a request is over: member 10 of node 1 asks, with its numbers from 1000 on. */
class RequestEngineTest {
    private static final GroupMember ME = new GroupMember(NodeId.of(1), 10);
    private static final GroupMember TWIN = new GroupMember(NodeId.of(1), 11);
    private static final GroupMember OTHER = new GroupMember(NodeId.of(2), 20);
    private static final long LIMIT = 500;

    private final RequestEngine engine = new RequestEngine(ME, 1000);
    private final List<RequestEffect> out = new ArrayList<>();
    private long now;

    RequestEngineTest() {
        members(List.of(ME, TWIN, OTHER), List.of());
    }

    private void step(RequestInput input) {
        engine.step(now, input, out::add);
    }

    private void members(List<GroupMember> members, List<GroupMember> left) {
        step(new RequestInput.Changed(new Change(members, List.of(), left, Reason.LEAVE)));
    }

    private RequestMessage ask(long ticket, Target target) {
        step(new RequestInput.Ask(ticket, target, new byte[] {5}, LIMIT));
        RequestEffect.Send send = (RequestEffect.Send) out.remove(out.size() - 1);
        assertThat(send.ticket()).isEqualTo(ticket);
        return decoded(send.octets());
    }

    private static RequestMessage decoded(byte[] octets) {
        return ((Parsed.Ok<RequestMessage>) RequestMessage.decode(octets)).value();
    }

    private void hear(GroupMember sender, RequestMessage message) {
        step(new RequestInput.Message(sender, message.encode()));
    }

    private void answer(GroupMember sender, long number, int octet) {
        hear(sender, new RequestMessage(Kind.ANSWER, number, 1, true, 10, new byte[] {(byte) octet}));
    }

    private Replies completed(long ticket) {
        RequestEffect.Complete complete = (RequestEffect.Complete) out.remove(out.size() - 1);
        assertThat(complete.ticket()).isEqualTo(ticket);
        return complete.replies();
    }

    /** The answer that is offered; the ring takes it. */
    private byte[] taken(long call) {
        RequestEffect.Answer answer = (RequestEffect.Answer) out.remove(0);
        assertThat(answer.call()).isEqualTo(call);
        step(new RequestInput.AnswerTaken(call));
        return answer.octets();
    }

    private void hearRequests(GroupMember asker, long first, long end) {
        for (long i = first; i < end; i++)
            hear(asker, new RequestMessage(Kind.REQUEST, i, 0, false, 0, new byte[] {1}));
    }

    private long counter(String name) {
        return engine.counters().getOrDefault(name, 0L);
    }

    @Test
    void allAreAskedAndAllAnswer() {
        RequestMessage request = ask(0, Target.ALL);
        assertThat(request).isEqualTo(new RequestMessage(Kind.REQUEST, 1000, 0, false, 0, new byte[] {5}));
        assertThat(engine.deadlineNanos()).isEqualTo(LIMIT);
        hear(ME, request);
        assertThat(out).singleElement().isInstanceOfSatisfying(RequestEffect.Serve.class, serve -> {
            assertThat(serve.asker()).isEqualTo(ME);
            assertThat(serve.request()).containsExactly(5);
        });
        out.clear();
        step(new RequestInput.Answered(0, new byte[] {6}));
        RequestMessage own = decoded(taken(0));
        assertThat(own).isEqualTo(new RequestMessage(Kind.ANSWER, 1000, 1, true, 10, new byte[] {6}));
        answer(OTHER, 1000, 7);
        hear(ME, own);
        hear(
                TWIN,
                new RequestMessage(
                        Kind.ERROR, 1000, 1, true, 10, "no idea".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        Replies replies = completed(0);
        assertThat(replies.answered()).extracting(RequestGroup.Reply::member).containsExactly(OTHER, ME, TWIN);
        assertThat(replies.answered()).extracting(RequestGroup.Reply::error).containsExactly("", "", "no idea");
        assertThat(replies.answered().get(0).payload()).containsExactly(7);
        assertThat(replies.isComplete()).isFalse();
        assertThat(engine.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(out).isEmpty();
    }

    @Test
    void oneNodeOrOneMemberIsAsked() {
        RequestMessage node = ask(0, new Target(NodeId.of(1), null));
        assertThat(node.node()).isEqualTo(1);
        RequestMessage member = ask(1, new Target(NodeId.of(2), OTHER));
        assertThat(List.of(member.node(), member.member())).containsExactly(2, 20);
        hear(ME, node);
        assertThat(out).hasSize(1);
        hear(ME, member);
        assertThat(out).as("not for this member").hasSize(1);
        answer(TWIN, 1001, 1);
        assertThat(counter("requests.unexpected-answers")).isEqualTo(1);
        answer(OTHER, 1001, 1);
        assertThat(completed(1).answered()).hasSize(1);
        answer(TWIN, 1000, 1);
        answer(ME, 1000, 1);
        assertThat(completed(0).isComplete()).isTrue();
    }

    @Test
    void whoLeavesAndWhoIsSilentIsSaid() {
        hear(ME, ask(0, Target.ALL));
        out.clear();
        members(List.of(ME, TWIN), List.of(OTHER));
        assertThat(out).isEmpty();
        answer(ME, 1000, 1);
        now = LIMIT - 1;
        engine.tick(now, out::add);
        assertThat(out).isEmpty();
        now = LIMIT;
        engine.tick(now, out::add);
        Replies replies = completed(0);
        assertThat(replies.left()).containsExactly(OTHER);
        assertThat(replies.silent()).containsExactly(TWIN);
        answer(TWIN, 1000, 1);
        assertThat(counter("requests.late-answers")).isEqualTo(1);
        assertThat(counter("requests.timed-out")).isEqualTo(1);
        assertThat(out).isEmpty();
    }

    @Test
    void anAnswerCountsOnce() {
        hear(ME, ask(0, Target.ALL));
        answer(OTHER, 1000, 1);
        answer(OTHER, 1000, 2);
        assertThat(counter("requests.duplicate-answers")).isEqualTo(1);
        answer(TWIN, 1000, 3);
        answer(ME, 1000, 4);
        assertThat(completed(0).answered())
                .extracting(reply -> reply.payload()[0])
                .containsExactly((byte) 1, (byte) 3, (byte) 4);
    }

    @Test
    void whoJoinsLaterIsNotAskedAndWhoIsNotThereHasLeft() {
        RequestMessage all = ask(0, Target.ALL);
        RequestMessage one = ask(1, new Target(NodeId.of(2), OTHER));
        RequestMessage nobody = ask(2, new Target(NodeId.of(3), null));
        members(List.of(ME, TWIN), List.of(OTHER));
        hear(ME, one);
        assertThat(completed(1).left()).containsExactly(OTHER);
        hear(ME, nobody);
        assertThat(completed(2)).isEqualTo(new Replies(List.of(), List.of(), List.of()));
        hear(ME, all);
        out.clear();
        members(List.of(ME, TWIN, OTHER), List.of());
        answer(OTHER, 1000, 1);
        assertThat(counter("requests.unexpected-answers")).isEqualTo(1);
        answer(TWIN, 1000, 1);
        answer(ME, 1000, 1);
        assertThat(completed(0).answered()).hasSize(2);
    }

    @Test
    void aRequestThatIsNotOrderedInTimeHasOnlySilentMembers() {
        RequestMessage late = ask(0, Target.ALL);
        now = LIMIT;
        engine.tick(now, out::add);
        assertThat(completed(0).silent()).containsExactly(ME, TWIN, OTHER);
        hear(ME, late);
        assertThat(out).as("it is served all the same").hasSize(1);
    }

    @Test
    void anAnswerWithoutRoomIsSentLaterAndARequestIsRefused() {
        hear(OTHER, new RequestMessage(Kind.REQUEST, 77, 0, false, 0, new byte[0]));
        out.clear();
        step(new RequestInput.Answered(0, new byte[] {1}));
        byte[] answer = ((RequestEffect.Answer) out.remove(0)).octets();
        step(new RequestInput.NoRoomForAnswer(0));
        assertThat(out).isEmpty();
        assertThat(counter("requests.answers-waiting")).isEqualTo(1);
        step(new RequestInput.Room());
        assertThat(taken(0)).isEqualTo(answer);
        assertThat(counter("requests.serving")).isZero();
        ask(4, Target.ALL);
        step(new RequestInput.NoRoom(4));
        assertThat(out).containsExactly(new RequestEffect.Refused(4));
        assertThat(engine.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void answersThatFindNoRoomKeepTheirPlaceAndAreBounded() {
        byte[] large = new byte[RequestGroup.MAX_BYTES];
        int whole = RequestEngine.MAX_READY_BYTES / (large.length + RequestMessage.HEADER_BYTES);
        for (int i = 0; i < RequestGroup.MAX_OUTSTANDING; i++) {
            hearRequests(i % 2 == 0 ? OTHER : TWIN, i, i + 1);
            assertThat(out.remove(0)).isInstanceOf(RequestEffect.Serve.class);
            step(new RequestInput.Answered(i, large));
            if (i > 0) continue;
            assertThat(out.remove(0)).isInstanceOf(RequestEffect.Answer.class);
            step(new RequestInput.NoRoomForAnswer(0));
        }
        assertThat(out).as("what is behind it is not offered").isEmpty();
        assertThat(counter("requests.serving")).isEqualTo(RequestGroup.MAX_OUTSTANDING);
        assertThat(counter("requests.answers-waiting-bytes"))
                .isBetween(
                        RequestEngine.MAX_READY_BYTES / 2L,
                        RequestEngine.MAX_READY_BYTES + 100L * RequestGroup.MAX_OUTSTANDING);
        assertThat(counter("requests.answers-without-room")).isEqualTo(RequestGroup.MAX_OUTSTANDING - whole);

        hearRequests(OTHER, 99_999, 100_000);
        assertThat(decoded(((RequestEffect.Send) out.remove(0)).octets()).kind())
                .as("no place for another")
                .isEqualTo(Kind.ERROR);
        step(new RequestInput.NoRoom(RequestEffect.NO_TICKET));
        assertThat(counter("requests.refusals-without-room")).isEqualTo(1);
        assertThat(counter("requests.answers-waiting")).isEqualTo(RequestGroup.MAX_OUTSTANDING);

        members(List.of(ME, TWIN), List.of(OTHER));
        assertThat(counter("requests.answers-to-nobody")).isEqualTo(RequestGroup.MAX_OUTSTANDING / 2);
        assertThat(counter("requests.serving")).isEqualTo(RequestGroup.MAX_OUTSTANDING / 2);
        step(new RequestInput.Room());
        for (int i = 1; i < RequestGroup.MAX_OUTSTANDING; i += 2)
            assertThat(decoded(taken(i)).kind()).isEqualTo(i < whole ? Kind.ANSWER : Kind.ERROR);
        assertThat(out).isEmpty();
        assertThat(counter("requests.serving")).isZero();
        assertThat(counter("requests.answers-waiting-bytes")).isZero();
    }

    @Test
    void anAnswerWhoseAskerLeavesWhileItIsOfferedDoesNotHoldUpTheOthers() {
        hearRequests(OTHER, 0, 1);
        hearRequests(TWIN, 1, 2);
        out.clear();
        step(new RequestInput.Answered(0, new byte[1]));
        step(new RequestInput.Answered(1, new byte[1]));
        step(new RequestInput.Answered(1, new byte[1]));
        assertThat(counter("requests.answers-to-nobody")).as("answered twice").isEqualTo(1);
        members(List.of(ME, TWIN), List.of(OTHER));
        taken(0);
        taken(1);
        assertThat(out).isEmpty();
        assertThat(counter("requests.answers-waiting-bytes")).isZero();
    }

    @Test
    void aRequestThatIsOverLeavesNoDeadline() {
        step(new RequestInput.Ask(0, new Target(NodeId.of(2), null), new byte[1], LIMIT));
        out.clear();
        for (int i = 1; i <= 3 * RequestGroup.MAX_OUTSTANDING; i++) {
            hear(ME, ask(i, new Target(NodeId.of(2), OTHER)));
            answer(OTHER, 1000 + i, 1);
            completed(i);
        }
        assertThat(engine.deadlines()).isEqualTo(1);
        assertThat(engine.deadlineNanos()).isEqualTo(LIMIT);
    }

    @Test
    void everythingIsBounded() {
        for (int i = 0; i < RequestGroup.MAX_OUTSTANDING; i++) ask(i, Target.ALL);
        step(new RequestInput.Ask(9999, Target.ALL, new byte[0], LIMIT));
        assertThat(out).containsExactly(new RequestEffect.Refused(9999));
        out.clear();
        for (int i = 0; i < RequestGroup.MAX_OUTSTANDING; i++)
            hear(OTHER, new RequestMessage(Kind.REQUEST, i, 0, false, 0, new byte[0]));
        assertThat(out).hasSize(RequestGroup.MAX_OUTSTANDING);
        out.clear();
        hear(OTHER, new RequestMessage(Kind.REQUEST, 99_999, 0, false, 0, new byte[0]));
        RequestMessage busy = decoded(((RequestEffect.Send) out.remove(0)).octets());
        assertThat(busy.kind()).isEqualTo(Kind.ERROR);
        assertThat(counter("requests.too-many")).isEqualTo(1);
        members(List.of(ME), List.of(OTHER));
        assertThat(counter("requests.serving")).isZero();
        step(new RequestInput.Answered(3, new byte[0]));
        assertThat(out).isEmpty();
        assertThat(counter("requests.answers-to-nobody")).isEqualTo(1);
    }

    @Test
    void whatIsNoMessageIsCounted() {
        byte[] good = new RequestMessage(Kind.REQUEST, 1, 0, false, 0, new byte[0]).encode();
        for (int at : new int[] {0, 4, 5, 16, 20, 24}) {
            byte[] bad = good.clone();
            bad[at] ^= 0x40;
            if (at == 16) bad[at + 3] = 1;
            step(new RequestInput.Message(OTHER, bad));
        }
        step(new RequestInput.Message(OTHER, new byte[31]));
        assertThat(counter("drop.request.format")).isEqualTo(7);
        assertThat(out).isEmpty();
        step(new RequestInput.Message(OTHER, good));
        step(new RequestInput.Message(OTHER, good));
        assertThat(out).hasSize(1);
        assertThat(counter("requests.duplicate-requests")).isEqualTo(1);
    }
}
