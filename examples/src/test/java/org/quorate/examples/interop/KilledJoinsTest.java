package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.NodeFolder;
import org.quorate.examples.agent.AdminClient;
import org.quorate.examples.cli.Main;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.RequiresCorosync;

/**
 * Hosts with IPv6 addresses only become a cluster, on the command line and by the API; then joiners and the member they join by are killed in the
 * middle, at random moments. More of them: {@code -Dkills=}; again: {@code -Dseed=}. Steps share hosts.
 */
@RequiresCorosync
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KilledJoinsTest {
    private static final List<String> NAMES = List.of("apple", "pear", "plum", "quince");
    private static final Duration LONG = MixedRing.SOON.multipliedBy(3);
    private static final int KILLS = Integer.getInteger("kills", 2);
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    /** What a join prints when it goes well and cannot back up anything, at least: the moments at which it can be killed. */
    private static final int STEPS = 7;

    private final CorosyncCluster cluster =
            CorosyncCluster.start(ClusterLayout.of(4).withIpv6().withDaemons());
    private final Random random = new Random(SEED);
    private final List<JvmNode> agents = new ArrayList<>();
    private int tries;

    @AfterAll
    void end() {
        cluster.close();
    }

    @Test
    @Order(1)
    void aClusterOfIpv6IsMadeOnTheCommandLineAndJoinedByTheApi() throws IOException {
        JvmNode.commandLine(
                        cluster,
                        1,
                        "create",
                        "orchard",
                        "--data-dir",
                        data(1).toString(),
                        "--node-name",
                        "apple",
                        "--link0",
                        address(1, 0) + ",priority=20",
                        "--link1",
                        address(1, 1))
                .outputOrFail("create");
        agents.add(JvmNode.ofFolder(cluster, 1));
        awaitQuorate(1);
        String info =
                NodeFolder.at(data(1)).joinInfo(LocalAddresses.ofThisHost()).encode();
        HostProcess pear = JvmNode.program(
                cluster,
                2,
                cluster.hostFolder(2).resolve("joining.log"),
                JoiningNode.class,
                data(2).toString(),
                "pear",
                info,
                token(),
                address(2, 0),
                address(2, 1));
        Await.until(LONG, "pear has joined", pear::tail, () -> pear.lines().contains("joined pear (2) true"));
        awaitQuorate(1, 2);
        assertThat(conf(2))
                .isEqualTo(conf(1))
                .contains("ring0_addr: fd77:0::2", "ring1_addr: fd77:1::2", "ip_version: ipv4-6");
    }

    @Test
    @Order(2)
    void aJoinerThatIsKilledAtAnyMomentLeavesNothingAndJoinsByALaterTry() throws IOException {
        System.out.println("joiners are killed with the seed " + SEED);
        for (int kill = 0; kill < KILLS && !isWhole(3); kill++) {
            int step = 1 + random.nextInt(STEPS);
            HostProcess joiner = join(3);
            awaitStep(joiner, step);
            joiner.signal("KILL");
            int exit = joiner.awaitExit(MixedRing.SOON);
            System.out.println("killed after " + step + " steps: " + exit + ", " + last(joiner));
            assertThat(isWhole(3)).as(joiner::tail).isEqualTo(joinedAtLeast(joiner));
            awaitQuorate(1, 2);
        }
        if (!isWhole(3)) joinWell(3);
        agents.add(JvmNode.ofFolder(cluster, 3));
        awaitQuorate(1, 2, 3);
        assertSameConf(3);
    }

    @Test
    @Order(3)
    void aMemberThatIsKilledWhileItAdmitsLeavesNothingHalfJoined() throws IOException {
        JvmNode apple = agents.get(0);
        for (int kill = 0; kill < KILLS && !isWhole(4); kill++) {
            int step =
                    2 + random.nextInt(kill + 1 < KILLS ? STEPS - 2 : STEPS - 1); // nothing to kill after the last one
            HostProcess joiner = join(4);
            awaitStep(joiner, step);
            apple.process().signal("KILL");
            int killed = apple.process().awaitExit(MixedRing.SOON);
            apple.restart();
            int exit = joiner.awaitExit(LONG);
            System.out.println("member killed (" + killed + ") after " + step + " steps of the joiner: " + exit + ", "
                    + last(joiner));
            assertThat(isWhole(4)).as(joiner::tail).isEqualTo(exit == 0);
            assertThat(joiner.lines()).as(joiner::tail).noneMatch(line -> line.contains("unexpected"));
            if (exit == 0) break;
            assertThat(exit).as(joiner::tail).isEqualTo(1);
            awaitRunning(apple);
        }
        awaitRunning(apple);
        if (!isWhole(4)) joinWell(4);
        agents.add(JvmNode.ofFolder(cluster, 4));
        awaitQuorate(1, 2, 3, 4);
        assertSameConf(4);
    }

    // ---- joins

    private HostProcess join(int host) {
        NodeFolder apple = NodeFolder.at(data(1));
        tries++;
        List<String> command = new ArrayList<>(List.of(
                "add",
                "[" + address(1, 0) + "]",
                "--fingerprint",
                apple.joinInfo(LocalAddresses.ofThisHost()).fingerprint(),
                "--token",
                token(),
                "--data-dir",
                data(host).toString(),
                "--node-name",
                NAMES.get(host - 1)));
        for (int link = 0; link < 2; link++) {
            command.add("--link" + link);
            command.add(address(host, link));
        }
        return JvmNode.program(
                cluster,
                host,
                cluster.hostFolder(host).resolve("add" + tries + ".log"),
                Main.class,
                command.toArray(String[]::new));
    }

    /** A try that follows failed ones may have to wait until the cluster is quorate again without its member. */
    private void joinWell(int host) {
        HostProcess joiner = join(host);
        assertThat(joiner.awaitExit(LONG)).as(joiner::tail).isZero();
        assertThat(isWhole(host)).as(joiner::tail).isTrue();
    }

    private static void awaitStep(HostProcess joiner, int step) {
        Await.until(LONG, step + " steps", joiner::tail, () -> steps(joiner) >= step || !joiner.alive());
    }

    private static long steps(HostProcess joiner) {
        return joiner.lines().stream()
                .filter(line -> line.startsWith("quorate: "))
                .count();
    }

    private static String last(HostProcess joiner) {
        List<String> lines = joiner.lines();
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }

    /** Whether it has printed that it has joined; everything is on disk then. */
    private static boolean joinedAtLeast(HostProcess joiner) {
        return joiner.lines().stream().anyMatch(line -> line.contains(" is a member of "));
    }

    // ---- what there is

    private String token() {
        return AdminClient.ask(
                        data(1), new JsonObject().put("command", "join-token").put("seconds", 600L), MixedRing.SOON)
                .text("token")
                .orElseThrow();
    }

    private static String address(int host, int link) {
        return "fd77:" + link + "::" + host;
    }

    private Path data(int host) {
        return cluster.hostFolder(host).resolve("data");
    }

    private String conf(int host) throws IOException {
        return Files.readString(data(host).resolve("corosync.conf"));
    }

    private boolean isWhole(int host) {
        return Files.exists(data(host).resolve("corosync.conf"))
                && !Files.exists(data(host).resolve("join.pending"));
    }

    private void assertSameConf(int hosts) throws IOException {
        for (int host = 1; host <= hosts; host++) {
            int each = host;
            Await.until(LONG, "host " + host + " has the others' configuration", () -> cluster.report(40), () -> {
                try {
                    return conf(each).equals(conf(1));
                } catch (IOException moved) {
                    return false;
                }
            });
            assertThat(data(host).resolve("join.key")).doesNotExist();
        }
        for (String name : NAMES.subList(0, hosts)) assertThat(conf(1)).containsOnlyOnce("name: " + name + "\n");
    }

    private void awaitRunning(JvmNode agent) {
        Await.until(
                LONG,
                "the agent answers",
                () -> cluster.report(40),
                () -> agent.quorum().isPresent());
    }

    private void awaitQuorate(Integer... hosts) {
        for (JvmNode agent : agents)
            Await.value(
                    LONG,
                    "the agent of host " + agent.host() + " is quorate with " + List.of(hosts),
                    () -> cluster.report(40),
                    agent::quorum,
                    status -> status.quorate() && status.votes().keySet().equals(Set.of(hosts)));
    }
}
