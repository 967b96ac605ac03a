package org.quorate.examples.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.Group;
import org.quorate.Group.GroupMember;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.examples.agent.AgentConfiguration;
import org.quorate.interop.Await;

/**
 * The JVM's counterpart of {@code cpg_traffic.c}: a node that joins the same group, sends messages of the same make, and
 * checks those of all senders, its own and those of C programs on daemons' hosts. Same last line of output, same hash
 * over the order of delivery.
 *
 * <p>Arguments: CONF DATADIR GROUP SENDER COUNT MEMBERS SENDERS SECONDS [PAUSE], the last one in milliseconds between messages.
 */
public final class GroupTraffic implements Group.Listener {
    /** Number of the message of a sender that has everything. */
    private static final int DONE = NumberedMessages.LAST;

    private static final NumberedMessages MESSAGES = new NumberedMessages(100_000, 16);
    /** Own messages that may be on their way at a time. */
    private static final int WINDOW = 64;

    private final String name;
    private final int sender;
    private final int members;
    private final int count;
    private final long seconds;
    private final long pauseMillis;
    private final int[] expected;
    private final @Nullable NodeId[] home;
    private final boolean[] gone;
    private final boolean[] done;
    private final CountDownLatch gathered = new CountDownLatch(1);
    private final CountDownLatch complete = new CountDownLatch(1);
    private final CountDownLatch allDone = new CountDownLatch(1);
    private long received;
    private long bytes;
    private long wrong;
    private long order = NumberedMessages.startOfOrder();
    private long lastNanos;
    private long longestSilenceNanos;

    /** Traffic with the arguments of {@link #main}. */
    GroupTraffic(String[] args) {
        this.name = args[2];
        this.sender = Integer.parseInt(args[3]);
        this.count = Integer.parseInt(args[4]);
        this.members = Integer.parseInt(args[5]);
        int senders = Integer.parseInt(args[6]);
        this.seconds = Long.parseLong(args[7]);
        this.pauseMillis = args.length > 8 ? Long.parseLong(args[8]) : 0;
        this.expected = new int[senders];
        this.home = new NodeId[senders];
        this.gone = new boolean[senders];
        this.done = new boolean[senders];
    }

    /** Runs to the end; exit code 0 if everything arrived as it was sent. */
    public static void main(String[] args) throws Exception {
        AgentConfiguration configuration = AgentConfiguration.load(
                Optional.of(Path.of(args[0])), Optional.of(Path.of(args[1])), OptionalInt.empty());
        GroupTraffic traffic = new GroupTraffic(args);
        boolean ok;
        try (ClusterManager node = configuration.buildNode()) {
            node.start().toCompletableFuture().get(traffic.seconds, TimeUnit.SECONDS);
            ok = traffic.run(node);
        }
        System.exit(ok ? 0 : 1);
    }

    /** Joins the group with a started node, sends, receives, and prints the result; true if everything arrived as it was sent. */
    boolean run(ClusterManager node) throws Exception {
        node.awaitQuorum().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
        boolean ok;
        try (Group group = node.group(name, this)) {
            ok = gathered.await(seconds, TimeUnit.SECONDS)
                    && sendAll(group)
                    && complete.await(seconds, TimeUnit.SECONDS);
            ClusterStatus status = node.status().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
            System.out.println(status.counters());
            for (LinkStatus link : status.links())
                System.out.println("link " + link.link() + " to node " + link.peer() + ": frames of "
                        + link.mtu().bytes() + " bytes");
            System.out.println(silence());
            System.out.println(result());
            group.send(MESSAGES.make(sender, DONE)).toCompletableFuture().get(seconds, TimeUnit.SECONDS);
            ok &= allDone.await(seconds, TimeUnit.SECONDS);
        }
        return ok && clean();
    }

    private boolean sendAll(Group group) throws InterruptedException {
        Semaphore window = new Semaphore(WINDOW);
        CompletableFuture<Void> failure = new CompletableFuture<>();
        for (int number = 0; number < count && !failure.isDone(); number++) {
            if (!window.tryAcquire(seconds, TimeUnit.SECONDS)) return false;
            group.send(MESSAGES.make(sender, number)).whenComplete((done, thrown) -> {
                if (thrown != null) failure.completeExceptionally(thrown);
                window.release();
            });
            Await.pass(Duration.ofMillis(pauseMillis));
        }
        if (failure.isDone()) System.out.println("not sent: " + failure);
        return !failure.isDone();
    }

    @Override
    public synchronized void onMessage(GroupMember member, byte[] message) {
        if (!NumberedMessages.hasHead(message) || message[0] < 0 || message[0] >= expected.length) {
            wrong++;
            return;
        }
        int from = message[0];
        int number = NumberedMessages.number(message);
        if (number == DONE) {
            done[from] = true;
            checkComplete();
            return;
        }
        listenToSilence();
        if (expected[from] == 0) System.out.println("sender " + from + " has begun");
        received++;
        bytes += message.length;
        order = NumberedMessages.hash(order, message, 0, 5);
        if (number != expected[from]) {
            System.out.println(
                    "from " + member + " sender " + from + ": number " + number + " instead of " + expected[from]);
            wrong++;
        } else if (!MESSAGES.isWhole(message)) {
            System.out.println("from " + member + " sender " + from + ": number " + number + " is damaged, "
                    + message.length + " bytes");
            wrong++;
        }
        expected[from] = number + 1;
        home[from] = member.node();
        checkComplete();
    }

    /** Measures the longest time between two messages while all are sending. */
    private void listenToSilence() {
        long now = System.nanoTime();
        boolean allSend = true;
        for (int next : expected) allSend &= next > 0 && next < count;
        if (allSend && lastNanos != 0) longestSilenceNanos = Math.max(longestSilenceNanos, now - lastNanos);
        lastNanos = allSend ? now : 0;
    }

    private void checkComplete() {
        boolean all = true;
        boolean theyDo = true;
        for (int sender = 0; sender < expected.length; sender++) {
            all &= expected[sender] >= count || gone[sender];
            theyDo &= done[sender] || gone[sender];
        }
        if (all) complete.countDown();
        if (theyDo) allDone.countDown();
    }

    @Override
    public synchronized void onChange(Group.Change change) {
        System.out.println("members=" + change.members() + " left=" + change.left() + " joined=" + change.joined());
        if (change.members().size() >= members) gathered.countDown();
        for (GroupMember left : change.left())
            for (int sender = 0; sender < home.length; sender++)
                if (left.node().equals(home[sender])) gone[sender] = true;
        checkComplete();
    }

    private synchronized String silence() {
        return "silence=" + longestSilenceNanos / 1_000_000;
    }

    private synchronized String result() {
        return "received=%d bytes=%d wrong=%d again=0 order=%016x".formatted(received, bytes, wrong, order);
    }

    private synchronized boolean clean() {
        return wrong == 0;
    }
}
