package org.quorate.core.group;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.quorate.ClusterException.Reason;
import org.quorate.Group;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.RingId;
import org.quorate.core.group.GroupTable.Entry;
import org.quorate.core.group.wire.CpgMcast;
import org.quorate.core.group.wire.CpgMessage;
import org.quorate.core.group.wire.CpgPartial;
import org.quorate.core.group.wire.Downlist;
import org.quorate.core.group.wire.GroupName;
import org.quorate.core.group.wire.JoinList;
import org.quorate.core.group.wire.ProcJoin;
import org.quorate.core.group.wire.ProcLeave;
import org.quorate.core.service.Service;
import org.quorate.core.service.ServiceEffect;
import org.quorate.core.service.wire.ServiceHeader;
import org.quorate.core.wire.Parsed;
import org.quorate.engine.Effects;

/**
 * Process groups of one node. Every node keeps the same table of members, changed only by ordered messages; after a membership change the
 * nodes tell each other their own members. Source: cpg.md sections 2 to 4. Differs: a member that left may join again.
 */
public final class GroupService implements Service {
    /** Groups that this node may be a member of. */
    public static final int MAX_LOCAL_GROUPS = 1024;

    private enum Local {
        JOINING,
        MEMBER,
        LEAVING
    }

    private final int self;
    private final int pid;
    private final GroupTable table = new GroupTable();
    private final PartialMessages partials = new PartialMessages();
    private final Map<GroupName, Local> local = new TreeMap<>();
    private final Set<Long> outstanding = new HashSet<>();
    private Set<Integer> previousMembers = Set.of();
    private int previousCount = 1;
    private List<Integer> members = List.of();
    private Set<Integer> left = Set.of();
    private final Set<Entry> collected = new LinkedHashSet<>();

    /**
     * The service of {@code self}.
     *
     * @param pid under which this node's members are known; unsigned
     */
    public GroupService(int self, int pid) {
        this.self = self;
        this.pid = pid;
    }

    @Override
    public int id() {
        return ServiceHeader.CPG;
    }

    @Override
    public boolean synchronises() {
        return true;
    }

    /** Whether no local member is left. */
    public boolean isIdle() {
        return local.isEmpty();
    }

    /** Asks for membership; a group that is being joined or joined already is left as it is. */
    public void join(String name, Effects<ServiceEffect> out) {
        GroupName group = GroupName.of(name);
        Local state = local.get(group);
        if (state == Local.JOINING || state == Local.MEMBER || local.size() >= MAX_LOCAL_GROUPS) return;
        local.put(group, Local.JOINING);
        multicast(new ProcJoin(group, pid), out);
    }

    /** Asks to be let go. */
    public void leave(String name, Effects<ServiceEffect> out) {
        leave(GroupName.of(name), CpgMessage.REASON_LEAVE, out);
    }

    /** The node is about to leave: its members end. */
    public void leaveAll(Effects<ServiceEffect> out) {
        for (GroupName group : List.copyOf(local.keySet())) leave(group, CpgMessage.REASON_PROCESS_DOWN, out);
    }

    private void leave(GroupName group, int reason, Effects<ServiceEffect> out) {
        Local state = local.get(group);
        if (state == null || state == Local.LEAVING) return;
        local.put(group, Local.LEAVING);
        multicast(new ProcLeave(group, pid, reason), out);
    }

    /** Why a message cannot be sent; null if it can. */
    public @org.jspecify.annotations.Nullable Reason refuse(String name) {
        Local state = local.get(GroupName.of(name));
        return state == Local.JOINING || state == Local.MEMBER ? null : Reason.NOT_A_MEMBER;
    }

    /** Multicasts to a group for which {@link #refuse} says null. */
    public void send(String name, byte[] payload, long ticket, Effects<ServiceEffect> out) {
        outstanding.add(ticket);
        multicast(new CpgMcast(GroupName.of(name), pid, self, ticket, payload), out);
    }

    @Override
    public void begin(
            long nowNanos,
            RingId ringId,
            List<Integer> newMembers,
            List<Integer> transitional,
            Effects<ServiceEffect> out) {
        members = List.copyOf(newMembers);
        Set<Integer> gone = new LinkedHashSet<>(previousMembers);
        gone.removeAll(transitional);
        left = gone;
        collected.clear();
    }

    @Override
    public void turn(long nowNanos, Effects<ServiceEffect> out) {
        multicast(new Downlist(previousCount, List.copyOf(left)), out);
        List<JoinList.Entry> mine = table.select(e -> isMine(e) && local.containsKey(e.group())).stream()
                .map(e -> new JoinList.Entry(e.pid(), e.group()))
                .toList();
        if (!mine.isEmpty()) multicast(new JoinList(mine), out);
    }

    @Override
    public void abort() {
        collected.clear();
    }

