package org.quorate.core.join;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.quorate.ClusterException;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.NodeAddition;
import org.quorate.core.join.JoinFailure.Problem;
import org.quorate.core.join.JoiningFolder.JoinKey;
import org.quorate.core.join.MemberCall.Target;
import org.quorate.core.join.auth.Credential;
import org.quorate.core.join.auth.JoinerProof;
import org.quorate.core.join.tls.Fingerprint;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.join.wire.JoinFinding.Kind;
import org.quorate.core.join.wire.JoinMessage;
import org.quorate.core.join.wire.JoinRequest;
import org.quorate.core.join.wire.MemberAddress;
import org.quorate.core.join.wire.ProbePlan;
import org.quorate.core.join.wire.ProbeReport;

/** One try to join, from the first look at the host to the cluster's last word. One thread. */
final class JoinAttempt {
    /** Clocks that differ by more are refused: certificates and tokens have times in them. */
    static final Duration MOST_SKEW = Duration.ofSeconds(30);

    private final Path folder;
    private final JoinerHost joiner;
    private final JoiningFolder files;
    private final JoinOptions options;
    private final Credential credential;
    private final JoinClient.Hold hold;
    private final List<String> warnings;
    private final List<JoinFinding> findings = new ArrayList<>();
    private final List<ProbeReport> unusable = new ArrayList<>();

    JoinAttempt(
            Path folder,
            JoinerHost joiner,
            JoiningFolder files,
            JoinOptions options,
            Credential credential,
            JoinClient.Hold hold,
            List<String> warnings) {
        this.folder = folder;
        this.joiner = joiner;
        this.files = files;
        this.options = options;
        this.credential = credential;
        this.hold = hold;
        this.warnings = warnings;
    }

    JoinResult run() throws IOException {
        joiner.step(JoinStep.CHECKING_HOST, "looking at this host");
        hold.finding().ifPresent(findings::add);
        HostCheck own = HostCheck.of(folder, options, joiner.host());
        findings.addAll(own.findings());
        JoinKey key = files.key(joiner.random());
        Optional<MemberCall> begun = Optional.empty();
        try {
            begun = Optional.of(call());
            check(begun.get(), own, key);
            if (isBlocked()) throw new JoinFailure(findings);
            return commit(begun.get(), own, key);
        } catch (JoinFailure failed) {
            // What this host has against it is told as well, however the member answers.
            if (own.findings().stream().noneMatch(JoinFinding::blocks)
                    || !failed.findings().isEmpty()) throw failed;
            findings.add(new JoinFinding(Kind.OTHER, true, String.valueOf(failed.getMessage())));
            throw new JoinFailure(findings);
        } finally {
            begun.ifPresent(MemberCall::close);
        }
    }

    private boolean isBlocked() {
        return findings.stream().anyMatch(JoinFinding::blocks);
    }

    private MemberCall call() {
        joiner.step(JoinStep.CONNECTING, "connecting to " + options.member() + ", port " + options.port());
        String pinned = options.fingerprint().isEmpty() ? confirmed() : options.fingerprint();
        return open(Target.pinned(options.member(), options.port(), pinned));
    }

    private MemberCall open(Target target) {
        return MemberCall.open(
                target, Optional.empty(), options.clusterName(), joiner.host(), joiner.times(), joiner.random());
    }

    /** Sees which certificate the member has, hangs up, and asks whether it is the right one. */
    private String confirmed() {
        String[] shown = {""};
        try {
            open(new Target(options.member(), options.port(), fingerprint -> {
                        shown[0] = fingerprint;
                        return false;
                    }))
                    .close();
        } catch (JoinFailure refused) {
            if (shown[0].isEmpty()) throw refused;
        }
        if (!options.confirmation().isRight(shown[0]))
            throw new JoinFailure(
                    Problem.FINGERPRINT_UNCONFIRMED,
                    "the member at " + options.member() + " shows a certificate with the fingerprint " + shown[0]
                            + ", and nobody has said that it is the right one; compare it with join-info on the member");
        return shown[0];
    }

