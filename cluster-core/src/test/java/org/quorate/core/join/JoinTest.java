package org.quorate.core.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterException;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.disk.FolderLock;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.FailingDisk.Fault;
import org.quorate.core.join.JoinFailure.Problem;
import org.quorate.core.join.auth.Credential;
import org.quorate.core.join.auth.JoinToken;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.join.wire.JoinFinding.Kind;
import org.quorate.core.join.wire.JoinMessage;
import org.quorate.core.join.wire.JoinMessage.Purpose;
import org.quorate.core.join.wire.MemberAddress;
import org.quorate.core.join.wire.ProbePlan;
import org.quorate.core.join.wire.ProbeReport;

/** A machine joins a cluster over real sockets, or hears everything that stands against it; members come back with their certificate. */
class JoinTest {
    @TempDir(factory = MemoryFolders.class)
    Path top;

    private JoinWorld world;
    private Path data;

    @BeforeEach
    void open() throws IOException {
        world = new JoinWorld(top);
        data = top.resolve("pear");
    }

    @AfterEach
    void close() {
        world.close();
    }

    private List<Kind> blockers(JoinFailure failed) {
        return failed.findings().stream()
                .filter(JoinFinding::blocks)
                .map(JoinFinding::kind)
                .toList();
    }

    private JoinFailure refused(JoinClient client, JoinOptions options) throws IOException {
        try {
            client.join(options, world.credential());
        } catch (JoinFailure failed) {
            return failed;
        }
        throw new AssertionError("joined");
    }

    @Test
    void aTokenLetsOneMachineJoinAndItsFolderIsWhole() throws IOException {
        JoinResult result = world.client(data).join(world.options(), world.credential());
        world.assertWhole(data, "joined");
        assertThat(result.self().value()).isEqualTo(2);
        assertThat(result.warnings()).anyMatch(w -> w.contains("two nodes")).anyMatch(w -> w.contains("not tried"));
        assertThat(modes(data))
                .isEqualTo(Map.of(
                        "authkey", "r--------",
                        "ca", "rwx------",
                        "ca/ca.key", "r--------",
                        "ca/ca.pem", "rw-r--r--",
                        "corosync.conf", "rw-r--r--",
                        "join.members", "rw-r--r--",
                        "node.key", "r--------",
                        "node.lock", modes(data).get("node.lock"),
                        "node.pem", "rw-r--r--"));
        assertThat(world.said.get(0)).startsWith("CHECKING_HOST");
        assertThat(world.said.get(world.said.size() - 1)).startsWith("JOINED");
        assertThat(world.tokens().count()).isZero();
        X509Certificate own = NodeFolder.at(data).certificate("node.pem");
        assertThat(own.toString()).contains("10.77.0.2", "pear.garden.org");
        assertThatThrownBy(() -> world.client(data).join(world.options(), world.credential()))
                .isInstanceOfSatisfying(
                        JoinFailure.class, e -> assertThat(blockers(e)).contains(Kind.CLUSTER_PRESENT));
    }

