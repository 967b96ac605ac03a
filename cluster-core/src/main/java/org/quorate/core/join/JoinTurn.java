package org.quorate.core.join;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import org.quorate.core.join.tls.JoinConnection;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.join.wire.JoinFinding.Kind;
import org.quorate.core.join.wire.JoinMessage;

/**
 * Lets a joiner wait while the cluster takes in another one: machines join one after another. Also while the cluster lacks quorum because the one
 * before has just joined and does not run yet. What is left at the limit stands against the join. One thread.
 */
final class JoinTurn {
    private static final Duration ROUND = Duration.ofMillis(250);
    /** The joiner hears that often that it still waits, and this side that the joiner is still there. */
    private static final Duration REMINDER = Duration.ofSeconds(5);

    private final JoinDesk desk;
    private final Enrolment enrolment;
    private final JoinConnection connection;
    private final long deadline;
    private boolean hasWaited;
    private String said = "";
    private long saidAt;

    JoinTurn(JoinDesk desk, Enrolment enrolment, JoinConnection connection) {
        this.desk = desk;
        this.enrolment = enrolment;
        this.connection = connection;
        this.deadline = System.nanoTime() + desk.limits().turn().toNanos();
    }

    /** What stands against the joiner when it is its turn, or at the limit. Throws if the joiner has gone meanwhile. */
    List<JoinFinding> check() throws IOException {
        List<JoinFinding> findings = enrolment.check();
        while (isToWait(findings)) {
            tell(findings);
            rest();
            findings = enrolment.check();
        }
        return hasWaited ? findings.stream().map(this::late).toList() : findings;
    }

    /** Admits the joiner when it is its turn: another one may have come first since the check. */
    Enrolment.Result admit() throws IOException {
        while (true) {
            Enrolment.Result result = enrolment.admit();
            if (!(result instanceof Enrolment.Result.Refused refused) || !isToWait(refused.findings())) return result;
            tell(refused.findings());
            List<JoinFinding> findings = check();
            if (findings.stream().anyMatch(JoinFinding::blocks)) return new Enrolment.Result.Refused(findings);
        }
    }

    private boolean isToWait(List<JoinFinding> findings) {
        List<JoinFinding> blocking =
                findings.stream().filter(JoinFinding::blocks).toList();
        return !blocking.isEmpty()
                && System.nanoTime() < deadline
                && blocking.stream().allMatch(each -> isPassing(each.kind()));
    }

    private boolean isPassing(Kind kind) {
        return kind == Kind.CHANGE_UNDER_WAY || (kind == Kind.NO_QUORUM && (hasWaited || desk.hasJustConfirmed()));
    }

    private void tell(List<JoinFinding> findings) throws IOException {
        hasWaited = true;
        String sentence = findings.stream()
                .filter(JoinFinding::blocks)
                .map(JoinFinding::sentence)
                .findFirst()
                .orElseThrow();
        long now = System.nanoTime();
        if (sentence.equals(said) && now - saidAt < REMINDER.toNanos()) return;
        connection.send(new JoinMessage.Waiting(sentence));
        said = sentence;
        saidAt = now;
    }

    private static void rest() throws IOException {
        try {
            Thread.sleep(ROUND.toMillis());
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the member ends");
        }
    }

    private JoinFinding late(JoinFinding finding) {
        if (!finding.blocks() || !isPassing(finding.kind())) return finding;
        return JoinFinding.of(
                finding.kind(),
                false,
                finding.sentence() + "; that was waited for, for "
                        + desk.limits().turn().toSeconds() + " s, so try again later");
    }
}
