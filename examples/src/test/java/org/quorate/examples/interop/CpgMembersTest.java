package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.RequiresCorosync;

/**
 * Clients of {@code libcpg} behind two daemons and members on two JVM nodes share a group: each kind of joining and leaving, and messages of up
 * to 1 MiB, are heard alike and in one order by a C client and by a JVM member, with the same reasons.
 */
@RequiresCorosync
class CpgMembersTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String GROUP = "fruit";
    private static final String SECONDS = "110";

    private final Path program = CpgTraffic.compile("cpg_member", "-lcpg");

    @Test
    void clientsAndMembersHearTheSameOfEachOther() {
        try (CorosyncCluster cluster = CorosyncCluster.start(ClusterLayout.of(4).withDaemons(1, 2))) {
            HostProcess ours = probe(cluster, 3, 2);
            HostProcess victim = probe(cluster, 4, 1);
            HostProcess theirs = client(cluster, 1, "a");
            HostProcess leaver = client(cluster, 1, "b");
            HostProcess remote = client(cluster, 2, "c");
            List<HostProcess> all = List.of(theirs, leaver, remote, ours, victim);
            all.forEach(each -> awaitMembers(each, 6));
            assertThat(all).extracting(CpgMembersTest::members).containsOnly(members(theirs));
            assertThat(names(ours)).hasSize(2).allMatch(name -> name.startsWith("3:"));

            theirs.signal("USR2");
            remote.signal("USR2");
            command(cluster, 3, "send");
            List.of(theirs, ours, remote, victim).forEach(each -> awaitMessages(each, 12));
            assertThat(messages(ours)).isEqualTo(messages(theirs)).isEqualTo(messages(remote));
            assertThat(messages(ours))
                    .filteredOn(line -> line.contains(" bytes=1048576 "))
                    .hasSize(2);
            assertThat(messages(ours))
                    .filteredOn(line -> line.contains(" bytes=1047552 "))
                    .hasSize(2);

            String leaverName = name(leaver);
            leaver.signal("USR1");
            awaitLeft(theirs, ours, leaverName, 2);
            String remoteName = name(remote);
            remote.signal("KILL");
            assertThat(remote.awaitExit(LIMIT)).isEqualTo(128 + 9);
            awaitLeft(theirs, ours, remoteName, 5);
            command(cluster, 3, "leave");
            awaitLeft(theirs, ours, names(ours).get(1), 2);

            HostProcess onDeadNode = client(cluster, 2, "d");
            awaitMembers(onDeadNode, 4);
            cluster.killDaemon(2);
            victim.signal("KILL");
            awaitLeft(theirs, ours, name(onDeadNode), 3);
            awaitLeft(theirs, ours, names(victim).get(0), 3);
            assertThat(members(theirs))
                    .isEqualTo(name(theirs) + "," + names(ours).get(0))
                    .isEqualTo(members(ours));

            command(cluster, 3, "stop");
            awaitLeft(theirs, names(ours).get(0), 5);
            assertThat(ours.awaitExit(LIMIT)).isZero();
            List<String> heard = events(ours);
            assertThat(events(theirs))
                    .containsSubsequence(heard.subList(heard.indexOf(firstOfBoth(heard, theirs)), heard.size()));
        }
    }

    /** The first thing that a JVM member heard when the C client was in the group too. */
    private static String firstOfBoth(List<String> heard, HostProcess client) {
        List<String> theirs = events(client);
        return heard.stream()
                .filter(theirs::contains)
                .findFirst()
                .orElseThrow(() -> new AssertionError(heard + " and " + theirs));
    }

    private HostProcess client(CorosyncCluster cluster, int host, String name) {
        return cluster.spawn(
                host, cluster.hostFolder(host).resolve("member-" + name + ".log"), program.toString(), GROUP, SECONDS);
    }

    private static HostProcess probe(CorosyncCluster cluster, int host, int members) {
        return JvmNode.program(
                cluster,
                host,
                cluster.hostFolder(host).resolve("probe.log"),
                GroupProbe.class,
                cluster.configFile(host).toString(),
                cluster.hostFolder(host).resolve("data").toString(),
                GROUP,
                Integer.toString(members),
                commands(cluster, host).toString(),
                SECONDS);
    }

    private static Path commands(CorosyncCluster cluster, int host) {
        return cluster.hostFolder(host).resolve("commands");
    }

    private static void command(CorosyncCluster cluster, int host, String line) {
        try {
            Files.writeString(
                    commands(cluster, host), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> events(HostProcess member) {
        return lines(member, "change ", "message ");
    }

    private static List<String> messages(HostProcess member) {
        return lines(member, "message ");
    }

    private static List<String> lines(HostProcess member, String... beginnings) {
        List<String> lines = new ArrayList<>();
        for (String line : member.lines()) if (Stream.of(beginnings).anyMatch(line::startsWith)) lines.add(line);
        return lines;
    }

    /** A C client, as the others know it. */
    private static String name(HostProcess client) {
        return client.host() + ":" + lines(client, "pid ").get(0).substring("pid ".length());
    }

    private static List<String> names(HostProcess probe) {
        return lines(probe, "member ").stream()
                .map(line -> line.substring("member ".length()))
                .toList();
    }

    /** The newest list of members that somebody was told. */
    private static String members(HostProcess member) {
        List<String> changes = lines(member, "change ");
        if (changes.isEmpty()) return "";
        String last = changes.get(changes.size() - 1);
        return last.substring(last.indexOf("members=") + "members=".length(), last.indexOf(" joined="));
    }

    private static void awaitMembers(HostProcess member, int count) {
        Await.until(
                LIMIT, count + " members", member::tail, () -> members(member).split(",").length == count);
    }

    private static void awaitMessages(HostProcess member, int count) {
        Await.until(
                LIMIT, count + " messages", member::tail, () -> messages(member).size() >= count);
    }

    private static void awaitLeft(HostProcess theirs, HostProcess ours, String name, int reason) {
        awaitLeft(theirs, name, reason);
        awaitLeft(ours, name, reason);
    }

    private static void awaitLeft(HostProcess member, String name, int reason) {
        Await.until(
                LIMIT,
                name + " has left for reason " + reason,
                member::tail,
                () -> lines(member, "change ").stream()
                        .anyMatch(line -> List.of(line.substring(line.indexOf(" left=") + 6, line.indexOf(" reason="))
                                                .split(","))
                                        .contains(name)
                                && line.endsWith(" reason=" + reason)));
    }
}
