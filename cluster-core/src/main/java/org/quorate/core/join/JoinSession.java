package org.quorate.core.join;

import java.io.IOException;
import java.net.Socket;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.quorate.ClusterException;
import org.quorate.core.conf.NodeAddition;
import org.quorate.core.join.auth.Gatekeeper;
import org.quorate.core.join.auth.MemberProof;
import org.quorate.core.join.tls.Fingerprint;
import org.quorate.core.join.tls.Identity;
import org.quorate.core.join.tls.JoinConnection;
import org.quorate.core.join.tls.JoinConnection.Garbled;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.join.wire.JoinMessage;
import org.quorate.core.join.wire.JoinMessage.Purpose;
import org.quorate.core.join.wire.JoinMessage.Refused;
import org.quorate.core.join.wire.JoinRefusal;
import org.quorate.core.join.wire.ProbeReport;
import org.quorate.core.join.wire.Secret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The member's side of one conversation, from the handshake to its end. One thread. */
final class JoinSession {
    private static final Logger LOG = LoggerFactory.getLogger(JoinServer.class);
    private static final String NO_CREDENTIAL =
            "the password or token was not accepted: it is wrong, has ended, or was used before";

    private final JoinDesk desk;
    private final Socket peer;
    private final String source;
    private final JoinServer.Deadline deadline;
    private final Identity identity;

    JoinSession(JoinDesk desk, Socket peer, String source, JoinServer.Deadline deadline) {
        this.desk = desk;
        this.peer = peer;
        this.source = source;
        this.deadline = deadline;
        this.identity = desk.identity();
    }

    /** The conversation is over, and the peer is to hear why. */
    private static final class Over extends Exception {
        private static final long serialVersionUID = 1L;
        private final JoinCounter counter;
        private final transient Refused answer;

        Over(JoinCounter counter, Refused answer) {
            super(answer.sentence());
            this.counter = counter;
            this.answer = answer;
        }

        Over(JoinCounter counter, JoinRefusal reason, String sentence) {
            this(counter, Refused.of(reason, sentence));
        }
    }

    void run() {
        JoinConnection connection;
        try {
            connection = JoinConnection.accept(peer, identity, desk.member().random());
        } catch (IOException refused) {
            desk.count(deadline.isOver() ? JoinCounter.DROPPED_LATE : JoinCounter.DROPPED_TLS);
            return;
        }
        try {
            converse(connection);
            connection.end();
        } catch (Garbled wrong) {
            desk.count(JoinCounter.DROPPED_MALFORMED);
            LOG.debug("a conversation on the join port was dropped: {}", wrong.getMessage());
            answer(connection, Refused.of(JoinRefusal.MALFORMED, String.valueOf(wrong.getMessage())));
        } catch (IOException ended) {
            desk.count(deadline.isOver() ? JoinCounter.DROPPED_LATE : JoinCounter.DROPPED_ENDED);
        } catch (Over over) {
            desk.count(over.counter);
            LOG.debug("a conversation on the join port was refused: {}", over.getMessage());
            answer(connection, over.answer);
        } catch (ClusterException failed) {
            desk.count(JoinCounter.FAILED);
            LOG.warn("a join failed: {}", failed.getMessage());
            answer(connection, Refused.of(JoinRefusal.FAILED, String.valueOf(failed.getMessage())));
        } catch (RuntimeException broken) {
            desk.count(JoinCounter.FAILED);
            LOG.error("a conversation on the join port broke this side's own rules", broken);
            answer(connection, Refused.of(JoinRefusal.FAILED, "the member has failed; its log says more"));
        } finally {
            connection.close(); // not by a try with resources, which would close it before the answer
        }
    }

    private static void answer(JoinConnection connection, Refused refused) {
        try {
            connection.send(refused);
            connection.end();
        } catch (IOException gone) {
            // nobody is there to hear it
        }
    }

