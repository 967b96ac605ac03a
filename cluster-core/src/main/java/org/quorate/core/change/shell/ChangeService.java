package org.quorate.core.change.shell;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.quorate.ChangeException;
import org.quorate.ChangeOptions;
import org.quorate.ChangeReport;
import org.quorate.ClusterChanges.ConfigComparison;
import org.quorate.ClusterConfig;
import org.quorate.ClusterManager;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.Progress;
import org.quorate.core.change.ChangeEffect.Step;
import org.quorate.core.change.ChangeInput;
import org.quorate.core.change.ChangeMessage;
import org.quorate.core.change.ChangeText;
import org.quorate.core.change.LinkTrial;
import org.quorate.core.change.Objection;
import org.quorate.core.change.Objection.Kind;
import org.quorate.core.change.Proposal;
import org.quorate.core.change.ProposalId;
import org.quorate.core.change.Roster;
import org.quorate.core.change.shell.ChangePlan.Planned;
import org.quorate.core.change.shell.ChangePlan.Purpose;
import org.quorate.core.change.shell.ChangePlan.Wish;
import org.quorate.core.conf.ConfEdit;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.EditedConf;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.conf.NodeAddition;
import org.quorate.core.disk.Disk;
import org.quorate.core.join.KeyEnvelope;
import org.quorate.core.probe.ProbingNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the configuration of the cluster that a started node is in, and takes part in the changes of others. Has a thread of its own, on
 * which files are read and written. Thread-safe; stages complete on that thread. Each fails with a {@link ChangeException} that has every
 * objection. To be closed before the node.
 */
public final class ChangeService implements AutoCloseable {
    /** The group in which changes are agreed on. */
    public static final String GROUP = "quorate/configuration";

    private static final Logger LOG = LoggerFactory.getLogger(ChangeService.class);
    private static final Duration LINK_LIMIT = Duration.ofSeconds(20);
    private static final long TRIAL_MILLIS = 5000;

    private final int self;
    private final Path folder;
    private final LocalAddresses host;
    private final ChangeFiles files;
    private final SecureRandom random;
    private final Consumer<String> removed;
    private final ChangeLoop loop;
    private final PeerComparison comparison;
    private final CertificateNews news;
    private final Map<ProposalId, Pending> pending = new HashMap<>(); // on the thread of the changes
    private long proposals;

    /** What an asker waits for. */
    private record Pending(
            CompletableFuture<ChangeReport> answer,
            Planned planned,
            ChangeOptions options,
            boolean isUndo,
            List<String> warnings) {}

    /**
     * Takes part from now on.
     *
     * @param node started; its configuration and key are those of {@code folder}, which it also reads at a reload
     * @param removed called once, on the thread of the changes, when others have removed this node, with the reason: it has to be stopped
     */
    public ChangeService(
            ClusterManager node,
            NodeId self,
            Path folder,
            LocalAddresses host,
            Disk disk,
            Clock clock,
            SecureRandom random,
            Consumer<String> removed) {
        this(
                node,
                self,
                folder,
                host,
                new ChangeFiles(folder, disk, clock),
                random,
                LINK_LIMIT,
                probing(node),
                removed);
    }

    ChangeService(
            ClusterManager node,
            NodeId self,
            Path folder,
            LocalAddresses host,
            ChangeFiles files,
            SecureRandom random,
            Duration linkLimit,
            Optional<ProbingNode> probing,
            Consumer<String> removed) {
        this.self = self.value();
        this.folder = folder;
        this.host = host;
        this.files = files;
        this.random = random;
        this.removed = removed;
        ChangeHost.Means means = new ChangeHost.Means(node, host, files, random, linkLimit, probing);
        this.loop = new ChangeLoop(self.value(), means, new Answers());
        this.comparison = new PeerComparison(node, files);
        this.news = new CertificateNews(this, loop, self.value(), folder);
        loop.begin();
    }

    /** The node if it can try links. */
    static Optional<ProbingNode> probing(ClusterManager node) {
        return node instanceof ProbingNode probing && probing.triesLinks() ? Optional.of(probing) : Optional.empty();
    }

