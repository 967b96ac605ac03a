package org.quorate.core.change;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Who is there, in which ring, and whether they may decide. Confined to its engine. */
final class Membership {
    private final Member self;
    private List<Member> members = List.of();
    private SortedSet<Integer> nodes = new TreeSet<>();
    private ChangeInput.Quorum quorum = new ChangeInput.Quorum(false, false);
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

    boolean isQuorate() {
        return quorum.quorate();
    }

    /** Whether anything could be decided, if only about a guest. */
    boolean mayDecideSomething() {
        return quorum.quorate() || quorum.withoutGuest();
    }

    boolean mayDecide(Proposal proposal) {
        return quorum.quorate() || (proposal.traits().guest() && quorum.withoutGuest());
    }

    /** The nodes of the ring that do not take part in changes. */
    SortedSet<Integer> strangers() {
        TreeSet<Integer> strangers = new TreeSet<>(nodes);
        members.forEach(member -> strangers.remove(member.node()));
        return strangers;
    }
}
