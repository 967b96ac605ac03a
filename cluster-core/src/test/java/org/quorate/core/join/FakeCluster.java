package org.quorate.core.join;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.conf.ConfSection;
import org.quorate.core.conf.ConfWriter;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.join.tls.Fingerprint;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.join.wire.JoinFinding.Kind;
import org.quorate.core.join.wire.JoinRequest;

/** What a cluster decides, in one place that outlives its members. */
final class FakeCluster implements Admission, CertificateRegistry {
    private record Listed(String name, String joiner, String confBefore, boolean confirmed) {}

    private final byte[] key;
    private final SimpleHost host = SimpleHost.of("somewhere", "192.0.2.1");
    private final Map<String, Listed> admissions = new HashMap<>();
    private final SortedMap<String, String> fingerprints = new TreeMap<>();
    private final List<String> history = new ArrayList<>();
    private String conf;
    private boolean quorate = true;

    FakeCluster(String conf, byte[] key, String firstNode, X509Certificate certificate) {
        this.conf = conf;
        this.key = key.clone();
        fingerprints.put(firstNode, Fingerprint.of(certificate));
    }

    synchronized void setQuorate(boolean now) {
        quorate = now;
    }

    @Override
    public synchronized String conf() {
        return conf;
    }

    @Override
    public synchronized byte[] key() {
        return key.clone();
    }

    @Override
    public synchronized SortedMap<String, String> fingerprints() {
        return new TreeMap<>(fingerprints);
    }

    @Override
    public synchronized boolean isCurrent() {
        return quorate;
    }

    @Override
    public synchronized List<JoinFinding> check(JoinRequest request) {
        if (!quorate) return List.of(JoinFinding.of(Kind.NO_QUORUM, false, "the cluster is not quorate"));
        Optional<JoinFinding> guest = guest(request);
        if (guest.isPresent()) return List.of(guest.get());
        return RequestedAddition.of(tree(), request, Set.of(), host::resolve).findings();
    }

    @Override
    public synchronized Outcome admit(JoinRequest request, X509Certificate certificate) {
        checkQuorum();
        Optional<JoinFinding> guest = guest(request);
        if (guest.isPresent()) return new Outcome.Refused(List.of(guest.get()));
        RequestedAddition.Answer answer = RequestedAddition.of(tree(), request, Set.of(), host::resolve);
        if (answer.file().isEmpty()) return new Outcome.Refused(answer.findings());
        String fingerprint = Fingerprint.of(certificate);
        admissions.put(
                fingerprint,
                new Listed(request.name(), CertificateRequest.joiner(certificate.getPublicKey()), conf, false));
        fingerprints.put(request.name(), fingerprint);
        conf = ConfWriter.text(answer.file().get());
        history.add("admit " + request.name());
        return new Outcome.Admitted(conf, List.of("two nodes have no majority without each other"));
    }

    /** Another node that is listed and has not come. */
    private Optional<JoinFinding> guest(JoinRequest request) {
        String joiner = CertificateRequest.key(request.certificateRequest())
                .map(CertificateRequest::joiner)
                .orElse("");
        return admissions.values().stream()
                .filter(each -> !each.confirmed() && !each.joiner().equals(joiner))
                .findFirst()
                .map(each ->
                        JoinFinding.of(Kind.CHANGE_UNDER_WAY, false, "node " + each.name() + " is just being added"));
    }

    @Override
    public synchronized boolean confirm(String fingerprint) {
        checkQuorum();
        Listed listed = admissions.get(fingerprint);
        if (listed == null) return fingerprints.containsValue(fingerprint);
        if (!listed.confirmed()) history.add("confirm " + listed.name());
        admissions.put(fingerprint, new Listed(listed.name(), listed.joiner(), listed.confBefore(), true));
        return true;
    }

    @Override
    public synchronized boolean withdraw(String fingerprint) {
        checkQuorum();
        Listed listed = admissions.get(fingerprint);
        if (listed == null) return !fingerprints.containsValue(fingerprint);
        if (listed.confirmed()) return false;
        conf = listed.confBefore();
        fingerprints.remove(listed.name());
        admissions.remove(fingerprint);
        history.add("withdraw " + listed.name());
        return true;
    }

    /** Removes a node as an operator does. */
    synchronized void remove(String name) {
        String fingerprint = Objects.requireNonNull(fingerprints.remove(name));
        conf = Objects.requireNonNull(admissions.remove(fingerprint)).confBefore();
        history.clear();
    }

    /** What it has decided since the last removal. */
    synchronized List<String> history() {
        return List.copyOf(history);
    }

    synchronized boolean lists(String name) {
        return conf.contains("name: " + name + "\n");
    }

    synchronized boolean isConfirmed(String name) {
        return lists(name)
                && admissions.values().stream().anyMatch(each -> each.name().equals(name) && each.confirmed());
    }

    private ConfSection tree() {
        return CorosyncConf.parse(conf, "the running configuration").tree();
    }

    private void checkQuorum() {
        if (!quorate) throw new ClusterException(Reason.NOT_A_MEMBER, "the cluster is not quorate");
    }

    /** The same cluster, asked by a process that may be dead. */
    static final class AskedBy implements Admission, CertificateRegistry {
        private final FakeCluster cluster;
        private final FailingDisk process;

        AskedBy(FakeCluster cluster, FailingDisk process) {
            this.cluster = cluster;
            this.process = process;
        }

        private <T> T step(String what, java.util.function.Supplier<T> action) {
            List<T> result = new ArrayList<>();
            process.outside(what, () -> result.add(action.get()));
            return result.get(0);
        }

        @Override
        public String conf() {
            return cluster.conf();
        }

        @Override
        public byte[] key() {
            return cluster.key();
        }

        @Override
        public SortedMap<String, String> fingerprints() {
            return cluster.fingerprints();
        }

        @Override
        public boolean isCurrent() {
            return cluster.isCurrent();
        }

        @Override
        public List<JoinFinding> check(JoinRequest request) {
            return cluster.check(request);
        }

        @Override
        public Outcome admit(JoinRequest request, X509Certificate certificate) {
            return step("admit", () -> cluster.admit(request, certificate));
        }

        @Override
        public boolean confirm(String fingerprint) {
            return step("confirm", () -> cluster.confirm(fingerprint));
        }

        @Override
        public boolean withdraw(String fingerprint) {
            return step("withdraw", () -> cluster.withdraw(fingerprint));
        }
    }
}
