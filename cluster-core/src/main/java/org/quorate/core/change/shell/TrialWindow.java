package org.quorate.core.change.shell;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.probe.ProbingNode;
import org.quorate.spi.LinkProbes;
import org.quorate.spi.ProbeSession;

/** One link that is tried: over a socket of its own, or over that of the node if it has the address already. Any thread. */
abstract sealed class TrialWindow implements AutoCloseable {
    private static final long ANSWER_MILLIS = 1000;

    final TrialPlan plan;

    private TrialWindow(TrialPlan plan) {
        this.plan = plan;
    }

    /**
     * Begins to ask the peers and to answer them.
     *
     * @param key the caller's
     * @throws ClusterException if the address and port cannot be bound; it says which, and why
     */
    static TrialWindow open(ProbingNode node, int self, TrialPlan plan, byte[] key, Duration limit) {
        TreeMap<Integer, SortedMap<Integer, InetSocketAddress>> others = new TreeMap<>();
        plan.peers().forEach((peer, address) -> {
            TreeMap<Integer, InetSocketAddress> link = new TreeMap<>();
            link.put(plan.link(), address);
            others.put(peer, link);
        });
        byte[] copy = key.clone();
        LinkProbes.Window window = new LinkProbes.Window(self, copy, others, limit);
        return plan.isNew() ? new Fresh(node, plan, window) : new Shared(node, plan, window);
    }

    /** What is known now; nothing if nobody answers within a second. */
    abstract CompletableFuture<List<LinkProbes.Path>> paths();

    /** Ends it. What was bound is free when this returns. Idempotent. */
    @Override
    public abstract void close();

    /** A socket of its own. */
    private static final class Fresh extends TrialWindow {
        private final ProbeSession session;
        private final CompletableFuture<Long> number = new CompletableFuture<>();

        Fresh(ProbingNode node, TrialPlan plan, LinkProbes.Window window) {
            super(plan);
            TreeMap<Integer, InetSocketAddress> own = new TreeMap<>();
            own.put(plan.link(), plan.own());
            session = node.bindProbes(own)
                    .orElseThrow(() -> new ClusterException(Reason.REFUSED, "the transport cannot try links"));
            session.loop().execute(() -> {
                number.complete(session.openProbes(window));
                Arrays.fill(window.key(), (byte) 0);
            });
        }

        @Override
        CompletableFuture<List<LinkProbes.Path>> paths() {
            CompletableFuture<List<LinkProbes.Path>> found = new CompletableFuture<>();
            try {
                session.loop().execute(() -> found.complete(session.probes(number.getNow(0L))));
            } catch (RejectedExecutionException over) {
                found.complete(List.of());
            }
            return found.completeOnTimeout(List.of(), ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        }

        @Override
        public void close() {
            session.close();
        }
    }

    /** The node's own socket. */
    private static final class Shared extends TrialWindow {
        private final ProbingNode node;
        private final CompletableFuture<Long> number;

        Shared(ProbingNode node, TrialPlan plan, LinkProbes.Window window) {
            super(plan);
            this.node = node;
            this.number = node.openProbes(window)
                    .whenComplete((opened, failed) -> Arrays.fill(window.key(), (byte) 0))
                    .toCompletableFuture();
        }

        @Override
        CompletableFuture<List<LinkProbes.Path>> paths() {
            return number.thenCompose(opened -> node.probes(opened).toCompletableFuture())
                    .exceptionally(failed -> List.of())
                    .completeOnTimeout(List.of(), ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        }

        @Override
        public void close() {
            CompletableFuture<Void> ignored = number.thenAccept(node::closeProbes);
        }
    }
}
