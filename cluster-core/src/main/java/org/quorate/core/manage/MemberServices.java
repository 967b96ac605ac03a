package org.quorate.core.manage;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.change.shell.ChangeService;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.disk.Disk;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.JoinLimits;
import org.quorate.core.join.JoinMember;
import org.quorate.core.join.JoinServer;
import org.quorate.core.join.auth.JoinToken;
import org.quorate.core.join.auth.PasswordFile;
import org.quorate.core.join.auth.TokenFile;
import org.quorate.core.probe.ClusterProbes;
import org.quorate.core.shell.EmbeddedClusterManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a member does beside running: it takes part in changes of the configuration and answers joiners. Thread-safe. */
final class MemberServices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemberServices.class);

    private final ChangeService changes;
    private final ClusterProbes probes;
    private final PasswordFile password;
    private final TokenFile tokens;
    private final @Nullable JoinServer joinPort;

    private MemberServices(
            ChangeService changes,
            ClusterProbes probes,
            PasswordFile password,
            TokenFile tokens,
            @Nullable JoinServer joinPort) {
        this.changes = changes;
        this.probes = probes;
        this.password = password;
        this.tokens = tokens;
        this.joinPort = joinPort;
    }

    /**
     * Begins them.
     *
     * @param node started
     * @param of what is in the folder
     * @param home where it lives
     * @param removed called once if others have removed this node
     * @throws ClusterException if the folder is not whole
     */
    static MemberServices begin(EmbeddedClusterManager node, FolderNode of, NodeHome home, Consumer<String> removed) {
        Path dataDir = home.dataDir();
        LocalAddresses host = home.host();
        Clock clock = home.clock();
        Optional<InetSocketAddress> where = home.joinAddress(of);
        SecureRandom random = new SecureRandom();
        Disk disk = disk(dataDir);
        PasswordFile password = new PasswordFile(dataDir, disk, random);
        TokenFile tokens = new TokenFile(dataDir, disk, clock, random);
        ChangeService changes = new ChangeService(node, of.self(), dataDir, host, disk, clock, random, removed);
        ClusterProbes probes = new ClusterProbes(node, of.self(), node);
        boolean done = false;
        try {
            ClusterAdmission admission = new ClusterAdmission(changes, node::status, dataDir, host);
            JoinMember member = new JoinMember(
                    dataDir, host, admission, admission, Optional.of(probes), password, tokens, disk, clock, random);
            JoinServer joinPort =
                    where.isPresent() && of.folder().hasCertificate() ? open(member, where.get(), of) : null;
            changes.publishRenewedCertificate();
            done = true;
            return new MemberServices(changes, probes, password, tokens, joinPort);
        } finally {
            if (!done) {
                probes.close();
                changes.close();
            }
        }
    }

    /** A port that another process has is no reason to stay out of the cluster. */
    private static @Nullable JoinServer open(JoinMember member, InetSocketAddress where, FolderNode of) {
        try {
            return JoinServer.start(
                    member, where, JoinLimits.USUAL, threads(of.self().toString()));
        } catch (ClusterException refused) {
            if (refused.reason() != Reason.PORT_BUSY) throw refused;
            LOG.warn("node {} answers no joiners: {}", of.self(), refused.getMessage());
            return null;
        }
    }

    private static Disk disk(Path dataDir) {
        try {
            return HostDisk.of(dataDir);
        } catch (IOException unusable) {
            throw new ClusterException(
                    Reason.DATA_FOLDER_UNUSABLE,
                    "the data folder " + dataDir + " cannot be used (" + unusable + "); check its permissions",
                    unusable);
        }
    }

    private static ThreadFactory threads(String node) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "cluster-" + node + "-join-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    ChangeService changes() {
        return changes;
    }

    /** The TCP port for joiners, if there is one. */
    OptionalInt joinPort() {
        return joinPort == null
                ? OptionalInt.empty()
                : OptionalInt.of(joinPort.address().getPort());
    }

    Map<String, Long> counters() {
        return joinPort == null ? Map.of() : joinPort.counters();
    }

    String createToken(Duration validity) {
        try (JoinToken token = tokens.issue(validity)) {
            return token.text();
        }
    }

    void setPassword(char[] secret) {
        if (secret.length == 0) password.clear();
        else password.set(secret);
    }

    /** Joiners first, so that none of them waits for a change that nobody makes. */
    @Override
    public void close() {
        if (joinPort != null) joinPort.close();
        probes.close();
        changes.close();
    }
}
