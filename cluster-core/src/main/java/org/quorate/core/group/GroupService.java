package org.quorate.core.group;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException.Reason;
import org.quorate.Group;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.NodeId;
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
 * nodes tell each other their own members. A node may have several members, also of the same group; each has an id of its own, which is
 * never used again in the node's life. Source: cpg.md sections 2 to 4. Differs: nothing has to be reset to join again; a node
 * that was away only while a synchronisation was broken off is reported as gone and come.
 */
public final class GroupService implements Service {
    /** Members that this node may have, those that are leaving included: as many as one join list of less than 1 MiB can name. */
    public static final int MAX_LOCAL_MEMBERS = 4096;

    /** A group in which this node has members, or is about to. */
    private static final class LocalGroup {
        private final GroupName name;
        private final String text;
        /** By id, whether it is leaving. */
        private final Map<Integer, Boolean> leaving = new TreeMap<>();
        /** Those that are in the table. */
        private int present;

        LocalGroup(String text) {
            this.name = GroupName.of(text);
            this.text = text;
        }
    }

    private final int self;
    private final int processId;
    private final GroupTable table = new GroupTable();
    private final PartialMessages partials;
    private final Map<GroupName, LocalGroup> local = new TreeMap<>();
    private final Map<String, LocalGroup> byText = new HashMap<>();
    private int localMembers;
    private final Set<Long> outstanding = new HashSet<>();
    private Set<Integer> previousMembers = Set.of();
    private int previousCount = 1;
    private List<Integer> members = List.of();
    private Set<Integer> left = Set.of();
    /** What join lists of the synchronisation that is under way have said. */
    private final GroupTable collected = new GroupTable();

    private boolean collecting;

    /**
     * The service of {@code self}.
     *
     * @param processId id of this node's first member; unsigned
     * @param maxPartialBytes octets of all unfinished messages of C programs, at least 1; a longer message is dropped. At most 64 MiB
     *     count
     */
    public GroupService(int self, int processId, int maxPartialBytes) {
        this.partials = new PartialMessages(maxPartialBytes);
        this.self = self;
        this.processId = processId;
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
        return localMembers == 0;
    }

    /** Octets of messages that come in pieces and are not complete. */
    public long partialBytes() {
        return partials.bytes();
    }

    /** Members of all groups that are known. */
    public int size() {
        return table.size();
    }

    /**
     * Asks for membership; a member that there is already is left as it is.
     *
     * @param number of the member, counted by this node from 0; its id is as much above the process id
     */
    public void join(String name, int number, Effects<ServiceEffect> out) {
        LocalGroup group = byText.computeIfAbsent(name, LocalGroup::new);
        local.putIfAbsent(group.name, group);
        int id = processId + number;
        if (localMembers < MAX_LOCAL_MEMBERS && group.leaving.putIfAbsent(id, false) == null) {
            localMembers++;
            multicast(new ProcJoin(group.name, id), out);
        }
        forgetIfEmpty(group);
    }

    /** Asks for a member to be let go. */
    public void leave(String name, int number, Effects<ServiceEffect> out) {
        LocalGroup group = byText.get(name);
        if (group != null) leave(group, processId + number, CpgMessage.REASON_LEAVE, out);
    }

    /** The node is about to leave: its members end. */
    public void leaveAll(Effects<ServiceEffect> out) {
        for (LocalGroup group : local.values())
            for (int id : List.copyOf(group.leaving.keySet())) leave(group, id, CpgMessage.REASON_PROCESS_DOWN, out);
    }

    private void leave(LocalGroup group, int id, int reason, Effects<ServiceEffect> out) {
        if (!Boolean.FALSE.equals(group.leaving.get(id))) return;
        group.leaving.put(id, true);
        multicast(new ProcLeave(group.name, id, reason), out);
    }

    /** Why a message cannot be sent; null if it can. */
    public @Nullable Reason refuse(String name, int number) {
        LocalGroup group = byText.get(name);
        boolean able = group != null && Boolean.FALSE.equals(group.leaving.get(processId + number));
        return able ? null : Reason.NOT_A_MEMBER;
    }

    /** Multicasts to a group for which {@link #refuse} says null. */
    public void send(String name, int number, byte[] payload, long ticket, Effects<ServiceEffect> out) {
        LocalGroup group = byText.get(name);
        if (group == null) throw new IllegalStateException("no member of " + name);
        outstanding.add(ticket);
        multicast(new CpgMcast(group.name, processId + number, self, ticket, payload), out);
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
        // who was away in a ring that was not synchronised to its end has missed messages, too, although it came along
        // from there
        gone.removeIf(node -> transitional.contains(node) && !left.contains(node));
        left = gone;
        collected.clear();
        collecting = true;
    }

    @Override
    public void turn(long nowNanos, Effects<ServiceEffect> out) {
        multicast(new Downlist(previousCount, List.copyOf(left)), out);
        List<JoinList.Entry> mine = table.select(this::isMine).stream()
                .map(e -> new JoinList.Entry(e.pid(), e.group()))
                .toList();
        if (!mine.isEmpty()) multicast(new JoinList(mine), out);
    }

    @Override
    public void abort() {
        collected.clear();
        collecting = false;
    }

    @Override
    public void activate(long nowNanos, Effects<ServiceEffect> out) {
        previousMembers = new LinkedHashSet<>(members);
        previousCount = members.size();
        Set<Integer> gone = left;
        left = Set.of();
        for (int node : gone) partials.forget(node, out);
        remove(table.select(e -> gone.contains(e.node())), Group.Reason.NODE_DOWN, out);
        addCollected(out);
        List<Entry> vanished = table.select(e -> e.node() != self && !collected.contains(e));
        for (Entry entry : vanished) remove(List.of(entry), Group.Reason.PROCESS_DOWN, out);
        collected.clear();
        collecting = false;
    }