    private final class Answers implements ChangeHost.Listener {
        @Override
        public void answered(ProposalId id, List<Objection> objections) {
            Pending asker = pending.remove(id);
            if (asker != null) finished(asker, objections);
        }

        @Override
        public void progressed(ProposalId id, Step step, String phrase) {
            Pending asker = pending.get(id);
            if (asker != null) asker.options.progress().accept(new Progress(step.name(), phrase, step.fraction()));
        }

        @Override
        public void warned(ProposalId id, String sentence) {
            Pending asker = pending.get(id);
            if (asker != null) asker.warnings.add(sentence);
        }

        @Override
        public void expelled(String why) {
            LOG.warn("node {}: {}; it has to stop", self, why);
            removed.accept(why);
        }
    }

    // What users ask for

    /** Makes a change on all nodes. A link that does not come up on all members is taken back by a second change. */
    public CompletableFuture<ChangeReport> change(ConfEdit edit, ChangeOptions options) {
        if (edit instanceof ConfEdit.RemoveNode remove) return removeNode(remove.node(), options);
        return propose(wish(edit, Purpose.CHANGE, options, ""), options, false);
    }

    /** What the change would make of the configuration, and everything that stands against it or is odd. Blocks for the disk. */
    public EditedConf preview(ConfEdit edit) {
        ChangeFiles.Stored stored = files.read();
        return org.quorate.core.conf.ConfEditor.edit(
                stored.conf(), edit, stored.roster().retiredIds(), host::resolve);
    }

    /** Lists a node with its certificate, as a guest until {@link #confirm}; its id and text of the configuration are in the files afterwards. */
    public CompletableFuture<ChangeReport> admit(
            NodeAddition.Request request, String certificatePem, ChangeOptions options) {
        return propose(wish(new ConfEdit.AddNode(request), Purpose.ADMIT, options, certificatePem), options, false);
    }

    /** The guest with that certificate becomes a node for good. Completes with whether there is such a node. */
    public CompletableFuture<Boolean> confirm(String fingerprint, ChangeOptions options) {
        return loop.onceSettled(options.limit(), () -> {
            ChangeFiles.Stored stored = files.read();
            Optional<Integer> id = stored.roster().idOf(fingerprint);
            if (id.isEmpty()) return CompletableFuture.completedFuture(false);
            if (!stored.roster().provisional().contains(id.get())) return CompletableFuture.completedFuture(true);
            return proposeRoster(
                            "taking node " + id.get() + " in for good",
                            stored,
                            stored.roster().confirmed(id.get()),
                            true,
                            options)
                    .thenApply(report -> true);
        });
    }

    /** Takes the guest with that certificate off the list. Completes with whether it is off: false if it was confirmed before. */
    public CompletableFuture<Boolean> withdraw(String fingerprint, ChangeOptions options) {
        return loop.onceSettled(options.limit(), () -> {
            Roster roster = files.read().roster();
            Optional<Integer> id = roster.idOf(fingerprint);
            if (id.isEmpty()) return CompletableFuture.completedFuture(true);
            if (!roster.provisional().contains(id.get())) return CompletableFuture.completedFuture(false);
            ConfEdit edit = new ConfEdit.RemoveNode(id.get().toString());
            return propose(wish(edit, Purpose.WITHDRAW, options, ""), options, false)
                    .thenApply(report -> true);
        });
    }

    /** Tells all members the certificate in this node's folder, after it was renewed. */
    public CompletableFuture<ChangeReport> publishCertificate(ChangeOptions options) {
        return loop.onceSettled(options.limit(), () -> {
            ChangeFiles.Stored stored = files.read();
            String pem = KeyEnvelope.ownCertificate(folder);
            String name = stored.conf()
                    .toClusterConfig()
                    .node(NodeId.of(self))
                    .map(NodeConfig::name)
                    .orElse("");
            Roster.Entry entry = new Roster.Entry(name, KeyEnvelope.fingerprint(pem), pem, false);
            return proposeRoster(
                    "renewing the certificate of node " + self,
                    stored,
                    stored.roster().with(self, entry),
                    false,
                    options);
        });
    }

