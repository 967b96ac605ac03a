package org.quorate.core.join;

import java.util.List;
import java.util.stream.Collectors;
import org.quorate.ClusterException;
import org.quorate.core.join.wire.JoinFinding;

/** A join that did not go well. Unless the problem is {@link Problem#IN_DOUBT}, this host and the cluster are as they were. */
public final class JoinFailure extends ClusterException {
    private static final long serialVersionUID = 1L;

    private final Problem problem;
    private final transient List<JoinFinding> findings;

    JoinFailure(Problem problem, String sentence) {
        super(problem.reason, sentence);
        this.problem = problem;
        this.findings = List.of();
    }

    JoinFailure(Problem problem, String sentence, Throwable cause) {
        super(problem.reason, sentence, cause);
        this.problem = problem;
        this.findings = List.of();
    }

    /** With everything that stands against the join. */
    JoinFailure(List<JoinFinding> findings) {
        super(
                Problem.CHECKS_FAILED.reason,
                findings.stream()
                        .filter(JoinFinding::blocks)
                        .map(JoinFinding::sentence)
                        .collect(Collectors.joining("; also: ")));
        this.problem = Problem.CHECKS_FAILED;
        this.findings = List.copyOf(findings);
    }

    /** For programs. */
    public Problem problem() {
        return problem;
    }

    /** Everything that was found, warnings too, if the problem is {@link Problem#CHECKS_FAILED}; empty else. */
    public List<JoinFinding> findings() {
        return findings;
    }

    /** Whether {@code force} would help: everything that blocks can be forced. */
    public boolean isForceable() {
        return !findings.isEmpty()
                && findings.stream()
                        .filter(JoinFinding::blocks)
                        .map(JoinFinding::kind)
                        .allMatch(JoinFinding.Kind::isForceable);
    }

    /** Why a join failed. */
    public enum Problem {
        /** Something stands against it; see {@link JoinFailure#findings}. */
        CHECKS_FAILED(Reason.ADDITION_REFUSED),
        /** Nobody answers at the member's address, or the connection broke before anything was decided. */
        UNREACHABLE(Reason.TIMEOUT),
        /** The member's certificate is another one than said. */
        FINGERPRINT_WRONG(Reason.REFUSED),
        /** Nobody has said that the member's fingerprint is right. */
        FINGERPRINT_UNCONFIRMED(Reason.REFUSED),
        /** The password or token was not accepted. */
        CREDENTIAL_REFUSED(Reason.REFUSED),
        /** The member does not know the credential itself, or asks for too weak a proof: it is not the one that it seems to be. */
        MEMBER_NOT_PROVED(Reason.REFUSED),
        /** Too many failed attempts; try again later. */
        TRY_LATER(Reason.QUEUE_FULL),
        /** The member is one of another cluster. */
        WRONG_CLUSTER(Reason.REFUSED),
        /** One side's software is too old. */
        VERSION(Reason.REFUSED),
        /** The member has said something that makes no sense. */
        MALFORMED(Reason.REFUSED),
        /** The member or the cluster could not do it; nothing has changed. */
        MEMBER_FAILED(Reason.TIMEOUT),
        /** The folder of this node could not be read or written. */
        FOLDER_UNUSABLE(Reason.DATA_FOLDER_UNUSABLE),
        /** The cluster has taken the node off its list again, because it did not hear of it in time. */
        WITHDRAWN(Reason.TIMEOUT),
        /** Everything is on disk, and nobody could be asked whether the cluster has confirmed; joining again asks. */
        IN_DOUBT(Reason.TIMEOUT),
        /** The certificate of this node is not that of a member, or not any more. */
        NOT_A_MEMBER(Reason.NOT_IN_CLUSTER),
        /** The thread was interrupted. */
        INTERRUPTED(Reason.CLOSED);

        private final Reason reason;

        Problem(Reason reason) {
            this.reason = reason;
        }
    }
}
