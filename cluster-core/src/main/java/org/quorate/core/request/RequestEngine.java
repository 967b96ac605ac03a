package org.quorate.core.request;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.quorate.Group.GroupMember;
import org.quorate.NodeId;
import org.quorate.RequestGroup;
import org.quorate.RequestGroup.Replies;
import org.quorate.RequestGroup.Reply;
import org.quorate.core.request.RequestInput.Target;
import org.quorate.core.request.wire.RequestMessage;
import org.quorate.core.request.wire.RequestMessage.Kind;
import org.quorate.core.wire.Parsed;
import org.quorate.engine.Effects;
import org.quorate.engine.Engine;

/**
 * Requests and answers of one member of a group, on top of the group's order. Confined to the event loop.
 *
 * <p>Rule: who is asked is settled when the asker's own request comes back in the agreed order: the members at that place in it that the
 * request is for. From there on each of them either answers, or leaves, or is silent at the end of the time; the first of the three
 * counts. Bounds: {@link RequestGroup#MAX_OUTSTANDING} requests of this member and as many to it; a request beyond that is answered
 * with an error.
 */
public final class RequestEngine implements Engine<RequestInput, RequestEffect> {
    private static final int MAX_ERROR_CHARS = 1000;

    private static final class Ask {
        private final long ticket;
        private final Target target;
        private boolean ordered;
        private final Set<GroupMember> pending = new TreeSet<>();
        private final List<Reply> answered = new ArrayList<>();
        private final Set<GroupMember> left = new TreeSet<>();

        Ask(long ticket, Target target) {
            this.ticket = ticket;
            this.target = target;
        }
    }

    private record Call(GroupMember asker, long number) {}

    private record Deadline(long nanos, long number) {}

    private final GroupMember self;
    private final long firstNumber;
    private final Set<GroupMember> members = new TreeSet<>();
    private final Map<Long, Ask> asks = new HashMap<>();
    private final PriorityQueue<Deadline> deadlines = new PriorityQueue<>(Comparator.comparingLong(Deadline::nanos));
    private final Map<Long, Call> calls = new HashMap<>();
    private final Set<Call> serving = new HashSet<>();
    private final Deque<byte[]> answersWithoutRoom = new ArrayDeque<>();
    private final Map<String, Long> counters = new TreeMap<>();
    private long nextCall;

    /**
     * An engine with nothing asked.
     *
     * @param self the member that it acts for
     * @param firstNumber its requests are numbered from here on; differs from that of an earlier life in which it may have been called
     *     the same
     */
    public RequestEngine(GroupMember self, long firstNumber) {
        this.self = self;
        this.firstNumber = firstNumber;
    }

    /** Counters by name. */
    public Map<String, Long> counters() {
        Map<String, Long> all = new TreeMap<>(counters);
        all.put("requests.outstanding", (long) asks.size());
        all.put("requests.serving", (long) calls.size());
        all.put("requests.answers-waiting", (long) answersWithoutRoom.size());
        return all;
    }

    @Override
    public long deadlineNanos() {
        for (Deadline next; (next = deadlines.peek()) != null; deadlines.remove())
            if (asks.containsKey(next.number)) return next.nanos;
        return Long.MAX_VALUE;
    }

    @Override
    public void tick(long nowNanos, Effects<RequestEffect> out) {
        while (deadlineNanos() <= nowNanos) {
            long number = deadlines.remove().number;
            Ask ask = asks.get(number);
            if (ask != null) timeOver(number, ask, out);
        }
    }

    private void timeOver(long number, Ask ask, Effects<RequestEffect> out) {
        count("requests.timed-out");
        if (!ask.ordered) for (GroupMember member : members) if (ask.target.includes(member)) ask.pending.add(member);
        complete(number, ask, out);
    }

    @Override
    public void step(long nowNanos, RequestInput input, Effects<RequestEffect> out) {
        if (input instanceof RequestInput.Message message) {
            onMessage(message.sender(), message.octets(), out);
        } else if (input instanceof RequestInput.Changed changed) {
            if (changed.change().left().contains(self)) return; // whoever waits is told that by the host
            members.clear();
            members.addAll(changed.change().members());
            for (GroupMember gone : changed.change().left()) onLeft(gone, out);
        } else if (input instanceof RequestInput.Ask ask) {
            onAsk(nowNanos, ask, out);
        } else if (input instanceof RequestInput.Answered answered) {
            answer(answered.call(), Kind.ANSWER, answered.payload(), out);
        } else if (input instanceof RequestInput.Failed failed) {
            answer(failed.call(), Kind.ERROR, sentence(failed.error()), out);
        } else if (input instanceof RequestInput.NoRoom refused) {
            onNoRoom(refused, out);
        } else if (input instanceof RequestInput.Room) {
            for (int i = answersWithoutRoom.size(); i > 0; i--)
                out.add(new RequestEffect.Send(RequestEffect.NO_TICKET, answersWithoutRoom.remove()));
        }
    }

    private void onAsk(long nowNanos, RequestInput.Ask input, Effects<RequestEffect> out) {
        if (asks.size() >= RequestGroup.MAX_OUTSTANDING) {
            out.add(new RequestEffect.Refused(input.ticket()));
            return;
        }
        long number = firstNumber + input.ticket();
        long deadline = nowNanos + input.limitNanos();
        Target target = input.target();
        asks.put(number, new Ask(input.ticket(), target));
        deadlines.add(new Deadline(deadline, number));
        count("requests.asked");
        NodeId node = target.member() != null ? target.member().node() : target.node();
        int member = target.member() == null ? 0 : target.member().id();
        RequestMessage message = new RequestMessage(
                Kind.REQUEST,
                number,
                node == null ? 0 : node.value(),
                target.member() != null,
                member,
                input.payload());
        out.add(new RequestEffect.Send(input.ticket(), message.encode()));
    }

