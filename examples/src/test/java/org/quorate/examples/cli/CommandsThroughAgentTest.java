package org.quorate.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterManager;
import org.quorate.Link;
import org.quorate.examples.agent.Agent;
import org.quorate.examples.agent.AgentNode;
import org.quorate.examples.agent.EventLog;
import org.quorate.examples.json.JsonFormatException;
import org.quorate.examples.json.JsonObject;

/** {@code create} and {@code add} let the agent of the folder do their work, and where there is no cluster the exit code says so. */
@Timeout(180)
class CommandsThroughAgentTest {
    @TempDir
    private Path temp;

    private Path folder = Path.of("");
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private CompletableFuture<Agent.Outcome> outcome = new CompletableFuture<>();
    private Runnable stop = () -> {};

    /** An address of the loopback network that no other process uses: their ids differ. */
    private static String address(int net) {
        long pid = ProcessHandle.current().pid();
        return "127." + (net + pid / 62_500 % 20) + "." + (1 + pid / 250 % 250) + "." + (1 + pid % 250);
    }

    @BeforeEach
    void startAgent() {
        folder = temp.resolve("plum");
        AgentNode node = AgentNode.ofFolder(folder);
        EventLog events = new EventLog(
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                node.self(),
                Clock.systemUTC());
        Agent agent = node.agent(List.of(), events);
        stop = () -> agent.stop("test is over");
        outcome = CompletableFuture.supplyAsync(() -> {
            try (events) {
                return agent.run(node.fields());
            }
        });
        await().atMost(Duration.ofSeconds(60)).until(() -> run("nodes") == 3);
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
    }

    @AfterEach
    void stopAgent() throws Exception {
        stop.run();
        assertThat(outcome.get(30, TimeUnit.SECONDS).exitCode()).isZero();
    }

    @Test
    void createMakesTheClusterInTheAgentWhichRunsTheNode() throws JsonFormatException {
        assertThat(run("status")).isEqualTo(3);
        assertThat(out.toString()).contains("Name:             none", "quorate create NAME --data-dir " + folder);
        out.getBuffer().setLength(0);
        assertThat(run("status --json")).isEqualTo(3);
        assertThat(JsonObject.parse(out.toString().strip()).text("state")).hasValue("STANDALONE");
        assertThat(run("leave")).isEqualTo(3);
        assertThat(run("join-info")).isEqualTo(3);
        assertThat(run("create a_b --link0 " + address(140))).isEqualTo(1);
        assertThat(err.toString()).contains("letters, digits and hyphens");

        err.getBuffer().setLength(0);
        assertThat(run("create orchard --node-name plum --votes 2 --link0 " + address(140) + ",priority=7"))
                .as(err.toString())
                .isZero();
        assertThat(err.toString().lines()).isNotEmpty().allMatch(line -> line.startsWith("quorate: "));
        assertThat(out.toString())
                .contains(
                        "Cluster orchard is made, with node plum (1) in " + folder,
                        "Link 0: " + address(140),
                        "The agent of the folder runs it.");
        assertThat(run("await-quorum --limit 60")).isZero();
        assertThat(run("status")).isZero();
        assertThat(out.toString()).contains("Name:             orchard", "Expected votes:   2");
        assertThat(run("create garden --link0 " + address(140))).isEqualTo(1);
        assertThat(err.toString()).contains("is in a cluster already");

        assertThat(run("leave")).isZero();
        await().atMost(Duration.ofSeconds(60)).until(() -> run("status") == 3);
    }

    @Test
    void addJoinsInTheAgentWhenTheFingerprintIsKnown() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(address(160)))) {
            port = free.getLocalPort();
        }
        try (ClusterManager pear = ClusterManager.builder()
                .nodeName("pear")
                .dataDir(temp.resolve("pear"))
                .link(Link.udp(0, address(160)))
                .joinPort(port)
                .start()) {
            pear.create("orchard");
            pear.setJoinPassword("plums are blue".toCharArray());
            Path password = Files.writeString(temp.resolve("password"), "plums are blue\n");
            String line = "add " + address(160) + " --port " + port + " --password-file " + password
                    + " --node-name plum --link0 " + address(140);
            assertThat(run(line + " --fingerprint 00:11")).isEqualTo(1);
            assertThat(err.toString()).contains("which is not the one that was said");

            out.getBuffer().setLength(0);
            assertThat(run(line + " --fingerprint " + pear.joinInfo().fingerprint()))
                    .as(err.toString())
                    .isZero();
            assertThat(out.toString())
                    .contains("This is node plum (2) of cluster orchard now", "The agent of the folder runs it.");
            assertThat(run("await-quorum --limit 60")).as(err.toString()).isZero();
        }
    }

    private int run(String line) {
        List<String> args = new ArrayList<>(List.of("--data-dir", folder.toString()));
        args.addAll(List.of(line.split(" ")));
        String[] words = args.toArray(String[]::new);
        return Main.commandLine(words, new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(words);
    }
}
