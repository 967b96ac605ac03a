package org.quorate.core.change;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Who is there, in which ring, and whether they may decide. Confined to its engine. */
final class Membership {
    private final Member self;
    private List<Member> members = List.of();
    private SortedSet<Integer> nodes = new TreeSet<>();
    private ChangeInput.Quorum quorum = new ChangeInput.Quorum(false, false);
    private SortedMap<Integer, Integer> takingPart = new TreeMap<>();
    private long ring;

    Membership(Member self) {
        this.self = self;
    }

    void members(List<Member> now) {
        members = now;
    }

    void view(ChangeInput.View view) {
        ring = view.ring();
        nodes = view.nodes();
        quorum = view.quorum();
    }

    void quorum(ChangeInput.Quorum now) {
        quorum = now;
    }

    Member self() {
        return self;
    }

    boolean isSelf(Member member) {
        return member.equals(self);
    }

    List<Member> members() {
        return members;
    }

    boolean has(int node) {
        return members.stream().anyMatch(member -> member.node() == node);
    }

    /** The lowest member, which does what one has to do for all. */
    boolean isFirst(Member member) {
        return !members.isEmpty() && members.get(0).equals(member);
    }

    /** Whether there is a ring, and this node's member is in it. */
    boolean isWhole() {
        return ring != 0 && members.contains(self);
    }

    long ring() {
        return ring;
    }

    /** Whether what this ring agrees on is decided: no other ring can decide something else without a member that knows of it. */
    boolean mayDecide() {
        return quorum.quorate() && isCarried();
    }

    /** Whether anything could be decided, if only about a guest. */
    boolean mayDecideSomething() {
        return (quorum.quorate() || quorum.withoutGuest()) && isCarried();
    }

    boolean mayDecide(Proposal proposal) {
        return mayDecide() || (proposal.traits().guest() && mayDecideSomething());
    }

    /** Those that are known to take part in changes, by what this node has on its disk. */
    void takingPart(SortedMap<Integer, Integer> votes) {
        takingPart = votes;
    }

    /**
     * Beside nodes that promise nothing, more than half of the votes of those that do have to be here, or half with the lowest of them: any two
     * such rings have a member in common.
     */
    private boolean isCarried() {
        if (takingPart.isEmpty() || strangers().isEmpty()) return true;
        int all = 0;
        int present = 0;
        for (Map.Entry<Integer, Integer> each : takingPart.entrySet()) {
            all += each.getValue();
            if (has(each.getKey())) present += each.getValue();
        }
        return present * 2 > all || (present * 2 == all && has(takingPart.firstKey()));
    }

    /** Why nothing can be decided. */
    String lack() {
        if (isCarried()) return "the cluster has no quorum";
        return "nodes that do not take part in changes, such as Corosync daemons, promise nothing, and beside them more than"
                + " half of the nodes " + takingPart.keySet() + " have to be here";
    }

    /** The nodes of the ring that do not take part in changes. */
    SortedSet<Integer> strangers() {
        TreeSet<Integer> strangers = new TreeSet<>(nodes);
        members.forEach(member -> strangers.remove(member.node()));
        return strangers;
    }
}
