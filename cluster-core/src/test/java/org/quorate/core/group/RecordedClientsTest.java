package org.quorate.core.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.Group.Reason;
import org.quorate.RingId;
import org.quorate.core.group.wire.CpgMcast;
import org.quorate.core.group.wire.CpgMessage;
import org.quorate.core.group.wire.GroupName;
import org.quorate.core.group.wire.ProcJoin;
import org.quorate.core.group.wire.ProcLeave;
import org.quorate.core.service.ServiceEffect;
import org.quorate.core.service.wire.ServiceHeader;
import org.quorate.core.wire.Parsed;
import org.quorate.testkit.Json;

/**
 * The messages that three real daemons ordered, {@code cpg-3node.json}, given to a {@link GroupService} in the place of each of them: its
 * members hear what the C clients of that daemon printed at the time, {@code clients.txt}: the same members, joins, leaves with the
 * same reasons, and messages, in the same order.
 *
 * <p>Left out: what {@code libcpg} 3.1.7 tells a client of its group after it has left; that a member hears its own end, which a client
 * that closes its connection cannot; the order of several members that come in one change. The ring that node 3 had for itself was not
 * captured; what happened in it is made from what its client printed.
 */
class RecordedClientsTest {
    private static final Pattern LINE =
            Pattern.compile("[0-9.]+ (CONFCHG group=(\\S+) members=\\[(.*)] left=\\[(.*)] joined=\\[(.*)]"
                    + "|DELIVER group=(\\S+) node=(\\d+) pid=(\\d+) len=(\\d+) sum=(\\d+) .*)");
    private static final Map<String, String> REASONS =
            Map.of("JOIN", "1", "LEAVE", "2", "NODE_DOWN", "3", "NODE_UP", "4", "PROCESS_DOWN", "5");
    /** Which nodes each ring had: the clients' TOTEM lines. */
    private static final Map<String, List<Integer>> RINGS = Map.of(
            "1.9", List.of(1, 2, 3),
            "1.d", List.of(1, 2),
            "3.d", List.of(3),
            "1.11", List.of(1, 2, 3),
            "1.15", List.of(1, 3),
            "1.1a", List.of(1, 2, 3));

    /** What one member heard, a line each. */
    private final Map<String, List<String>> heard = new TreeMap<>();

    private final Map<String, List<String>> present = new LinkedHashMap<>();
    private final Set<Integer> own = new HashSet<>();
    private final List<ServiceEffect> out = new ArrayList<>();

    @ParameterizedTest(name = "node {0}: {1} client lives, {2} events")
    @CsvSource({"1, 3, 24", "2, 2, 14", "3, 2, 10"})
    void membersHearWhatTheClientsOfThatNodeHeard(int self, int clients, int events) {
        Map<String, List<String>> recorded = recorded(self);
        GroupService service = new GroupService(self, 0, 64 << 20);
        String ring = "";
        boolean syncing = false;
        for (Json message : Json.resource("cpg/cpg-3node.json").items()) {
            List<Integer> members =
                    Objects.requireNonNull(RINGS.get(message.get("ring").text()));
            if (!members.contains(self)) continue;
            int type = message.get("decoded").get("id").integer();
            boolean ofSync = type == 5 || type == 2;
            if (!message.get("ring").text().equals(ring)) {
                if (syncing) activate(service);
                if (self == 3 && message.get("ring").text().equals("1.11")) ring = island(service);
                List<Integer> before = ring.isEmpty() ? List.of(self) : Objects.requireNonNull(RINGS.get(ring));
                ring = message.get("ring").text();
                List<Integer> stayed = members.stream().filter(before::contains).toList();
                service.begin(0, new RingId(1, 1), members, stayed, out::add);
                syncing = true;
            } else if (syncing && !ofSync) {
                activate(service);
                syncing = false;
            }
            give(service, self, message);
        }
        if (syncing) activate(service);
        assertThat(recorded.values().stream().mapToInt(List::size).sum()).isEqualTo(events);
        assertThat(heard).hasSize(clients).isEqualTo(recorded);
    }

    private String island(GroupService service) {
        service.begin(0, new RingId(3, 1), List.of(3), List.of(3), out::add);
        activate(service);
        byte[] said = "island\0".getBytes(StandardCharsets.US_ASCII);
        byte[] message = new CpgMcast(GroupName.of("alpha"), 12547, 3, 0, said).encode();
        service.deliver(0, 3, 3, ByteBuffer.wrap(message), true, out::add);
        take();
        return "3.d";
    }