    /** An answer waits, as the asker does; a request is better tried again by whoever makes it. */
    private void onNoRoom(RequestInput.NoRoom refused, Effects<RequestEffect> out) {
        if (refused.ticket() == RequestEffect.NO_TICKET) {
            answersWithoutRoom.add(refused.octets());
        } else if (asks.remove(firstNumber + refused.ticket()) != null) {
            out.add(new RequestEffect.Refused(refused.ticket()));
        }
    }

    private void onLeft(GroupMember gone, Effects<RequestEffect> out) {
        for (Map.Entry<Long, Ask> each : List.copyOf(asks.entrySet())) {
            Ask ask = each.getValue();
            if (!ask.pending.remove(gone)) continue;
            ask.left.add(gone);
            if (ask.pending.isEmpty()) complete(each.getKey(), ask, out);
        }
        calls.values().removeIf(call -> call.asker.equals(gone));
        serving.removeIf(call -> call.asker.equals(gone));
    }

    private void onMessage(GroupMember sender, byte[] octets, Effects<RequestEffect> out) {
        Parsed<RequestMessage> parsed = RequestMessage.decode(octets);
        if (parsed instanceof Parsed.Malformed<RequestMessage> bad) {
            count(bad.reason().counterName());
            return;
        }
        RequestMessage message = ((Parsed.Ok<RequestMessage>) parsed).value();
        if (message.kind() == Kind.REQUEST) onRequest(sender, message, out);
        else if (message.node() == self.node().value() && message.member() == self.id()) onAnswer(sender, message, out);
    }

    private void onRequest(GroupMember asker, RequestMessage message, Effects<RequestEffect> out) {
        if (asker.equals(self)) onOwnRequest(message.number(), out);
        if (message.node() != 0 && message.node() != self.node().value()) return;
        if (message.oneMember() && message.member() != self.id()) return;
        Call call = new Call(asker, message.number());
        if (serving.contains(call)) {
            count("requests.duplicate-requests");
            return;
        }
        if (calls.size() >= RequestGroup.MAX_OUTSTANDING) {
            count("requests.too-many");
            reply(call, Kind.ERROR, sentence("too many requests wait for an answer here; ask again later"), out);
            return;
        }
        long number = nextCall++;
        calls.put(number, call);
        serving.add(call);
        count("requests.served");
        out.add(new RequestEffect.Serve(number, asker, message.payload()));
    }

    private void onOwnRequest(long number, Effects<RequestEffect> out) {
        Ask ask = asks.get(number);
        if (ask == null || ask.ordered) return;
        ask.ordered = true;
        for (GroupMember member : members) if (ask.target.includes(member)) ask.pending.add(member);
        GroupMember wanted = ask.target.member();
        if (wanted != null && ask.pending.isEmpty()) ask.left.add(wanted);
        if (ask.pending.isEmpty()) complete(number, ask, out);
    }

    private void onAnswer(GroupMember sender, RequestMessage message, Effects<RequestEffect> out) {
        Ask ask = asks.get(message.number());
        if (ask == null) {
            count("requests.late-answers");
        } else if (!ask.pending.remove(sender)) {
            boolean again =
                    ask.answered.stream().anyMatch(reply -> reply.member().equals(sender));
            count(again ? "requests.duplicate-answers" : "requests.unexpected-answers");
        } else {
            boolean ok = message.kind() == Kind.ANSWER;
            String error = ok ? "" : errorOf(message.payload());
            ask.answered.add(new Reply(sender, error, ok ? message.payload() : new byte[0]));
            if (ask.pending.isEmpty()) complete(message.number(), ask, out);
        }
    }

    private void complete(long number, Ask ask, Effects<RequestEffect> out) {
        asks.remove(number);
        out.add(new RequestEffect.Complete(
                ask.ticket, new Replies(ask.answered, List.copyOf(ask.left), List.copyOf(ask.pending))));
    }

    private void answer(long call, Kind kind, byte[] payload, Effects<RequestEffect> out) {
        Call answered = calls.remove(call);
        if (answered == null) {
            count("requests.answers-to-nobody");
            return;
        }
        serving.remove(answered);
        boolean tooLong = payload.length > RequestGroup.MAX_BYTES;
        if (tooLong) reply(answered, Kind.ERROR, sentence("the answer has " + payload.length + " bytes"), out);
        else reply(answered, kind, payload, out);
    }

    private void reply(Call call, Kind kind, byte[] payload, Effects<RequestEffect> out) {
        RequestMessage message =
                new RequestMessage(kind, call.number, call.asker.node().value(), true, call.asker.id(), payload);
        out.add(new RequestEffect.Send(RequestEffect.NO_TICKET, message.encode()));
    }

    private static byte[] sentence(String error) {
        String some = error.isEmpty() ? "no reason was given" : error;
        return some.substring(0, Math.min(some.length(), MAX_ERROR_CHARS)).getBytes(UTF_8);
    }

    private static String errorOf(byte[] payload) {
        String error = new String(payload, 0, Math.min(payload.length, 4 * MAX_ERROR_CHARS), UTF_8);
        return error.isEmpty() ? "no reason was given" : error;
    }

    private void count(String counter) {
        counters.merge(counter, 1L, Long::sum);
    }
}
