package org.quorate.core.manage;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.quorate.ChangeException;
import org.quorate.ChangeOptions;
import org.quorate.ClusterStatus;
import org.quorate.core.change.Roster;
import org.quorate.core.change.shell.ChangeService;
import org.quorate.core.conf.ConfEdit;
import org.quorate.core.conf.ConfEditor;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.Admission;
import org.quorate.core.join.CertificateRegistry;
import org.quorate.core.join.JoinerKey;
import org.quorate.core.join.NodeFolder;
import org.quorate.core.join.Pem;
import org.quorate.core.join.RequestedAddition;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.join.wire.JoinRequest;

/** Lets the cluster decide about joiners by changing its configuration. */
final class ClusterAdmission implements Admission, CertificateRegistry {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final ChangeOptions OPTIONS = ChangeOptions.DEFAULT.withLimit(LIMIT);
    /** For the answer to come after the change's own limit. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How long a joiner waits for a change that is just being made. */
    private static final Duration SETTLING = Duration.ofSeconds(15);

    private final ChangeService changes;
    private final Supplier<CompletionStage<ClusterStatus>> status;
    private final Path folder;
    private final LocalAddresses host;

    ClusterAdmission(
            ChangeService changes, Supplier<CompletionStage<ClusterStatus>> status, Path folder, LocalAddresses host) {
        this.changes = changes;
        this.status = status;
        this.folder = folder;
        this.host = host;
    }

    @Override
    public String conf() {
        return changes.storedText();
    }

    @Override
    public byte[] key() {
        return CorosyncConf.read(NodeFolder.at(folder).confFile()).readKey();
    }

    @Override
    public SortedMap<String, String> fingerprints() {
        return changes.fingerprints();
    }

    @Override
    public Set<Integer> absent() {
        return Answers.await(status.get(), LIMIT).missing().stream()
                .map(missing -> missing.id().value())
                .collect(Collectors.toSet());
    }

    @Override
    public boolean isCurrent() {
        return await(changes.obstacle(Duration.ZERO)).isEmpty();
    }

    @Override
    public List<JoinFinding> check(JoinRequest request) {
        List<JoinFinding> findings = new ArrayList<>();
        Roster roster = changes.roster();
        String text = conf();
        Optional<Guest> guest = guest(roster);
        if (guest.isPresent() && guest.get().isOf(request))
            text = without(text, guest.get().id(), roster);
        else if (guest.isPresent())
            findings.add(blocking(
                    JoinFinding.Kind.CHANGE_UNDER_WAY,
                    "node " + guest.get().entry().name() + " is just being added, and the cluster adds one at a time"));
        else {
            await(changes.obstacle(SETTLING))
                    .ifPresent(each -> findings.add(blocking(kind(each.kind().name()), each.sentence())));
        }
        findings.addAll(RequestedAddition.of(
                        CorosyncConf.parse(text, "corosync.conf").tree(), request, roster.retiredIds(), host::resolve)
                .findings());
        return findings;
    }

    @Override
    public Outcome admit(JoinRequest request, X509Certificate certificate) {
        Optional<Guest> guest = guest(changes.roster());
        if (guest.isPresent() && guest.get().isOf(request))
            withdraw(guest.get().entry().fingerprint());
        try {
            List<String> warnings = await(
                            changes.admit(RequestedAddition.addition(request), Pem.string(certificate), OPTIONS))
                    .warnings();
            return new Outcome.Admitted(conf(), warnings);
        } catch (ChangeException refused) {
            if (isUndecided(refused)) throw refused;
            List<JoinFinding> findings = new ArrayList<>();
            for (ChangeException.Objection each : refused.objections())
                findings.add(blocking(kind(each.kind()), each.sentence()));
            return new Outcome.Refused(findings);
        }
    }

    @Override
    public boolean confirm(String fingerprint) {
        return await(changes.confirm(fingerprint, OPTIONS));
    }

    @Override
    public boolean withdraw(String fingerprint) {
        return await(changes.withdraw(fingerprint, OPTIONS));
    }

    /** A node that is listed and has not come. */
    private record Guest(int id, Roster.Entry entry) {
        boolean isOf(JoinRequest request) {
            return entry.name().equals(request.name()) && JoinerKey.isIn(entry.pem(), request);
        }
    }

    private static Optional<Guest> guest(Roster roster) {
        for (Map.Entry<Integer, Roster.Entry> each : roster.nodes().entrySet())
            if (each.getValue().provisional()) return Optional.of(new Guest(each.getKey(), each.getValue()));
        return Optional.empty();
    }

    private String without(String text, int id, Roster roster) {
        return ConfEditor.edit(
                        CorosyncConf.parse(text, "corosync.conf"),
                        new ConfEdit.RemoveNode(Integer.toString(id)),
                        roster.retiredIds(),
                        host::resolve)
                .textOrRefusal();
    }

    private static JoinFinding blocking(JoinFinding.Kind kind, String sentence) {
        return JoinFinding.of(kind, false, sentence);
    }

    private static JoinFinding.Kind kind(String objection) {
        return switch (objection) {
            case "BUSY", "ADMISSION_PENDING", "MEMBERSHIP_CHANGED", "BASE_DIFFERS" -> JoinFinding.Kind.CHANGE_UNDER_WAY;
            case "NOT_QUORATE", "NOT_READY" -> JoinFinding.Kind.NO_QUORUM;
            default -> JoinFinding.Kind.CONFIGURATION;
        };
    }

    /** Whether it may have been made all the same. */
    private static boolean isUndecided(ChangeException refused) {
        return refused.objections().stream()
                .anyMatch(
                        each -> List.of("UNDECIDED", "CLOSED", "RELOAD_FAILED").contains(each.kind()));
    }

    private static <T> T await(CompletableFuture<T> stage) {
        return Answers.await(stage, LIMIT.plus(PATIENCE));
    }
}
