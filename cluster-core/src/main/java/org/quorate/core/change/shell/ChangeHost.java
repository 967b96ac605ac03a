package org.quorate.core.change.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.quorate.ClusterException;
import org.quorate.ClusterManager;
import org.quorate.core.change.ChangeEffect;
import org.quorate.core.change.ChangeEffect.Step;
import org.quorate.core.change.ChangeInput;
import org.quorate.core.change.ChangeMessage;
import org.quorate.core.change.ChangeText;
import org.quorate.core.change.LinkTrial;
import org.quorate.core.change.Objection;
import org.quorate.core.change.Proposal;
import org.quorate.core.change.ProposalId;
import org.quorate.core.change.Roster;
import org.quorate.core.change.Standing;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.KeyEnvelope;
import org.quorate.core.probe.ProbingNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what the engine asks for. Confined to the thread of the changes, on which it blocks for the disk. */
final class ChangeHost implements ChangeEffect.Host, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeHost.class);

    private final ClusterManager node;
    private final int self;
    private final LocalAddresses host;
    private final ChangeFiles files;
    private final SecureRandom random;
    private final Outbox outbox;
    private final ScheduledExecutorService thread;
    private final Duration linkLimit;
    private final Consumer<ChangeInput> back;
    private final Listener listener;
    private final Optional<LinkTrials> trials;

    /** Hears what is not for the disk or the ring. */
    interface Listener {
        void answered(ProposalId id, List<Objection> objections);

        void progressed(ProposalId id, Step step, String phrase);

        void warned(ProposalId id, String sentence);

        void expelled(String why);
    }

    /** What it works with. */
    record Means(
            ClusterManager node,
            LocalAddresses host,
            ChangeFiles files,
            SecureRandom random,
            Duration linkLimit,
            Optional<ProbingNode> probing) {}

    ChangeHost(
            Means means,
            int self,
            ScheduledExecutorService thread,
            Outbox outbox,
            Consumer<ChangeInput> back,
            Listener listener) {
        this.node = means.node;
        this.self = self;
        this.host = means.host;
        this.files = means.files;
        this.random = means.random;
        this.outbox = outbox;
        this.thread = thread;
        this.linkLimit = means.linkLimit;
        this.back = back;
        this.trials = means.probing.map(probing -> new LinkTrials(self, probing, files, thread, back));
        this.listener = listener;
    }

    @Override
    public void send(ChangeMessage message) {
        outbox.send(ChangeText.encode(message));
    }

    @Override
    public void inspect(long ticket) {
        node.status()
                .whenComplete((status, over) -> thread.execute(() -> {
                    if (over == null) inspected(ticket, status.configVersion());
                }));
    }

    private void inspected(long ticket, long running) {
        try {
            if (files.finish()) LOG.info("node {}: a change that was interrupted is in place now", self);
            ChangeFiles.Stored stored = files.read();
            back.accept(new ChangeInput.Inspected(
                    ticket, stored.standing(running), files.promised(), stored.takingPart(), ""));
        } catch (IOException | ClusterException wrong) {
            Standing nothing = new Standing(0, 0, "", false, "", running, 0);
            back.accept(new ChangeInput.Inspected(ticket, nothing, Optional.empty(), new TreeMap<>(), sentence(wrong)));
        }
    }

    @Override
    public void validate(Proposal proposal) {
        back.accept(new ChangeInput.Validated(proposal.id(), new Validation(self, host, files).of(proposal)));
    }

    @Override
    public void tryLinks(Proposal proposal, LinkTrial trial, SortedSet<Integer> nodes) {
        trials.ifPresentOrElse(
                present -> present.begin(proposal, trial, nodes),
                () -> back.accept(new ChangeInput.Tried(proposal.id(), List.of(), List.of())));
    }

    @Override
    public void endTrial(ProposalId id) {
        trials.ifPresent(present -> present.end(id));
    }

    /** Whether this node can try links. */
    boolean triesLinks() {
        return trials.isPresent();
    }

    /** Frees what is bound for a trial. */
    @Override
    public void close() {
        trials.ifPresent(LinkTrials::close);
    }

    @Override
    public void writeLock(long ring, Proposal proposal) {
        back.accept(new ChangeInput.LockWritten(
                proposal.id(), tried(() -> files.promise(new ChangeInput.Lock(ring, proposal)))));
    }

    @Override
    public void dropLock() {
        String problem = tried(files::forget);
        if (!problem.isEmpty()) LOG.warn("node {}: {} could not be removed: {}", self, ChangeFiles.PROMISED, problem);
    }

    @Override
    public void apply(Proposal proposal) {
        boolean gone = proposal.traits().removed() == self;
        TreeMap<Integer, Integer> takingPart = new TreeMap<>();
        String problem = tried(() -> {
            if (gone) files.forget();
            else files.apply(proposal);
            takingPart.putAll(files.read().takingPart());
        });
        if (problem.isEmpty())
            LOG.info("node {}: {}, configuration version {}", self, proposal.what(), proposal.version());
        back.accept(new ChangeInput.Applied(proposal.id(), takingPart, problem));
    }

    @Override
    public void share(long ring, SortedSet<Integer> nodes) {
        try {
            ChangeFiles.Stored stored = files.read();
            TreeMap<Integer, String> keys = new TreeMap<>();
            byte[] key = files.key();
            try {
                for (int each : nodes) {
                    Roster.Entry entry = stored.roster().nodes().get(each);
                    if (entry != null && key.length > 0)
                        keys.put(
                                each,
                                Base64.getEncoder()
                                        .encodeToString(KeyEnvelope.seal(key, List.of(entry.pem()), random)));
                }
            } finally {
                Arrays.fill(key, (byte) 0);
            }
            send(new ChangeMessage.Share(ring, stored.text(), stored.rosterText(), stored.keyId(), keys));
        } catch (ClusterException wrong) {
            LOG.warn(
                    "node {}: the configuration in force cannot be given to nodes {}: {}",
                    self,
                    nodes,
                    sentence(wrong));
        }
    }

    @Override
    public void take(ChangeMessage.Share share) {
        back.accept(new ChangeInput.Taken(tried(() -> {
            Optional<Path> backup = files.take(share, self);
            if (backup.isPresent())
                LOG.warn(
                        "node {}: the configuration here was another one than the one in force, which was put in its"
                                + " place; the former one is in {}",
                        self,
                        backup.get());
            else LOG.info("node {}: the others have given this node, which is new, their certificates", self);
        })));
    }

    @Override
    public void reload(Optional<ProposalId> id) {
        node.reload().whenComplete((report, failed) -> {
            if (report != null && !report.notApplied().isEmpty())
                LOG.warn("node {}: not in force until the next start: {}", self, report.notApplied());
            String problem = failed == null ? "" : sentence(failed);
            thread.execute(() -> back.accept(new ChangeInput.ReloadEnded(id, problem)));
        });
    }

    /** The nodes have read their files: the former key is of no use any more. */
    void reloaded() {
        String problem = tried(files::forgetFormerKey);
        if (!problem.isEmpty()) LOG.warn("node {}: {} could not be removed: {}", self, ChangeFiles.FORMER_KEY, problem);
    }

    @Override
    public void watch(ProposalId id, int link) {
        LinkWatch.start(node, link, linkLimit, thread, problem -> back.accept(new ChangeInput.Watched(id, problem)));
    }

    @Override
    public void expelled(Proposal proposal) {
        listener.expelled("this node was removed from the cluster by node "
                + proposal.id().proposer().node());
    }

    @Override
    public void answer(ProposalId id, List<Objection> objections) {
        listener.answered(id, objections);
    }

    @Override
    public void progress(ProposalId id, Step step, String phrase) {
        listener.progressed(id, step, phrase);
    }

    @Override
    public void warn(ProposalId id, String sentence) {
        listener.warned(id, sentence);
    }

    @Override
    public void say(String sentence) {
        LOG.warn("node {}: {}", self, sentence);
    }

    private interface Work {
        void run() throws IOException;
    }

    private static String tried(Work step) {
        try {
            step.run();
            return "";
        } catch (IOException | ClusterException failed) {
            return sentence(failed);
        }
    }

    private static String sentence(Throwable failed) {
        Throwable cause = failed instanceof java.util.concurrent.CompletionException && failed.getCause() != null
                ? failed.getCause()
                : failed;
        if (cause instanceof ClusterException clear) return String.valueOf(clear.getMessage());
        return "the disk failed (" + cause + "); check its space and permissions";
    }
}
