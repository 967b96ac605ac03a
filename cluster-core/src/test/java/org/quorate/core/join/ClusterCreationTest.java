package org.quorate.core.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeId;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.disk.FolderLock;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.ClusterCreation.Created;
import org.quorate.core.join.FailingDisk.Fault;
import org.quorate.core.join.FailingDisk.Killed;

/** A cluster is made whole or not at all, whatever happens at whichever step. */
class ClusterCreationTest {
    private static final SomeHost HOST = new SomeHost();
    private static final CreateOptions ORCHARD = CreateOptions.of("orchard")
            .withLink(0, LinkParameter.parse("10.77.0.1,priority=20"))
            .withLink(1, LinkParameter.parse("10.77.1.1"));

    @TempDir
    Path top;

    private final List<String> progress = new ArrayList<>();

    @Test
    void theFolderHasEverythingAndSecretsAreTheOwners() throws IOException {
        Path folder = top.resolve("new/data");
        Created created = create(folder, ORCHARD);
        try (InputStream vector =
                Objects.requireNonNull(getClass().getResourceAsStream("/conf/corosync-new-cluster.conf"))) {
            assertThat(folder.resolve("corosync.conf")).hasBinaryContent(vector.readAllBytes());
        }
        assertThat(Files.size(folder.resolve("authkey"))).isEqualTo(256);
        assertThat(modes(folder))
                .isEqualTo(Map.of(
                        "authkey", "r--------",
                        "ca", "rwx------",
                        "ca/ca.key", "r--------",
                        "ca/ca.pem", "rw-r--r--",
                        "corosync.conf", "rw-r--r--",
                        "node.key", "r--------",
                        "node.lock", modes(folder).get("node.lock"),
                        "node.pem", "rw-r--r--"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        CorosyncConf conf = NodeFolder.at(folder).readWhole();
        assertThat(conf.warnings()).isEmpty();
        assertThat(NodeFolder.at(folder).self(conf, HOST)).isEqualTo(NodeId.of(1));
        assertThat(NodeFolder.at(folder).joinInfo(HOST).fingerprint()).isEqualTo(created.fingerprint());
        assertThat(progress).hasSize(4);
    }

    @Test
    void keysOfTwoClustersDiffer() throws IOException {
        create(top.resolve("a"), ORCHARD);
        create(top.resolve("b"), ORCHARD);
        for (String name : List.of("authkey", "node.key", "ca/ca.key"))
            assertThat(Files.readAllBytes(top.resolve("a").resolve(name)))
                    .isNotEqualTo(Files.readAllBytes(top.resolve("b").resolve(name)));
    }

    @Test
    void namesAreResolvedOnceAndTheHostsNameIsTheNodes() {
        Created created = create(top.resolve("a"), CreateOptions.of("c").withLink(3, LinkParameter.parse("store")));
        assertThat(created.conf().links()).isEqualTo(Map.of(3, new LinkParameter("10.77.1.1", 0)));
        assertThat(created.conf().nodeName()).isEqualTo("apple");
        assertThat(create(top.resolve("b"), CreateOptions.of("c")).conf().links())
                .isEqualTo(Map.of(0, new LinkParameter("10.77.0.1", 0)));
    }

    @Test
    void addressesOfOtherHostsAreRefusedWithThoseOfThisOne() {
        CreateOptions options = CreateOptions.of("c")
                .withLink(0, LinkParameter.parse("pear"))
                .withLink(1, LinkParameter.parse("nowhere"))
                .withLink(2, LinkParameter.parse("10.77.1.1"))
                .withLink(3, LinkParameter.parse("store"))
                .withLink(4, LinkParameter.parse("0.0.0.0"));
        assertRefused(options, Reason.ADDRESS_NOT_LOCAL)
                .hasMessageContainingAll(
                        "link 0 has the address pear (10.77.0.2), which this host has not",
                        "link 1 has the address nowhere, which cannot be resolved",
                        "link 3 has the address store (10.77.1.1), which another link has",
                        "link 4",
                        "10.77.0.1, 10.77.1.1, 127.0.0.1, fd77:0:0:0:0:0:0:1");
    }

    @Test
    void namesAndVotesThatCannotBeAreRefused() {
        assertRefused(CreateOptions.of("a_b"), Reason.NAME_INVALID);
        assertRefused(CreateOptions.of("sixteen-letters-"), Reason.NAME_INVALID);
        assertRefused(ORCHARD.withNodeName("a.b"), Reason.NAME_INVALID);
        assertRefused(new CreateOptions("c", "", ORCHARD.links(), NodeId.of(1), 0, 125), Reason.CONFIGURATION_INVALID);
        assertRefused(
                new CreateOptions(
                        "c", "", new TreeMap<>(Map.of(8, LinkParameter.parse("10.77.0.1"))), NodeId.of(1), 1, 0),
                Reason.CONFIGURATION_INVALID);
        assertThat(top.resolve("x")).doesNotExist();
    }

    private org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
            CreateOptions options, Reason reason) {
        return assertThatThrownBy(() -> create(top.resolve("x"), options))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void aClusterOrAKeyThatIsThereIsRefusedAndNotTouched() throws IOException {
        Path folder = top.resolve("a");
        create(folder, ORCHARD);
        Map<String, byte[]> before = contents(folder);
        assertThatThrownBy(() -> create(folder, ORCHARD))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ALREADY_IN_CLUSTER))
                .hasMessageContaining("corosync.conf is there");
        assertThat(contents(folder)).usingRecursiveComparison().isEqualTo(before);
        for (String name : List.of("authkey", "node.key", "node.pem")) {
            Path other = Files.createDirectory(top.resolve("with-" + name));
            Files.writeString(other.resolve(name), "precious");
            assertThatThrownBy(() -> create(other, ORCHARD))
                    .isInstanceOf(ClusterException.class)
                    .hasMessageContaining(name + " is there already");
            assertThat(other.resolve(name)).hasContent("precious");
        }
    }

