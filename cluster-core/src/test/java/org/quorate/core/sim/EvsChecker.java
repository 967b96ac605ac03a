package org.quorate.core.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.RingId;
import org.quorate.View;

/**
 * Watches what the applications of a cluster see and throws an {@link AssertionError} at the first broken promise of extended virtual
 * synchrony. Knows nothing of the protocol.
 *
 * <p>What is checked, and when:
 *
 * <ol>
 *   <li>at each view: the node is in it; its changes lead from the last view to it; its ring sequence is above that of every view this
 *       node installed in any life, and already on its disk; all who install this ring id see the same members;
 *   <li>at each message: it arrives undamaged, from a member of the view and of the group, once, in its sender's order, and in the same
 *       view everywhere;
 *   <li>when a node goes from one view to the next: what it heard in the first is in the same order as at everybody else, and exactly
 *       what everybody heard who came along, from the same first to the same next one, without a ring of its own in between;
 *   <li>at each decision: a partition that may act shares a member with every other that ever could, and since a node installs views one
 *       after the other, that member knows of both;
 *   <li>at the end: everything that living processes sent was delivered to them, the last view was heard alike by all, and all know the
 *       same group members.
 * </ol>
 */
final class EvsChecker implements NodeObserver {
    /** Something heard within a view: a message, or a change of the group. */
    private record Heard(
            @Nullable MessageId message, @Nullable Change change) {
        @Override
        public String toString() {
            return message != null ? message.toString() : String.valueOf(change);
        }
    }

    /** One view at one node, with what was heard in it. */
    private static final class Span {
        private final int node;
        private final int life;
        private final View view;
        private final boolean wasInGroup;
        private final List<Heard> heard = new ArrayList<>();
        private @Nullable View next;

        Span(int node, int life, View view, boolean wasInGroup) {
            this.node = node;
            this.life = life;
            this.view = view;
            this.wasInGroup = wasInGroup;
        }

        @Override
        public String toString() {
            return "node " + node + " (life " + life + ") in " + view.ringId() + " " + view.members();
        }
    }

    /** What one node saw through all its lives. */
    private static final class Log {
        private int life;
        private boolean alive;
        private long highestSequence;
        private boolean inGroup;
        private @Nullable Span span;
        private List<GroupMember> group = List.of();
        private final Set<MessageId> delivered = new HashSet<>();
        private final Set<MessageId> outstanding = new HashSet<>();
        private final Map<Long, Long> lastNumbers = new HashMap<>();
    }

    private static final RingId END = new RingId(-1, -1);

    private final Map<Integer, Log> logs = new TreeMap<>();
    private final Map<RingId, List<NodeId>> rings = new HashMap<>();
    private final Map<MessageId, RingId> deliveredIn = new HashMap<>();
    private final Map<RingId, List<Span>> closed = new HashMap<>();
    private final Map<RingId, Set<NodeId>> quorateRings = new HashMap<>();
    private long deliveries;

    /** Deliveries so far, at all nodes. */
    long deliveries() {
        return deliveries;
    }

    /** Rings that somebody installed. */
    int rings() {
        return rings.size();
    }

    /** Messages that living processes sent and have not heard yet. */
    int outstanding() {
        return logs.values().stream()
                .filter(log -> log.alive)
                .mapToInt(log -> log.outstanding.size())
                .sum();
    }

    @Override
    public void started(int node, int life) {
        Log log = logs.computeIfAbsent(node, n -> new Log());
        log.life = life;
        log.alive = true;
        log.inGroup = false;
        log.group = List.of();
        log.outstanding.clear();
        log.lastNumbers.clear();
    }

    @Override
    public void ended(int node) {
        Log log = log(node);
        if (log.span != null) close(log.span, null);
        log.span = null;
        log.alive = false;
    }

    @Override
    public void sent(int node, long number) {
        Log log = log(node);
        log.outstanding.add(new MessageId(node, log.life, number));
    }

    @Override
    public void refused(int node, long number) {
        Log log = log(node);
        check(
                log.outstanding.remove(new MessageId(node, log.life, number)),
                "node " + node + " refuses message " + number + ", which it was not given or has delivered");
    }

    @Override
    public void delivered(int node, GroupMember sender, byte[] payload, long ticket) {
        deliveries++;
        Log log = log(node);
        MessageId id = MessageId.of(payload);
        String wrong = hear(node, log, id, sender, ticket);
        if (wrong != null) throw new AssertionError("node " + node + " hears message " + id + " " + wrong);
    }