    private void converse(JoinConnection connection) throws IOException, Over {
        JoinMessage.Hello hello = expect(connection, JoinMessage.Hello.class);
        if (hello.format() != JoinMessage.FORMAT || hello.api() < NodeAddition.API_VERSION - 1)
            throw new Over(
                    JoinCounter.REFUSED_VERSION,
                    JoinRefusal.VERSION,
                    "this side speaks version " + NodeAddition.API_VERSION + " of the join protocol in format "
                            + JoinMessage.FORMAT + ", the other version " + hello.api() + " in format "
                            + hello.format() + "; bring both to the same software");
        if (desk.isOther(hello.cluster()))
            throw new Over(
                    JoinCounter.REFUSED_CLUSTER,
                    JoinRefusal.WRONG_CLUSTER,
                    "this is a node of another cluster, " + desk.cluster());
        connection.send(new JoinMessage.Welcome(
                JoinMessage.FORMAT,
                NodeAddition.API_VERSION,
                SoftwareVersion.text(),
                desk.cluster(),
                Fingerprint.of(desk.authority()),
                desk.node(),
                desk.member().clock().millis()));
        if (hello.purpose() == Purpose.MEMBER) answerMember(connection);
        else join(connection);
    }

    private void answerMember(JoinConnection connection) throws IOException, Over {
        JoinMessage question = connection.receive();
        Optional<X509Certificate> shown = connection.peer();
        if (shown.isEmpty() || !desk.couldBeMember(shown.get())) throw nobody();
        deadline.set(desk.limits().sessionLimit());
        if (question instanceof JoinMessage.Ask) {
            desk.count(JoinCounter.ASKED);
            connection.send(new JoinMessage.Standing(desk.confirm(Fingerprint.of(shown.get()))));
            return;
        }
        if (!(question instanceof JoinMessage.Renew)) throw outOfOrder();
        if (!desk.isMember(shown.get())) throw desk.member().registry().isCurrent() ? nobody() : unsure();
        Admission admission = desk.member().admission();
        try (Secret key = Secret.of(admission.key())) {
            connection.send(new JoinMessage.Current(
                    admission.conf(), key, Members.of(desk.member().registry(), admission.conf(), desk.node())));
        }
        desk.count(JoinCounter.RENEWED);
    }

    private static Over nobody() {
        return new Over(
                JoinCounter.REFUSED_CERTIFICATE,
                JoinRefusal.NOT_A_MEMBER,
                "the certificate is not that of a node of this cluster, or not any more");
    }

    private static Over unsure() {
        return new Over(
                JoinCounter.FAILED,
                JoinRefusal.FAILED,
                "this member does not know the certificate, but has no quorum and may have missed something");
    }

    private static Over outOfOrder() {
        return new Over(
                JoinCounter.DROPPED_MALFORMED, JoinRefusal.MALFORMED, "the message makes no sense at this point");
    }

    private void join(JoinConnection connection) throws IOException, Over {
        Optional<String> token = authenticate(connection);
        deadline.set(desk.limits().sessionLimit());
        connection.setAnswerLimit(desk.limits().sessionLimit());
        var request = expect(connection, JoinMessage.Check.class).request();
        PublicKey key = CertificateRequest.key(request.certificateRequest())
                .orElseThrow(() -> new Over(
                        JoinCounter.DROPPED_MALFORMED,
                        JoinRefusal.MALFORMED,
                        "the certificate request is damaged or not signed with its own key"));
        Enrolment enrolment = new Enrolment(desk, request, key, token);
        if (!enrolment.credentialIsGood()) throw badCredential();
        desk.giveUpEarlier(enrolment.joiner());
        JoinTurn turn = new JoinTurn(desk, enrolment, connection);
        List<JoinFinding> findings = turn.check();
        boolean blocked = findings.stream().anyMatch(JoinFinding::blocks);
        try (Enrolment.Probing probing = blocked ? Enrolment.Probing.NONE : enrolment.probe()) {
            connection.send(new JoinMessage.Checked(findings, probing.plan()));
            if (blocked) {
                desk.count(JoinCounter.REFUSED_CHECKS);
                return;
            }
            JoinMessage.Commit commit = expect(connection, JoinMessage.Commit.class);
            if (!commit.unusable().isEmpty() && !request.force()) throw unusable(commit.unusable());
        }
        admit(connection, enrolment, turn);
    }

