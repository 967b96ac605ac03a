package org.quorate.core.request;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
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
 * counts.
 *
 * <p>Bounds: {@link RequestGroup#MAX_OUTSTANDING} requests of this member and as many to it. A request to it has its place until the ring
 * has taken the answer, or the asker has left; one that finds no place is answered with an error, if there is room for that. Answers are
 * offered to the ring one after the other. Of those that are finished {@link #MAX_READY_BYTES} wait; what is longer than the rest of that
 * becomes an error.
 */
public final class RequestEngine implements Engine<RequestInput, RequestEffect> {
    /** Octets of finished answers that may wait for room, with their headers; errors in their stead come on top, 100 octets each at most. */
    public static final int MAX_READY_BYTES = 8 << 20;

    private static final int MAX_ERROR_CHARS = 1000;

    private static final class Ask {
        private final long ticket;
        private final Target target;
        private final Deadline deadline;
        private boolean ordered;
        private final Set<GroupMember> pending = new TreeSet<>();
        private final List<Reply> answered = new ArrayList<>();
        private final Set<GroupMember> left = new TreeSet<>();

        Ask(long ticket, Target target, Deadline deadline) {
            this.ticket = ticket;
            this.target = target;
            this.deadline = deadline;
        }
    }

    private record Call(GroupMember asker, long number) {}

    /** A finished answer. */
    private record Ready(Call call, byte[] octets) {}

    private record Deadline(long nanos, long number) {}

    private final GroupMember self;
    private final long firstNumber;
    private final Set<GroupMember> members = new TreeSet<>();
    private final Map<Long, Ask> asks = new HashMap<>();
    /** One for each of {@link #asks}. */
    private final NavigableSet<Deadline> deadlines =
            new TreeSet<>(Comparator.comparingLong(Deadline::nanos).thenComparingLong(Deadline::number));

    /** Requests that the application answers, by number. */
    private final Map<Long, Call> calls = new HashMap<>();
    /** Those of {@link #calls} and {@link #ready}. */
    private final Set<Call> serving = new HashSet<>();
    /** Their answers, in order, until the ring has taken them; the first one may be with the host. */
    private final Map<Long, Ready> ready = new LinkedHashMap<>();

    private long readyBytes;
    private boolean offered;
    private boolean roomAwaited;
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
        all.put("requests.serving", (long) serving.size());
        all.put("requests.answers-waiting", (long) ready.size());
        all.put("requests.answers-waiting-bytes", readyBytes);
        return all;
    }

    /** Time limits that run. */
    int deadlines() {
        return deadlines.size();
    }

    @Override
    public long deadlineNanos() {
        return deadlines.isEmpty() ? Long.MAX_VALUE : deadlines.first().nanos;
    }

    @Override
    public void tick(long nowNanos, Effects<RequestEffect> out) {
        while (deadlineNanos() <= nowNanos) {
            Deadline due = deadlines.first();
            Ask ask = over(due.number);
            if (ask != null) timeOver(ask, out);
        }
    }

    private void timeOver(Ask ask, Effects<RequestEffect> out) {
        count("requests.timed-out");
        if (!ask.ordered) for (GroupMember member : members) if (ask.target.includes(member)) ask.pending.add(member);
        complete(ask, out);
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
            onNoRoom(refused.ticket(), out);
        } else if (input instanceof RequestInput.AnswerTaken taken) {
            offered = false;
            onAnswerTaken(taken.call()); // if the asker has left meanwhile, it is not there any more
            offer(out);
        } else if (input instanceof RequestInput.NoRoomForAnswer) {
            offered = false;
            roomAwaited = true;
        } else if (input instanceof RequestInput.Room) {
            roomAwaited = false;
            offer(out);
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
        Ask ask = new Ask(input.ticket(), target, new Deadline(deadline, number));
        asks.put(number, ask);
        deadlines.add(ask.deadline);
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

    /** A request is better tried again by whoever makes it; whoever was to hear that there is no place hears nothing. */
    private void onNoRoom(long ticket, Effects<RequestEffect> out) {
        if (ticket == RequestEffect.NO_TICKET) count("requests.refusals-without-room");
        else if (over(firstNumber + ticket) != null) out.add(new RequestEffect.Refused(ticket));
    }

    private void onLeft(GroupMember gone, Effects<RequestEffect> out) {
        for (Map.Entry<Long, Ask> each : List.copyOf(asks.entrySet())) {
            Ask ask = each.getValue();
            if (!ask.pending.remove(gone)) continue;
            ask.left.add(gone);
            if (ask.pending.isEmpty()) complete(ask, out);
        }
        serving.removeIf(call -> call.asker.equals(gone));
        calls.values().removeIf(call -> call.asker.equals(gone));
        for (Iterator<Ready> each = ready.values().iterator(); each.hasNext(); ) {
            Ready answer = each.next();
            if (!answer.call.asker.equals(gone)) continue;
            each.remove();
            readyBytes -= answer.octets.length;
            count("requests.answers-to-nobody");
        }
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
        if (serving.size() >= RequestGroup.MAX_OUTSTANDING) {
            count("requests.too-many");
            byte[] why = sentence("too many requests wait for an answer here; ask again later");
            out.add(new RequestEffect.Send(RequestEffect.NO_TICKET, reply(call, Kind.ERROR, why)));
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
        if (ask.pending.isEmpty()) complete(ask, out);
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
            if (ask.pending.isEmpty()) complete(ask, out);
        }
    }

    private void complete(Ask ask, Effects<RequestEffect> out) {
        over(ask.deadline.number);
        out.add(new RequestEffect.Complete(
                ask.ticket, new Replies(ask.answered, List.copyOf(ask.left), List.copyOf(ask.pending))));
    }

    /** Forgets a request and its deadline. */
    private @Nullable Ask over(long number) {
        Ask ask = asks.remove(number);
        if (ask != null) deadlines.remove(ask.deadline);
        return ask;
    }

    private void answer(long number, Kind kind, byte[] payload, Effects<RequestEffect> out) {
        Call call = calls.remove(number);
        if (call == null) {
            count("requests.answers-to-nobody");
            return;
        }
        byte[] octets;
        if (payload.length > RequestGroup.MAX_BYTES) {
            octets = reply(call, Kind.ERROR, sentence("the answer has " + payload.length + " bytes"));
        } else if (readyBytes + RequestMessage.HEADER_BYTES + payload.length > MAX_READY_BYTES) {
            count("requests.answers-without-room");
            octets = reply(call, Kind.ERROR, sentence("too many answers wait for room here; ask again later"));
        } else {
            octets = reply(call, kind, payload);
        }
        ready.put(number, new Ready(call, octets));
        readyBytes += octets.length;
        offer(out);
    }

    /** One at a time: what comes after one that finds no room need not be tried. */
    private void offer(Effects<RequestEffect> out) {
        if (offered || roomAwaited || ready.isEmpty()) return;
        Map.Entry<Long, Ready> next = ready.entrySet().iterator().next();
        offered = true;
        out.add(new RequestEffect.Answer(next.getKey(), next.getValue().octets));
    }

    private void onAnswerTaken(long number) {
        Ready taken = ready.remove(number);
        if (taken == null) return;
        readyBytes -= taken.octets.length;
        serving.remove(taken.call);
    }

    private static byte[] reply(Call call, Kind kind, byte[] payload) {
        return new RequestMessage(kind, call.number, call.asker.node().value(), true, call.asker.id(), payload)
                .encode();
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
