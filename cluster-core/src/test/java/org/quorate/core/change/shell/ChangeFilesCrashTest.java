package org.quorate.core.change.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.core.change.ChangeInput.Lock;
import org.quorate.core.change.ChangeMessage.Share;
import org.quorate.core.change.Digests;
import org.quorate.core.change.Member;
import org.quorate.core.change.Proposal;
import org.quorate.core.change.ProposalId;
import org.quorate.core.change.Roster;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.FailingDisk;
import org.quorate.core.join.FailingDisk.Fault;
import org.quorate.core.join.FailingDisk.Killed;
import org.quorate.core.join.KeyEnvelope;
import org.quorate.core.join.NodeFolders;

/** Whatever is done to a node's files, at each step on the disk: killed before and after, power lost after and in the middle, disk full. */
class ChangeFilesCrashTest {
    private static final String CONF = ChangeFilesTest.CONF;
    private static final String NEXT = ChangeFilesTest.NEXT;
    private static final List<Fault> CRASHES =
            List.of(Fault.KILL_BEFORE, Fault.KILL_AFTER, Fault.POWER_LOSS, Fault.POWER_LOSS_WITHIN);

    @TempDir
    private Path folder;

    private Path template;
    private Proposal proposal;
    private ChangeFiles.Stored before;
    private int made;

    private interface Work {
        void on(ChangeFiles files) throws IOException;
    }

    /** What is looked at after a crash; {@code where} names it. */
    private interface Check {
        void after(Path node, String where) throws IOException;
    }

    @BeforeEach
    void aNodeAndAChange() throws IOException {
        template = folder.resolve("template");
        String certificate = new NodeFolders().make(template, "apple", CONF);
        Files.writeString(template.resolve("ringid_1"), "x");
        before = sound(template).read();
        byte[] key = new byte[256];
        Arrays.fill(key, (byte) 7);
        byte[] envelope = KeyEnvelope.seal(key, List.of(certificate), new SecureRandom());
        Roster roster = before.roster()
                .with(1, new Roster.Entry("apple", KeyEnvelope.fingerprint(certificate), certificate, false))
                .next(CorosyncConf.parse(NEXT, "test").toClusterConfig(), NEXT);
        proposal = new Proposal(
                new ProposalId(new Member(1, 1), 1),
                "replacing the key",
                before.digest(),
                2,
                NEXT,
                new String(roster.text(), StandardCharsets.UTF_8),
                Digests.ofKey(key),
                Base64.getEncoder().encodeToString(envelope),
                new Proposal.Traits(0, -1, true, false, new TreeSet<>()));
    }

    private Path fresh() throws IOException {
        return copy(template);
    }

    private Path copy(Path of) throws IOException {
        Path to = folder.resolve("node" + made++);
        try (Stream<Path> all = Files.walk(of)) {
            for (Path each : all.toList())
                Files.copy(each, to.resolve(of.relativize(each).toString()), StandardCopyOption.COPY_ATTRIBUTES);
        }
        return to;
    }

    private static ChangeFiles sound(Path node) throws IOException {
        return new ChangeFiles(node, HostDisk.of(node), Clock.systemUTC());
    }

    /** Whether it died. */
    private static boolean dies(Path node, Fault fault, int at, Work work) throws IOException {
        try {
            work.on(new ChangeFiles(node, new FailingDisk(HostDisk.of(node), fault, at), Clock.systemUTC()));
            return false;
        } catch (Killed dead) {
            return true;
        }
    }

    private List<String> steps(Path node, Work work) throws IOException {
        FailingDisk counting = new FailingDisk(HostDisk.of(node), Fault.NONE, 0);
        work.on(new ChangeFiles(node, counting, Clock.systemUTC()));
        return counting.steps();
    }

    /** Every crash at every step of {@code work} on a copy of {@code of}; returns how many steps there are. */
    private int everywhere(Path of, Work work, Check check) throws IOException {
        List<String> steps = steps(copy(of), work);
        for (int at = 1; at <= steps.size(); at++)
            for (Fault fault : CRASHES) {
                Path node = copy(of);
                boolean died = dies(node, fault, at, work);
                assertThat(died).isTrue();
                check.after(node, fault + " at step " + at + ", " + steps.get(at - 1));
            }
        return steps.size();
    }