    private void collect(int from, JoinList list, Effects<ServiceEffect> out) {
        if (!collecting) {
            drop("drop.group.join-list-out-of-turn", out);
            return;
        }
        for (JoinList.Entry entry : list.entries())
            addIfRoom(collected, new Entry(from, entry.pid(), entry.group()), out);
    }

    private void addCollected(Effects<ServiceEffect> out) {
        List<Entry> added = new ArrayList<>();
        for (Entry entry : collected.select(e -> e.node() != self)) if (addIfRoom(table, entry, out)) added.add(entry);
        GroupTable.byGroup(added)
                .forEach((group, joined) -> change(group, joined, List.of(), Group.Reason.NODE_UP, out));
    }

    private void remove(List<Entry> entries, Group.Reason reason, Effects<ServiceEffect> out) {
        for (Entry entry : entries) {
            table.remove(entry);
            partials.forget(entry.node(), entry.pid(), entry.group(), out);
        }
        GroupTable.byGroup(entries).forEach((group, gone) -> change(group, List.of(), gone, reason, out));
    }

    private void change(
            GroupName name,
            List<GroupMember> joined,
            List<GroupMember> gone,
            Group.Reason reason,
            Effects<ServiceEffect> out) {
        LocalGroup group = local.get(name);
        if (group == null || (group.present == 0 && !isOwnEnd(group, gone))) return;
        out.add(new ServiceEffect.GroupChanged(group.text, new Change(table.members(name), joined, gone, reason)));
    }

    private boolean isOwnEnd(LocalGroup group, List<GroupMember> gone) {
        for (GroupMember member : gone)
            if (member.node().value() == self && group.leaving.containsKey(member.id())) return true;
        return false;
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
            drop(bad.reason().counterName(), out);
            return;
        }
        CpgMessage value = ((Parsed.Ok<CpgMessage>) parsed).value();
        if (value instanceof CpgMcast mcast) {
            onMessage(from, mcast.group(), mcast.pid(), mcast.sourceConnection(), mcast.payload(), out);
        } else if (value instanceof CpgPartial piece) {
            onPiece(from, piece, out);
        } else if (value instanceof ProcJoin join) {
            onJoin(new Entry(from, join.pid(), join.group()), out);
        } else if (value instanceof ProcLeave leave) {
            onLeave(new Entry(from, leave.pid(), leave.group()), leave.reason(), out);
        } else if (value instanceof JoinList list) {
            collect(from, list, out);
        }
    }

    private void onJoin(Entry entry, Effects<ServiceEffect> out) {
        if (!addIfRoom(table, entry, out)) return;
        LocalGroup group = local.get(entry.group());
        if (group != null && isMine(entry)) group.present++;
        change(entry.group(), List.of(entry.member()), List.of(), Group.Reason.JOIN, out);
    }

    private static boolean addIfRoom(GroupTable members, Entry entry, Effects<ServiceEffect> out) {
        if (members.add(entry)) return true;
        if (!members.contains(entry)) drop("drop.group.too-many-members", out);
        return false;
    }

    private void onLeave(Entry entry, int reason, Effects<ServiceEffect> out) {
        boolean known = table.remove(entry);
        LocalGroup group = local.get(entry.group());
        boolean mine = isMine(entry);
        if (group != null && mine && known && --group.present == 0) partials.forget(entry.group(), out);
        partials.forget(entry.node(), entry.pid(), entry.group(), out);
        Group.Reason why = reason == CpgMessage.REASON_LEAVE ? Group.Reason.LEAVE : Group.Reason.PROCESS_DOWN;
        change(entry.group(), List.of(), List.of(entry.member()), why, out);
        if (group == null || !mine) return;
        group.leaving.remove(entry.pid());
        localMembers--;
        forgetIfEmpty(group);
    }

    /** Only for members that are here already: a piece from before the own join belongs to a message of before it. */
    private void onPiece(int from, CpgPartial piece, Effects<ServiceEffect> out) {
        if (!table.has(from, piece.group())) {
            drop("drop.group.sender-not-a-member", out);
            return;
        }
        LocalGroup group = local.get(piece.group());
        if (group == null || group.present == 0) return;
        partials.accept(from, piece, out)
                .ifPresent(whole -> onMessage(from, piece.group(), piece.pid(), -1, whole, out));
    }

    private void onMessage(
            int from, GroupName name, int sender, long connection, byte[] payload, Effects<ServiceEffect> out) {
        boolean mine = from == self && outstanding.remove(connection);
        if (!table.has(from, name)) {
            drop("drop.group.sender-not-a-member", out);
            return;
        }
        LocalGroup group = local.get(name);
        if (group == null || group.present == 0) return;
        GroupMember member = new GroupMember(NodeId.of(from), sender);
        out.add(new ServiceEffect.GroupMessage(group.text, member, payload, mine ? connection : -1));
    }

    private boolean isMine(Entry entry) {
        if (entry.node() != self) return false;
        LocalGroup group = local.get(entry.group());
        return group != null && group.leaving.containsKey(entry.pid());
    }

    private void forgetIfEmpty(LocalGroup group) {
        if (!group.leaving.isEmpty()) return;
        local.remove(group.name);
        byText.remove(group.text);
    }

    private static void drop(String reason, Effects<ServiceEffect> out) {
        out.add(new ServiceEffect.Dropped(reason));
    }

    private static void multicast(CpgMessage message, Effects<ServiceEffect> out) {
        out.add(new ServiceEffect.Multicast(message.encode()));
    }
}
