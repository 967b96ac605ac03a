package org.quorate.examples.manage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterManager;
import org.quorate.JoinOptions;
import org.quorate.JoinReport;
import org.quorate.NodeId;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.join.auth.Credential;
import org.quorate.core.join.auth.JoinToken;
import org.quorate.core.manage.FolderJoin;

/** Several machines join at the same time, as a script does that starts them all: each becomes a member, none is told to come again. */
@Timeout(180)
class JoinersAtOnceTest {
    @TempDir
    private Path temp;

    @Test
    void twoThatJoinAtTheSameTimeBothBecomeMembersByOneMemberOrByTwo() throws Exception {
        try (LoopbackNodes nodes = new LoopbackNodes(temp, "apple", "pear", "plum", "quince", "fig")) {
            ClusterManager apple = nodes.first("apple", "orchard");
            List<JoinReport> byOne = atOnce(nodes, List.of("pear", "plum"), List.of(apple, apple));
            assertThat(ids(byOne)).containsExactly(2, 3);
            nodes.awaitTogether("apple", "pear", "plum");

            List<JoinReport> byTwo =
                    atOnce(nodes, List.of("quince", "fig"), List.of(nodes.node("pear"), nodes.node("plum")));
            assertThat(ids(byTwo)).containsExactly(4, 5);
            nodes.awaitTogether("apple", "pear", "plum", "quince", "fig");
            for (String name : List.of("apple", "pear", "plum"))
                assertThat(marks(nodes.folder(name).resolve("admissions")))
                        .as(name)
                        .isEmpty();
        }
    }

    /** As with {@code add} on two machines, and then their agents: the configuration of the first is old when it is started. */
    @Test
    void oneThatIsStartedAfterAnotherOneHasJoinedTakesPart() {
        try (LoopbackNodes nodes = new LoopbackNodes(temp, "apple", "pear", "plum", "quince", "fig")) {
            ClusterManager apple = nodes.first("apple", "orchard");
            for (String name : List.of("pear", "plum"))
                assertThat(nodes.open(name).join(nodes.by(apple)).quorum().quorate())
                        .isTrue();
            try (JoinToken token = JoinToken.parse(
                            apple.createJoinToken(Duration.ofMinutes(5)).toCharArray());
                    Credential credential = Credential.token(token)) {
                FolderJoin.client(nodes.folder("quince"), Clock.systemUTC(), (step, sentence) -> {})
                        .join(
                                org.quorate.core.join.JoinOptions.of(apple.joinInfo())
                                        .withMember(nodes.address("apple"), nodes.joinPort())
                                        .withNodeName("quince")
                                        .withLink(0, LinkParameter.parse(nodes.address("quince"))),
                                credential);
            }
            assertThat(nodes.open("fig").join(nodes.by(apple)).quorum().quorate())
                    .isTrue(); // quince answers no probes yet: a warning
            nodes.open("quince");
            nodes.awaitTogether("apple", "pear", "plum", "quince", "fig");
        }
    }

    private static List<String> marks(Path folder) {
        String[] names = folder.toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    private static List<JoinReport> atOnce(LoopbackNodes nodes, List<String> names, List<ClusterManager> by)
            throws Exception {
        CyclicBarrier start = new CyclicBarrier(names.size());
        List<CompletableFuture<JoinReport>> joins = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            ClusterManager joiner = nodes.open(names.get(i));
            JoinOptions options = nodes.by(by.get(i));
            CompletableFuture<JoinReport> end = new CompletableFuture<>();
            joins.add(end);
            Thread thread = new Thread(
                    () -> {
                        try {
                            start.await(LoopbackNodes.LONG.toSeconds(), TimeUnit.SECONDS);
                            end.complete(joiner.join(options));
                        } catch (Exception failed) {
                            end.completeExceptionally(failed);
                        }
                    },
                    "joiner-" + names.get(i));
            thread.setDaemon(true);
            thread.start();
        }
        List<JoinReport> reports = new ArrayList<>();
        for (CompletableFuture<JoinReport> each : joins) reports.add(each.get(120, TimeUnit.SECONDS));
        for (JoinReport each : reports)
            assertThat(each.quorum().quorate()).as(each.toString()).isTrue();
        return reports;
    }

    /** Ascending; fewer if two have the same. */
    private static Set<Integer> ids(List<JoinReport> reports) {
        TreeSet<Integer> ids = new TreeSet<>();
        for (JoinReport each : reports) {
            NodeId id = each.self().listed().orElseThrow();
            ids.add(id.value());
        }
        return ids;
    }
}
