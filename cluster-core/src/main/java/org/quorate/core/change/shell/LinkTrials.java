package org.quorate.core.change.shell;

import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.core.change.ChangeInput;
import org.quorate.core.change.LinkTrial;
import org.quorate.core.change.Objection;
import org.quorate.core.change.Objection.Kind;
import org.quorate.core.change.Proposal;
import org.quorate.core.change.ProposalId;
import org.quorate.core.change.TriedLink;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.probe.ProbingNode;
import org.quorate.spi.LinkProbes;

/**
 * Tries the links that a change would make, one change at a time: says what it has found as soon as all is good, or at the trial's limit, and
 * answers the others until it is ended. Confined to the thread of the changes.
 */
final class LinkTrials implements AutoCloseable {
    private static final long LOOK_MILLIS = 25;
    /** How long the others are answered if nobody ends it. */
    private static final Duration SPARE = Duration.ofMinutes(2);

    private final int self;
    private final ProbingNode node;
    private final ChangeFiles files;
    private final ScheduledExecutorService thread;
    private final Consumer<ChangeInput> back;
    private @Nullable Running running;

    LinkTrials(
            int self,
            ProbingNode node,
            ChangeFiles files,
            ScheduledExecutorService thread,
            Consumer<ChangeInput> back) {
        this.self = self;
        this.node = node;
        this.files = files;
        this.thread = thread;
        this.back = back;
    }

    /** Begins; the answer comes by {@link ChangeInput.Tried}. */
    void begin(Proposal proposal, LinkTrial trial, SortedSet<Integer> nodes) {
        close();
        Running fresh = new Running(proposal.id(), trial);
        running = fresh;
        try {
            fresh.open(plans(proposal, nodes, fresh), trial);
        } catch (ClusterException wrong) {
            fresh.object("node " + self + ": " + wrong.getMessage());
        }
        fresh.look();
    }

    private List<TrialPlan> plans(Proposal proposal, SortedSet<Integer> nodes, Running fresh) {
        ClusterConfig before = files.read().conf().toClusterConfig();
        ClusterConfig after =
                CorosyncConf.parse(proposal.text(), "the new configuration").toClusterConfig();
        Collection<InetSocketAddress> bound =
                node.addresses(before).getOrDefault(self, new TreeMap<>()).values();
        List<String> missing = new ArrayList<>();
        List<TrialPlan> plans = TrialPlan.of(self, before, after, nodes, node.addresses(after), bound, missing);
        missing.forEach(sentence -> fresh.object("node " + self + ": " + sentence));
        return plans;
    }

    /** Ends the trial of that proposal: what was bound is free when this returns. */
    void end(ProposalId id) {
        Running present = running;
        if (present != null && present.id.equals(id)) close();
    }

    @Override
    public void close() {
        Running present = running;
        running = null;
        if (present != null) present.windows.forEach(TrialWindow::close);
    }

    /** Each link has a key of its own, as what was heard on one of them says nothing of another one here. */
    private static byte[] keyOf(LinkTrial trial, int link) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            hash.update(HexFormat.of().parseHex(trial.key()));
            hash.update((byte) link);
            return hash.digest();
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java runtime has SHA-256", missing);
        }
    }

    private final class Running {
        private final ProposalId id;
        private final long endNanos;
        private final List<TrialWindow> windows = new ArrayList<>();
        private final List<Objection> objections = new ArrayList<>();

        Running(ProposalId id, LinkTrial trial) {
            this.id = id;
            this.endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(trial.limitMillis());
        }

        void object(String sentence) {
            objections.add(new Objection(self, Kind.ADDRESS_UNUSABLE, sentence));
        }

        void open(List<TrialPlan> plans, LinkTrial trial) {
            Duration limit = Duration.ofMillis(trial.limitMillis()).plus(SPARE);
            for (TrialPlan plan : plans) {
                byte[] key = keyOf(trial, plan.link());
                try {
                    windows.add(TrialWindow.open(node, self, plan, key, limit));
                } catch (ClusterException unusable) {
                    object("node " + self + ": " + unusable.getMessage());
                } finally {
                    Arrays.fill(key, (byte) 0);
                }
            }
        }

        void look() {
            List<CompletableFuture<List<LinkProbes.Path>>> asked =
                    windows.stream().map(TrialWindow::paths).toList();
            CompletableFuture<Void> ignored = CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]))
                    .whenComplete((all, failed) -> thread.execute(() ->
                            looked(asked.stream().map(CompletableFuture::join).toList())));
        }

        @SuppressWarnings("FutureReturnValueIgnored") // what it does is said to "back"
        private void looked(List<List<LinkProbes.Path>> found) {
            if (running != this) return;
            List<TriedLink> tried = new ArrayList<>();
            for (int i = 0; i < found.size(); i++) tried.addAll(tried(windows.get(i).plan, found.get(i)));
            boolean done = tried.stream().allMatch(TriedLink::isGood) || System.nanoTime() >= endNanos;
            if (done) back.accept(new ChangeInput.Tried(id, objections, tried));
            else thread.schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }

        private static List<TriedLink> tried(TrialPlan plan, List<LinkProbes.Path> found) {
            return plan.peers().keySet().stream()
                    .map(peer -> found.stream()
                            .filter(path -> path.node() == peer && path.link() == plan.link())
                            .findFirst()
                            .map(path ->
                                    new TriedLink(plan.link(), peer, path.forward(), path.back(), path.largestBytes()))
                            .orElse(new TriedLink(plan.link(), peer, false, false, 0)))
                    .toList();
        }
    }
}
