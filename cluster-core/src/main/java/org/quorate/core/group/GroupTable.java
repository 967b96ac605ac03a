package org.quorate.core.group;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.quorate.Group.GroupMember;
import org.quorate.NodeId;
import org.quorate.core.group.wire.GroupName;
import org.quorate.core.group.wire.JoinList;

/**
 * Who is in which group. Fed by ordered messages only, so it is equal on all members. A node has at most {@link #MAX_MEMBERS_OF_NODE}
 * members in it.
 */
final class GroupTable {
    /** As many as one join list of 1 MiB can name: a node with more could not tell them in a synchronisation, and has them lost there. */
    static final int MAX_MEMBERS_OF_NODE = JoinList.MAX_ENTRIES;

    /**
     * A member of a group.
     *
     * @param node where it runs
     * @param pid unsigned
     * @param group its name
     */
    record Entry(int node, int pid, GroupName group) implements Comparable<Entry> {
        private static final Comparator<Entry> ORDER = Comparator.comparingInt(Entry::node)
                .thenComparing(Entry::pid, Integer::compareUnsigned)
                .thenComparing(Entry::group);

        @Override
        public int compareTo(Entry other) {
            return ORDER.compare(this, other);
        }

        GroupMember member() {
            return new GroupMember(NodeId.of(node), pid);
        }
    }

    /** The members of one group, and how many each node has. */
    private static final class Crowd {
        private final TreeSet<GroupMember> members = new TreeSet<>();
        private final Map<Integer, Integer> byNode = new HashMap<>();
    }

    private final Map<GroupName, Crowd> groups = new HashMap<>();
    private final Map<Integer, Integer> ofNode = new HashMap<>();
    private int size;

    /** Whether a node has as many members as it may. */
    boolean isFull(int node) {
        return ofNode.getOrDefault(node, 0) >= MAX_MEMBERS_OF_NODE;
    }

    /** Adds a member; false if it is there already, or its node's table is full. */
    boolean add(Entry entry) {
        if (isFull(entry.node)) return false;
        Crowd crowd = groups.computeIfAbsent(entry.group, g -> new Crowd());
        if (!crowd.members.add(entry.member())) return false;
        crowd.byNode.merge(entry.node, 1, Integer::sum);
        ofNode.merge(entry.node, 1, Integer::sum);
        size++;
        return true;
    }

    boolean remove(Entry entry) {
        Crowd crowd = groups.get(entry.group);
        if (crowd == null || !crowd.members.remove(entry.member())) return false;
        crowd.byNode.compute(entry.node, GroupTable::oneLess);
        ofNode.compute(entry.node, GroupTable::oneLess);
        if (crowd.members.isEmpty()) groups.remove(entry.group);
        size--;
        return true;
    }

    private static @Nullable Integer oneLess(int node, @Nullable Integer count) {
        return count == null || count == 1 ? null : count - 1;
    }

    void clear() {
        groups.clear();
        ofNode.clear();
        size = 0;
    }

    boolean contains(Entry entry) {
        Crowd crowd = groups.get(entry.group);
        return crowd != null && crowd.members.contains(entry.member());
    }

    /** Whether a node has a member in a group; asked for every message. */
    boolean has(int node, GroupName group) {
        Crowd crowd = groups.get(group);
        return crowd != null && crowd.byNode.containsKey(node);
    }

    int size() {
        return size;
    }

    /** Members of a group, ascending. */
    List<GroupMember> members(GroupName group) {
        Crowd crowd = groups.get(group);
        return crowd == null ? List.of() : List.copyOf(crowd.members);
    }

    /** Entries by node, id and group. */
    List<Entry> select(Predicate<Entry> which) {
        List<Entry> selected = new ArrayList<>();
        groups.forEach((group, crowd) -> {
            for (GroupMember member : crowd.members) {
                Entry entry = new Entry(member.node().value(), member.id(), group);
                if (which.test(entry)) selected.add(entry);
            }
        });
        selected.sort(Comparator.naturalOrder());
        return selected;
    }

    /** The members among {@code some} of each group, ascending; groups by name. */
    static Map<GroupName, List<GroupMember>> byGroup(List<Entry> some) {
        Map<GroupName, List<GroupMember>> groups = new TreeMap<>();
        for (Entry entry : some)
            groups.computeIfAbsent(entry.group, g -> new ArrayList<>()).add(entry.member());
        groups.values().forEach(members -> members.sort(Comparator.naturalOrder()));
        return groups;
    }
}
