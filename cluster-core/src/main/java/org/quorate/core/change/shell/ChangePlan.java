package org.quorate.core.change.shell;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.NodeConfig;
import org.quorate.core.change.Digests;
import org.quorate.core.change.Objection;
import org.quorate.core.change.Objection.Kind;
import org.quorate.core.change.Proposal;
import org.quorate.core.change.ProposalId;
import org.quorate.core.change.Roster;
import org.quorate.core.change.shell.ChangeFiles.Stored;
import org.quorate.core.conf.ConfEdit;
import org.quorate.core.conf.ConfEditor;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.EditFinding;
import org.quorate.core.conf.EditedConf;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.ClusterCreation;
import org.quorate.core.join.KeyEnvelope;

/** Makes of what somebody wants the whole proposal: text, roster, key. Blocks for as long as names are looked up. */
final class ChangePlan {
    /** What to do with an edit beyond it. */
    enum Purpose {
        /** Nothing. */
        CHANGE,
        /** The removed node goes by its own wish. */
        LEAVE,
        /** The new node is a guest until it is confirmed. */
        ADMIT,
        /** The node never came. */
        WITHDRAW
    }

    private final Stored stored;
    private final int self;
    private final LocalAddresses host;
    private final SecureRandom random;
    private final List<String> warnings = new ArrayList<>();
    private final List<Objection> objections = new ArrayList<>();

    ChangePlan(Stored stored, int self, LocalAddresses host, SecureRandom random) {
        this.stored = stored;
        this.self = self;
        this.host = host;
        this.random = random;
    }

    /**
     * What came of it.
     *
     * @param proposal what to propose; null if something stands against it
     * @param text the new corosync.conf; empty if there is none
     * @param objections what stands against it
     * @param warnings what is odd, or is not done
     * @param undo what would undo it, for changes that are undone by themselves
     */
    record Planned(
            @Nullable Proposal proposal,
            String text,
            List<Objection> objections,
            List<String> warnings,
            Optional<ConfEdit> undo) {}

    /** How a change is wanted. */
    record Wish(ConfEdit edit, Purpose purpose, SortedSet<Integer> prepared, String certificate) {}

    Planned make(ProposalId id, Wish wish, Optional<String> ownCertificate) {
        EditedConf edited =
                ConfEditor.edit(stored.conf(), wish.edit(), stored.roster().retiredIds(), host::resolve);
        warnings.addAll(edited.warnings());
        for (EditFinding each : edited.findings()) if (each.blocks()) object(Kind.EDIT_REFUSED, each.sentence());
        String text = edited.text();
        if (text == null) return planned(null, "", wish);
        ClusterConfig before = stored.conf().toClusterConfig();
        CorosyncConf fresh = CorosyncConf.parse(text, "the new configuration");
        ClusterConfig after = fresh.toClusterConfig();
        int removed = removed(before, after);
        Roster roster = roster(before, after, text, removed, wish, ownCertificate);
        String keyId = "";
        String envelope = "";
        boolean rotate = wish.edit() instanceof ConfEdit.RotateKey
                || (wish.edit() instanceof ConfEdit.RemoveNode
                        && wish.purpose() != Purpose.WITHDRAW
                        && fresh.needsKey());
        if (rotate && mayRotate(after, roster, wish)) {
            byte[] key = new byte[ClusterCreation.KEY_BYTES];
            try {
                random.nextBytes(key);
                keyId = Digests.ofKey(key);
                List<String> certificates =
                        roster.nodes().values().stream().map(Roster.Entry::pem).toList();
                envelope = Base64.getEncoder().encodeToString(KeyEnvelope.seal(key, certificates, random));
            } catch (ClusterException unfit) {
                object(Kind.NO_CERTIFICATE, String.valueOf(unfit.getMessage()));
            } finally {
                Arrays.fill(key, (byte) 0);
            }
        }
        Proposal.Traits traits = new Proposal.Traits(
                removed, watchedLink(wish.edit()), true, wish.purpose() == Purpose.WITHDRAW, wish.prepared());
        Proposal proposal = new Proposal(
                id,
                wish.purpose() == Purpose.LEAVE
                        ? "leaving the cluster"
                        : wish.edit().phrase(),
                stored.digest(),
                after.configVersion(),
                text,
                new String(roster.text(), java.nio.charset.StandardCharsets.UTF_8),
                keyId,
                envelope,
                traits);
        return planned(objections.isEmpty() ? proposal : null, text, wish);
    }