    private void isNew(Path node, String where) throws IOException {
        ChangeFiles.Stored now = sound(node).read();
        assertThat(now.digest()).as(where).isEqualTo(proposal.digest());
        assertThat(now.keyId()).as(where).isEqualTo(proposal.keyId());
        assertThat(now.standing(1).edited()).as(where).isFalse();
    }

    @Test
    void aPromiseThatWasSaidIsKeptAndAChangeIsMadeOrNot() throws IOException {
        Map<Fault, String> counts = new EnumMap<>(Fault.class);
        for (Fault fault : CRASHES) {
            int old = 0;
            int promised = 0;
            int changed = 0;
            Path whole = fresh();
            List<String> steps = steps(whole, files -> {
                files.promise(new Lock(8, proposal));
                files.apply(proposal);
            });
            for (int at = 1; at <= steps.size(); at++) {
                Path node = fresh();
                String where = fault + " at step " + at + ", " + steps.get(at - 1);
                List<String> said = new ArrayList<>();
                boolean died = dies(node, fault, at, files -> {
                    files.promise(new Lock(8, proposal));
                    said.add("locked");
                    files.apply(proposal);
                    said.add("done");
                });
                assertThat(died).isTrue();
                ChangeFiles again = sound(node);
                boolean finished = again.finish();
                ChangeFiles.Stored now = again.read();
                Optional<Lock> lock = again.promised();
                if (now.digest().equals(before.digest())) {
                    assertThat(finished).as(where).isFalse();
                    assertThat(now.keyId()).as(where).isEqualTo(before.keyId());
                    if (lock.isPresent()) {
                        promised++;
                        assertThat(lock.get()).as(where).isEqualTo(new Lock(8, proposal));
                    } else {
                        old++;
                        assertThat(said)
                                .as(where + ": nobody was told of a promise")
                                .isEmpty();
                    }
                } else {
                    changed++;
                    isNew(node, where);
                    assertThat(said).as(where).contains("locked");
                    assertThat(lock).as(where).isEmpty();
                }
                assertThat(again.finish()).as("nothing is left to finish").isFalse();
            }
            assertThat(old).isPositive();
            assertThat(promised).isPositive();
            assertThat(changed).isGreaterThan(10);
            counts.put(fault, steps.size() + " steps: old " + old + ", promised " + promised + ", new " + changed);
        }
        System.out.println(counts);
    }

    /** The start after the crash crashes as well. */
    @Test
    void whatWasInterruptedIsFinishedThoughThatIsInterruptedToo() throws IOException {
        Path promised = fresh();
        sound(promised).promise(new Lock(8, proposal));
        List<Path> halfDone = new ArrayList<>();
        everywhere(promised, files -> files.apply(proposal), (node, where) -> {
            if (Files.exists(node.resolve(ChangeFiles.APPLYING))) halfDone.add(node);
        });
        assertThat(halfDone).hasSizeGreaterThan(20);
        int tried = 0;
        for (int i = 0; i < halfDone.size(); i += 7)
            tried += everywhere(halfDone.get(i), ChangeFiles::finish, (node, where) -> {
                sound(node).finish();
                isNew(node, where);
                assertThat(node.resolve(ChangeFiles.APPLYING)).doesNotExist();
            });
        System.out.println(halfDone.size() + " folders half changed; " + tried + " steps of finishing some of them");
        assertThat(tried).isPositive();
    }

    @Test
    void whatOthersShareIsTakenAfterACrashAndWhatWasThereIsInABackup() throws IOException {
        TreeMap<Integer, String> keys = new TreeMap<>();
        keys.put(1, proposal.sealedKey());
        Share share = new Share(8, proposal.text(), proposal.roster(), proposal.keyId(), keys);
        int steps = everywhere(fresh(), files -> files.take(share, 1), (node, where) -> {
            ChangeFiles again = sound(node);
            assertThat(again.finish()).as(where).isFalse();
            String now = again.read().text();
            assertThat(now).as(where).isIn(CONF, NEXT);
            if (now.equals(NEXT)) assertThat(backups(node)).as(where).contains(CONF);
            if (!again.read().digest().equals(proposal.digest())) again.take(share, 1);
            isNew(node, where);
            assertThat(backups(node)).as(where).contains(CONF);
        });
        System.out.println(steps + " steps of taking what others have");
    }

