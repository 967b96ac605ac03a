package org.quorate.core.join;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.join.PendingAdmissions.Pending;
import org.quorate.core.join.auth.AttemptLimit;
import org.quorate.core.join.auth.Gatekeeper;
import org.quorate.core.join.tls.Fingerprint;
import org.quorate.core.join.tls.Identity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all conversations of a member share: who it is, whom it has admitted, who has failed how often. Thread-safe. */
final class JoinDesk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JoinServer.class);

    /** Within this time a node that has joined is expected to run. */
    private static final Duration JUST = Duration.ofSeconds(60);

    private final JoinMember member;
    private final JoinLimits limits;
    private final JoinCounters counters;
    private final NodeFolder folder;
    private final String cluster;
    private final String node;
    private final X509Certificate authority;
    private final Gatekeeper gatekeeper;
    private final PendingAdmissions pending;
    private final AttemptLimit attempts = new AttemptLimit();
    private volatile long confirmedAt = System.nanoTime() - JUST.toNanos();
    /** Asks the cluster, which may take long. */
    private final ScheduledThreadPoolExecutor withdrawals;

    private volatile Identity identity;

    private JoinDesk(JoinMember member, JoinLimits limits, JoinCounters counters, ThreadFactory threads) {
        this.member = member;
        this.limits = limits;
        this.counters = counters;
        this.folder = NodeFolder.at(member.folder());
        CorosyncConf conf = folder.readWhole();
        if (!FolderFiles.isThere(member.folder(), FolderFiles.NODE_CERTIFICATE))
            throw new ClusterException(
                    Reason.DATA_FOLDER_UNUSABLE,
                    "the data folder " + member.folder()
                            + " has no certificate, so nobody can join by this node; make one with updatecerts");
        this.cluster = conf.toClusterConfig().clusterName();
        this.authority = folder.certificate(FolderFiles.CA_CERTIFICATE);
        PrivateKey key = folder.key(FolderFiles.NODE_KEY);
        this.identity = new Identity(folder.certificate(FolderFiles.NODE_CERTIFICATE), key);
        this.node = CertificateAuthority.nodeName(identity.certificate());
        byte[] secret = key.getEncoded();
        this.gatekeeper = new Gatekeeper(member.password(), member.tokens(), secret, member.random());
        Arrays.fill(secret, (byte) 0);
        this.pending = new PendingAdmissions(member.folder(), member.disk());
        this.withdrawals = new ScheduledThreadPoolExecutor(1, threads);
        withdrawals.setRemoveOnCancelPolicy(true);
    }

    static JoinDesk open(JoinMember member, JoinLimits limits, JoinCounters counters, ThreadFactory threads) {
        JoinDesk desk = new JoinDesk(member, limits, counters, threads);
        for (Pending left : desk.pending.load()) desk.withdrawAfter(left, limits.confirmLimit());
        return desk;
    }

    JoinMember member() {
        return member;
    }

    JoinLimits limits() {
        return limits;
    }

    String cluster() {
        return cluster;
    }

    String node() {
        return node;
    }

    X509Certificate authority() {
        return authority;
    }

    Identity identity() {
        return identity;
    }

    Gatekeeper gatekeeper() {
        return gatekeeper;
    }

    void reloadCertificate() {
        identity = new Identity(folder.certificate(FolderFiles.NODE_CERTIFICATE), folder.key(FolderFiles.NODE_KEY));
    }

    void count(JoinCounter counter) {
        counters.add(counter);
    }

    int pendingAdmissions() {
        return pending.count();
    }

    /** What signs certificates; empty if this member cannot. */
    Optional<CertificateAuthority> signer() {
        return FolderFiles.isThere(member.folder(), FolderFiles.CA_KEY)
                ? Optional.of(new CertificateAuthority(authority, folder.key(FolderFiles.CA_KEY), member.random()))
                : Optional.empty();
    }

    /** 0 if an attempt may begin, else how long to wait in nanoseconds. */
    long beginAttempt(String source, boolean password) {
        synchronized (attempts) {
            return attempts.begin(source, password, System.nanoTime());
        }
    }

    void attemptSucceeded(String source, boolean password) {
        synchronized (attempts) {
            attempts.succeeded(source, password);
        }
    }

    /** Puts the mark of an admission on disk. */
    void begin(Pending admission) {
        pending.add(admission);
    }

    /** The cluster has not admitted it: the mark goes. */
    void drop(Pending admission) {
        pending.remove(admission.fingerprint());
    }

    /** Withdraws earlier tries of {@code joiner} that came to no end. Throws a {@link ClusterException} if the cluster cannot decide. */
    void giveUpEarlier(String joiner) {
        for (Pending earlier : pending.of(joiner)) withdraw(earlier);
    }

    /** Makes the node with this certificate a member, unless it was withdrawn. */
    boolean confirm(String fingerprint) {
        boolean confirmed = member.admission().confirm(fingerprint);
        if (!pending.has(fingerprint)) return confirmed;
        if (confirmed) {
            confirmedAt = System.nanoTime();
            count(JoinCounter.CONFIRMED);
            LOG.info("a node with the certificate {} has joined", fingerprint);
        }
        try {
            pending.remove(fingerprint);
        } catch (ClusterException later) {
            LOG.warn(
                    "the mark of a join stays for now: {}",
                    later.getMessage()); // it is tried again with the withdrawal
        }
        return confirmed;
    }

    /** Whether a node has joined by this member that may not run yet. */
    boolean hasJustConfirmed() {
        return System.nanoTime() - confirmedAt < JUST.toNanos();
    }

    /** Withdraws {@code admission} when {@code delay} has passed, unless it is confirmed before; tries until the cluster has decided. */
    @SuppressWarnings("FutureReturnValueIgnored") // the task handles its own failures
    void withdrawAfter(Pending admission, Duration delay) {
        try {
            withdrawals.schedule(() -> tryToWithdraw(admission), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ending) {
            LOG.debug("the mark of {} stays for the next start", admission.node());
        }
    }

    private void tryToWithdraw(Pending admission) {
        if (!pending.has(admission.fingerprint())) return;
        try {
            withdraw(admission);
        } catch (RuntimeException notNow) {
            LOG.warn(
                    "node {} did not say that it has joined and cannot be taken off the list yet ({}); trying again",
                    admission.node(),
                    notNow.getMessage());
            withdrawAfter(admission, limits.retry());
        }
    }

    private void withdraw(Pending admission) {
        boolean off = member.admission().withdraw(admission.fingerprint());
        pending.remove(admission.fingerprint());
        if (!off) return;
        count(JoinCounter.WITHDRAWN);
        LOG.info("node {} did not come to the end of its join and is not listed any more", admission.node());
    }

    /** Whether {@code certificate} could be that of a member: what the authority never signed is not worth asking for. */
    boolean couldBeMember(X509Certificate certificate) {
        return NodeFolder.isSignedBy(certificate, authority);
    }

    boolean isMember(X509Certificate certificate) {
        return member.registry().fingerprints().containsValue(Fingerprint.of(certificate));
    }

    /** Whether a peer means another cluster. */
    boolean isOther(String wanted) {
        return !wanted.isEmpty() && !wanted.equals(cluster);
    }

    @Override
    public void close() {
        withdrawals.shutdownNow();
        try {
            withdrawals.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
