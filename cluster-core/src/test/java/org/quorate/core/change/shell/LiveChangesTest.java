package org.quorate.core.change.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quorate.core.change.shell.ChangeLab.get;
import static org.quorate.core.change.shell.ChangeLab.refusal;
import static org.quorate.core.change.shell.ChangeLab.until;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ChangeException;
import org.quorate.ChangeOptions;
import org.quorate.ChangeReport;
import org.quorate.ClusterChanges.ConfigComparison;
import org.quorate.CryptoConfig;
import org.quorate.Progress;
import org.quorate.core.change.Digests;
import org.quorate.core.conf.ConfEdit;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.conf.NodeAddition;
import org.quorate.core.disk.Disk;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.KeyEnvelope;
import org.quorate.core.join.NodeFolders;

/** Real nodes change their configuration while they work. */
@Timeout(180)
class LiveChangesTest {
    private static final ChangeOptions PLAIN = ChangeOptions.DEFAULT;

    @TempDir
    private Path folder;

    @Test
    void linkPriorityKeyTokenAndVotesChangeUnderTrafficAndNothingIsLost() throws Exception {
        try (ChangeLab lab = new ChangeLab(folder, 3)) {
            lab.startAll();
            lab.talk();
            List<Integer> views = List.of(lab.views(1), lab.views(2), lab.views(3));
            String firstKey = key(lab, 1);
            List<String> times = new ArrayList<>();

            long version = change(lab, 1, new ConfEdit.AddLink(1, addresses(lab, 1), OptionalInt.empty()), times);
            assertThat(version).isEqualTo(2);
            assertThat(lab.status(3).links())
                    .filteredOn(link -> link.link() == 1)
                    .hasSize(2)
                    .allMatch(l -> l.up());
            change(lab, 2, new ConfEdit.LinkPriority(1, 20), times);
            until(
                    "link 1 carries the data",
                    () -> lab.status(3).links().stream()
                            .filter(link -> link.active())
                            .allMatch(link -> link.link() == 1));
            change(lab, 3, new ConfEdit.RotateKey(), times);
            change(lab, 1, new ConfEdit.Votes("pear", 2), times);
            change(lab, 2, new ConfEdit.Token(4000), times);
            change(lab, 3, new ConfEdit.TokenCoefficient(200), times);
            change(
                    lab,
                    1,
                    new ConfEdit.Crypto(new CryptoConfig(CryptoConfig.Cipher.AES128, CryptoConfig.Hash.SHA512)),
                    times);
            change(lab, 2, new ConfEdit.RemoveLink(0), times);

            int messages = lab.quiet();
            System.out.println("8 changes under traffic, " + messages + " messages heard by all; " + times);
            assertThat(lab.text(1))
                    .isEqualTo(lab.text(2))
                    .isEqualTo(lab.text(3))
                    .contains("config_version: 9");
            for (int id = 1; id <= 3; id++) {
                assertThat(lab.views(id)).as("no ring change").isEqualTo(views.get(id - 1));
                assertThat(lab.status(id).configVersion()).isEqualTo(9);
                assertThat(key(lab, id)).isNotEqualTo(firstKey).isEqualTo(key(lab, 1));
                assertThat(lab.of(id).resolve(ChangeFiles.FORMER_KEY)).doesNotExist();
                assertThat(lab.of(id).resolve(ChangeFiles.PROMISED)).doesNotExist();
                assertThat(PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(lab.of(id).resolve("authkey"))))
                        .isEqualTo("r--------");
            }
            assertThat(lab.status(1).quorum().totalVotes()).isEqualTo(4);
        }
    }

    private static long change(ChangeLab lab, int by, ConfEdit edit, List<String> times) {
        long start = System.nanoTime();
        ChangeReport report = get(lab.service(by).change(edit, PLAIN));
        times.add(report.what() + " " + (System.nanoTime() - start) / 1_000_000 + " ms");
        return report.configVersion();
    }

    private static SortedMap<String, String> addresses(ChangeLab lab, int link) {
        TreeMap<String, String> addresses = new TreeMap<>();
        for (int id = 1; id <= 3; id++) addresses.put(ChangeLab.NAMES.get(id - 1), lab.address(link, id));
        return addresses;
    }

    private static String key(ChangeLab lab, int id) throws Exception {
        return Digests.ofKey(Files.readAllBytes(lab.of(id).resolve("authkey")));
    }

    @Test
    void ofTwoChangesAtOnceOneIsMadeAndTheOtherClearlyRefused() throws Exception {
        try (ChangeLab lab = new ChangeLab(folder, 3)) {
            lab.startAll();
            for (int round = 0; round < 5; round++) {
                CompletableFuture<ChangeReport> one =
                        lab.service(1).change(new ConfEdit.Votes("plum", 2 + round), PLAIN);
                CompletableFuture<ChangeReport> two = lab.service(2).change(new ConfEdit.Token(3500 + round), PLAIN);
                CompletableFuture.allOf(one, two).exceptionally(failed -> null).get();
                assertThat(one.isCompletedExceptionally()).isNotEqualTo(two.isCompletedExceptionally());
                List<String> kinds = refusal(one.isCompletedExceptionally() ? one : two);
                assertThat(kinds).isSubsetOf("BUSY", "BASE_DIFFERS");
                assertThat(lab.text(1)).isEqualTo(lab.text(2)).isEqualTo(lab.text(3));
            }
        }
    }

    private static List<String> sentences(CompletableFuture<ChangeReport> change) {
        try {
            throw new AssertionError("it was made: " + get(change));
        } catch (ChangeException refused) {
            return refused.objections().stream()
                    .map(ChangeException.Objection::sentence)
                    .toList();
        }
    }

    @Test
    void aLinkOfWhichAPortIsTakenIsRefusedBeforeAnythingChanges() throws Exception {
        try (ChangeLab lab = new ChangeLab(folder, 3)) {
            lab.startAll();
            ConfEdit edit = new ConfEdit.AddLink(1, addresses(lab, 1), OptionalInt.empty());
            InetAddress taken = InetAddress.getByName(lab.address(1, 2));
            try (DatagramSocket other = new DatagramSocket(new InetSocketAddress(taken, 5406))) {
                assertThat(other.isBound()).isTrue();
                List<String> sentences = sentences(lab.service(3).change(edit, PLAIN.forced()));
                assertThat(sentences).hasSize(1);
                assertThat(sentences.get(0)).startsWith("node 2: ").contains(lab.address(1, 2), "5406");
            }
            assertThat(lab.text(1)).contains("config_version: 1").doesNotContain("ring1_addr");
            assertThat(lab.of(1).resolve(ChangeFiles.PROMISED)).doesNotExist();
            List<Progress> steps = new CopyOnWriteArrayList<>();
            List<String> times = new CopyOnWriteArrayList<>();
            long start = System.nanoTime();
            ChangeReport report = get(lab.service(3).change(edit, PLAIN.withProgress(step -> {
                steps.add(step);
                times.add(step.step() + " at " + (System.nanoTime() - start) / 1_000_000 + " ms");
            })));
            System.out.println(times + ", done at " + (System.nanoTime() - start) / 1_000_000 + " ms");
            assertThat(report.configVersion()).isEqualTo(2);
            assertThat(report.warnings()).isEmpty();
            assertThat(steps).extracting(Progress::step).startsWith("PROBING").endsWith("WATCHING");
            assertThat(steps).extracting(Progress::fraction).isSorted();
        }
    }

    /** Node 2 takes the wrong machine for node 1: nothing comes through between the two, and all else does. */
    @Test
    void aPairThatDoesNotHearEachOtherIsNamedAndByForceTheLinkIsAddedAllTheSame() throws Exception {
        try (ChangeLab lab = new ChangeLab(folder, 3)) {
            lab.elsewhere.put(2, 1);
            lab.startAll();
            ConfEdit edit = new ConfEdit.AddLink(1, addresses(lab, 1), OptionalInt.empty());
            List<Integer> views = List.of(lab.views(1), lab.views(2), lab.views(3));
            String pair = "link 1 carries nothing between node 1 and node 2 in either direction; check cable, network,"
                    + " firewalls";
            assertThat(sentences(lab.service(1).change(edit, PLAIN.withLimit(Duration.ofSeconds(4)))))
                    .containsExactly(pair);
            assertThat(lab.text(2)).contains("config_version: 1").doesNotContain("ring1_addr");
            ChangeReport report = get(lab.service(1).change(edit, PLAIN.forced().withLimit(Duration.ofSeconds(4))));
            assertThat(report.warnings()).containsExactly(pair);
            assertThat(lab.status(2).links())
                    .filteredOn(link -> link.link() == 1)
                    .hasSize(2)
                    .allMatch(link -> link.up());
            for (int id = 1; id <= 3; id++)
                assertThat(lab.views(id)).as("no ring change").isEqualTo(views.get(id - 1));
        }
    }

    /** Node 2 gets another address on a link that the others use: they try it over the sockets of that link. */
    @Test
    void anotherAddressOfANodeIsTriedByTheOthersOverTheLinkThatTheyUse() throws Exception {
        try (ChangeLab lab = new ChangeLab(folder, 3)) {
            lab.startAll();
            TreeMap<String, String> other = new TreeMap<>();
            other.put("pear", lab.address(1, 77));
            lab.elsewhere.put(3, 2);
            assertThat(sentences(lab.service(1)
                            .change(new ConfEdit.ChangeLink(0, other), PLAIN.withLimit(Duration.ofSeconds(4)))))
                    .containsExactly(
                            "link 0 carries nothing between node 2 and node 3 in either direction; check cable,"
                                    + " network, firewalls");
            lab.elsewhere.clear();
            ChangeReport report = get(lab.service(1).change(new ConfEdit.ChangeLink(0, other), PLAIN));
            assertThat(report.warnings()).isEmpty();
            assertThat(lab.text(3)).contains(lab.address(1, 77));
        }
    }

    @Test
    void aNodeThatIsAloneTriesItsOwnAddress() throws Exception {
        try (ChangeLab lab = new ChangeLab(folder, 1)) {
            lab.startAll();
            TreeMap<String, String> own = new TreeMap<>(Map.of("apple", lab.address(1, 1)));
            ConfEdit edit = new ConfEdit.AddLink(1, own, OptionalInt.empty());
            InetAddress taken = InetAddress.getByName(lab.address(1, 1));
            try (DatagramSocket other = new DatagramSocket(new InetSocketAddress(taken, 5406))) {
                assertThat(other.isBound()).isTrue();
                assertThat(refusal(lab.service(1).change(edit, PLAIN))).containsExactly("ADDRESS_UNUSABLE");
            }
            assertThat(get(lab.service(1).change(edit, PLAIN)).warnings()).isEmpty();
        }
    }

    @Test
    void anAddressThatCannotBeBoundIsRefusedBeforeAnythingChanges() throws Exception {
        try (ChangeLab lab = new ChangeLab(folder, 2)) {
            lab.startAll();
            TreeMap<String, String> crossed = new TreeMap<>();
            crossed.put("apple", lab.address(1, 1));
            crossed.put("pear", ChangeLab.NOT_HERE);
            assertThat(refusal(lab.service(1).change(new ConfEdit.AddLink(1, crossed, OptionalInt.empty()), PLAIN)))
                    .containsExactly("ADDRESS_UNUSABLE");
            assertThat(lab.text(1)).isEqualTo(lab.text(2)).contains("config_version: 1");
        }
    }

    /** Node 2 is of a version that tries no links, so only the link itself can show that it does not work. */
    @Test
    void aLinkThatDoesNotComeUpIsTakenBack() throws Exception {
        try (ChangeLab lab = new ChangeLab(folder, 2)) {
            lab.old.add(2);
            lab.startAll();
            TreeMap<String, String> crossed = new TreeMap<>();
            crossed.put("apple", lab.address(1, 1));
            crossed.put("pear", ChangeLab.NOT_HERE);
            List<String> kinds =
                    refusal(lab.service(1).change(new ConfEdit.AddLink(1, crossed, OptionalInt.empty()), PLAIN));
            assertThat(kinds).isNotEmpty().containsOnly("LINK_DOWN");
            assertThat(lab.text(1))
                    .as("added and taken back")
                    .isEqualTo(lab.text(2))
                    .doesNotContain("ring1_addr")
                    .contains("config_version: 3");
            get(lab.service(2).change(new ConfEdit.Token(3500), PLAIN));
        }
    }

    @Test
    void whatIsWrongForOneNodeIsRefusedByAllWithEveryReason() throws Exception {
        try (ChangeLab lab = new ChangeLab(folder, 3)) {
            lab.startAll();
            String before = lab.text(1);
            Files.writeString(lab.of(3).resolve("corosync.conf"), before + "# by hand\n");
            ChangeOptions options = PLAIN;
            TreeMap<String, String> foreign = new TreeMap<>();
            foreign.put("pear", "198.51.100.8");
            List<String> kinds = refusal(lab.service(1).change(new ConfEdit.ChangeLink(0, foreign), options));
            assertThat(kinds).containsExactlyInAnyOrder("ADDRESS_NOT_LOCAL", "BASE_DIFFERS");
            assertThat(get(lab.service(1).compare()).equal()).isFalse();
            Files.writeString(lab.of(3).resolve("corosync.conf"), before.replace("token: 3000", "token: 3500"));
            assertThat(get(lab.service(1).compare()).lines())
                    .containsExactly("node 3: totem.token: 3000 here, 3500 there");
            assertThat(get(lab.service(3).compare()).lines()).anyMatch(line -> line.contains("edited by hand"));
            Files.writeString(lab.of(3).resolve("corosync.conf"), before);
            assertThat(get(lab.service(1).compare())).isEqualTo(new ConfigComparison(true, 1, 1, List.of()));
            assertThat(lab.text(1)).isEqualTo(before);
            assertThat(lab.text(2)).isEqualTo(before);
        }
    }

    @Test
    void aNodeThatIsRemovedIsToldAndGetsNoNewKey() throws Exception {
        try (ChangeLab lab = new ChangeLab(folder, 3)) {
            lab.startAll();
            String former = key(lab, 1);
            assertThat(refusal(lab.service(1).change(new ConfEdit.RemoveNode("plum"), PLAIN)))
                    .containsExactly("NODE_ONLINE");
            CompletableFuture<ChangeReport> removal = lab.service(1).removeNode("plum", PLAIN.forced());
            until("the node is told", () -> !lab.removed.isEmpty());
            lab.stop(3);
            ChangeReport report = get(removal);
            assertThat(report.warnings()).isEmpty();
            assertThat(lab.removed).containsExactly("3: this node was removed from the cluster by node 1");
            lab.awaitTogether(2);
            assertThat(key(lab, 1)).isNotEqualTo(former).isEqualTo(key(lab, 2));
            assertThat(key(lab, 3)).isEqualTo(former);
            assertThat(lab.service(2).roster().retiredIds()).containsExactly(3);
            assertThat(lab.service(2).roster().revoked()).hasSize(1);
            assertThat(lab.service(2).fingerprints()).containsOnlyKeys("apple", "pear");
            assertThat(lab.status(2).configVersion()).isEqualTo(2);
            assertThat(lab.status(2).quorum().expectedVotes()).isEqualTo(2);
        }
    }

    @Test
    void aNodeLeavesByItselfAndItsFolderIsFree() throws Exception {
        try (ChangeLab lab = new ChangeLab(folder, 2)) {
            lab.startAll();
            get(lab.service(2).leave(PLAIN));
            lab.stop(2);
            Path backup = new ChangeFiles(lab.of(2), HostDisk.of(lab.of(2)), java.time.Clock.systemUTC()).setAside();
            assertThat(lab.of(2).resolve("corosync.conf")).doesNotExist();
            assertThat(backup.resolve("corosync.conf")).exists();
            assertThat(backup.resolve("node.key")).exists();
            until(
                    "the other one is alone and quorate",
                    () -> lab.status(1).quorum().quorate() && lab.status(1).configVersion() == 2);
            try {
                get(lab.service(1).change(new ConfEdit.Token(3500), PLAIN));
            } catch (ChangeException refused) {
                throw new AssertionError(refused);
            }
        }
    }

    /** The one node lacks quorum as soon as the guest is listed, and takes it back nevertheless. */
    @Test
    void aGuestThatNeverComesIsWithdrawn() throws Exception {
        try (ChangeLab lab = new ChangeLab(folder, 1)) {
            lab.startAll();
            String pem = new NodeFolders().make(folder.resolve("guest"), "pear", lab.text(1));
            String fingerprint = KeyEnvelope.fingerprint(pem);
            ChangeService service = lab.service(1);
            NodeAddition.Request request = new NodeAddition.Request(
                    "pear",
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    new TreeMap<>(Map.of(0, new LinkParameter(lab.address(0, 2), 0))),
                    Optional.empty(),
                    1,
                    false);
            get(service.admit(request, pem, PLAIN));
            assertThat(service.roster().provisional()).containsExactly(2);
            until("quorum is lost", () -> !lab.status(1).quorum().quorate());
            assertThat(get(service.withdraw(fingerprint, PLAIN))).isTrue();
            assertThat(lab.text(1)).doesNotContain("pear");
            until("quorum is back", () -> lab.status(1).quorum().quorate());
            assertThat(get(service.confirm(fingerprint, PLAIN))).isFalse();
            assertThat(get(service.confirm(
                            Objects.requireNonNull(service.fingerprints().get("apple")), PLAIN)))
                    .isTrue();
        }
    }

    /** A disk that has no room while it is full. */
    private static final class TightDisk implements Disk {
        private final Disk disk;
        private final AtomicBoolean full;

        TightDisk(Disk disk, AtomicBoolean full) {
            this.disk = disk;
            this.full = full;
        }

        @Override
        public void makeFolder(Path wanted) throws IOException {
            disk.makeFolder(wanted);
        }

        @Override
        public void write(Path file, byte[] content, Set<PosixFilePermission> mode) throws IOException {
            if (full.get()) throw new IOException("No space left on device");
            disk.write(file, content, mode);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            disk.rename(from, to);
        }

        @Override
        public void delete(Path file) throws IOException {
            disk.delete(file);
        }

        @Override
        public void force(Path wanted) throws IOException {
            disk.force(wanted);
        }
    }

    @Test
    void aFullDiskOfOneNodeKeepsAllFromChanging() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        try (ChangeLab lab = new ChangeLab(folder, 2)) {
            lab.start(1, HostDisk.of(lab.of(1)));
            lab.start(2, new TightDisk(HostDisk.of(lab.of(2)), full));
            lab.awaitTogether(2);
            String before = lab.text(1);
            full.set(true);
            assertThat(refusal(lab.service(1).change(new ConfEdit.Token(3500), PLAIN)))
                    .containsExactly("STORAGE");
            assertThat(lab.text(1)).isEqualTo(before).isEqualTo(lab.text(2));
            assertThat(lab.of(1).resolve(ChangeFiles.PROMISED)).doesNotExist();
            full.set(false);
            get(lab.service(1).change(new ConfEdit.Token(3500), PLAIN));
            assertThat(lab.text(1)).contains("token: 3500").isEqualTo(lab.text(2));
        }
    }
}