    private static List<String> backups(Path node) throws IOException {
        List<String> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(node.resolve(ChangeFiles.BACKUP))) {
            for (Path each : files.toList()) if (each.endsWith(ChangeFiles.CONF)) all.add(Files.readString(each));
        }
        return all;
    }

    @Test
    void aFolderIsSetAsideWholeAndNothingInItIsLost() throws IOException {
        Path member = fresh();
        sound(member).promise(new Lock(8, proposal));
        int steps = everywhere(member, ChangeFiles::setAside, (node, where) -> {
            if (!Files.exists(node.resolve(ChangeFiles.CONF)))
                assertThat(backups(node)).as(where).contains(CONF);
            sound(node).setAside();
            try (Stream<Path> left = Files.walk(node)) {
                List<String> kept = left.filter(Files::isRegularFile)
                        .filter(each -> !String.valueOf(each.getFileName()).endsWith(".new"))
                        .peek(each -> assertThat(each).as(where).startsWith(node.resolve(ChangeFiles.BACKUP)))
                        .map(each -> String.valueOf(each.getFileName()))
                        .toList();
                assertThat(kept)
                        .as(where)
                        .contains("corosync.conf", "authkey", "node.key", "node.pem", "ringid_1", "change.promised");
            }
        });
        System.out.println(steps + " steps of setting a folder aside");
    }

    @Test
    void theFormerKeyIsGoneInTheEndAndThePresentOneIsNeverTouched() throws IOException {
        Path changed = fresh();
        sound(changed).promise(new Lock(8, proposal));
        sound(changed).apply(proposal);
        int steps = everywhere(changed, ChangeFiles::forgetFormerKey, (node, where) -> {
            isNew(node, where);
            sound(node).forgetFormerKey();
            assertThat(node.resolve(ChangeFiles.FORMER_KEY)).as(where).doesNotExist();
            isNew(node, where);
        });
        System.out.println(steps + " steps of forgetting the former key");
    }

    @Test
    void aPromiseThatIsDroppedIsThereOrNot() throws IOException {
        Path promised = fresh();
        sound(promised).promise(new Lock(8, proposal));
        int steps = everywhere(promised, ChangeFiles::forget, (node, where) -> {
            ChangeFiles again = sound(node);
            again.promised().ifPresent(lock -> assertThat(lock).isEqualTo(new Lock(8, proposal)));
            assertThat(again.read().digest()).as(where).isEqualTo(before.digest());
            again.forget();
            assertThat(again.promised()).as(where).isEmpty();
        });
        System.out.println(steps + " steps of dropping a promise");
    }

    @Test
    void aFullDiskAtAnyStepIsSaidAndMendedWhenThereIsRoom() throws IOException {
        for (int at = 1; at < 60; at++) {
            Path node = fresh();
            FailingDisk disk = new FailingDisk(HostDisk.of(node), Fault.FULL, at);
            ChangeFiles full = new ChangeFiles(node, disk, Clock.systemUTC());
            boolean isPromised = false;
            try {
                full.promise(new Lock(8, proposal));
                isPromised = true;
                full.apply(proposal);
                isNew(node, "the disk is large enough");
                return;
            } catch (IOException noSpace) {
                assertThat(noSpace).hasMessageContaining("No space left");
            }
            ChangeFiles later = sound(node);
            if (isPromised) later.apply(proposal);
            ChangeFiles.Stored now = later.read();
            assertThat(now.digest()).isEqualTo(isPromised ? proposal.digest() : before.digest());
            assertThat(now.keyId()).isEqualTo(isPromised ? proposal.keyId() : before.keyId());
        }
        throw new AssertionError("there is no end of the steps");
    }
}