    private static Map<String, String> modes(Path folder) throws IOException {
        TreeMap<String, String> modes = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.filter(path -> !path.equals(folder)).toList())
                modes.put(
                        folder.relativize(each).toString(),
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
        }
        return modes;
    }

    @Test
    void everythingThatStandsAgainstAJoinIsSaidAtOnceAndNothingIsTouched() throws IOException {
        Files.createDirectory(data);
        Files.writeString(data.resolve("authkey"), "precious");
        JoinOptions options = world.options()
                .withNodeName("apple")
                .withLink(0, LinkParameter.parse("10.77.0.1"))
                .withLink(3, LinkParameter.parse("10.77.0.2"))
                .withPlace(OptionalInt.of(1), OptionalInt.empty());
        FolderLock running = FolderLock.take(data.toRealPath());
        try {
            JoinFailure failed = refused(world.client(data), options);
            assertThat(failed.problem()).isEqualTo(Problem.CHECKS_FAILED);
            assertThat(blockers(failed))
                    .containsExactlyInAnyOrder(
                            Kind.NODE_RUNNING,
                            Kind.KEY_PRESENT,
                            Kind.ADDRESS_NOT_LOCAL,
                            Kind.LINKS_DIFFER,
                            Kind.LINKS_DIFFER,
                            Kind.NAME_IN_USE);
            assertThat(failed)
                    .hasMessageContainingAll(
                            "in use by another node",
                            "authkey is there already",
                            "link 0 has the address 10.77.0.1, which this host has not; this host has 10.77.0.2, 127.0.0.1",
                            "the cluster has the links [0], and addresses are given for [0, 3]",
                            "apple is listed already");
            assertThat(failed.isForceable()).isFalse();
        } finally {
            running.close();
        }
        assertThat(data.resolve("authkey")).hasContent("precious");
        assertThat(modes(data).keySet()).containsExactly("authkey", "node.lock");
        assertThat(world.cluster.history()).isEmpty();
    }

    @Test
    void idAndAddressOfOthersAreRefusedByTheMember() throws IOException {
        SimpleHost twin = SimpleHost.of("plum", "10.77.0.1");
        JoinFailure failed = refused(
                world.client(data, HostDisk.of(data), twin),
                world.options().withPlace(OptionalInt.of(1), OptionalInt.of(1)));
        assertThat(blockers(failed)).containsExactlyInAnyOrder(Kind.ID_IN_USE, Kind.ADDRESS_IN_USE);
        assertThat(data).doesNotExist();
    }

    @Test
    void aClusterWithoutQuorumAdmitsNobody() throws IOException {
        world.cluster.setQuorate(false);
        assertThat(blockers(refused(world.client(data), world.options()))).containsExactly(Kind.NO_QUORUM);
        world.cluster.setQuorate(true);
        Files.move(world.folder.resolve("ca/ca.key"), top.resolve("ca.key"));
        assertThat(blockers(refused(world.client(data), world.options()))).containsExactly(Kind.CANNOT_SIGN);
    }

    @Test
    void aFormerClusterIsKeptInABackupAndPutBackIfTheJoinFails() throws IOException {
        CreateOptions vineyard = CreateOptions.of("vineyard").withLink(0, LinkParameter.parse("10.77.0.2"));
        ClusterCreation.create(data, vineyard, JoinWorld.PEAR, world.clock, step -> {});
        Files.writeString(data.resolve("ringid_1"), "12345678");
        Files.createDirectory(
                data.resolve("quorum"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(data.resolve("quorum/memory"), "old");
        Map<String, String> before = modes(data);
        assertThat(refused(world.client(data), world.options()).isForceable()).isTrue();

        FailingDisk counting = new FailingDisk(HostDisk.of(data), Fault.NONE, 0);
        JoinToken token = world.token();
        world.client(data, counting, JoinWorld.PEAR).join(world.options().forced(), Credential.token(token));
        world.assertWhole(data, "forced");
        assertThat(data.resolve("ringid_1")).doesNotExist();
        assertThat(data.resolve("quorum")).doesNotExist();
        try (Stream<Path> all = Files.list(data.resolve("backup"))) {
            Path kept = all.findFirst().orElseThrow();
            Map<String, String> there = modes(kept);
            before.remove("node.lock");
            assertThat(there).isEqualTo(before);
            assertThat(NodeFolder.at(kept).readWhole().toClusterConfig().clusterName())
                    .isEqualTo("vineyard");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("backup"))))
                .isEqualTo("rwx------");
        world.cluster.remove("pear");

        int restored = 0;
        for (int at = 1; at <= counting.steps().size(); at += 3) {
            Path other = top.resolve("pear" + at);
            ClusterCreation.create(other, vineyard, JoinWorld.PEAR, world.clock, step -> {});
            Files.createDirectory(other.resolve("quorum"));
            Files.writeString(other.resolve("quorum/memory"), "old");
            Files.writeString(other.resolve("ringid_1"), "12345678");
            FailingDisk disk = new FailingDisk(HostDisk.of(other), Fault.KILL_AFTER, at);
            assertThatThrownBy(() -> world.client(other, disk, JoinWorld.PEAR)
                            .join(world.options().forced(), world.credential()))
                    .isInstanceOf(FailingDisk.Killed.class);
            boolean started = Files.exists(other.resolve("join.pending"));
            if (started)
                assertThatThrownBy(() -> NodeFolder.at(other).readWhole()).hasMessageContaining("join again");
            if (world.client(other).abandon()) restored++;
            if (!NodeFolder.at(other)
                    .readWhole()
                    .toClusterConfig()
                    .clusterName()
                    .equals("orchard")) {
                assertThat(other.resolve("ringid_1")).hasContent("12345678");
                assertThat(NodeFolder.at(other).readWhole().toClusterConfig().clusterName())
                        .isEqualTo("vineyard");
            }
            world.endOpenAdmissions();
            if (world.cluster.lists("pear")) world.cluster.remove("pear");
        }
        System.out.println("a former cluster was put back after " + restored + " kills");
        assertThat(restored).isGreaterThan(10);
    }

    @Test
    void theNewestTenBackupsAreKept() throws IOException {
        for (int day = 10; day < 25; day++)
            Files.createDirectories(data.resolve("backup/201501" + day + "T000000Z/ca"));
        world.client(data).join(world.options(), world.credential());
        try (Stream<Path> all = Files.list(data.resolve("backup"))) {
            assertThat(all.map(p -> p.getFileName().toString()).sorted())
                    .hasSize(10)
                    .startsWith("20150115T000000Z");
        }
    }

    @Test
    void everyLinkIsTriedBeforeAnythingIsCommitted() throws IOException {
        List<ProbePlan> open = new ArrayList<>();
        List<String> tried = new ArrayList<>();
        ProbeReport[] report = {new ProbeReport("apple", 0, true, false, -1, 0)};
        world.probes = Optional.of((plan, joiner, limit) -> {
            assertThat(plan.key().length()).isEqualTo(32);
            assertThat(joiner).isEqualTo(Map.of(0, "10.77.0.2"));
            open.add(plan);
            return () -> open.remove(plan);
        });
        world.probe = Optional.of((plan, own, limit) -> {
            assertThat(open).hasSize(1);
            assertThat(plan.key().copy()).isEqualTo(open.get(0).key().copy());
            assertThat(plan.ports()).isEqualTo(Map.of(0, 5405));
            tried.add(plan.members() + " from " + own);
            return List.of(report[0]);
        });
        world.restart(JoinWorld.LIMITS);
        JoinFailure failed = refused(world.client(data), world.options());
        assertThat(blockers(failed)).containsExactly(Kind.LINK_UNREACHABLE);
        assertThat(failed)
                .hasMessageContaining("link 0 to apple carries nothing from apple; check the firewall of this host");
        assertThat(tried).containsExactly("[Member[name=apple, nodeId=1, addresses={0=10.77.0.1}]] from {0=10.77.0.2}");
        assertThat(world.cluster.history()).isEmpty();
        world.await("probes are over", open::isEmpty);
        report[0] = new ProbeReport("apple", 0, true, true, 200, 1100);
        assertThat(refused(world.client(data), world.options())).hasMessageContaining("1100 bytes at most");
        assertThat(world.client(data)
                        .join(world.options().forced(), world.credential())
                        .warnings())
                .anyMatch(w -> w.contains("1100 bytes"));
        world.assertWhole(data, "forced over a bad link");
        world.await("probes are over", open::isEmpty);
    }

    /** The last word is lost on the way, and both sides come to the same end by themselves. */
    @Test
    void aJoinerInDoubtAsksAndIsToldFinally() throws IOException {
        for (boolean late : new boolean[] {false, true}) {
            FailingDisk disk = new FailingDisk(HostDisk.of(top), Fault.KILL_AFTER, lastStepBeforeTheWord());
            Path other = top.resolve("doubt-" + late);
            JoinToken token = world.token();
            assertThatThrownBy(() ->
                            world.client(other, disk, JoinWorld.PEAR).join(world.options(), Credential.token(token)))
                    .isInstanceOf(FailingDisk.Killed.class);
            if (late) world.endOpenAdmissions();
            assertThat(world.cluster.lists("pear")).isEqualTo(!late);
            int port = world.server.address().getPort();
            world.server.close();
            assertThatThrownBy(() -> world.client(other).resume())
                    .isInstanceOfSatisfying(
                            JoinFailure.class, e -> assertThat(e.problem()).isEqualTo(Problem.IN_DOUBT));
            world.server = world.start(HostDisk.of(top), world.cluster, world.cluster, JoinWorld.LIMITS, port);
            assertThat(world.client(other).resume().isPresent()).isEqualTo(!late);
            assertThat(world.client(other).resume()).isEmpty();
            if (late) world.client(other).join(world.options(), Credential.token(token));
            world.assertWhole(other, "late " + late);
            world.cluster.remove("pear");
        }
    }

    private int lastStepBeforeTheWord() throws IOException {
        FailingDisk counting = new FailingDisk(HostDisk.of(top), Fault.NONE, 0);
        Path count = top.resolve("count" + System.nanoTime());
        world.client(count, counting, JoinWorld.PEAR).join(world.options(), world.credential());
        world.cluster.remove("pear");
        int last = counting.steps().lastIndexOf("rename to join.pending");
        assertThat(counting.steps().get(last + 1)).startsWith("force");
        return last + 2;
    }

    @Test
    void aMemberThatWasAwayGetsConfigurationAndKeyByItsExactCertificate() throws Exception {
        world.client(data).join(world.options(), world.credential());
        List<MemberAddress> apple = List.of(new MemberAddress("apple", world.fingerprint, List.of("127.0.0.1")));
        int port = world.server.address().getPort();
        RenewClient client = new RenewClient(data, JoinWorld.PEAR, JoinWorld.TIMES);
        JoinMessage.Current current = client.renew(apple, port);
        assertThat(current.conf()).isEqualTo(world.cluster.conf());
        assertThat(current.key().copy()).isEqualTo(world.cluster.key());
        assertThat(current.members().stream().map(MemberAddress::name)).containsExactly("apple", "pear");
        current.key().close();
        List<MemberAddress> wrong =
                List.of(new MemberAddress("apple", "00" + world.fingerprint.substring(2), List.of("127.0.0.1")));
        assertThatThrownBy(() -> client.renew(wrong, port))
                .isInstanceOfSatisfying(
                        JoinFailure.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNREACHABLE));

        world.cluster.remove("pear"); // removed by its operators: its certificate is nobody's now
        world.cluster.setQuorate(false);
        assertThatThrownBy(() -> client.renew(apple, port))
                .as("a member without quorum may have missed that pear was added")
                .isInstanceOfSatisfying(
                        JoinFailure.class, e -> assertThat(e.problem()).isEqualTo(Problem.UNREACHABLE));
        world.cluster.setQuorate(true);
        assertThatThrownBy(() -> client.renew(apple, port))
                .isInstanceOfSatisfying(
                        JoinFailure.class, e -> assertThat(e.problem()).isEqualTo(Problem.NOT_A_MEMBER));

        // It still has the authority's key, and makes itself a new certificate, also one with a member's name.
        NodeFolder files = NodeFolder.at(data);
        CertificateAuthority stolen =
                new CertificateAuthority(files.certificate("ca/ca.pem"), files.key("ca/ca.key"), world.random);
        KeyPair pair = CertificateAuthority.newKey(world.random);
        X509Certificate forged = stolen.issue(pair.getPublic(), "apple", List.of(), List.of(), world.clock.instant());
        for (String name : List.of("node.pem", "node.key")) Files.delete(data.resolve(name));
        Files.write(data.resolve("node.pem"), Pem.of(forged));
        Files.write(data.resolve("node.key"), Pem.of(pair.getPrivate()));
        assertThatThrownBy(() -> client.renew(apple, port))
                .isInstanceOfSatisfying(
                        JoinFailure.class, e -> assertThat(e.problem()).isEqualTo(Problem.NOT_A_MEMBER));
        assertThat(world.count(JoinCounter.REFUSED_CERTIFICATE)).isEqualTo(2);
        assertThat(world.count(JoinCounter.RENEWED)).isEqualTo(1);
    }

    @Test
    void nothingThatIsSaidOrLoggedOrReadableForOthersHasASecretInIt() throws IOException {
        PrintStream realErr = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        List<String> said = new ArrayList<>();
        JoinToken token = world.token();
        try {
            said.add(String.valueOf(token));
            said.add(String.valueOf(Credential.token(token)));
            try {
                world.client(data).join(world.options().withNodeName("apple"), Credential.token(token));
            } catch (JoinFailure failed) {
                for (Throwable each = failed; each != null; each = each.getCause()) said.add(each.toString());
                said.add(failed.findings().toString());
            }
            said.add(world.client(data)
                    .join(world.options(), Credential.token(token))
                    .toString());
        } finally {
            System.setErr(realErr);
        }
        said.addAll(world.said);
        said.add(log.toString(StandardCharsets.UTF_8));
        said.add(world.server.counters().toString());
        RenewClient client = new RenewClient(data, JoinWorld.PEAR, JoinWorld.TIMES);
        JoinMessage.Current current = client.renew(
                List.of(new MemberAddress("apple", world.fingerprint, List.of("127.0.0.1"))),
                world.server.address().getPort());
        said.add(current.toString());
        try (Stream<Path> all = Files.walk(top)) {
            for (Path each : all.filter(Files::isRegularFile).toList())
                if (PosixFilePermissions.toString(Files.getPosixFilePermissions(each))
                        .matches("....*r.*")) said.add(Files.readString(each, StandardCharsets.ISO_8859_1));
        }
        byte[] key = world.cluster.key();
        List<String> secrets = List.of(
                token.text(),
                token.text().substring(12, 30),
                HexFormat.of().formatHex(key, 0, 8),
                Base64.getEncoder().encodeToString(key).substring(0, 12),
                new String(key, 0, 8, StandardCharsets.ISO_8859_1),
                Files.readString(data.resolve("node.key"))
                        .lines()
                        .toList()
                        .get(1)
                        .substring(40, 60),
                Files.readString(data.resolve("ca/ca.key"))
                        .lines()
                        .toList()
                        .get(1)
                        .substring(40, 60));
        assertThat(said).hasSizeGreaterThan(15);
        for (String each : said) assertThat(each).doesNotContain(secrets.toArray(String[]::new));
    }

    @Test
    void anAskerThatNobodyKnowsGetsNoAnswer() throws Exception {
        Path elsewhere = top.resolve("elsewhere");
        ClusterCreation.create(elsewhere, CreateOptions.of("orchard"), JoinWorld.PEAR, world.clock, step -> {});
        RenewClient stranger = new RenewClient(elsewhere, JoinWorld.PEAR, JoinWorld.TIMES);
        List<MemberAddress> apple = List.of(new MemberAddress("apple", world.fingerprint, List.of("127.0.0.1")));
        assertThatThrownBy(() -> stranger.renew(apple, world.server.address().getPort()))
                .isInstanceOfSatisfying(
                        JoinFailure.class, e -> assertThat(e.problem()).isEqualTo(Problem.NOT_A_MEMBER));
        assertThat(Purpose.values()).hasSize(2);
    }

    @Test
    void aPortThatIsTakenIsRefusedWithItsNumber() {
        int port = world.server.address().getPort();
        assertThatThrownBy(() -> world.start(
                        HostDisk.of(top),
                        world.cluster,
                        world.cluster,
                        JoinLimits.USUAL.withTimes(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(1)),
                        port))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining(Integer.toString(port));
    }
}