    @Test
    void aFolderInUseIsRefused() throws IOException {
        Path folder = Files.createDirectory(top.resolve("a"));
        FolderLock lock = FolderLock.take(folder.toRealPath());
        assertThatThrownBy(() -> create(folder, ORCHARD)).hasMessageContaining("in use by another node");
        lock.close();
        create(folder, ORCHARD);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"KILL_BEFORE", "KILL_AFTER", "POWER_LOSS", "POWER_LOSS_WITHIN"})
    void aKillAtAnyStepLeavesAWholeClusterOrNone(Fault fault) throws IOException {
        FailingDisk counting = new FailingDisk(HostDisk.of(top), Fault.NONE, 0);
        createOn(top.resolve("count"), counting);
        int steps = counting.steps().size();
        assertThat(steps).isGreaterThan(30);
        int whole = 0;
        for (int at = 1; at <= steps; at++) {
            Path folder = top.resolve("kill" + at);
            String when = fault + " at " + at + ", " + counting.steps().get(at - 1);
            FailingDisk disk = new FailingDisk(HostDisk.of(top), fault, at);
            assertThatThrownBy(() -> createOn(folder, disk)).as(when).isInstanceOf(Killed.class);
            NodeFolder left = NodeFolder.at(folder);
            if (left.isInCluster()) {
                whole++;
                assertThat(left.readWhole().toClusterConfig().clusterName())
                        .as(when)
                        .isEqualTo("orchard");
                assertThat(left.joinInfo(HOST).clusterName()).isEqualTo("orchard");
                assertThatThrownBy(() -> create(folder, ORCHARD)).as(when).hasMessageContaining("already");
            } else {
                assertThatThrownBy(left::readWhole)
                        .as(when)
                        .isInstanceOf(ClusterException.class)
                        .hasMessageMatching(".*(create it again|make a cluster in it with create).*");
                create(folder, ORCHARD);
                assertThat(left.readWhole().toClusterConfig().clusterName())
                        .as(when)
                        .isEqualTo("orchard");
                assertThat(modes(folder).keySet()).as(when).noneMatch(name -> name.contains("pending"));
            }
        }
        System.out.println(fault + ": " + steps + " steps, " + whole + " left a whole cluster");
        assertThat(whole).isBetween(1, 6);
    }

    @Test
    void aDiskThatIsFullAtAnyStepLeavesTheFolderAsItWas() throws IOException {
        FailingDisk counting = new FailingDisk(HostDisk.of(top), Fault.NONE, 0);
        createOn(top.resolve("count"), counting);
        for (int at = 1; at <= counting.steps().size(); at++) {
            Path folder = top.resolve("full" + at);
            String when = at + ", " + counting.steps().get(at - 1);
            if (counting.steps().get(at - 1).startsWith("delete")) continue; // needs no space
            FailingDisk disk = new FailingDisk(HostDisk.of(top), Fault.FULL, at);
            if (at == counting.steps().size()) { // the cluster is whole, only the mark of its creation may stay
                createOn(folder, disk);
                assertThat(NodeFolder.at(folder).readWhole().toClusterConfig().clusterName())
                        .isEqualTo("orchard");
                continue;
            }
            assertThatThrownBy(() -> createOn(folder, disk))
                    .as(when)
                    .isInstanceOfSatisfying(
                            ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DATA_FOLDER_UNUSABLE))
                    .hasMessageContaining("No space left");
            NodeFolder left = NodeFolder.at(folder);
            assertThat(left.isInCluster()).as(when).isFalse();
            create(folder, ORCHARD);
            assertThat(left.readWhole().toClusterConfig().clusterName())
                    .as(when)
                    .isEqualTo("orchard");
        }
    }

    @Test
    void nothingThatIsSaidHasASecretInIt() throws IOException {
        Path folder = top.resolve("a");
        Created created = create(folder, ORCHARD);
        List<String> said = new ArrayList<>(progress);
        said.add(created.toString());
        said.add(NodeFolder.at(folder).joinInfo(HOST).toString());
        said.add(new String(
                Base64.getDecoder().decode(NodeFolder.at(folder).joinInfo(HOST).encode()), StandardCharsets.UTF_8));
        said.add(Files.readString(folder.resolve("corosync.conf")));
        byte[] key = Files.readAllBytes(folder.resolve("authkey"));
        String pem = Files.readString(folder.resolve("node.key"));
        for (String name : List.of("node.key", "ca/ca.key")) {
            Path file = folder.resolve(name);
            String text = Files.readString(file);
            Files.delete(file);
            Files.writeString(file, text.replaceFirst("MEECAQ|ME4CAQ|MIGHAg|MD4CAQ|MFECAQ", "AAAAAA"));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
            try {
                NodeFolder.at(folder).readWhole();
                throw new AssertionError("a damaged " + name + " was taken");
            } catch (ClusterException refused) {
                for (Throwable each = refused; each != null; each = each.getCause()) said.add(each.toString());
            }
            Files.delete(file);
            Files.writeString(file, text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        }
        String body = pem.lines().toList().get(1).substring(30, 60);
        for (String each : said)
            assertThat(each)
                    .doesNotContain(HexFormat.of().formatHex(key, 0, 8))
                    .doesNotContain(Base64.getEncoder().encodeToString(key).substring(0, 12))
                    .doesNotContain(new String(key, 0, 8, StandardCharsets.ISO_8859_1))
                    .doesNotContain(body);
    }

    private Created create(Path folder, CreateOptions options) {
        return ClusterCreation.create(folder, options, HOST, Clock.systemUTC(), progress::add);
    }

    private static void createOn(Path folder, FailingDisk disk) {
        new ClusterCreation(folder, HOST, Clock.systemUTC(), new SecureRandom(), disk, step -> {}).create(ORCHARD);
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

    private static Map<String, byte[]> contents(Path folder) throws IOException {
        TreeMap<String, byte[]> contents = new TreeMap<>();
        for (String name : modes(folder).keySet())
            if (Files.isRegularFile(folder.resolve(name)) && !name.equals("node.lock"))
                contents.put(name, Files.readAllBytes(folder.resolve(name)));
        return contents;
    }
}
