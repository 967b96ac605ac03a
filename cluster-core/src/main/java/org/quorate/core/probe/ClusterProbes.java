package org.quorate.core.probe;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterManager;
import org.quorate.Group.GroupMember;
import org.quorate.NodeId;
import org.quorate.RequestGroup;
import org.quorate.core.join.MemberProbes;
import org.quorate.core.join.wire.ProbePlan;
import org.quorate.spi.LinkProbes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members' side: each member of the cluster that runs one of these opens a window when any of them is asked to. They tell each other in a
 * request group, so the key travels sealed with the cluster's. Corosync daemons do not take part. Thread-safe.
 */
public final class ClusterProbes implements MemberProbes, RequestGroup.Handler, AutoCloseable {
    /** What the group of requests is called. */
    public static final String GROUP = "links";

    private static final Logger LOG = LoggerFactory.getLogger(ClusterProbes.class);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);
    /** Windows that are remembered, so that they can be closed; older ones end by their time. */
    private static final int MAX_REMEMBERED = 64;

    private final NodeId self;
    private final ProbingNode node;
    private final RequestGroup members;
    private final SecureRandom random = new SecureRandom();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Long> windows = new LinkedHashMap<>() { // guarded by lock
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                    return size() > MAX_REMEMBERED;
                }
            };

    /**
     * Takes part from now on.
     *
     * @param cluster a node, which may be not started yet
     * @param self its id
     * @param node the same one
     */
    public ClusterProbes(ClusterManager cluster, NodeId self, ProbingNode node) {
        this.self = self;
        this.node = node;
        this.members = cluster.requests(GROUP, this);
    }

    /** {@inheritDoc} Waits for at most {@code 3 s} until the members have said that they do. Not to be called on the callback executor. */
    @Override
    public Window open(ProbePlan plan, SortedMap<Integer, String> joiner, Duration limit) {
        byte[] token = new byte[ProbeOrder.TOKEN_BYTES];
        random.nextBytes(token);
        String name = HexFormat.of().formatHex(token);
        byte[] key = plan.key().copy();
        byte[] order = new ProbeOrder.Open(name, key, limit, addresses(plan, joiner)).encode();
        try {
            tell(order).toCompletableFuture().get(ANSWER_LIMIT.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | ClusterException silent) {
            LOG.warn("node {}: not all members were told to try the links to a joiner: {}", self, silent.toString());
        } finally {
            Arrays.fill(key, (byte) 0);
            Arrays.fill(order, (byte) 0);
        }
        return () -> close(name);
    }

    private CompletionStage<RequestGroup.Replies> tell(byte[] order) {
        return members.askAll(order.clone(), ANSWER_LIMIT).thenApply(replies -> {
            List<String> troubles = replies.answered().stream()
                    .filter(reply -> !reply.ok())
                    .map(reply -> "node " + reply.member().node() + ": " + reply.error())
                    .toList();
            if (!troubles.isEmpty() || !replies.silent().isEmpty())
                LOG.warn(
                        "node {}: links to a joiner are not tried everywhere: {}, silent {}",
                        self,
                        troubles,
                        replies.silent());
            return replies;
        });
    }

    private void close(String token) {
        try {
            CompletionStage<RequestGroup.Replies> unused = tell(new ProbeOrder.Close(token).encode());
        } catch (RuntimeException over) { // the windows end by themselves
            LOG.debug("node {}: {}", self, over.toString());
        }
    }

    private static SortedMap<Integer, InetSocketAddress> addresses(ProbePlan plan, SortedMap<Integer, String> joiner) {
        TreeMap<Integer, InetSocketAddress> all = new TreeMap<>();
        joiner.forEach((link, digits) -> {
            Integer port = plan.ports().get(link);
            if (port == null) return;
            try {
                all.put(link, new InetSocketAddress(InetAddress.getByName(digits), port));
            } catch (UnknownHostException noAddress) {
                LOG.debug("{} is no address", digits);
            }
        });
        return all;
    }

    @Override
    public CompletionStage<byte[]> onRequest(GroupMember asker, byte[] request) {
        ProbeOrder order = ProbeOrder.decode(request);
        if (order instanceof ProbeOrder.Open open) return opened(open);
        Long window = forget(order.token());
        if (window != null) node.closeProbes(window);
        return CompletableFuture.completedStage(new byte[0]);
    }

    private CompletionStage<byte[]> opened(ProbeOrder.Open order) {
        TreeMap<Integer, SortedMap<Integer, InetSocketAddress>> joiner = new TreeMap<>();
        joiner.put(LinkProbes.NO_NODE, order.joiner());
        LinkProbes.Window window = new LinkProbes.Window(self.value(), order.key(), joiner, order.limit());
        return node.openProbes(window)
                .thenApply(number -> {
                    remember(order.token(), number);
                    return new byte[0];
                })
                .whenComplete((done, failure) -> Arrays.fill(order.key(), (byte) 0));
    }

    private void remember(String token, long window) {
        lock.lock();
        try {
            windows.put(token, window);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Long forget(String token) {
        lock.lock();
        try {
            return windows.remove(token);
        } finally {
            lock.unlock();
        }
    }

    /** Who takes part, as far as this node knows. */
    List<GroupMember> members() {
        return members.members();
    }

    /** Takes part no more. */
    @Override
    public void close() {
        members.close();
    }
}