    /** What is wrong with a delivery, null if nothing; the sentence is made only when it is needed, for there are many deliveries. */
    private @Nullable String hear(int node, Log log, MessageId id, GroupMember sender, long ticket) {
        if (sender.node().value() != id.node()) return "in the name of node " + sender.node();
        if (sender.id() != id.life()) return "in the name of life " + sender.id();
        if (!log.inGroup) return "but is not in the group";
        if (!log.group.contains(sender)) return "from no member of the group " + log.group;
        if (!log.delivered.add(id)) return "twice";
        Long last = log.lastNumbers.put(((long) id.node() << 32) | id.life(), id.number());
        if (last != null && last >= id.number()) return "after number " + last + " of the same sender";
        boolean own = id.node() == node && id.life() == log.life;
        if (ticket != (own ? id.number() : -1)) return "with ticket " + ticket;
        if (own && !log.outstanding.remove(id)) return "of its own, but it is not waiting for it";
        Span span = log.span;
        if (span == null) return "before its first view";
        if (!span.view.members().contains(sender.node())) return "from outside its view " + span.view.members();
        RingId first = deliveredIn.putIfAbsent(id, span.view.ringId());
        if (first != null && !first.equals(span.view.ringId()))
            return "in " + span.view.ringId() + ", but another node did in " + first;
        span.heard.add(new Heard(id, null));
        return null;
    }

    @Override
    public void groupChanged(int node, Change change) {
        Log log = log(node);
        TreeSet<GroupMember> expected = new TreeSet<>(log.group);
        String what = "node " + node + " hears of group change " + change;
        GroupMember self = new GroupMember(NodeId.of(node), log.life);
        check(change.joined().isEmpty() != change.left().isEmpty(), what + ", which is not one thing");
        if (log.inGroup) {
            for (GroupMember left : change.left()) check(expected.remove(left), what + " about no member");
            for (GroupMember joined : change.joined()) check(expected.add(joined), what + " about a member");
            check(List.copyOf(expected).equals(change.members()), what + ", which does not follow from " + log.group);
        } else {
            check(change.joined().contains(self), what + " before its own join");
        }
        log.inGroup = change.members().contains(self);
        log.group = change.members();
        if (log.span != null) log.span.heard.add(new Heard(null, change));
    }

    @Override
    public void viewInstalled(int node, View view, long durableSequence) {
        Log log = log(node);
        String what = "node " + node + " installs " + view.ringId() + " " + view.members();
        NodeId self = NodeId.of(node);
        long sequence = view.ringId().sequence();
        check(view.members().contains(self), what + " without itself");
        check(List.copyOf(new TreeSet<>(view.members())).equals(view.members()), what + ", not in order");
        check(
                view.ringId().representative() == view.members().get(0).value(),
                what + ", whose representative is not the lowest member");
        List<NodeId> known = rings.putIfAbsent(view.ringId(), view.members());
        check(known == null || known.equals(view.members()), what + ", but others saw it with " + known);
        check(
                Long.compareUnsigned(sequence, log.highestSequence) > 0,
                what + " after a ring with sequence " + Long.toHexString(log.highestSequence));
        log.highestSequence = sequence;
        check(
                Long.compareUnsigned(durableSequence, sequence) >= 0,
                what + " while its disk says " + Long.toHexString(durableSequence));
        Span before = log.span;
        TreeSet<NodeId> follows = new TreeSet<>(before == null ? List.of() : before.view.members());
        check(follows.containsAll(view.left()), what + " with strangers among the left " + view.left());
        view.left().forEach(follows::remove);
        for (NodeId joined : view.joined())
            check(follows.add(joined), what + ", joined by " + joined + ", which was there already");
        check(
                List.copyOf(follows).equals(view.members()),
                what + ", joined " + view.joined() + ", left " + view.left() + ", which does not follow from "
                        + (before == null ? "nothing" : before.view.members()));
        if (before != null) close(before, view);
        log.span = new Span(node, log.life, view, log.inGroup);
        decided(what, view, view.quorum());
    }

    @Override
    public void quorumChanged(int node, QuorumState quorum) {
        Span span = log(node).span;
        if (span != null) decided("node " + node + " in " + span.view.ringId(), span.view, quorum);
    }