    private void check(MemberCall call, HostCheck own, JoinKey key) {
        checkClock(call);
        authenticate(call);
        joiner.step(JoinStep.CHECKING_CLUSTER, "asking " + call.welcome().node() + " what stands against the join");
        JoinRequest request = new JoinRequest(
                own.nodeName(),
                own.hostName(),
                key.request(),
                own.links(),
                own.address(),
                options.nodeId(),
                options.votes(),
                NodeAddition.API_VERSION,
                SoftwareVersion.text(),
                options.force());
        JoinMessage.Checked checked =
                call.askForDecision(new JoinMessage.Check(request), JoinMessage.Checked.class, this::waits);
        findings.addAll(checked.findings());
        try {
            if (!isBlocked()) probe(checked.plan(), own);
        } finally {
            checked.plan().ifPresent(plan -> plan.key().close());
        }
    }

    private void waits(String why) {
        joiner.step(JoinStep.WAITING, "waiting: " + why);
    }

    private void checkClock(MemberCall call) {
        long behind = call.welcome().clockMillis() - joiner.clock().millis();
        if (Math.abs(behind) <= MOST_SKEW.toMillis()) return;
        findings.add(JoinFinding.of(
                Kind.CLOCK_SKEW,
                options.force(),
                "the clock of this host is " + Math.abs(behind) / 1000 + " s "
                        + (behind > 0 ? "behind" : "ahead of") + " that of "
                        + call.welcome().node() + "; at most "
                        + MOST_SKEW.toSeconds() + " s are allowed, so set it"));
    }

    private void authenticate(MemberCall call) {
        joiner.step(
                JoinStep.AUTHENTICATING,
                "proving the credential to " + call.welcome().node());
        try (JoinerProof proof = new JoinerProof(credential, call.binding(), joiner.random())) {
            JoinMessage.Challenge challenge = call.ask(proof.start(), JoinMessage.Challenge.class);
            JoinMessage.Proof answer = proof.answer(challenge)
                    .orElseThrow(() -> notProved(call, "asks for a proof that no honest member asks for"));
            if (!proof.isProvedBy(call.ask(answer, JoinMessage.Accepted.class)))
                throw notProved(call, "does not know the credential itself");
        }
    }

    private static JoinFailure notProved(MemberCall call, String what) {
        return new JoinFailure(
                Problem.MEMBER_NOT_PROVED,
                "the member at " + call.member() + " " + what
                        + "; it may be somebody else, so nothing of this node was told");
    }

    private void probe(Optional<ProbePlan> plan, HostCheck own) {
        if (plan.isEmpty() || joiner.probe().isEmpty()) {
            findings.add(JoinFinding.warning(
                    Kind.NOT_PROBED,
                    "the links to the members were not tried, because "
                            + (plan.isEmpty() ? "the members do not answer probes" : "this node cannot send probes")));
            return;
        }
        joiner.step(
                JoinStep.PROBING, "trying the links to " + plan.get().members().size() + " members in both directions");
        try {
            SortedMap<Integer, String> links = own.links();
            if (links.isEmpty() && plan.get().ports().size() == 1)
                links = new TreeMap<>(Map.of(plan.get().ports().firstKey(), own.address()));
            for (ProbeReport report :
                    joiner.probe().get().probe(plan.get(), links, joiner.times().probe()))
                if (!report.isGood()) {
                    unusable.add(report);
                    findings.add(JoinFinding.of(Kind.LINK_UNREACHABLE, options.force(), report.sentence()));
                }
        } catch (IOException failed) {
            findings.add(JoinFinding.of(
                    Kind.LINK_UNREACHABLE,
                    false,
                    "the links cannot be tried (" + failed.getMessage() + "); end what uses their ports on this host"));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new JoinFailure(Problem.INTERRUPTED, "interrupted while trying the links", interrupted);
        }
    }

    private JoinResult commit(MemberCall call, HostCheck own, JoinKey key) throws IOException {
        findings.forEach(each -> warnings.add(each.sentence()));
        hold.take();
        MemberAddress first = new MemberAddress(call.welcome().node(), call.fingerprint(), List.of(options.member()));
        JoinMark mark = begin(own, key, first);
        JoinMark written = receive(call, mark, key, first);
        joiner.step(JoinStep.CONFIRMING, "asking for the cluster's last word");
        boolean member;
        try {
            member = call.askForDecision(new JoinMessage.Written(), JoinMessage.Standing.class)
                    .member();
        } catch (JoinFailure lost) {
            call.close();
            member = JoinClient.isMember(
                    joiner, files, written, Resolution.Asked.all(written.members(), written.port()));
        }
        if (member) return JoinClient.finish(folder, joiner, files, written, warnings);
        undo(written);
        throw new JoinFailure(
                Problem.WITHDRAWN,
                "the cluster did not hear in time that " + own.nodeName()
                        + " has everything, and has taken it off the list again; join again");
    }

