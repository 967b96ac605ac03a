package org.quorate.examples.manage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ChangeException;
import org.quorate.ChangeOptions;
import org.quorate.ChangeReport;
import org.quorate.ClusterManager;
import org.quorate.ClusterManager.State;
import org.quorate.ClusterStatus;
import org.quorate.FolderBuilder;
import org.quorate.JoinException;
import org.quorate.JoinOptions;
import org.quorate.JoinReport;
import org.quorate.Link;
import org.quorate.NodeId;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.CertificateUpdate;
import org.quorate.core.join.auth.Credential;
import org.quorate.core.join.auth.JoinToken;
import org.quorate.core.manage.FolderJoin;

/** A cluster grows, changes and shrinks through the API, on the loopback. */
@Timeout(180)
class ManagedClusterTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final List<String> NAMES = List.of("apple", "pear", "plum");

    @TempDir
    private Path temp;

    private final Map<String, ClusterManager> nodes = new TreeMap<>();
    private int port;
    private int joinPort;

    @BeforeEach
    void choosePorts() throws IOException {
        try (DatagramSocket free = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            port = free.getLocalPort();
        }
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            joinPort = free.getLocalPort();
        }
    }

    @AfterEach
    void closeAll() {
        nodes.values().forEach(ClusterManager::close);
    }

    @Test
    void aClusterGrowsToThreeByTokenAndByPassword() {
        ClusterManager apple = open("apple");
        apple.create("orchard");
        JoinReport second = join("pear", apple);
        assertThat(second.quorum().quorate()).as(second.toString()).isTrue();
        assertThat(second.self()).hasToString("pear (2)");
        assertThat(second.warnings()).anySatisfy(warning -> assertThat(warning).contains("two-node mode"));

        ClusterManager pear = node("pear");
        pear.setJoinPassword("plums are blue".toCharArray());
        List<String> steps = new ArrayList<>();
        char[] password = "plums are blue".toCharArray();
        JoinReport third = open("plum")
                .join(JoinOptions.by(pear.joinInfo())
                        .port(joinPort)
                        .password(password)
                        .progress(step -> steps.add(step.step())));
        assertThat(third.quorum().quorate()).as(third.toString()).isTrue();
        assertThat(steps).startsWith("CHECKING_HOST").endsWith("WAITING_FOR_QUORUM");
        awaitMembers(3);
        for (String name : List.of("pear", "plum")) {
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(temp.resolve(name).resolve("roster.json"))
                            .isRegularFile());
            assertThat(temp.resolve(name).resolve("backup"))
                    .as("nothing of a new node was replaced")
                    .doesNotExist();
        }
        for (String name : NAMES) {
            ClusterStatus status = get(node(name).status());
            assertThat(status.members()).hasSize(3);
            assertThat(status.quorum().expectedVotes()).isEqualTo(3);
        }
    }

    @Test
    void aSecondNodeThatNeverStartsIsCountedUntilItIsRemoved() {
        ClusterManager apple = open("apple");
        apple.create("orchard");
        List<String> said = new ArrayList<>();
        try (JoinToken token = JoinToken.parse(
                        apple.createJoinToken(Duration.ofMinutes(5)).toCharArray());
                Credential credential = Credential.token(token)) {
            FolderJoin.client(temp.resolve("pear"), Clock.systemUTC(), (step, sentence) -> said.add(sentence))
                    .join(
                            org.quorate.core.join.JoinOptions.of(apple.joinInfo())
                                    .withMember("127.0.0.11", joinPort)
                                    .withNodeName("pear")
                                    .withLink(0, LinkParameter.parse("127.0.0.12")),
                            credential);
        }
        assertThat(said).last().asString().contains("pear is a member of orchard");
        ClusterStatus waiting = get(apple.status());
        assertThat(waiting.quorum().quorate()).isFalse();
        assertThat(waiting.explanation().text()).contains("node 2 (pear) would bring it");

        assertThat(get(apple.setExpectedVotes(1)).quorate()).isTrue();
        get(apple.changes().removeNode("pear", ChangeOptions.DEFAULT));
        ClusterStatus alone = get(apple.status());
        assertThat(alone.quorum().quorate()).isTrue();
        assertThat(alone.quorum().expectedVotes()).isEqualTo(1);
        assertThat(alone.missing()).isEmpty();
    }

    @Test
    void wrongSecretsAndWrongLinksAreRefusedAndNothingHasChanged() {
        ClusterManager apple = open("apple");
        apple.create("orchard");
        String before = conf("apple");
        ClusterManager pear = open("pear");
        JoinOptions byToken = JoinOptions.by(apple.joinInfo()).port(joinPort);
        assertThatThrownBy(() -> pear.join(byToken.password("not the password".toCharArray())))
                .isInstanceOfSatisfying(
                        JoinException.class,
                        refused -> assertThat(refused.why()).isEqualTo(JoinException.Why.CREDENTIAL));
        assertThat(pear.state()).isEqualTo(State.STANDALONE);
        assertThat(conf("apple")).isEqualTo(before);
        String token = apple.createJoinToken(Duration.ofMinutes(5));
        assertThatThrownBy(() -> pear.join(JoinOptions.by(apple.joinInfo())
                        .port(joinPort)
                        .token(token)
                        .nodeId(NodeId.of(1))))
                .isInstanceOfSatisfying(
                        JoinException.class,
                        refused -> assertThat(refused.findings())
                                .extracting(JoinException.Finding::kind)
                                .contains("ID_IN_USE"));
        assertThat(conf("apple")).isEqualTo(before);
        assertThat(get(apple.status()).quorum().quorate()).isTrue();
        assertThat(pear.join(JoinOptions.by(apple.joinInfo()).port(joinPort).token(token))
                        .quorum()
                        .quorate())
                .as("the token was not used up by a refusal")
                .isTrue();
    }

    @Test
    void nodesAreChangedRemovedAndComeBack() {
        three();
        ClusterManager apple = node("apple");
        ChangeReport votes = get(apple.changes().votes("pear", 2, ChangeOptions.DEFAULT));
        for (String name : NAMES)
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(get(node(name).status()).quorum().expectedVotes())
                                    .isEqualTo(4));
        assertThat(conf("plum")).isEqualTo(conf("apple")).contains("config_version: " + votes.configVersion());

        ChangeReport key = get(node("plum").changes().rotateKey(ChangeOptions.DEFAULT));
        assertThat(key.configVersion()).isEqualTo(votes.configVersion() + 1);

        assertThatThrownBy(() -> get(apple.changes().removeNode("plum", ChangeOptions.DEFAULT)))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ChangeException.class,
                        refused -> assertThat(refused.objections())
                                .extracting(ChangeException.Objection::kind)
                                .containsExactly("NODE_ONLINE"));
        node("plum").close();
        awaitMembers(2, "apple", "pear");
        get(apple.changes().removeNode("plum", ChangeOptions.DEFAULT));
        assertThat(get(apple.status()).quorum().expectedVotes()).isEqualTo(3);
        assertThat(conf("pear")).doesNotContain("plum");

        ClusterManager again = builder("plum").build();
        nodes.put("plum", again);
        JoinReport back = again.join(JoinOptions.by(apple.joinInfo())
                .port(joinPort)
                .token(apple.createJoinToken(Duration.ofMinutes(5)))
                .force());
        assertThat(back.self().id()).as("the former id is retired").isEqualTo(NodeId.of(4));
        awaitMembers(3);
    }

    @Test
    void aNodeThatWasAwayComesBackByItsCertificateAndOneThatWasRemovedDoesNot() {
        three();
        node("plum").close();
        awaitMembers(2, "apple", "pear");
        get(node("apple").changes().rotateKey(ChangeOptions.DEFAULT));
        get(node("pear").changes().votes("apple", 2, ChangeOptions.DEFAULT));
        open("plum");
        awaitMembers(3);
        assertThat(conf("plum")).isEqualTo(conf("apple"));
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(get(node("plum").changes().compare()).equal())
                                .isTrue());

        node("plum").close();
        awaitMembers(2, "apple", "pear");
        get(node("apple").changes().removeNode("plum", ChangeOptions.DEFAULT));
        assertThatThrownBy(() -> open("plum")).hasMessageContaining("was removed from the cluster while it was away");
    }

    @Test
    void aRenewedCertificateBecomesKnownToTheOthers() throws IOException {
        ClusterManager apple = open("apple");
        apple.create("orchard");
        join("pear", apple);
        node("pear").close();
        awaitMembers(1, "apple");
        assertThat(CertificateUpdate.run(temp.resolve("pear"), true, LocalAddresses.ofThisHost(), Clock.systemUTC())
                        .certificateMade())
                .isTrue();
        String renewed = Files.readString(temp.resolve("pear").resolve("node.pem"))
                .strip()
                .replace("\n", "\\n");
        Path roster = temp.resolve("apple").resolve("roster.json");
        assertThat(roster).content().doesNotContain(renewed);
        open("pear");
        await().atMost(LONG).untilAsserted(() -> assertThat(roster).content().contains(renewed));
    }

    @Test
    void twoMachinesThatJoinAtTheSameMomentBothJoin() {
        ClusterManager apple = open("apple");
        apple.create("orchard");
        List<String> said = new CopyOnWriteArrayList<>();
        List<CompletableFuture<JoinReport>> joins = new ArrayList<>();
        for (String name : List.of("pear", "plum")) {
            ClusterManager node = open(name);
            JoinOptions options = JoinOptions.by(apple.joinInfo())
                    .port(joinPort)
                    .token(apple.createJoinToken(Duration.ofMinutes(5)))
                    .progress(step -> said.add(name + " " + step));
            joins.add(CompletableFuture.supplyAsync(() -> node.join(options)));
        }
        for (CompletableFuture<JoinReport> each : joins)
            assertThat(get(each).quorum().quorate()).as(said.toString()).isTrue();
        awaitMembers(3);
    }

    @Test
    void aNodeLeavesAndIsStandaloneAgain() {
        three();
        ClusterManager plum = node("plum");
        ChangeReport left = get(plum.changes().leaveCluster(ChangeOptions.DEFAULT));
        assertThat(left.warnings()).anySatisfy(warning -> assertThat(warning).contains("backup"));
        assertThat(plum.state()).isEqualTo(State.STANDALONE);
        assertThat(plum.isInCluster()).isFalse();
        awaitMembers(2, "apple", "pear");
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(get(node("apple").status()).quorum().expectedVotes())
                                .isEqualTo(2));
        plum.create("garden");
        assertThat(get(plum.status()).clusterName()).isEqualTo("garden");
    }

    @Test
    void ofTwoChangesAtTheSameTimeOneIsMadeAndOneRefused() {
        three();
        List<CompletionStage<ChangeReport>> both = List.of(
                node("apple").changes().votes("plum", 2, ChangeOptions.DEFAULT),
                node("pear").changes().votes("plum", 3, ChangeOptions.DEFAULT));
        List<Object> ends = new CopyOnWriteArrayList<>();
        for (CompletionStage<ChangeReport> each : both)
            ends.add(each.handle((report, failure) -> failure == null ? report : failure)
                    .toCompletableFuture()
                    .orTimeout(60, TimeUnit.SECONDS)
                    .join());
        assertThat(ends).filteredOn(end -> end instanceof ChangeReport).hasSize(1);
        assertThat(conf("apple")).isEqualTo(conf("pear")).isEqualTo(conf("plum"));
    }

    private void three() {
        ClusterManager apple = open("apple");
        apple.create("orchard");
        join("pear", apple);
        join("plum", apple);
        awaitMembers(3);
    }

    private ClusterManager open(String name) {
        ClusterManager node = builder(name).start();
        nodes.put(name, node);
        return node;
    }

    private FolderBuilder builder(String name) {
        return ClusterManager.builder()
                .nodeName(name)
                .dataDir(temp.resolve(name))
                .link(Link.udp(0, "127.0.0.1" + (NAMES.indexOf(name) + 1), port))
                .joinPort(joinPort);
    }

    private JoinReport join(String name, ClusterManager by) {
        return open(name)
                .join(JoinOptions.by(by.joinInfo()).port(joinPort).token(by.createJoinToken(Duration.ofMinutes(5))));
    }

    private ClusterManager node(String name) {
        ClusterManager node = nodes.get(name);
        if (node == null) throw new IllegalStateException("no node " + name);
        return node;
    }

    private void awaitMembers(int count, String... names) {
        for (String name : names.length == 0 ? NAMES.toArray(String[]::new) : names)
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(get(node(name).status()).members()).hasSize(count));
    }

    private String conf(String name) {
        try {
            return Files.readString(temp.resolve(name).resolve("corosync.conf"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }
}