    /** Tells the others the certificate of this node as soon as that is possible, if it was renewed while the node was not running. */
    public void publishRenewedCertificate() {
        news.publish();
    }

    /** Removes a node; one that is online only if forced, and it is told to stop then. */
    public CompletableFuture<ChangeReport> removeNode(String name, ChangeOptions options) {
        return loop.onceSettled(options.limit(), () -> {
            ClusterConfig config = files.read().conf().toClusterConfig();
            Optional<NodeConfig> listed = config.nodes().stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .or(() -> config.nodes().stream()
                            .filter(each -> each.id().toString().equals(name))
                            .findFirst());
            int id = listed.map(each -> each.id().value()).orElse(0);
            if (id == self) return refused(Kind.EDIT_REFUSED, "this is node " + name + " itself; let it leave instead");
            if (id != 0 && loop.isOnline(id) && !options.force())
                return refused(
                        Kind.NODE_ONLINE,
                        "node " + name + " is online; stop it first, or say by force that it is to be told to stop");
            return propose(wish(new ConfEdit.RemoveNode(name), Purpose.CHANGE, options, ""), options, false);
        });
    }

    /** Lets the others remove this node, which has to stop afterwards; its folder is left as it is, see {@link ChangeFiles#setAside}. */
    public CompletableFuture<ChangeReport> leave(ChangeOptions options) {
        ConfEdit edit = new ConfEdit.RemoveNode(Integer.toString(self));
        return propose(wish(edit, Purpose.LEAVE, options, ""), options, false);
    }

    /** Fingerprints of the certificates that are good now, by name of the node. Blocks for the disk. */
    public SortedMap<String, String> fingerprints() {
        TreeMap<String, String> all = new TreeMap<>();
        files.read().roster().nodes().values().forEach(entry -> all.put(entry.name(), entry.fingerprint()));
        return all;
    }

    /** The roster in the folder. Blocks for the disk. */
    public Roster roster() {
        return files.roster();
    }

    /** The text of the configuration in the folder. Blocks for the disk. */
    public String storedText() {
        return files.read().text();
    }

    /** Whether what runs, what is stored and what the others have is the same; complete after 5 s at the latest. */
    public CompletableFuture<ConfigComparison> compare() {
        return comparison.compare();
    }

    /** Why a change could not be made now; empty if one could. Waits for {@code limit} at most while nodes settle. */
    public CompletableFuture<Optional<Objection>> obstacle(Duration limit) {
        return loop.onceSettled(limit, () -> CompletableFuture.completedFuture(loop.obstacle()));
    }

    private static Wish wish(ConfEdit edit, Purpose purpose, ChangeOptions options, String certificate) {
        TreeSet<Integer> prepared = new TreeSet<>();
        options.prepared().forEach(id -> prepared.add(id.value()));
        return new Wish(edit, purpose, prepared, certificate);
    }

    private <T> CompletableFuture<T> refused(Kind kind, String sentence) {
        return CompletableFuture.failedFuture(Refusals.of(List.of(new Objection(self, kind, sentence)), ""));
    }

    private CompletableFuture<ChangeReport> propose(Wish wish, ChangeOptions options, boolean isUndo) {
        return loop.onceSettled(options.limit(), () -> {
            ProposalId id = nextId();
            ChangePlan plan = new ChangePlan(files.read(), self, host, random);
            return ask(id, plan.make(id, wish, CertificateNews.ownCertificate(folder)), options, isUndo);
        });
    }

    private CompletableFuture<ChangeReport> proposeRoster(
            String what, ChangeFiles.Stored stored, Roster changed, boolean guest, ChangeOptions options) {
        ProposalId id = nextId();
        return ask(id, new ChangePlan(stored, self, host, random).ofRoster(id, what, changed, guest), options, false);
    }

    private ProposalId nextId() {
        return new ProposalId(loop.member(), ++proposals);
    }

