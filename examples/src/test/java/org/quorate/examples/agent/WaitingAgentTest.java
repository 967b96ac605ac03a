package org.quorate.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterManager;
import org.quorate.Link;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.disk.FolderLock;
import org.quorate.core.join.ClusterCreation;
import org.quorate.core.join.CreateOptions;
import org.quorate.examples.json.JsonObject;

/** An agent on a folder without a cluster waits, becomes the node that is made or joined there, and waits again when that has left. */
@Timeout(180)
class WaitingAgentTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private Runnable stop = () -> {};
    private CompletableFuture<Agent.Outcome> outcome =
            CompletableFuture.completedFuture(new Agent.Outcome(0, "not started"));

    /** An address of the loopback network that no other process uses: their ids differ. */
    private static String address(int net) {
        long pid = ProcessHandle.current().pid();
        return "127." + (net + pid / 62_500 % 40) + "." + (1 + pid / 250 % 250) + "." + (1 + pid % 250);
    }

    private void start(String... groups) {
        AgentNode node = AgentNode.ofFolder(folder);
        EventLog events =
                new EventLog(new PrintStream(printed, true, StandardCharsets.UTF_8), node.self(), Clock.systemUTC());
        Agent agent = node.agent(List.of(groups), events);
        stop = () -> agent.stop("test is over");
        outcome = CompletableFuture.supplyAsync(() -> {
            try (events) {
                return agent.run(node.fields());
            }
        });
        await().atMost(LIMIT)
                .until(() ->
                        Files.exists(folder.resolve("agent.sock")) && printed().contains("\"state\""));
    }

    @AfterEach
    void stopAgent() throws Exception {
        stop.run();
        assertThat(outcome.get(30, TimeUnit.SECONDS).exitCode()).isZero();
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private JsonObject ask(JsonObject request) {
        try (AdminClient client = AdminClient.connect(folder)) {
            client.send(request, LIMIT);
            while (true) {
                JsonObject line = client.next(LIMIT).orElseThrow();
                if (line.has("ok")) return line;
            }
        }
    }

    private static JsonObject command(String name) {
        return new JsonObject().put("command", name);
    }

    private static JsonObject create(String cluster) {
        return command("create")
                .put("name", cluster)
                .put("nodeName", "apple")
                .put("links", List.of(new JsonObject().put("link", 0).put("address", address(40))));
    }

    private void assertStandalone() {
        JsonObject status = ask(command("status"));
        assertThat(status.text("state")).hasValue("STANDALONE");
        assertThat(status.text("why").orElseThrow()).contains("quorate create", "quorate add", folder.toString());
        assertThat(status.isTrue("quorate")).isFalse();
    }

    @Test
    void itSaysSoAndBecomesTheNodeOfTheClusterThatIsMade() {
        start("news");
        assertStandalone();
        assertThat(ask(command("status").put("format", "text")).text("text").orElseThrow())
                .contains("Name:             none", "is in no cluster yet");
        for (String other : List.of("nodes", "leave", "join-token", "await-quorum", "group listen"))
            assertThatThrownBy(() -> ask(command(other)))
                    .as(other)
                    .isInstanceOfSatisfying(
                            AdminException.class,
                            refused -> assertThat(refused.reason()).isEqualTo("NOT_IN_CLUSTER"));
        assertThat(printed()).contains("\"node\":null,\"event\":\"start\",\"cluster\":null");

        JsonObject created = ask(create("orchard"));
        assertThat(created.text("cluster")).hasValue("orchard");
        assertThat(created.text("text").orElseThrow()).contains("The agent of the folder runs it.");
        ask(command("await-quorum").put("limitMillis", 60_000));
        JsonObject status = ask(command("status"));
        assertThat(status.text("state")).hasValue("MEMBER");
        assertThat(status.object("cluster").orElseThrow().text("name")).hasValue("orchard");
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(printed())
                        .containsSubsequence(
                                "\"state\":\"STANDALONE\"",
                                "\"event\":\"cluster\",\"cluster\":\"orchard\"",
                                "\"node\":1,\"event\":\"group\",\"group\":\"news\""));
        assertThatThrownBy(() -> ask(create("garden"))).hasMessageContaining("is in a cluster already");
    }

    @Test
    void whatCannotBeMadeIsRefusedAndItWaitsOn() {
        start();
        assertThatThrownBy(() -> ask(create("a_b"))).hasMessageContaining("letters, digits and hyphens");
        assertThatThrownBy(() -> ask(command("create"))).hasMessageContaining("'name'");
        assertThatThrownBy(() -> ask(command("join"))).hasMessageContaining("which cluster to join");
        assertThatThrownBy(() -> ask(command("join").put("address", "127.0.0.1").put("token", "nonsense")))
                .hasMessageContaining("no join token");
        assertStandalone();
        ask(create("orchard"));
        assertThat(ask(command("status")).text("state")).hasValue("MEMBER");
    }

    @Test
    void afterTheNodeHasLeftItWaitsForAnotherCluster() throws Exception {
        start("news");
        ask(create("orchard"));
        try (AdminClient listener = AdminClient.connect(folder)) {
            listener.send(command("group listen").put("group", "news"), LIMIT);
            assertThat(listener.next(LIMIT).orElseThrow().text("kind")).hasValue("listening");
            ask(command("leave"));
            assertThatThrownBy(() -> {
                        while (listener.next(LIMIT).isPresent())
                            assertThat(outcome).isNotDone();
                    })
                    .isInstanceOfSatisfying(
                            AdminException.class,
                            over -> assertThat(over.reason()).isEqualTo("NOT_IN_CLUSTER"));
        }
        assertStandalone();
        assertThat(folder.resolve("corosync.conf")).doesNotExist();
        assertThat(folder.resolve("backup")).isDirectory();
        printed.reset();
        ask(create("garden"));
        assertThat(ask(command("status")).object("cluster").orElseThrow().text("name"))
                .hasValue("garden");
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(printed()).contains("\"event\":\"group\",\"group\":\"news\""));
        assertThat(outcome).isNotDone();
    }

    @Test
    void itJoinsThroughItsSocketWhenTheFingerprintIsConfirmed() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(address(80)))) {
            port = free.getLocalPort();
        }
        try (ClusterManager pear = ClusterManager.builder()
                .nodeName("pear")
                .dataDir(folder.resolve("pear"))
                .link(Link.udp(0, address(80)))
                .joinPort(port)
                .start()) {
            pear.create("orchard");
            Files.createDirectory(folder.resolve("own"));
            folder = folder.resolve("own");
            start();
            JsonObject join = command("join")
                    .put("address", address(80))
                    .put("port", port)
                    .put("token", pear.createJoinToken(Duration.ofMinutes(5)))
                    .put("nodeName", "apple")
                    .put("links", List.of(new JsonObject().put("link", 0).put("address", address(40))));
            String shown = "";
            try (AdminClient client = AdminClient.connect(folder)) {
                client.send(join, LIMIT);
                while (shown.isEmpty())
                    shown = client.next(LIMIT).orElseThrow().text("fingerprint").orElse("");
                assertThatThrownBy(() -> client.next(LIMIT))
                        .isInstanceOfSatisfying(
                                AdminException.class,
                                refused -> assertThat(refused.reason()).isEqualTo("FINGERPRINT_UNCONFIRMED"));
            }
            assertThat(shown).isEqualTo(pear.joinInfo().fingerprint());
            assertStandalone();

            JsonObject joined = ask(join.put("fingerprint", shown));
            assertThat(joined.number("nodeId")).hasValue(2);
            ask(command("await-quorum").put("limitMillis", 60_000));
            assertThat(ask(command("status")).number("nodes")).hasValue(2);
            assertThat(printed()).contains("\"node\":2,\"event\":\"view\"");
        }
    }

    @Test
    void nobodyElseMakesAClusterInItsFolder() throws IOException {
        start();
        assertThatThrownBy(() -> ClusterCreation.create(
                        folder,
                        CreateOptions.of("orchard").withLink(0, LinkParameter.parse(address(40))),
                        LocalAddresses.ofThisHost(),
                        Clock.systemUTC(),
                        step -> {}))
                .isInstanceOfSatisfying(
                        ClusterException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.DATA_FOLDER_UNUSABLE));
        assertThatThrownBy(() -> AgentNode.ofFolder(folder)).hasMessageContaining("is in use by");
        assertStandalone();
        stop.run();
        outcome.join();
        FolderLock.take(folder.toRealPath()).close(); // given back
    }

    @Test
    void itIsRefusedWhileAnotherProcessWorksOnTheFolder() throws IOException {
        try (FolderLock working = FolderLock.take(folder.toRealPath())) {
            assertThatThrownBy(() -> AgentNode.ofFolder(folder)).hasMessageContaining("is in use by");
            assertThat(working).isNotNull();
        }
    }

    @Test
    void itEndsInTimeWhileAJoinIsUnderWay() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName(address(80)));
                AdminClient client = clientAfterStart()) {
            client.send(
                    command("join")
                            .put("address", address(80))
                            .put("port", silent.getLocalPort())
                            .put("fingerprint", "AA")
                            .put("token", "")
                            .put("password", "plums are blue"),
                    LIMIT);
            assertThat(client.next(LIMIT).orElseThrow().text("kind")).hasValue("progress");
            assertThatThrownBy(() -> ask(create("orchard"))).hasMessageContaining("just being made or joined");
            stop.run();
            assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new Agent.Outcome(0, "test is over"));
        }
    }

    private AdminClient clientAfterStart() {
        start();
        return AdminClient.connect(folder);
    }
}
