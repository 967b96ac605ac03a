package org.quorate.core.manage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import org.quorate.JoinException;
import org.quorate.JoinException.Why;
import org.quorate.JoinInfo;
import org.quorate.JoinReport;
import org.quorate.Link;
import org.quorate.LocalNode;
import org.quorate.QuorumState;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.join.JoinFailure;
import org.quorate.core.join.JoinFailure.Problem;
import org.quorate.core.join.JoinOptions;
import org.quorate.core.join.JoinResult;
import org.quorate.core.join.auth.Credential;
import org.quorate.core.join.auth.JoinToken;

/** Between what an application says about a join and what {@link org.quorate.core.join} takes. */
final class JoinTranslation {
    private JoinTranslation() {}

    static JoinOptions options(org.quorate.JoinOptions asked, String nodeName, List<Link> links) {
        JoinOptions options = new JoinOptions(
                asked.address(),
                asked.port(),
                asked.fingerprint(),
                shown -> asked.confirmation().test(shown),
                asked.info().map(JoinInfo::clusterName).orElse(""),
                new TreeSet<>(asked.info().map(info -> info.links().keySet()).orElseGet(TreeSet::new)),
                nodeName,
                new TreeMap<>(),
                asked.nodeId().map(id -> OptionalInt.of(id.value())).orElseGet(OptionalInt::empty),
                asked.votes(),
                asked.isForced());
        for (Link link : links)
            options = options.withLink(link.number(), new LinkParameter(link.address(), link.priority()));
        return options;
    }

    /** What the joiner knows; the caller closes it. */
    static Credential credential(org.quorate.JoinOptions asked) {
        if (asked.token().isEmpty()) {
            char[] password = asked.password();
            try {
                return Credential.password(password);
            } finally {
                Arrays.fill(password, '\0');
            }
        }
        try (JoinToken token = JoinToken.parse(asked.token().toCharArray())) {
            return Credential.token(token);
        }
    }

    /** How a join went that has gone well, though perhaps without quorum within {@code limit}. */
    static JoinReport report(JoinResult joined, LocalNode self, QuorumState quorum, Duration limit) {
        List<String> warnings = new ArrayList<>(joined.warnings());
        FolderJoin.offerForTwo(joined.conf().toClusterConfig()).ifPresent(warnings::add);
        if (!quorum.quorate())
            warnings.add("not quorate within " + limit.toSeconds() + " s: " + quorum.reason()
                    + "; the node goes on looking for the others");
        return new JoinReport(self, quorum, warnings);
    }

    static JoinException exception(JoinFailure failure) {
        List<JoinException.Finding> findings = failure.findings().stream()
                .map(found -> new JoinException.Finding(
                        found.kind().name(), found.blocks(), found.kind().isForceable(), found.sentence()))
                .toList();
        return new JoinException(why(failure.problem()), String.valueOf(failure.getMessage()), findings, failure);
    }

    private static Why why(Problem problem) {
        return switch (problem) {
            case CHECKS_FAILED -> Why.CHECKS;
            case UNREACHABLE -> Why.UNREACHABLE;
            case FINGERPRINT_WRONG, FINGERPRINT_UNCONFIRMED, MEMBER_NOT_PROVED -> Why.FINGERPRINT;
            case CREDENTIAL_REFUSED -> Why.CREDENTIAL;
            case TRY_LATER -> Why.TRY_LATER;
            case WRONG_CLUSTER -> Why.WRONG_CLUSTER;
            case VERSION, MALFORMED -> Why.PROTOCOL;
            case MEMBER_FAILED, WITHDRAWN, NOT_A_MEMBER -> Why.MEMBER_FAILURE;
            case FOLDER_UNUSABLE, INTERRUPTED -> Why.LOCAL_FAILURE;
            case IN_DOUBT -> Why.IN_DOUBT;
        };
    }
}
