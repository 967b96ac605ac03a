package org.quorate.core.group;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.quorate.Group.GroupMember;
import org.quorate.NodeId;
import org.quorate.core.group.wire.GroupName;

/** Who is in which group, ordered by node, id and group. Fed by ordered messages only, so it is equal on all members. */
final class GroupTable {
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

    private final TreeSet<Entry> entries = new TreeSet<>();

    boolean add(Entry entry) {
        return entries.add(entry);
    }

    boolean remove(Entry entry) {
        return entries.remove(entry);
    }

    boolean contains(Entry entry) {
        return entries.contains(entry);
    }

    boolean has(int node, GroupName group) {
        return entries.stream().anyMatch(e -> e.node == node && e.group.equals(group));
    }

    int size() {
        return entries.size();
    }

    List<GroupMember> members(GroupName group) {
        return entries.stream()
                .filter(e -> e.group.equals(group))
                .map(Entry::member)
                .toList();
    }

    List<Entry> select(Predicate<Entry> which) {
        return entries.stream().filter(which).toList();
    }

    /** Groups of {@code some}, each once, by name. */
    static List<GroupName> groupsOf(List<Entry> some) {
        TreeSet<GroupName> groups = new TreeSet<>();
        for (Entry entry : some) groups.add(entry.group);
        return new ArrayList<>(groups);
    }
}
