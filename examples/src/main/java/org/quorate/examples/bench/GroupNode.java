package org.quorate.examples.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.quorate.ClusterManager;
import org.quorate.Group;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.examples.agent.AgentConfiguration;
import org.quorate.examples.json.JsonObject;

/**
 * One node of the group benchmark, a process of its own: joins a group, waits for the others, sends if it is to, checks
 * every message that is delivered, and prints one line of JSON when all senders have ended; then the same for the next load. Also runs beside real Corosync nodes, with
 * their configuration file.
 */
public final class GroupNode implements Group.Listener {
    private static final String GROUP = "load";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** So much is under way at most. */
    private static final int WINDOW_BYTES = 4 << 20;

    private static final int WINDOW_MESSAGES = 4096;
    private static final int LATENCIES = 1 << 21;
    private static final long ORDER_FACTOR = 0x9e3779b97f4a7c15L;

    private final int self;
    private final GroupLoad load;
    private final CountDownLatch complete = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final int window;
    private final Semaphore room;
    private final long[] latencies;
    private final com.sun.management.OperatingSystemMXBean process =
            ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);

    // what follows is confined to the callbacks
    private final long[] next = new long[1024];
    private int endedSenders;
    private long messages;
    private long bytes;
    private long wrong;
    private long order;
    private long firstNanos;
    private long lastNanos;
    private long longestGapNanos;
    private long cpuAtFirst;
    private long cpuNanos;
    private int latencyCount;

    private GroupNode(int self, GroupLoad load) {
        this.self = self;
        this.load = load;
        boolean single = load.mode() == GroupLoad.Mode.LATENCY;
        this.window = single ? 1 : Math.max(2, Math.min(WINDOW_MESSAGES, WINDOW_BYTES / load.bytes()));
        this.room = new Semaphore(window);
        this.latencies = new long[single && self == 1 ? LATENCIES : 0];
    }

    /** Takes a corosync.conf, a data folder, the node's id and what {@link GroupLoad#arguments} gives. */
    public static void main(String[] args) throws Exception {
        List<String> words = Arrays.asList(args);
        int self = Integer.parseInt(words.get(2));
        List<GroupLoad> loads = GroupLoad.parse(words.subList(3, words.size()));
        AgentConfiguration configuration = AgentConfiguration.load(
                Optional.of(Path.of(words.get(0))), Optional.of(Path.of(words.get(1))), OptionalInt.of(self));
        try (ClusterManager manager = configuration.buildNode()) {
            manager.start().toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            int exit = 0;
            for (GroupLoad load : loads) exit = Math.max(exit, new GroupNode(self, load).run(manager));
            manager.leave()
                    .toCompletableFuture()
                    .orTimeout(2, TimeUnit.SECONDS)
                    .exceptionally(late -> null)
                    .join();
            System.exit(exit);
        }
    }

    private int run(ClusterManager manager) throws InterruptedException {
        try (Group group = manager.group(GROUP + load.bytes(), this)) {
            if (!complete.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                System.err.println("node " + self + ": only " + group.members().size() + " members");
                return 1;
            }
            if (self <= load.senders()) send(group);
            long wait = LIMIT.plus(load.limit()).toSeconds();
            boolean whole = ended.await(wait, TimeUnit.SECONDS);
            System.out.println(report(whole));
            return whole && wrong == 0 ? 0 : 1;
        }
    }

    private void send(Group group) throws InterruptedException {
        GroupMessage message = GroupMessage.make(self, load.bytes());
        long sequence = 0;
        long start = System.nanoTime();
        long measuredAt = start + load.warmUp().toNanos();
        long counted = 0;
        for (long now = start; !load.isOver(counted, now - measuredAt); now = System.nanoTime()) {
            if (!room.tryAcquire()) {
                // not one by one: a wake-up costs more than a message
                int some = Math.max(1, window / 4);
                room.acquire(some);
                room.release(some - 1);
                now = System.nanoTime();
            }
            int flags = now < measuredAt ? GroupMessage.WARM_UP : 0;
            if (flags == 0) counted++;
            send(group, message.stamped(sequence++, now, flags));
            if (now >= measuredAt && !load.gap().isZero()) {
                awaitIdle();
                LockSupport.parkNanos(load.gap().toNanos());
            }
        }
        send(
                group,
                GroupMessage.make(self, GroupMessage.HEADER_BYTES)
                        .stamped(sequence, System.nanoTime(), GroupMessage.END));
    }

    private void awaitIdle() throws InterruptedException {
        room.acquire(window);
        room.release(window);
    }

    /** What is under way stays below what a node takes; a refusal is a failure of the measurement. */
    private void send(Group group, byte[] message) {
        group.send(message).whenComplete((done, failure) -> {
            if (failure == null) return;
            System.err.println("node " + self + ": " + failure);
            System.exit(1);
        });
    }

    @Override
    public void onChange(Change change) {
        if (change.members().size() >= load.members()) complete.countDown();
    }

    @Override
    public void onMessage(GroupMember member, byte[] payload) {
        long now = System.nanoTime();
        GroupMessage message = GroupMessage.of(payload);
        if (!message.isWhole() || message.sender() < 0 || message.sender() >= next.length) {
            wrong++;
            return;
        }
        int sender = message.sender();
        if (message.sequence() != next[sender]) wrong++;
        next[sender] = message.sequence() + 1;
        if (message.has(GroupMessage.END)) {
            if (++endedSenders == load.senders()) {
                cpuNanos = process.getProcessCpuTime() - cpuAtFirst;
                ended.countDown();
            }
            return;
        }
        if (!message.has(GroupMessage.WARM_UP)) count(message, payload.length, now);
        if (sender == self) room.release();
    }

    private void count(GroupMessage message, int length, long now) {
        if (messages == 0) {
            firstNanos = now;
            cpuAtFirst = process.getProcessCpuTime();
        } else {
            longestGapNanos = Math.max(longestGapNanos, now - lastNanos);
        }
        lastNanos = now;
        messages++;
        bytes += length;
        order = (order + message.sender()) * ORDER_FACTOR + message.sequence();
        if (message.sender() == self && latencyCount < latencies.length)
            latencies[latencyCount++] = now - message.nanos();
    }

    private JsonObject report(boolean whole) {
        double seconds = Math.max(1, lastNanos - firstNanos) / 1e9;
        JsonObject line = new JsonObject()
                .put("node", self)
                .put("bytes", load.bytes())
                .put("messages", messages)
                .put("wrong", wrong)
                .put("ended", whole)
                .put("order", Long.toHexString(order))
                .put("seconds", Math.round(seconds * 1000) / 1000.0)
                .put("messagesPerSecond", Math.round(messages / seconds))
                .put("megabytesPerSecond", Math.round(bytes / seconds / 1e4) / 100.0)
                .put("longestGapMillis", longestGapNanos / 1_000_000)
                .put("cpuNanos", cpuNanos)
                .put("heapLiveBytes", heapLiveBytes());
        if (latencyCount == 0) return line;
        Arrays.sort(latencies, 0, latencyCount);
        return line.put("p50Micros", micros(500)).put("p99Micros", micros(990)).put("p999Micros", micros(999));
    }

    /** What the heap holds on to, other than what the next collection takes anyway. The measurement is over here. */
    private static long heapLiveBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private double micros(long perMille) {
        return Math.round(latencies[(int) (latencyCount * perMille / 1000)] / 100.0) / 10.0;
    }
}
