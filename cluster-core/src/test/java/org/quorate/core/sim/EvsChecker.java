package org.quorate.core.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
    /**
     * Something heard within a view: a message, or a change of a group.
     *
     * @param what names it alike at all nodes
     * @param id of a message that has one
     * @param before members of the group, as far as the node knew them; none before its own join
     * @param after members of the group
     */
    private record Heard(String what, @Nullable MessageId id, List<GroupMember> before, List<GroupMember> after) {
        boolean concerns(Span span) {
            return after.stream().anyMatch(span::isMember) || before.stream().anyMatch(span::isMember);
        }

        boolean isSame(Heard other) {
            return id != null ? id.equals(other.id) : what.equals(other.what) && after.equals(other.after);
        }

        @Override
        public String toString() {
            return id != null ? what + " " + id : what + " " + after;
        }
    }

    /** One view at one node, with what was heard in it. */
    private static final class Span {
        private final NodeId node;
        private final int life;
        private final View view;
        private final List<Heard> heard = new ArrayList<>();
        private @Nullable View next;

        Span(NodeId node, int life, View view) {
            this.node = node;
            this.life = life;
            this.view = view;
        }

        boolean isMember(GroupMember member) {
            return member.node().equals(node) && MessageId.lifeOf(member.id()) == life;
        }

        @Override
        public String toString() {
            return "node " + node + " (life " + life + ") in " + view.ringId() + " " + view.members();
        }
    }

    /** One group at one node. */
    private static final class GroupLog {
        private boolean in;
        private @Nullable GroupMember self;
        private List<GroupMember> members = List.of();
    }

    /** What one node saw through all its lives. */
    private static final class Log {
        private int life;
        private boolean alive;
        private long highestSequence;
        private @Nullable Span span;
        private final Map<String, GroupLog> groups = new TreeMap<>();
        private final Set<MessageId> delivered = new HashSet<>();
        private final Map<Long, byte[]> outstanding = new HashMap<>();
        private final Map<GroupMember, Long> lastNumbers = new HashMap<>();

        GroupLog group(String name) {
            return groups.computeIfAbsent(name, n -> new GroupLog());
        }
    }

    private static final RingId END = new RingId(-1, -1);

    private final boolean twoQuorateAllowed;
    private final Map<Integer, Log> logs = new TreeMap<>();
    private final Map<RingId, List<NodeId>> rings = new HashMap<>();
    private final Map<MessageId, RingId> deliveredIn = new HashMap<>();
    private final Map<RingId, List<Span>> closed = new HashMap<>();
    private final Map<RingId, Set<NodeId>> quorateRings = new LinkedHashMap<>();
    private long deliveries;

    /** {@code twoQuorateAllowed} if the options of the cluster let two partitions be quorate at a time. */
    EvsChecker(boolean twoQuorateAllowed) {
        this.twoQuorateAllowed = twoQuorateAllowed;
    }

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

    /** Whether that node has heard message {@code number} of this life of another. */
    boolean hasHeard(int node, MessageId message) {
        return log(node).delivered.contains(message);
    }

    @Override
    public void started(int node, int life) {
        Log log = logs.computeIfAbsent(node, n -> new Log());
        log.life = life;
        log.alive = true;
        log.groups.clear();
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
    public void joins(int node, String group, GroupMember self) {
        log(node).group(group).self = self;
    }

    @Override
    public void sent(int node, String group, long number, byte[] payload) {
        log(node).outstanding.put(number, payload.clone());
    }

    @Override
    public void refused(int node, long number) {
        check(
                log(node).outstanding.remove(number) != null,
                "node " + node + " refuses message " + number + ", which it was not given or has delivered");
    }

    @Override
    public void delivered(int node, String group, GroupMember sender, byte[] payload, long ticket) {
        deliveries++;
        Log log = log(node);
        boolean tiny = MessageId.isTiny(payload, sender.node().value());
        MessageId id = tiny ? null : MessageId.of(payload);
        String wrong = hear(node, log, group, id, sender, payload, ticket);
        if (wrong == null) return;
        String what = id == null ? "of " + payload.length + " octets from node " + sender.node() : id.toString();
        throw new AssertionError("node " + node + " hears message " + what + " in group " + group + " " + wrong);
    }

    /** What is wrong with a delivery, null if nothing; the sentence is made only when it is needed, for there are many deliveries. */
    private @Nullable String hear(
            int node, Log log, String name, @Nullable MessageId id, GroupMember sender, byte[] payload, long ticket) {
        GroupLog group = log.group(name);
        if (!group.in) return "but is not in the group";
        if (!group.members.contains(sender)) return "from no member of the group " + group.members;
        boolean own = sender.node().value() == node && MessageId.lifeOf(sender.id()) == log.life;
        if (own != ticket >= 0) return "with ticket " + ticket;
        if (own) {
            byte[] sent = log.outstanding.remove(ticket);
            if (sent == null) return "of its own, but it is not waiting for it";
            if (!Arrays.equals(sent, payload)) return "of its own, but it sent another one with ticket " + ticket;
        }
        Span span = log.span;
        if (span == null) return "before its first view";
        if (!span.view.members().contains(sender.node())) return "from outside its view " + span.view.members();
        if (id == null) {
            span.heard.add(new Heard(
                    name + ": " + payload.length + " octets of " + sender, null, group.members, group.members));
            return null;
        }
        if (sender.node().value() != id.node()) return "in the name of node " + sender.node();
        if (MessageId.lifeOf(sender.id()) != id.life()) return "in the name of " + sender;
        if (!log.delivered.add(id)) return "twice";
        Long last = log.lastNumbers.put(sender, id.number());
        if (last != null && last >= id.number()) return "after number " + last + " of the same sender";
        RingId first = deliveredIn.putIfAbsent(id, span.view.ringId());
        if (first != null && !first.equals(span.view.ringId()))
            return "in " + span.view.ringId() + ", but another node did in " + first;
        span.heard.add(new Heard(name, id, group.members, group.members));
        return null;
    }

    @Override
    public void groupChanged(int node, String name, Change change) {
        Log log = log(node);
        GroupLog group = log.group(name);
        TreeSet<GroupMember> expected = new TreeSet<>(group.members);
        String what = "node " + node + " hears of a change of group " + name + ": " + change;
        GroupMember self = group.self;
        check(self != null, what + ", which it never joined");
        check(change.joined().isEmpty() != change.left().isEmpty(), what + ", which is not one thing");
        if (group.in) {
            for (GroupMember left : change.left()) check(expected.remove(left), what + " about no member");
            for (GroupMember joined : change.joined()) check(expected.add(joined), what + " about a member");
            check(
                    List.copyOf(expected).equals(change.members()),
                    what + ", which does not follow from " + group.members);
        } else {
            check(change.joined().contains(self), what + " before its own join");
            check(change.members().containsAll(change.joined()), what + " without the newcomers");
        }
        List<GroupMember> before = group.in ? group.members : List.of();
        group.in = change.members().contains(self);
        group.members = change.members();
        // its own join carries the whole list for itself and only the newcomer for others; both say the same members
        if (log.span != null)
            log.span.heard.add(new Heard(name + ": change, gone " + change.left(), null, before, change.members()));
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
        log.span = new Span(self, log.life, view);
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
        Map<String, TreeSet<GroupMember>> expected = new TreeMap<>();
        logs.forEach((node, log) -> {
            if (!log.alive) return;
            log.groups.forEach((name, group) -> {
                if (group.in && group.self != null)
                    expected.computeIfAbsent(name, n -> new TreeSet<>()).add(group.self);
            });
        });
        logs.forEach((node, log) -> {
            if (!log.alive) return;
            log.groups.forEach((name, group) -> {
                if (!group.in) return;
                List<GroupMember> members = List.copyOf(expected.getOrDefault(name, new TreeSet<>()));
                check(
                        members.equals(group.members),
                        "node " + node + " knows as members of group " + name + " " + group.members + " instead of "
                                + members);
            });
            Span last = log.span;
            if (last != null) close(last, new View(END, last.view.members(), List.of(), List.of(), last.view.quorum()));
            log.span = null;
        });
    }

    /** The groups that a node is in. */
    Set<String> groupsOf(int node) {
        Set<String> names = new TreeSet<>();
        log(node).groups.forEach((name, group) -> {
            if (group.in) names.add(name);
        });
        return names;
    }

    private void decided(String what, View view, QuorumState quorum) {
        if (!quorum.quorate() || twoQuorateAllowed) return;
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
            boolean together = !next.joined().contains(other.node);
            check(
                    together == !otherNext.joined().contains(span.node),
                    span + " and " + other + " went on to " + next.ringId()
                            + ", but only one says that they came together");
            if (together) compareContents(span, other, next.ringId());
        }
        others.add(span);
    }

    private static void compareOrder(Span one, Span other) {
        List<MessageId> a = messages(one.heard);
        List<MessageId> b = messages(other.heard);
        // nearly always one of them is the beginning of the other
        if (firstDifference(a, b) == Math.min(a.size(), b.size())) return;
        Set<MessageId> inB = new HashSet<>(b);
        Set<MessageId> inA = new HashSet<>(a);
        List<MessageId> commonA = a.stream().filter(inB::contains).toList();
        List<MessageId> commonB = b.stream().filter(inA::contains).toList();
        int i = firstDifference(commonA, commonB);
        if (i < commonA.size())
            throw new AssertionError(one + " heard " + commonA.get(i) + " where " + other + " heard " + commonB.get(i));
    }

    /** What both could hear, because both were in the group, both have heard alike. */
    private static void compareContents(Span one, Span other, RingId next) {
        List<Heard> a = one.heard.stream().filter(h -> h.concerns(other)).toList();
        List<Heard> b = other.heard.stream().filter(h -> h.concerns(one)).toList();
        int i = 0;
        while (i < Math.min(a.size(), b.size()) && a.get(i).isSame(b.get(i))) i++;
        if (i == a.size() && i == b.size()) return;
        String both = one + " and " + other + " went on to " + next + " together, but ";
        if (i < Math.min(a.size(), b.size()))
            throw new AssertionError(both + "of " + a.size() + " and " + b.size() + " things one heard as number " + i
                    + " " + a.get(i) + " where the other heard " + b.get(i));
        throw new AssertionError(both + "one heard " + a.size() + " things and the other " + b.size()
                + "; the first that only one heard is " + (a.size() > b.size() ? a : b).get(i));
    }

    private static int firstDifference(List<?> a, List<?> b) {
        int i = 0;
        while (i < Math.min(a.size(), b.size()) && a.get(i).equals(b.get(i))) i++;
        return i;
    }

    private static List<MessageId> messages(List<Heard> heard) {
        List<MessageId> messages = new ArrayList<>(heard.size());
        for (Heard h : heard) if (h.id != null) messages.add(h.id);
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