    private JoinMark begin(HostCheck own, JoinKey key, MemberAddress first) throws IOException {
        if (files.hasFormerState())
            joiner.step(JoinStep.BACKING_UP, "keeping what a former cluster left in " + FolderFiles.BACKUP);
        try {
            return files.begin(
                    key,
                    own.nodeName(),
                    options.port(),
                    List.of(first),
                    joiner.clock().instant());
        } catch (IOException failed) {
            Optional<JoinMark> half = files.mark();
            if (half.isPresent()) undo(half.get());
            throw JoinClient.unusable(folder, failed);
        }
    }

    /** Has the cluster take the node in, and puts what it gives on disk; or takes everything back. */
    private JoinMark receive(MemberCall call, JoinMark mark, JoinKey key, MemberAddress first) {
        try {
            joiner.step(JoinStep.COMMITTING, "the cluster takes " + mark.node() + " in");
            JoinMessage.Admitted given =
                    call.askForDecision(new JoinMessage.Commit(unusable), JoinMessage.Admitted.class, this::waits);
            try {
                warnings.addAll(given.warnings());
                checkGiven(call, given, mark.node(), key);
                joiner.step(JoinStep.WRITING, "writing configuration, key and certificates");
                List<MemberAddress> members = Stream.concat(Stream.of(first), given.members().stream())
                        .limit(JoinMessage.Admitted.MAX_MEMBERS)
                        .toList();
                return files.write(mark.with(members), given, key.secret());
            } finally {
                given.key().close();
                given.authorityKey().close();
            }
        } catch (JoinFailure refused) {
            undo(mark);
            throw refused;
        } catch (IOException failed) {
            undo(mark);
            throw JoinClient.unusable(folder, failed);
        }
    }

    /** What a member gives has to be what {@link NodeFolder#readWhole} takes. */
    private void checkGiven(MemberCall call, JoinMessage.Admitted given, String node, JoinKey key) {
        byte[] signing = given.authorityKey().copy();
        try {
            CorosyncConf conf = CorosyncConf.parse(given.conf(), "the configuration that the member gives");
            boolean listed = conf.toClusterConfig().nodes().stream()
                    .anyMatch(each -> each.name().equals(node));
            X509Certificate authority = Pem.certificate(given.authority().getBytes(StandardCharsets.US_ASCII));
            X509Certificate own = Pem.certificate(given.certificate().getBytes(StandardCharsets.US_ASCII));
            if (listed
                    && given.key().length() >= CorosyncConf.MIN_KEY_BYTES
                    && given.key().length() <= CorosyncConf.MAX_KEY_BYTES
                    && Fingerprint.of(authority).equals(call.welcome().authority())
                    && NodeFolder.isSignedBy(own, authority)
                    && own.getPublicKey().equals(key.open())
                    && CertificateAuthority.nodeName(own).equals(node)
                    && NodeFolder.belong(authority.getPublicKey(), Pem.key(signing))) return;
        } catch (ClusterException | GeneralSecurityException damaged) {
            // told below: what is wrong in it is of no use here
        } finally {
            Arrays.fill(signing, (byte) 0);
        }
        throw new JoinFailure(
                Problem.MALFORMED,
                "what the member at " + call.member() + " gives does not make a whole node; nothing of it is kept");
    }

    private void undo(JoinMark mark) {
        joiner.step(JoinStep.UNDOING, "taking back what was done");
        try {
            files.undo(mark);
        } catch (IOException failed) {
            throw new JoinFailure(
                    Problem.FOLDER_UNUSABLE,
                    "the join has failed, and what was done in " + folder + " cannot be taken back now (" + failed
                            + "); join again, which does it, or abandon the join",
                    failed);
        }
    }
}