    private static Over unusable(List<ProbeReport> reports) {
        List<JoinFinding> findings = reports.stream()
                .map(report -> JoinFinding.of(JoinFinding.Kind.LINK_UNREACHABLE, false, report.sentence()))
                .toList();
        return new Over(
                JoinCounter.REFUSED_CHECKS, new Refused(JoinRefusal.CHECKS, "links cannot be used", 0, findings));
    }

    /** The number of the token by which the joiner has proved itself; empty for the password. */
    private Optional<String> authenticate(JoinConnection connection) throws IOException, Over {
        JoinMessage.Start start = expect(connection, JoinMessage.Start.class);
        if (!Gatekeeper.isWellFormed(start)) throw outOfOrder();
        Optional<String> token = Gatekeeper.token(start);
        long wait = desk.beginAttempt(source, token.isEmpty());
        if (wait > 0) {
            long millis = Duration.ofNanos(wait).toMillis() + 1;
            throw new Over(
                    JoinCounter.REFUSED_TOO_EARLY,
                    new Refused(
                            JoinRefusal.TRY_LATER,
                            "too many attempts have failed; try again in " + (millis + 999) / 1000 + " s",
                            millis,
                            List.of()));
        }
        byte[] binding = Fingerprint.bytes(identity.certificate());
        MemberProof proof = desk.gatekeeper().challenge(start, binding);
        connection.send(proof.challenge());
        Optional<JoinMessage.Accepted> accepted = proof.check(expect(connection, JoinMessage.Proof.class));
        if (accepted.isEmpty()) throw badCredential();
        desk.attemptSucceeded(source, token.isEmpty());
        connection.send(accepted.get());
        return token;
    }

    private static Over badCredential() {
        return new Over(JoinCounter.REFUSED_CREDENTIAL, JoinRefusal.CREDENTIAL, NO_CREDENTIAL);
    }

    private void admit(JoinConnection connection, Enrolment enrolment, JoinTurn turn) throws IOException, Over {
        Enrolment.Result result = turn.admit();
        if (result instanceof Enrolment.Result.CredentialGone) throw badCredential();
        if (result instanceof Enrolment.Result.Refused refused)
            throw new Over(
                    JoinCounter.REFUSED_CHECKS,
                    new Refused(JoinRefusal.CHECKS, "the cluster has refused the node", 0, refused.findings()));
        Enrolment.Result.Admitted admitted = (Enrolment.Result.Admitted) result;
        desk.count(JoinCounter.ADMITTED);
        byte[] authorityKey = Pem.of(admitted.signer().key());
        try (Secret key = Secret.of(desk.member().admission().key());
                Secret signing = Secret.of(authorityKey)) {
            connection.send(new JoinMessage.Admitted(
                    admitted.outcome().conf(),
                    key,
                    Pem.string(desk.authority()),
                    signing,
                    Pem.string(admitted.certificate()),
                    Members.of(desk.member().registry(), admitted.outcome().conf(), desk.node()),
                    admitted.outcome().warnings()));
        } finally {
            Arrays.fill(authorityKey, (byte) 0);
        }
        connection.setAnswerLimit(desk.limits().confirmLimit());
        expect(connection, JoinMessage.Written.class);
        boolean confirmed = desk.confirm(Fingerprint.of(admitted.certificate()));
        if (confirmed) enrolment.forgetToken();
        connection.send(new JoinMessage.Standing(confirmed));
    }

    private static <M extends JoinMessage> M expect(JoinConnection connection, Class<M> type) throws IOException, Over {
        JoinMessage message = connection.receive();
        if (!type.isInstance(message)) throw outOfOrder();
        return type.cast(message);
    }
}