    /** A change of the roster alone. */
    Planned ofRoster(ProposalId id, String what, Roster changed, boolean guest) {
        ClusterConfig config = stored.conf().toClusterConfig();
        Roster next = changed.next(config, stored.text());
        Proposal proposal = new Proposal(
                id,
                what,
                stored.digest(),
                config.configVersion(),
                stored.text(),
                new String(next.text(), java.nio.charset.StandardCharsets.UTF_8),
                "",
                "",
                new Proposal.Traits(0, -1, false, guest, new java.util.TreeSet<>()));
        return new Planned(proposal, stored.text(), List.of(), List.of(), Optional.empty());
    }

    private Planned planned(@Nullable Proposal proposal, String text, Wish wish) {
        return new Planned(
                proposal,
                text,
                List.copyOf(objections),
                List.copyOf(warnings),
                proposal == null ? Optional.empty() : undo(wish.edit()));
    }

    private static int removed(ClusterConfig before, ClusterConfig after) {
        for (NodeConfig node : before.nodes())
            if (after.node(node.id()).isEmpty()) return node.id().value();
        return 0;
    }

    private Roster roster(
            ClusterConfig before,
            ClusterConfig after,
            String text,
            int removed,
            Wish wish,
            Optional<String> ownCertificate) {
        Roster roster = stored.roster();
        if (removed != 0)
            roster = wish.purpose() == Purpose.WITHDRAW ? roster.withdrawn(removed) : roster.without(removed);
        boolean known = roster.nodes().containsKey(self);
        if (!known && ownCertificate.isPresent() && removed != self)
            roster = roster.with(self, entry(after, self, ownCertificate.get(), false));
        if (wish.purpose() == Purpose.ADMIT) {
            for (int guest : roster.provisional())
                object(
                        Kind.ADMISSION_PENDING,
                        "node " + guest + " is being added just now and has not come yet; wait, or withdraw it");
            for (NodeConfig node : after.nodes())
                if (before.node(node.id()).isEmpty())
                    roster = roster.with(
                            node.id().value(), entry(after, node.id().value(), wish.certificate(), true));
        }
        return roster.next(after, text);
    }

    private static Roster.Entry entry(ClusterConfig config, int id, String pem, boolean provisional) {
        String name = config.nodes().stream()
                .filter(node -> node.id().value() == id)
                .map(NodeConfig::name)
                .findFirst()
                .orElse("");
        return new Roster.Entry(name, KeyEnvelope.fingerprint(pem), pem, provisional);
    }

    /** Whether the key can be given to all nodes safely. A removal goes on without it. */
    private boolean mayRotate(ClusterConfig after, Roster roster, Wish wish) {
        List<String> without = after.nodes().stream()
                .filter(node -> !roster.nodes().containsKey(node.id().value()))
                .map(NodeConfig::displayName)
                .toList();
        if (without.isEmpty()) return true;
        String sentence = "the key cannot be given to " + String.join(", ", without)
                + " safely, which have no certificate that the cluster knows";
        if (wish.edit() instanceof ConfEdit.RotateKey)
            object(Kind.NO_CERTIFICATE, sentence + "; replace the key file on every node by hand and reload");
        else
            warnings.add("the key was not replaced: " + sentence
                    + "; whoever has the old one can still listen, so replace the key files by hand");
        return false;
    }

    private void object(Kind kind, String sentence) {
        objections.add(new Objection(self, kind, sentence));
    }

    private static int watchedLink(ConfEdit edit) {
        if (edit instanceof ConfEdit.AddLink add) return add.link();
        if (edit instanceof ConfEdit.ChangeLink change) return change.link();
        return -1;
    }

    private Optional<ConfEdit> undo(ConfEdit edit) {
        if (edit instanceof ConfEdit.AddLink add) return Optional.of(new ConfEdit.RemoveLink(add.link()));
        if (!(edit instanceof ConfEdit.ChangeLink change)) return Optional.empty();
        TreeMap<String, String> former = new TreeMap<>();
        for (NodeConfig node : stored.conf().toClusterConfig().nodes()) {
            String address = node.addresses().get(change.link());
            boolean changed = change.addresses().containsKey(node.name())
                    || change.addresses().containsKey(node.id().toString());
            if (changed && address != null) former.put(node.id().toString(), address);
        }
        return Optional.of(new ConfEdit.ChangeLink(change.link(), former));
    }
}