    @Override
    public void activate(long nowNanos, Effects<ServiceEffect> out) {
        previousMembers = new LinkedHashSet<>(members);
        previousCount = members.size();
        Set<Integer> gone = left;
        left = Set.of();
        for (int node : gone) partials.forget(node);
        remove(table.select(e -> gone.contains(e.node())), Group.Reason.NODE_DOWN, out);
        addCollected(out);
        List<Entry> vanished = table.select(e -> e.node() != self && !collected.contains(e));
        for (Entry entry : vanished) remove(List.of(entry), Group.Reason.PROCESS_DOWN, out);
        collected.clear();
    }

    private void addCollected(Effects<ServiceEffect> out) {
        List<Entry> added = new ArrayList<>();
        for (Entry entry : collected) if (entry.node() != self && table.add(entry)) added.add(entry);
        for (GroupName group : GroupTable.groupsOf(added))
            change(group, membersOf(added, group), List.of(), Group.Reason.NODE_UP, out);
    }

    private void remove(List<Entry> entries, Group.Reason reason, Effects<ServiceEffect> out) {
        for (Entry entry : entries) table.remove(entry);
        for (GroupName group : GroupTable.groupsOf(entries))
            change(group, List.of(), membersOf(entries, group), reason, out);
    }

    private void change(
            GroupName group,
            List<GroupMember> joined,
            List<GroupMember> gone,
            Group.Reason reason,
            Effects<ServiceEffect> out) {
        boolean ownEnd = local.get(group) == Local.LEAVING && gone.contains(new Entry(self, pid, group).member());
        if (hears(group) || ownEnd)
            out.add(new ServiceEffect.GroupChanged(
                    group.toString(), new Change(table.members(group), joined, gone, reason)));
    }

    @Override
    public void deliver(
            long nowNanos,
            int from,
            int function,
            ByteBuffer message,
            boolean littleEndian,
            Effects<ServiceEffect> out) {
        Parsed<CpgMessage> parsed = CpgMessage.decode(message, littleEndian);
        if (parsed instanceof Parsed.Malformed<CpgMessage> bad) {
            out.add(new ServiceEffect.Dropped(bad.reason().counterName()));
            return;
        }
        CpgMessage value = ((Parsed.Ok<CpgMessage>) parsed).value();
        if (value instanceof CpgMcast mcast) {
            onMessage(from, mcast.group(), mcast.pid(), mcast.sourceConnection(), mcast.payload(), out);
        } else if (value instanceof CpgPartial piece) {
            if (table.has(from, piece.group()))
                partials.accept(from, piece)
                        .ifPresent(whole -> onMessage(from, piece.group(), piece.pid(), -1, whole, out));
        } else if (value instanceof ProcJoin join) {
            onJoin(new Entry(from, join.pid(), join.group()), out);
        } else if (value instanceof ProcLeave leave) {
            onLeave(new Entry(from, leave.pid(), leave.group()), leave.reason(), out);
        } else if (value instanceof JoinList list) {
            for (JoinList.Entry entry : list.entries()) collected.add(new Entry(from, entry.pid(), entry.group()));
        }
    }

    private void onJoin(Entry entry, Effects<ServiceEffect> out) {
        if (isMine(entry) && local.get(entry.group()) == Local.JOINING) local.put(entry.group(), Local.MEMBER);
        if (table.add(entry)) change(entry.group(), List.of(entry.member()), List.of(), Group.Reason.JOIN, out);
    }

    private void onLeave(Entry entry, int reason, Effects<ServiceEffect> out) {
        table.remove(entry);
        Group.Reason why = reason == CpgMessage.REASON_LEAVE ? Group.Reason.LEAVE : Group.Reason.PROCESS_DOWN;
        change(entry.group(), List.of(), List.of(entry.member()), why, out);
        // it may have been asked to join again meanwhile
        if (isMine(entry)) local.remove(entry.group(), Local.LEAVING);
    }

    private void onMessage(
            int from, GroupName group, int sender, long connection, byte[] payload, Effects<ServiceEffect> out) {
        boolean mine = from == self && sender == pid && outstanding.remove(connection);
        if (!table.has(from, group)) {
            out.add(new ServiceEffect.Dropped("drop.group.sender-not-a-member"));
            return;
        }
        if (!hears(group)) return;
        GroupMember member = new Entry(from, sender, group).member();
        out.add(new ServiceEffect.GroupMessage(group.toString(), member, payload, mine ? connection : -1));
    }

    /** Whether this node is a member now; one that leaves may not even have come in yet. */
    private boolean hears(GroupName group) {
        Local state = local.get(group);
        return state == Local.MEMBER || (state == Local.LEAVING && table.contains(new Entry(self, pid, group)));
    }

    private boolean isMine(Entry entry) {
        return entry.node() == self && entry.pid() == pid;
    }

    private static List<GroupMember> membersOf(List<Entry> entries, GroupName group) {
        return entries.stream()
                .filter(e -> e.group().equals(group))
                .map(Entry::member)
                .sorted()
                .toList();
    }

    private static void multicast(CpgMessage message, Effects<ServiceEffect> out) {
        out.add(new ServiceEffect.Multicast(message.encode()));
    }
}
