package org.quorate.examples.interop;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
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

/**
 * The JVM's counterpart of {@code cpg_traffic.c}: a node that joins the same group, sends messages of the same make, and
 * checks those of all senders, its own and those of C programs on daemons' hosts. Same last line of output, same hash
 * over the order of delivery.
 *
 * <p>Arguments: CONF DATADIR GROUP SENDER COUNT MEMBERS SENDERS SECONDS [PAUSE], the last one in milliseconds between messages.
 */
public final class GroupTraffic implements Group.Listener {
    private static final int HEAD = 9;
    private static final int SMALLEST = 10;
    /** Number of the message of a sender that has everything. */
    private static final int DONE = -1;

    private static final int LARGEST = 100_000;
    private static final long HASH_START = 1_469_598_103_934_665_603L;
    private static final long HASH_PRIME = 1_099_511_628_211L;
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
    private long order = HASH_START;

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
            System.out.println(result());
            group.send(message(sender, DONE)).toCompletableFuture().get(seconds, TimeUnit.SECONDS);
            ok &= allDone.await(seconds, TimeUnit.SECONDS);
        }
        return ok && clean();
    }

    private boolean sendAll(Group group) throws InterruptedException {
        Semaphore window = new Semaphore(WINDOW);
        CompletableFuture<Void> failure = new CompletableFuture<>();
        for (int number = 0; number < count && !failure.isDone(); number++) {
            if (!window.tryAcquire(seconds, TimeUnit.SECONDS)) return false;
            group.send(message(sender, number)).whenComplete((done, thrown) -> {
                if (thrown != null) failure.completeExceptionally(thrown);
                window.release();
            });
            if (pauseMillis > 0) Thread.sleep(pauseMillis);
        }
        if (failure.isDone()) System.out.println("not sent: " + failure);
        return !failure.isDone();
    }

    @Override
    public synchronized void onMessage(GroupMember member, byte[] message) {
        if (message.length < SMALLEST || message[0] < 0 || message[0] >= expected.length) {
            wrong++;
            return;
        }
        ByteBuffer fields = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        int from = message[0];
        int number = fields.getInt(1);
        if (number == DONE) {
            done[from] = true;
            checkComplete();
            return;
        }
        received++;
        bytes += message.length;
        order = mix(order, message, 0, 5);
        if (number != expected[from]) {
            System.out.println(
                    "from " + member + " sender " + from + ": number " + number + " instead of " + expected[from]);
            wrong++;
        } else if (message.length != sizeOf(number) || fields.getInt(5) != checksum(message)) {
            System.out.println("from " + member + " sender " + from + ": number " + number + " is damaged, "
                    + message.length + " bytes");
            wrong++;
        }
        expected[from] = number + 1;
        home[from] = member.node();
        checkComplete();
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

    private synchronized String result() {
        return "received=%d bytes=%d wrong=%d again=0 order=%016x".formatted(received, bytes, wrong, order);
    }

    private synchronized boolean clean() {
        return wrong == 0;
    }

    private static byte[] message(int sender, int number) {
        byte[] message = new byte[sizeOf(number)];
        ByteBuffer fields = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        fields.put(0, (byte) sender).putInt(1, number);
        for (int i = HEAD; i < message.length; i++) message[i] = (byte) (i * 31 + number * 7 + sender);
        fields.putInt(5, checksum(message));
        return message;
    }

    private static int sizeOf(int number) {
        if (number == 0 || number == DONE) return SMALLEST;
        if (number == 1) return LARGEST;
        int spread = number % 16 == 0 ? LARGEST - SMALLEST + 1 : number % 4 == 0 ? 4000 : 300;
        return SMALLEST + Integer.remainderUnsigned((number * 0x9E3779B1) >>> 4, spread);
    }

    private static int checksum(byte[] message) {
        long hash = mix(HASH_START, message, HEAD, message.length);
        return (int) (hash ^ hash >>> 32);
    }

    private static long mix(long start, byte[] data, int from, int to) {
        long hash = start;
        for (int i = from; i < to; i++) hash = (hash ^ (data[i] & 0xff)) * HASH_PRIME;
        return hash;
    }
}
