package org.quorate.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.ChangeException;
import org.quorate.NodeId;
import org.quorate.examples.agent.Agent;
import org.quorate.examples.agent.EventLog;
import org.quorate.examples.agent.FakeNode;
import org.quorate.examples.json.JsonObject;

/** The commands that change a cluster, from the command line through the agent's socket to the node. */
@Timeout(60)
class ChangeCommandsTest {
    @TempDir
    Path folder;

    private final FakeNode node = new FakeNode();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final EventLog events = new EventLog(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            NodeId.of(1),
            Clock.systemUTC());

    private CompletableFuture<Agent.Outcome> outcome = new CompletableFuture<>();
    private Runnable stop = () -> {};

    @BeforeEach
    void startAgent() {
        Agent agent = new Agent(node, folder, List.of(), events);
        stop = () -> agent.stop("test is over");
        outcome = CompletableFuture.supplyAsync(() -> agent.run(new JsonObject()));
        await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(folder.resolve("agent.sock")) && node.started);
    }

    @AfterEach
    void stopAgent() throws Exception {
        stop.run();
        assertThat(outcome.get(20, TimeUnit.SECONDS).exitCode()).isZero();
        events.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "delnode pear;remove pear 30",
                "delnode pear --force --limit 5;remove pear forced 5",
                "leave;leave 30",
                "rotate-key --prepared 3,4;rotate[3, 4] 30",
                "link add 2 apple=10.0.2.1 pear=fd00::2;add 2 {apple=10.0.2.1, pear=fd00::2} 30",
                "link change 1 pear 10.0.1.9;change 1 pear 10.0.1.9 30",
                "link remove 1 --force;remove 1 forced 30",
                "link priority 1 20;priority 1 20 30",
                "set votes pear 0;votes pear 0 30",
                "set token 5000;token PT5S 30",
                "set coefficient 125;coefficient PT0.125S 30",
                "set crypto aes128 sha512;crypto AES128 SHA512 30",
                "set two-node on;two-node true 30",
                "set two-node off;two-node false 30"
            })
    void aChangeReachesTheNodeAndItsReportComesBack(String line, String asked) {
        assertThat(run(line)).as(err.toString()).isZero();
        assertThat(node.changes.asked).containsExactly(asked);
        assertThat(err.toString()).isEqualTo("quorate: asking all members" + System.lineSeparator());
        assertThat(out.toString()).startsWith("Done: ").contains("the configuration has version 7.", "mind the gap");
    }

    @Test
    void aReportIsAnObjectIfAskedFor() throws Exception {
        assertThat(run("set votes pear 2 --json")).isZero();
        JsonObject report = JsonObject.parse(out.toString().strip());
        assertThat(report.number("schema")).hasValue(1);
        assertThat(report.number("configVersion")).hasValue(7);
        assertThat(report.text("what")).hasValue("votes pear 2");
    }

    @Test
    void aRefusalIsTheNodesSentenceAndTheFileThatItWouldHaveMade() {
        node.changes.refusal = new ChangeException(
                "node 3 runs Corosync and has to be prepared by hand",
                List.of(new ChangeException.Objection(Optional.of(NodeId.of(3)), "NOT_TAKING_PART", "by hand")),
                "totem {\n}\n");
        assertThat(run("set token 5000")).isEqualTo(1);
        assertThat(err.toString()).contains("quorate: node 3 runs Corosync and has to be prepared by hand", "totem {");
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "delnode",
                "link",
                "link add 2",
                "link add two apple=10.0.2.1",
                "set",
                "set two-node perhaps",
                "set votes pear",
                "config"
            })
    void wrongUsageIsToldBeforeAnythingIsAsked(String line) {
        assertThat(run(line)).isEqualTo(2);
        assertThat(node.changes.asked).isEmpty();
    }

    @Test
    void whatTheAgentDoesNotUnderstandIsRefused() {
        assertThat(run("set crypto rot13 sha256")).isEqualTo(1);
        assertThat(err.toString()).contains("'rot13' is none of none, aes128, aes192, aes256");
        assertThat(run("set token 5000 --limit 100000")).isEqualTo(1);
        assertThat(err.toString()).contains("1..600000 is allowed");
        assertThat(node.changes.asked).isEmpty();
    }

    @Test
    void differencesAreShown() {
        assertThat(run("config diff")).isZero();
        assertThat(out.toString()).isEqualTo("Running: version 6\nStored:  version 7\npear has version 5\n");
        assertThat(run("config diff --json")).isZero();
        assertThat(out.toString()).contains("\"equal\":false", "\"differences\":[\"pear has version 5\"]");
    }

    @Test
    void quorumIsWaitedForWithALimitAndAReason() {
        assertThat(run("await-quorum")).isZero();
        assertThat(out.toString()).startsWith("Quorate: yes, ");
        node.awaited = new CompletableFuture<>();
        node.loseQuorum();
        assertThat(run("await-quorum --limit 1")).isEqualTo(1);
        assertThat(err.toString()).contains("not quorate after 1 s", "To restore quorum: ");
        assertThat(run("await-quorum --limit 0")).isEqualTo(1);
    }

    @Test
    void aTokenIsPrintedAndAPasswordIsReadFromAFile() throws IOException {
        assertThat(run("join-token --minutes 5")).isZero();
        assertThat(out.toString()).isEqualTo("AAAA-BBBB\n");
        Path file = Files.writeString(folder.resolve("secret"), "plums and pears\nnot this\n");
        assertThat(run("join-password --password-file " + file)).isZero();
        assertThat(run("join-password --clear")).isZero();
        assertThat(node.joinSecrets).containsExactly("token for PT5M", "password plums and pears", "password ");
        assertThat(run("join-password --password-file " + folder.resolve("none")))
                .isEqualTo(1);
        assertThat(run("join-token --minutes 0")).isEqualTo(1);
    }

    private int run(String line) {
        String[] args = ("--data-dir " + folder + " " + line).split(" ");
        return Main.commandLine(args, new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(args);
    }
}