    private void activate(GroupService service) {
        service.activate(0, out::add);
        take();
    }

    private void give(GroupService service, int self, Json message) {
        byte[] octets = message.get(message.has("hex") ? "hex" : "hexPrefix").hex();
        byte[] whole = Arrays.copyOf(octets, message.get("decoded").get("size").integer());
        int from = message.get("sender").integer();
        CpgMessage value = ((Parsed.Ok<CpgMessage>) CpgMessage.decode(ByteBuffer.wrap(whole), true)).value();
        if (from == self && value instanceof ProcJoin join) {
            own.add(join.pid());
            service.join(join.group().toString(), join.pid(), out::add);
        }
        if (from == self && value instanceof ProcLeave leave)
            service.leave(leave.group().toString(), leave.pid(), out::add);
        out.clear();
        service.deliver(0, from, message.get("decoded").get("id").integer(), ByteBuffer.wrap(whole), true, out::add);
        take();
        assertThat(service.id()).isEqualTo(ServiceHeader.CPG);
    }

    /** Gives each member that is in the group what the service says of it. */
    private void take() {
        for (ServiceEffect effect : out) {
            if (effect instanceof ServiceEffect.GroupChanged changed) {
                Change change = changed.change();
                for (GroupMember joined : change.joined()) {
                    String key = key(changed.group(), joined);
                    if (own.contains(joined.id()) && !heard.containsKey(key))
                        present.put(key, heard.computeIfAbsent(key, k -> new ArrayList<>()));
                }
                if (change.reason() == Reason.PROCESS_DOWN)
                    for (GroupMember left : change.left()) present.remove(key(changed.group(), left));
                String line = line(changed.group(), change);
                present.forEach((key, lines) -> {
                    if (key.startsWith(changed.group() + " ")) lines.add(line);
                });
                for (GroupMember left : change.left()) present.remove(key(changed.group(), left));
            } else if (effect instanceof ServiceEffect.GroupMessage message) {
                String line = "from " + message.sender().node() + ":"
                        + message.sender().id() + " " + message.payload().length
                        + (message.payload().length < 64 ? " sum " + sum(message) : "");
                present.forEach((key, lines) -> {
                    if (key.startsWith(message.group() + " ")) lines.add(line);
                });
            }
        }
        out.clear();
    }

    private static long sum(ServiceEffect.GroupMessage message) {
        long sum = 0;
        for (byte octet : message.payload()) sum += octet & 0xff;
        return sum;
    }

    private static String key(String group, GroupMember member) {
        return group + " " + member.id();
    }

    private static String line(String group, Change change) {
        String reason = Objects.requireNonNull(REASONS.get(change.reason().name()));
        return group + " members " + names(change.members(), "0") + " left " + names(change.left(), reason) + " joined "
                + names(change.joined(), reason);
    }

    private static String names(List<GroupMember> members, String reason) {
        return members.stream()
                .map(m -> m.node() + ":" + m.id() + ":r" + reason)
                .sorted()
                .collect(Collectors.joining(" "));
    }

    /** What the clients of a node printed while they were in a group, by group and pid. */
    private static Map<String, List<String>> recorded(int node) {
        Map<String, List<String>> lives = new TreeMap<>();
        boolean here = false;
        String pid = "";
        boolean in = false;
        for (String line : text().split("\n")) {
            if (line.startsWith("==")) here = line.matches("== client . on node " + node + "( .*)?");
            if (line.contains("pid=") && line.startsWith("max_atomic")) {
                pid = line.substring(line.indexOf("pid=") + 4);
                in = true;
            }
            Matcher event = LINE.matcher(line);
            if (!here || !in || !event.matches()) continue;
            boolean change = event.group(2) != null;
            String group = change ? event.group(2) : event.group(6);
            lives.computeIfAbsent(group + " " + pid, k -> new ArrayList<>())
                    .add(
                            change
                                    ? group + " members " + sorted(event.group(3)) + " left " + sorted(event.group(4))
                                            + " joined " + sorted(event.group(5))
                                    : "from " + event.group(7) + ":" + event.group(8) + " " + event.group(9)
                                            + (Integer.parseInt(event.group(9)) < 64 ? " sum " + event.group(10) : ""));
            if (change && event.group(4).contains(":" + pid + ":")) in = false;
        }
        return lives;
    }

    private static String sorted(String names) {
        return Arrays.stream(names.split(" ")).sorted().collect(Collectors.joining(" "));
    }

    private static String text() {
        try (InputStream in = RecordedClientsTest.class.getResourceAsStream("/cpg/clients.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