    private CompletableFuture<ChangeReport> ask(ProposalId id, Planned planned, ChangeOptions options, boolean isUndo) {
        Proposal proposal = planned.proposal();
        if (proposal == null) return CompletableFuture.failedFuture(Refusals.of(planned.objections(), planned.text()));
        int bytes = ChangeText.encode(new ChangeMessage.Commit(Long.MAX_VALUE, proposal)).length;
        if (bytes > ChangeText.MAX_BYTES)
            return refused(
                    Kind.EDIT_REFUSED,
                    "the configuration and its certificates have " + bytes + " bytes; at most " + ChangeText.MAX_BYTES
                            + " are possible");
        CompletableFuture<ChangeReport> answer = new CompletableFuture<>();
        List<String> warnings = new ArrayList<>(planned.warnings());
        Optional<LinkTrial> trial = isUndo ? Optional.empty() : trial(proposal, options, warnings);
        pending.put(id, new Pending(answer, planned, options, isUndo, warnings));
        loop.tell(new ChangeInput.Ask(proposal, trial, options.limit()));
        return answer;
    }

    /** Links that were not there before are tried first. Nodes that are away cannot be asked, and are warned of. */
    private Optional<LinkTrial> trial(Proposal proposal, ChangeOptions options, List<String> warnings) {
        ClusterConfig before = files.read().conf().toClusterConfig();
        ClusterConfig after =
                CorosyncConf.parse(proposal.text(), "the new configuration").toClusterConfig();
        if (!TrialPlan.isNeeded(before, after)) return Optional.empty();
        for (NodeConfig each : after.nodes())
            if (!loop.isOnline(each.id().value()))
                warnings.add("node " + each.displayName() + " is not online, so its links were not tried");
        byte[] key = new byte[LinkTrial.KEY_CHARS / 2];
        random.nextBytes(key);
        long limit = Math.min(TRIAL_MILLIS, Math.max(1, options.limit().toMillis() / 2));
        return Optional.of(new LinkTrial(HexFormat.of().formatHex(key), (int) limit, options.force()));
    }

    private void finished(Pending asker, List<Objection> objections) {
        Proposal proposal = java.util.Objects.requireNonNull(asker.planned.proposal());
        boolean stays = asker.options.force()
                && !objections.isEmpty()
                && objections.stream().allMatch(each -> each.kind() == Kind.LINK_DOWN);
        boolean linkDown = objections.stream().anyMatch(each -> each.kind() == Kind.LINK_DOWN);
        Optional<ConfEdit> undo = asker.planned.undo();
        if (stays) objections.forEach(each -> asker.warnings.add(each.sentence()));
        if (linkDown && !stays && undo.isPresent() && !asker.isUndo) {
            asker.options.progress().accept(new Progress("UNDO", "the link does not come up; taking it back", 0.9));
            ChangeOptions quietly = asker.options.withProgress(step ->
                    asker.options.progress().accept(new Progress("UNDO", "taking it back: " + step.sentence(), 0.9)));
            CompletionStage<ChangeReport> undone =
                    propose(wish(undo.get(), Purpose.CHANGE, quietly, ""), quietly, true);
            undone.whenComplete((report, failed) -> {
                List<Objection> all = new ArrayList<>(objections);
                all.add(new Objection(
                        self,
                        Kind.LINK_DOWN,
                        failed == null
                                ? "the change was taken back, with version " + report.configVersion()
                                : "the change could not be taken back: " + failed.getMessage()));
                asker.answer.completeExceptionally(Refusals.of(all, ""));
            });
        } else if (objections.isEmpty() || stays || (asker.isUndo && linkDown)) {
            asker.answer.complete(new ChangeReport(proposal.what(), proposal.version(), asker.warnings));
        } else {
            asker.answer.completeExceptionally(Refusals.of(objections, asker.planned.text()));
        }
    }

    /** Takes no part any more; what waits fails. Idempotent. */
    @Override
    public void close() {
        if (loop.isOver()) return;
        comparison.close();
        loop.run(() -> {
            List<Pending> waiting = List.copyOf(pending.values());
            pending.clear();
            waiting.forEach(each -> each.answer.completeExceptionally(Refusals.over()));
        });
        loop.close();
    }
}
