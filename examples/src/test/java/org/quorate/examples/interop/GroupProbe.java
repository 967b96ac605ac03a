package org.quorate.examples.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.quorate.ClusterManager;
import org.quorate.Group;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.examples.agent.AgentConfiguration;

/**
 * The JVM's counterpart of {@code cpg_member.c}: a node with several members in a group, of which the first prints what it hears, in the
 * same words. Obeys the lines of a file: {@code send} lets each member send three messages, {@code leave} lets the last one leave,
 * {@code stop} ends the node in order.
 *
 * <p>Arguments: CONF DATADIR GROUP MEMBERS COMMANDS SECONDS.
 */
public final class GroupProbe implements Group.Listener {
    private static final int[] SIZES = {10, 200_000, Group.MAX_MESSAGE_BYTES};

    /** Exit code 0 after {@code stop}. */
    public static void main(String[] args) throws Exception {
        AgentConfiguration configuration = AgentConfiguration.load(
                Optional.of(Path.of(args[0])), Optional.of(Path.of(args[1])), OptionalInt.empty());
        Path commands = Path.of(args[4]);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(args[5]));
        try (ClusterManager node = configuration.buildNode()) {
            node.start().toCompletableFuture().get(60, TimeUnit.SECONDS);
            List<Group> members = new ArrayList<>();
            for (int i = 0; i < Integer.parseInt(args[3]); i++)
                members.add(node.group(args[2], i == 0 ? new GroupProbe() : (sender, payload) -> {}));
            members.forEach(member -> System.out.println("member " + name(member.self())));
            for (int done = 0; System.nanoTime() < end; ) {
                List<String> lines = Files.exists(commands) ? Files.readAllLines(commands) : List.of();
                if (done == lines.size()) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                    continue;
                }
                switch (lines.get(done++)) {
                    case "send" -> send(members);
                    case "leave" ->
                        members.remove(members.size() - 1)
                                .leave()
                                .toCompletableFuture()
                                .get(60, TimeUnit.SECONDS);
                    case "stop" -> {
                        node.leave().toCompletableFuture().get(60, TimeUnit.SECONDS);
                        System.exit(0);
                    }
                    default -> throw new IllegalArgumentException(lines.get(done - 1));
                }
            }
        }
        System.exit(1);
    }

    private static void send(List<Group> members) throws Exception {
        for (Group member : members)
            for (int size : SIZES) {
                byte[] message = new byte[size];
                for (int i = 0; i < size; i++)
                    message[i] = (byte) (i * 11 + member.self().id());
                member.send(message).toCompletableFuture().get(60, TimeUnit.SECONDS);
            }
    }

    @Override
    public void onMessage(GroupMember sender, byte[] payload) {
        int sum = 0x811C9DC5;
        for (byte octet : payload) sum = (sum ^ (octet & 0xff)) * 16_777_619;
        System.out.println("message " + name(sender) + " bytes=" + payload.length + " sum=%08x".formatted(sum));
    }

    @Override
    public void onChange(Change change) {
        System.out.println("change members=" + names(change.members()) + " joined=" + names(change.joined()) + " left="
                + names(change.left()) + " reason=" + number(change.reason()));
    }

    /** As in {@code corosync/cpg.h}. */
    private static int number(Group.Reason reason) {
        return switch (reason) {
            case JOIN -> 1;
            case LEAVE -> 2;
            case NODE_DOWN -> 3;
            case NODE_UP -> 4;
            case PROCESS_DOWN -> 5;
        };
    }

    private static String names(List<GroupMember> members) {
        return members.stream().map(GroupProbe::name).collect(Collectors.joining(","));
    }

    private static String name(GroupMember member) {
        return member.node() + ":" + Integer.toUnsignedString(member.id());
    }
}