    /** After the load has ended and everything has come to rest. */
    void finish() {
        check(outstanding() == 0, outstanding() + " messages were never delivered to their own senders");
        TreeSet<GroupMember> expected = new TreeSet<>();
        logs.forEach((node, log) -> {
            if (log.alive) expected.add(new GroupMember(NodeId.of(node), log.life));
        });
        logs.forEach((node, log) -> {
            if (!log.alive) return;
            check(
                    List.copyOf(expected).equals(log.group),
                    "node " + node + " knows group members " + log.group + " instead of " + expected);
            Span last = log.span;
            if (last != null) close(last, new View(END, last.view.members(), List.of(), List.of(), last.view.quorum()));
            log.span = null;
        });
    }

    private void decided(String what, View view, QuorumState quorum) {
        if (!quorum.quorate()) return;
        Set<NodeId> members = new TreeSet<>(view.members());
        if (quorateRings.putIfAbsent(view.ringId(), members) != null) return;
        quorateRings.forEach((ring, others) -> {
            boolean shared = others.stream().anyMatch(members::contains);
            check(shared, what + " quorate, and so was " + ring + " " + others + ": no member knows of both");
        });
    }

    /** Compares a view that is over at one node with the same view at all nodes where it is over. */
    private void close(Span span, @Nullable View next) {
        span.next = next;
        List<Span> others = closed.computeIfAbsent(span.view.ringId(), r -> new ArrayList<>());
        for (Span other : others) {
            compareOrder(span, other);
            View otherNext = other.next;
            if (next == null || otherNext == null || !next.ringId().equals(otherNext.ringId())) continue;
            boolean together = !next.joined().contains(NodeId.of(other.node));
            check(
                    together == !otherNext.joined().contains(NodeId.of(span.node)),
                    span + " and " + other + " went on to " + next.ringId()
                            + ", but only one says that they came together");
            if (together) compareContents(span, other, next.ringId());
        }
        others.add(span);
    }

    private static void compareOrder(Span one, Span other) {
        List<MessageId> a = messages(one.heard);
        List<MessageId> b = messages(other.heard);
        Set<MessageId> inB = new HashSet<>(b);
        Set<MessageId> inA = new HashSet<>(a);
        List<MessageId> commonA = a.stream().filter(inB::contains).toList();
        List<MessageId> commonB = b.stream().filter(inA::contains).toList();
        int i = firstDifference(commonA, commonB);
        if (i < commonA.size())
            throw new AssertionError(one + " heard " + commonA.get(i) + " where " + other + " heard " + commonB.get(i));
    }

    private static void compareContents(Span one, Span other, RingId next) {
        List<Heard> a = one.heard;
        List<Heard> b = other.heard;
        // whoever came into the group later heard only the end
        int from = Math.max(0, one.wasInGroup ? 0 : b.size() - a.size());
        int to = Math.max(0, other.wasInGroup ? 0 : a.size() - b.size());
        if (!one.wasInGroup || !other.wasInGroup) {
            a = new ArrayList<>(a.subList(to, a.size()));
            b = new ArrayList<>(b.subList(from, b.size()));
            // its own join carries the whole list for itself and only the newcomer for others; both say the same
            // members
            if (a.size() == b.size() && !a.isEmpty() && sameMembers(a.get(0), b.get(0))) {
                a.remove(0);
                b.remove(0);
            }
        }
        String both = one + " and " + other + " went on to " + next + " together, but ";
        int i = firstDifference(a, b);
        check(
                i >= Math.min(a.size(), b.size()),
                both + "of " + a.size() + " and " + b.size() + " things one heard as number " + i + " " + at(a, i)
                        + " where the other heard " + at(b, i));
        check(
                a.size() == b.size(),
                both + "one heard " + a.size() + " things and the other " + b.size()
                        + "; the first that only one heard is "
                        + (a.size() > b.size() ? a.get(b.size()) : b.size() > a.size() ? b.get(a.size()) : "none"));
    }

    private static int firstDifference(List<?> a, List<?> b) {
        int i = 0;
        while (i < Math.min(a.size(), b.size()) && a.get(i).equals(b.get(i))) i++;
        return i;
    }

    private static String at(List<Heard> heard, int i) {
        return i < heard.size() ? heard.get(i).toString() : "nothing";
    }

    private static boolean sameMembers(Heard a, Heard b) {
        return a.change != null && b.change != null && a.change.members().equals(b.change.members());
    }

    private static List<MessageId> messages(List<Heard> heard) {
        List<MessageId> messages = new ArrayList<>();
        for (Heard h : heard) if (h.message != null) messages.add(h.message);
        return messages;
    }

    private Log log(int node) {
        Log log = logs.get(node);
        if (log == null) throw new AssertionError("node " + node + " was never started");
        return log;
    }

    private static void check(boolean good, String what) {
        if (!good) throw new AssertionError(what);
    }
}
