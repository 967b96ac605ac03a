package org.quorate.core.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quorate.ClusterException;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.FailingDisk.Fault;
import org.quorate.core.join.FailingDisk.Killed;
import org.quorate.core.join.JoinFailure.Problem;
import org.quorate.core.join.auth.Credential;
import org.quorate.core.join.auth.JoinToken;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.join.wire.JoinRequest;

/**
 * Joiner and member die, or have a full disk, at each step that is on disk or the cluster's: afterwards nothing is half-joined, and a second try with
 * the same token succeeds.
 */
class JoinCrashTest {
    @TempDir(factory = MemoryFolders.class)
    Path top;

    private JoinWorld world;
    private QuickCurves curves; // the disk is what this is about; JoinTest has the curves of the JDK

    @BeforeEach
    void open() throws IOException {
        curves = QuickCurves.use();
        world = new JoinWorld(top);
    }

    @AfterEach
    void close() {
        world.close();
        curves.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"KILL_AFTER", "POWER_LOSS", "POWER_LOSS_WITHIN"})
    void aJoinerThatDiesAtAnyStepIsAMemberOrNoneAndASecondTrySucceeds(Fault fault) throws IOException {
        List<String> steps = joinerSteps();
        int members = 0;
        for (int at = 1; at <= steps.size(); at++) {
            Path data = top.resolve("pear" + at);
            String when = fault + " at " + at + ", " + steps.get(at - 1);
            if (isWithoutMiddle(fault, steps.get(at - 1))) continue;
            JoinToken token = world.token();
            FailingDisk disk = new FailingDisk(HostDisk.of(top), fault, at);
            assertThatThrownBy(() ->
                            world.client(data, disk, JoinWorld.PEAR).join(world.options(), Credential.token(token)))
                    .as(when)
                    .isInstanceOf(Killed.class);
            if (at % 2 == 0) world.endOpenAdmissions();
            boolean whole = isWhole(data);
            if (whole) members++;
            else assertNotStartable(data, when);
            if (!whole) world.client(data).join(world.options(), Credential.token(token));
            world.assertWhole(data, when);
            world.cluster.remove("pear");
        }
        System.out.println(fault + " of the joiner: " + steps.size() + " steps, " + members + " left a member");
        assertThat(members).isBetween(fault == Fault.POWER_LOSS_WITHIN ? 0 : 1, 4);
    }

    /** Half a file is the only thing that is different in the middle of a step. */
    private static boolean isWithoutMiddle(Fault fault, String step) {
        return fault == Fault.POWER_LOSS_WITHIN && !step.startsWith("write");
    }

    private List<String> joinerSteps() throws IOException {
        FailingDisk counting = new FailingDisk(HostDisk.of(top), Fault.NONE, 0);
        world.client(top.resolve("first"), counting, JoinWorld.PEAR).join(world.options(), world.credential());
        world.assertWhole(top.resolve("first"), "without a fault");
        world.cluster.remove("pear");
        assertThat(counting.steps()).hasSizeGreaterThan(40);
        return List.copyOf(counting.steps());
    }

    private static boolean isWhole(Path data) {
        try {
            NodeFolder.at(data).readWhole();
            return true;
        } catch (ClusterException refused) {
            return false;
        }
    }

    private static void assertNotStartable(Path data, String when) {
        assertThatThrownBy(() -> NodeFolder.at(data).readWhole())
                .as(when)
                .isInstanceOf(ClusterException.class)
                .hasMessageMatching(".*(join again|make a cluster in it with create).*");
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"KILL_AFTER", "POWER_LOSS", "POWER_LOSS_WITHIN"})
    void aMemberThatDiesAtAnyStepLeavesNothingHalfJoinedAndASecondTrySucceeds(Fault fault) throws IOException {
        List<String> steps = memberSteps();
        Map<Problem, Integer> ends = new EnumMap<>(Problem.class);
        int joined = 0;
        for (int at = 1; at <= steps.size(); at++) {
            Path data = top.resolve("pear" + at);
            String when = fault + " at " + at + ", " + steps.get(at - 1);
            if (isWithoutMiddle(fault, steps.get(at - 1))) continue;
            JoinToken token = world.token();
            startDying(new FailingDisk(HostDisk.of(top), fault, at));
            try {
                world.client(data).join(world.options(), Credential.token(token));
                joined++;
            } catch (JoinFailure failed) {
                ends.merge(failed.problem(), 1, Integer::sum);
                assertThat(failed.problem()).as(when).isIn(Problem.UNREACHABLE, Problem.IN_DOUBT);
                assertNotStartable(data, when);
            }
            world.restart(JoinWorld.LIMITS);
            if (at % 2 == 0) world.endOpenAdmissions();
            if (!isWhole(data)) world.client(data).join(world.options(), Credential.token(token));
            world.assertWhole(data, when);
            world.cluster.remove("pear");
        }
        System.out.println(fault + " of the member: " + steps.size() + " steps, " + joined + " joined, others " + ends);
        assertThat(ends).containsKey(Problem.UNREACHABLE);
        if (fault != Fault.POWER_LOSS_WITHIN) assertThat(ends).containsKey(Problem.IN_DOUBT);
    }

    private void startDying(FailingDisk disk) {
        world.server.close();
        FakeCluster.AskedBy asked = new FakeCluster.AskedBy(world.cluster, disk);
        world.server = world.start(disk, asked, asked, JoinWorld.LIMITS, 0);
    }

    private List<String> memberSteps() throws IOException {
        joinerSteps(); // makes the folder for the marks, so that later joins have the same steps
        JoinToken token = world.token();
        FailingDisk counting = new FailingDisk(HostDisk.of(top), Fault.NONE, 0);
        startDying(counting);
        world.client(top.resolve("count")).join(world.options(), Credential.token(token));
        world.assertWhole(top.resolve("count"), "without a fault");
        world.server.close(); // what it does after its last word is done now
        world.restart(JoinWorld.LIMITS);
        world.cluster.remove("pear");
        assertThat(counting.steps()).contains("admit", "confirm").hasSizeGreaterThan(14);
        return List.copyOf(counting.steps());
    }

    @Test
    void aJoinerWhoseDiskIsFullUndoesAndSucceedsWhenThereIsRoom() throws IOException {
        List<String> steps = joinerSteps();
        for (int at = 1; at <= steps.size(); at++) {
            Path data = top.resolve("pear" + at);
            String when = "full at " + at + ", " + steps.get(at - 1);
            JoinToken token = world.token();
            FailingDisk disk = new FailingDisk(HostDisk.of(top), Fault.FULL, at);
            try {
                world.client(data, disk, JoinWorld.PEAR).join(world.options(), Credential.token(token));
                fail(when + ": joined on a full disk");
            } catch (JoinFailure failed) {
                assertThat(failed.problem()).as(when).isEqualTo(Problem.FOLDER_UNUSABLE);
                assertThat(failed).as(when).hasMessageContaining("No space left");
            }
            if (!isWhole(data)) world.client(data).join(world.options(), Credential.token(token));
            world.assertWhole(data, when);
            world.cluster.remove("pear");
        }
    }

    @Test
    void aMemberWhoseDiskIsFullAdmitsNobody() throws IOException {
        List<String> steps = memberSteps();
        for (int at = 1; at <= steps.indexOf("admit"); at++) {
            Path data = top.resolve("pear" + at);
            String when = "full at " + at + ", " + steps.get(at - 1);
            JoinToken token = world.token();
            startDying(new FailingDisk(HostDisk.of(top), Fault.FULL, at));
            assertThatThrownBy(() -> world.client(data).join(world.options(), Credential.token(token)))
                    .as(when)
                    .isInstanceOfSatisfying(
                            JoinFailure.class, e -> assertThat(e.problem()).isEqualTo(Problem.MEMBER_FAILED))
                    .hasMessageContaining("No space left");
            assertThat(world.cluster.lists("pear")).as(when).isFalse();
            assertThat(Files.exists(data.resolve("join.pending"))).as(when).isFalse();
            world.restart(JoinWorld.LIMITS);
            world.client(data).join(world.options(), Credential.token(token));
            world.assertWhole(data, when);
            world.cluster.remove("pear");
        }
    }

    /** The cluster has said yes, and then there is no room: the node joins, or is told why not and nothing of it is left. */
    @Test
    void aMemberWhoseDiskIsFullOnceItHasAdmittedIsNoHarmToEitherSide() throws IOException {
        List<String> steps = memberSteps();
        int admitted = steps.indexOf("admit");
        int joined = 0;
        for (int at = admitted + 2; at <= steps.size(); at++) {
            Path data = top.resolve("pear" + at);
            String when = "full at " + at + ", " + steps.get(at - 1);
            JoinToken token = world.token();
            startDying(new FailingDisk(HostDisk.of(top), Fault.FULL, at));
            world.client(data).join(world.options(), Credential.token(token));
            joined++;
            world.restart(JoinWorld.LIMITS);
            world.await(when + ": no admission is left", () -> world.server.pendingAdmissions() == 0);
            world.assertWhole(data, when);
            world.cluster.remove("pear");
        }
        assertThat(joined).isEqualTo(steps.size() - admitted - 1).isPositive();
    }

    /** What {@link Admission#admit} itself writes is the cluster's configuration: it was decided, and could not be put on this member's disk. */
    @Test
    void anAdmissionThatIsDecidedAndCannotBeWrittenIsTakenBackAndASecondTrySucceeds() throws IOException {
        for (boolean restarts : new boolean[] {false, true}) {
            Path data = top.resolve("pear" + restarts);
            JoinToken token = world.token();
            world.server.close();
            world.server = world.start(
                    HostDisk.of(top), new FullOnceDecided(world.cluster), world.cluster, JoinWorld.LIMITS, 0);
            assertThatThrownBy(() -> world.client(data).join(world.options(), Credential.token(token)))
                    .isInstanceOfSatisfying(
                            JoinFailure.class, e -> assertThat(e.problem()).isEqualTo(Problem.MEMBER_FAILED))
                    .hasMessageContaining("No space left");
            assertThat(NodeFolder.at(data).isInCluster()).isFalse();
            assertThat(NodeFolder.at(data).isJoinPending()).isFalse();
            if (!restarts) world.await("the cluster has it no more", () -> !world.cluster.lists("pear"));
            world.restart(JoinWorld.LIMITS);
            world.client(data).join(world.options(), Credential.token(token));
            world.assertWhole(data, "second try");
            assertThat(world.cluster.history())
                    .containsExactly("admit pear", "withdraw pear", "admit pear", "confirm pear");
            world.cluster.remove("pear");
        }
    }

    /** Lets the cluster decide, and then has no room for what it has decided. */
    private record FullOnceDecided(FakeCluster cluster) implements Admission {
        @Override
        public String conf() {
            return cluster.conf();
        }

        @Override
        public byte[] key() {
            return cluster.key();
        }

        @Override
        public List<JoinFinding> check(JoinRequest request) {
            return cluster.check(request);
        }

        @Override
        public Outcome admit(JoinRequest request, X509Certificate certificate) {
            assertThat(cluster.admit(request, certificate)).isInstanceOf(Outcome.Admitted.class);
            throw new ClusterException(
                    ClusterException.Reason.DATA_FOLDER_UNUSABLE, "not written: No space left on device");
        }

        @Override
        public boolean confirm(String fingerprint) {
            return cluster.confirm(fingerprint);
        }

        @Override
        public boolean withdraw(String fingerprint) {
            return cluster.withdraw(fingerprint);
        }
    }
}
