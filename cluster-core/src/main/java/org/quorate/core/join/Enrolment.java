package org.quorate.core.join;

import java.net.InetAddress;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeConfig;
import org.quorate.core.conf.AddressBook;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.join.PendingAdmissions.Pending;
import org.quorate.core.join.tls.Fingerprint;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.join.wire.JoinRequest;
import org.quorate.core.join.wire.ProbePlan;
import org.quorate.core.join.wire.Secret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a member does for one joiner that has proved itself. One thread. */
final class Enrolment {
    private static final Logger LOG = LoggerFactory.getLogger(JoinServer.class);

    private final JoinDesk desk;
    private final JoinMember member;
    private final JoinRequest request;
    private final PublicKey key;
    private final Optional<String> token;
    private final String joiner;

    Enrolment(JoinDesk desk, JoinRequest request, PublicKey key, Optional<String> token) {
        this.desk = desk;
        this.member = desk.member();
        this.request = request;
        this.key = key;
        this.token = token;
        this.joiner = CertificateRequest.joiner(key);
    }

    /** How an admission went. */
    sealed interface Result {
        record CredentialGone() implements Result {}

        record Refused(List<JoinFinding> findings) implements Result {}

        record Admitted(X509Certificate certificate, CertificateAuthority signer, Admission.Outcome.Admitted outcome)
                implements Result {}
    }

    /** Members answer probes while it is open. */
    record Probing(Optional<ProbePlan> plan, MemberProbes.Window window) implements AutoCloseable {
        static final Probing NONE = new Probing(Optional.empty(), () -> {});

        @Override
        public void close() {
            window.close();
            plan.ifPresent(each -> each.key().close());
        }
    }

    String joiner() {
        return joiner;
    }

    /** False if another joiner has used the token. */
    boolean credentialIsGood() {
        return token.isEmpty() || member.tokens().isGoodFor(token.get(), joiner);
    }

    List<JoinFinding> check() {
        List<JoinFinding> findings = new ArrayList<>();
        if (desk.signer().isEmpty())
            findings.add(JoinFinding.of(
                    JoinFinding.Kind.CANNOT_SIGN,
                    false,
                    desk.node() + " has no key of the cluster's authority; join by another node, or copy the folder ca"
                            + " there"));
        findings.addAll(member.admission().check(request));
        findings.addAll(absent());
        return findings;
    }

    /** One warning for all nodes that cannot be asked about their links. */
    private List<JoinFinding> absent() {
        Set<Integer> absent = member.admission().absent();
        if (absent.isEmpty() || member.probes().isEmpty()) return List.of();
        List<String> names =
                CorosyncConf.parse(member.admission().conf(), "corosync.conf").toClusterConfig().nodes().stream()
                        .filter(node -> absent.contains(node.id().value())
                                && !node.name().equals(request.name()))
                        .map(NodeConfig::name)
                        .toList();
        if (names.isEmpty()) return List.of();
        return List.of(JoinFinding.warning(
                JoinFinding.Kind.NOT_PROBED,
                "the links to " + String.join(", ", names)
                        + " were not tried: not running, or cut off; look at them when they are back"));
    }

    /** Makes the members answer, if they can. */
    Probing probe() {
        if (member.probes().isEmpty()) return Probing.NONE;
        ClusterConfig config =
                CorosyncConf.parse(member.admission().conf(), "corosync.conf").toClusterConfig();
        byte[] random = new byte[ProbePlan.KEY_BYTES];
        member.random().nextBytes(random);
        TreeMap<Integer, Integer> ports = new TreeMap<>();
        config.links().forEach((number, link) -> ports.put(number, link.port()));
        List<ProbePlan.Member> members = new ArrayList<>();
        Set<Integer> absent = member.admission().absent();
        for (NodeConfig node : config.nodes())
            if (!node.name().equals(request.name())
                    && !absent.contains(node.id().value()))
                members.add(new ProbePlan.Member(node.name(), node.id().value(), node.addresses()));
        ProbePlan plan = new ProbePlan(Secret.of(random), ports, members);
        SortedMap<Integer, String> own = request.links();
        if (own.isEmpty() && ports.size() == 1 && !request.address().isEmpty())
            own = new TreeMap<>(Map.of(ports.firstKey(), request.address()));
        Duration limit = desk.limits().sessionLimit();
        return new Probing(Optional.of(plan), member.probes().get().open(plan, own, limit));
    }

    /**
     * Signs, marks, admits. When this throws, or the connection breaks later, the node is withdrawn by and by.
     *
     * @throws ClusterException if the disk fails or the cluster cannot decide
     */
    Result admit() {
        CertificateAuthority signer = desk.signer()
                .orElseThrow(() -> new ClusterException(
                        Reason.REFUSED, desk.node() + " has lost the key of the cluster's authority"));
        List<InetAddress> addresses = new ArrayList<>();
        List<String> given = new ArrayList<>(request.links().values());
        if (!request.address().isEmpty()) given.add(request.address());
        for (String address : given)
            if (AddressBook.isDigits(address))
                member.host().resolve(address).stream().findFirst().ifPresent(addresses::add);
        List<String> fullNames = request.hostName().startsWith(request.name() + ".")
                        && request.hostName().matches("[A-Za-z0-9.-]{1,253}")
                ? List.of(request.hostName())
                : List.of();
        X509Certificate certificate = signer.issue(
                key, request.name(), addresses, fullNames, member.clock().instant());
        if (token.isPresent() && !member.tokens().use(token.get(), joiner)) return new Result.CredentialGone();
        Pending pending = new Pending(Fingerprint.of(certificate), request.name(), joiner);
        desk.begin(pending);
        boolean decided = false;
        try {
            Admission.Outcome outcome = member.admission().admit(request, certificate);
            decided = true;
            if (outcome instanceof Admission.Outcome.Refused refused) {
                desk.drop(pending);
                return new Result.Refused(refused.findings());
            }
            desk.withdrawAfter(pending, desk.limits().confirmLimit());
            return new Result.Admitted(certificate, signer, (Admission.Outcome.Admitted) outcome);
        } catch (RuntimeException unknown) {
            if (!decided) desk.withdrawAfter(pending, Duration.ZERO);
            throw unknown;
        }
    }

    /** The token has served its purpose. If the disk fails it stays until it ends, for this joiner only. */
    void forgetToken() {
        try {
            token.ifPresent(member.tokens()::forget);
        } catch (ClusterException stays) {
            LOG.warn("a token that was used stays until it ends: {}", stays.getMessage());
        }
    }
}
