package org.quorate.core.join;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;
import org.quorate.JoinInfo;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.disk.Disk;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.auth.Credential;
import org.quorate.core.join.auth.JoinToken;
import org.quorate.core.join.auth.PasswordFile;
import org.quorate.core.join.auth.TokenFile;

/** A cluster of the node apple, with its join port on loopback, and machines that join it. */
final class JoinWorld implements AutoCloseable {
    static final SimpleHost APPLE = SimpleHost.of("apple", "10.77.0.1");
    static final SimpleHost PEAR = SimpleHost.of("pear.garden.org", "10.77.0.2");
    static final JoinTimes TIMES = new JoinTimes(
            Duration.ofMillis(500),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(2),
            Duration.ofSeconds(60),
            Duration.ZERO,
            Duration.ofMillis(20));
    static final JoinLimits LIMITS = JoinLimits.USUAL.withTimes(
            Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofMillis(50));

    final Path top;
    final Path folder;
    final FakeCluster cluster;
    final String fingerprint;
    final JoinInfo info;
    final List<String> said = new ArrayList<>();
    final SecureRandom random = new SecureRandom();
    Clock clock = Clock.systemUTC();
    Optional<LinkProbe> probe = Optional.empty();
    Optional<MemberProbes> probes = Optional.empty();
    JoinServer server;

    JoinWorld(Path top) throws IOException {
        this.top = top;
        this.folder = top.resolve("apple");
        CreateOptions options = CreateOptions.of("orchard").withLink(0, LinkParameter.parse("10.77.0.1"));
        fingerprint = ClusterCreation.create(folder, options, APPLE, clock, step -> {})
                .fingerprint();
        cluster = new FakeCluster(
                Files.readString(folder.resolve("corosync.conf")),
                Files.readAllBytes(folder.resolve("authkey")),
                "apple",
                NodeFolder.at(folder).certificate("node.pem"));
        info = NodeFolder.at(folder).joinInfo(APPLE);
        server = start(HostDisk.of(folder), cluster, cluster, LIMITS, 0);
    }

    static ThreadFactory threads() {
        return task -> {
            Thread thread = new Thread(task, "join-test");
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((dead, killed) -> {
                if (!(killed instanceof FailingDisk.Killed)) killed.printStackTrace();
            });
            return thread;
        };
    }

    JoinServer start(Disk disk, Admission admission, CertificateRegistry registry, JoinLimits limits, int port) {
        JoinMember member = new JoinMember(
                folder,
                APPLE,
                admission,
                registry,
                probes,
                new PasswordFile(folder, disk, random),
                new TokenFile(folder, disk, clock, random),
                disk,
                clock,
                random);
        return JoinServer.start(
                member, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), limits, threads());
    }

    /** On the same port. */
    void restart(JoinLimits limits) throws IOException {
        int port = server.address().getPort();
        server.close();
        server = start(HostDisk.of(folder), cluster, cluster, limits, port);
    }

    /** The time for joiners to say that they have everything passes. */
    void endOpenAdmissions() throws IOException {
        restart(LIMITS.withTimes(
                Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofMillis(1), Duration.ofMillis(50)));
        await("no admission is open", () -> server.pendingAdmissions() == 0);
        restart(LIMITS);
    }

    TokenFile tokens() throws IOException {
        return new TokenFile(folder, HostDisk.of(folder), clock, random);
    }

    JoinToken token() throws IOException {
        return tokens().issue(TokenFile.USUAL_LIFE);
    }

    Credential credential() throws IOException {
        return Credential.token(token());
    }

    JoinOptions options() {
        return JoinOptions.of(info).withMember("127.0.0.1", server.address().getPort());
    }

    JoinClient client(Path data) throws IOException {
        return client(data, HostDisk.of(data), PEAR);
    }

    JoinClient client(Path data, Disk disk, SimpleHost host) {
        return new JoinClient(
                data,
                new JoinerHost(
                        host, clock, random, disk, probe, TIMES, (step, sentence) -> said.add(step + ": " + sentence)));
    }

    long count(JoinCounter counter) {
        return server.counters().getOrDefault(counter.key(), 0L);
    }

    /** Waits until {@code goal} holds. */
    void await(String what, BooleanSupplier goal) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!goal.getAsBoolean()) {
            if (System.nanoTime() > end)
                throw new AssertionError("not within 20 s: " + what + "; counters " + server.counters() + ", cluster "
                        + cluster.history());
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    /** Everything fits: pear is a member, has a whole folder, and nothing is left over on either side. */
    void assertWhole(Path data, String when) throws IOException {
        NodeFolder node = NodeFolder.at(data);
        CorosyncConf conf = node.readWhole();
        assertThat(conf.toClusterConfig().clusterName()).as(when).isEqualTo("orchard");
        assertThat(node.self(conf, PEAR).value()).as(when).isEqualTo(2);
        assertThat(cluster.isConfirmed("pear")).as(when).isTrue();
        assertThat(cluster.fingerprints())
                .as(when)
                .containsEntry("pear", NodeFolder.fingerprint(node.certificate("node.pem")))
                .hasSize(2);
        assertThat(Files.readAllBytes(data.resolve("authkey"))).as(when).isEqualTo(cluster.key());
        assertThat(Files.readString(data.resolve("corosync.conf"))).as(when).isEqualTo(cluster.conf());
        assertThat(data.resolve("join.key")).as(when).doesNotExist();
        if (server.pendingAdmissions() > 0) endOpenAdmissions();
        assertThat(cluster.isConfirmed("pear")).as(when).isTrue();
    }

    @Override
    public void close() {
        server.close();
    }
}
