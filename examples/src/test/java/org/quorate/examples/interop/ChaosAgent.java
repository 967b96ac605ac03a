package org.quorate.examples.interop;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.Group;
import org.quorate.Group.GroupMember;
import org.quorate.NodeId;
import org.quorate.View;
import org.quorate.examples.agent.Agent;
import org.quorate.examples.agent.AgentConfiguration;
import org.quorate.examples.agent.EventLog;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.Await;

/**
 * The JVM's counterpart of {@code cpg_chaos.c}: an agent whose node sends the same messages to the same group and writes the same lines.
 * It begins as soon as it has joined, also alone,
 * and one line more: {@code unsent NUMBER WHY}, a message that the node did not take or did not hear itself.
 *
 * <p>Arguments: CONF DATADIR GROUP MEMBERS PAUSE LOG FINISH.
 */
public final class ChaosAgent implements Group.Listener, ClusterListener {
    private static final NumberedMessages MESSAGES = new NumberedMessages(300_000, 128);
    /** Own messages that may be on their way at a time. */
    private static final int WINDOW = 64;

    private final int self;
    private final int membersWanted;
    private final PrintStream log;
    private final Set<NodeId> finished = new HashSet<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch joined = new CountDownLatch(1);
    private final CountDownLatch allFinished = new CountDownLatch(1);
    private volatile boolean unsent;
    private String ring = "-";
    private long heard;
    private long order = NumberedMessages.startOfOrder();

    private ChaosAgent(int self, int membersWanted, PrintStream log) {
        this.self = self;
        this.membersWanted = membersWanted;
        this.log = log;
    }

    /** Runs until somebody ends the process. */
    public static void main(String[] args) throws Exception {
        AgentConfiguration configuration = AgentConfiguration.load(
                Optional.of(Path.of(args[0])), Optional.of(Path.of(args[1])), OptionalInt.empty());
        ClusterManager node = configuration.buildNode();
        PrintStream log = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(args[5], true), 1 << 16), false, StandardCharsets.UTF_8);
        int self = configuration.self().value();
        log.printf("%nstart %d %d%n", self, ProcessHandle.current().pid());
        ChaosAgent traffic = new ChaosAgent(self, Integer.parseInt(args[3]), log);
        node.addListener(traffic);
        EventLog events = new EventLog(
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                configuration.self(),
                Clock.systemUTC());
        Agent agent = new Agent(node, configuration.dataDir(), List.of(), events);
        Thread serving = new Thread(
                () -> System.exit(
                        agent.run(new JsonObject().put("dataDir", args[1])).exitCode()),
                "agent");
        serving.start();
        traffic.run(node, args[2], Long.parseLong(args[4]), Path.of(args[6]));
        serving.join();
    }

    private void run(ClusterManager node, String groupName, long pauseMillis, Path finish) throws Exception {
        started.await();
        Group group = node.group(groupName, this);
        joined.await();
        Semaphore window = new Semaphore(WINDOW);
        int number = 0;
        while (!Files.exists(finish)) {
            if (unsent) return; // the node leaves
            send(group, number++, window);
            Await.pass(Duration.ofMillis(pauseMillis));
        }
        send(group, NumberedMessages.LAST, window);
        allFinished.await();
        write(ringOver() + "complete " + (number + 1));
    }

    private void send(Group group, int number, Semaphore window) throws InterruptedException {
        window.acquire();
        group.send(MESSAGES.make(self, number)).whenComplete((done, failure) -> {
            if (failure != null) {
                write("unsent " + number + " " + failure);
                unsent = true;
            }
            window.release();
        });
    }

    @Override
    public synchronized void onMessage(GroupMember sender, byte[] message) {
        String from = sender.node() + ":" + Integer.toUnsignedString(sender.id());
        if (!NumberedMessages.hasHead(message) || !MESSAGES.isWhole(message)) {
            write("bad message of " + message.length + " bytes from " + from);
            return;
        }
        int number = NumberedMessages.number(message);
        write("m " + from.replace(':', ' ') + " " + Integer.toUnsignedString(number) + " " + message.length);
        ByteBuffer key = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        key.putInt(sender.node().value()).putInt(sender.id()).putInt(number);
        order = NumberedMessages.hash(order, key.array(), 0, 12);
        heard++;
        if (number == NumberedMessages.LAST && finished.add(sender.node()) && finished.size() >= membersWanted)
            allFinished.countDown();
    }

    @Override
    public synchronized void onChange(Group.Change change) {
        write("change " + cpgReason(change.reason()) + " " + list(change.joined()) + " " + list(change.left()));
        if (change.joined().stream().anyMatch(member -> member.node().value() == self)) joined.countDown();
    }

    private static int cpgReason(Group.Reason reason) {
        return switch (reason) {
            case JOIN -> 1;
            case LEAVE -> 2;
            case NODE_DOWN -> 3;
            case NODE_UP -> 4;
            case PROCESS_DOWN -> 5;
        };
    }

    @Override
    public synchronized void onView(View view) {
        String members = view.members().stream().map(NodeId::toString).collect(Collectors.joining(","));
        String over = ringOver();
        ring = view.ringId().toString();
        write(over + "view " + ring + " " + members);
        started.countDown();
    }

    private synchronized String ringOver() {
        String line = "order %s %d %016x%n".formatted(ring, heard, order);
        heard = 0;
        order = NumberedMessages.startOfOrder();
        return line;
    }

    private synchronized void write(String line) {
        log.println(line);
        log.flush();
    }

    private static String list(List<GroupMember> members) {
        return members.isEmpty()
                ? "-"
                : members.stream()
                        .map(member -> member.node() + ":" + Integer.toUnsignedString(member.id()))
                        .collect(Collectors.joining(","));
    }
}
