package org.quorate.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.ClusterManager;
import org.quorate.JoinInfo;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.examples.agent.AgentConfiguration;
import org.quorate.examples.json.JsonFormatException;
import org.quorate.examples.json.JsonObject;

/** A cluster made on the command line, run, run again, and told of to others. */
class CreateCommandTest {
    /** An address of the loopback network that no other process uses: their ids differ. */
    private static final String ADDRESS = address(ProcessHandle.current().pid());

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path data = Path.of("");

    @BeforeEach
    void dataFolder() {
        data = folder.resolve("data");
    }

    private static String address(long pid) {
        return "127." + (100 + pid / 62_500 % 100) + "." + (1 + pid / 250 % 250) + "." + (1 + pid % 250);
    }

    @Test
    void aNewClusterIsQuorateAloneAndAgainAfterARestart()
            throws InterruptedException, ExecutionException, TimeoutException {
        assertThat(create("orchard")).isZero();
        assertThat(out.toString())
                .contains(
                        "Cluster orchard is made, with node apple (1)",
                        "Link 0: " + ADDRESS,
                        "quorate agent --data-dir " + data);
        assertThat(err.toString().lines()).hasSize(4).allMatch(line -> line.startsWith("quorate: "));
        String first = ringId();
        assertThat(ringId()).isNotEqualTo(first);
    }

    /** Runs the node of the folder until it is quorate, and ends it. */
    private String ringId() throws InterruptedException, ExecutionException, TimeoutException {
        AgentConfiguration configuration =
                AgentConfiguration.load(Optional.empty(), Optional.of(data), OptionalInt.empty());
        assertThat(configuration.self()).isEqualTo(NodeId.of(1));
        assertThat(configuration.warnings()).isEmpty();
        try (ClusterManager node = configuration.buildNode()) {
            var view = node.start().toCompletableFuture().get(60, TimeUnit.SECONDS);
            QuorumState quorum = node.awaitQuorum().toCompletableFuture().get(60, TimeUnit.SECONDS);
            assertThat(quorum.quorate()).isTrue();
            return view.ringId().toString();
        }
    }

    @Test
    void itIsReportedAsJson() throws JsonFormatException {
        assertThat(run(
                        "create",
                        "c1",
                        "--data-dir",
                        data.toString(),
                        "--link3",
                        ADDRESS + ",priority=7",
                        "--nodeid",
                        "9",
                        "--votes",
                        "2",
                        "--token-coefficient",
                        "0",
                        "--node-name",
                        "a-b",
                        "--json"))
                .isZero();
        JsonObject report = JsonObject.parse(out.toString().strip());
        assertThat(report.number("schema")).hasValue(1);
        assertThat(report.text("cluster")).contains("c1");
        assertThat(report.number("nodeId")).hasValue(9);
        assertThat(report.number("votes")).hasValue(2);
        JsonObject link = report.objects("links").get(0);
        assertThat(link.number("link")).hasValue(3);
        assertThat(link.number("priority")).hasValue(7);
        assertThat(report.text("fingerprint").orElse("")).matches("[0-9A-F:]{95}");
    }

    @Test
    void aSecondClusterInTheFolderIsRefused() {
        assertThat(create("orchard")).isZero();
        assertThat(create("meadow")).isEqualTo(1);
        assertThat(err.toString().lines().skip(4)).singleElement().asString().contains("already");
    }

    @Test
    void joinInformationIsOneLineThatCanBeInspected() throws JsonFormatException {
        assertThat(create("orchard")).isZero();
        String line = printed("join-info", "--data-dir", data.toString());
        assertThat(line.strip()).doesNotContain("\n", " ");
        assertThat(JoinInfo.parse(line).clusterName()).isEqualTo("orchard");
        String text = printed("join-info", "inspect", line.strip());
        assertThat(text)
                .contains("Cluster:          orchard", "Node:             apple", "Link 0:           " + ADDRESS)
                .contains("Fingerprint:      " + JoinInfo.parse(line).fingerprint());
        JsonObject json = JsonObject.parse(printed("join-info", "--json", "--data-dir", data.toString()));
        assertThat(json.text("joinInfo")).contains(line.strip());
        assertThat(json.number("schema")).hasValue(1);
        assertThat(JsonObject.parse(printed("join-info", "inspect", "--json", line.strip()))
                        .toString())
                .isEqualTo(json.toString());
    }

    @Test
    void certificatesAreKeptOrRenewedByForce() throws JsonFormatException {
        assertThat(create("orchard")).isZero();
        assertThat(printed("updatecerts", "--data-dir", data.toString())).contains("is kept", "Fingerprint: ");
        JsonObject forced =
                JsonObject.parse(printed("updatecerts", "--force", "--json", "--data-dir", data.toString()));
        assertThat(forced.isTrue("certificateMade")).isTrue();
        assertThat(forced.isTrue("authorityMade")).isFalse();
        assertThat(JoinInfo.parse(printed("join-info", "--data-dir", data.toString()))
                        .fingerprint())
                .isEqualTo(forced.text("fingerprint").orElse(""));
    }

    @Test
    void aKeyIsMadeAndTheVersionPrinted() throws IOException {
        Path key = folder.resolve("keys/authkey");
        assertThat(run("keygen", key.toString())).isZero();
        assertThat(Files.size(key)).isEqualTo(256);
        assertThat(run("keygen", key.toString())).isEqualTo(1);
        assertThat(printed("apiver")).isEqualTo("1\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a_b --link0 127.0.0.1;letters, digits and hyphens",
                "a-name-of-sixteen --link0 127.0.0.1;at most 15",
                "c --link0 198.51.100.7;this host has ",
                "c --link0 127.0.0.1 --votes 0;1 or more",
                "c --link0 127.0.0.1 --node-name a.b;letters, digits and hyphens"
            })
    void whatCannotBeIsRefusedInOneSentenceAndNothingIsMade(String arguments, String part) {
        List<String> all = new ArrayList<>(List.of("create", "--data-dir", data.toString()));
        all.addAll(List.of(arguments.split(" ")));
        assertThat(run(all.toArray(String[]::new))).isEqualTo(1);
        assertThat(err.toString()).startsWith("quorate: ").contains(part);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(data).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"join-info", "updatecerts"})
    void aFolderWithoutAClusterIsRefusedWithWhatToDo(String command) {
        assertThat(run(command, "--data-dir", data.toString()))
                .as("the code for no cluster")
                .isEqualTo(3);
        assertThat(err.toString()).contains("make a cluster in it with create");
        assertThat(err.toString().lines()).hasSize(1);
    }

    @Test
    void theAgentRefusesAFolderThatIsHalfWrittenOrDamaged() throws IOException {
        assertThat(create("orchard")).isZero();
        Files.delete(data.resolve("node.key"));
        assertThat(run("agent", "--data-dir", data.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("lacks node.key; make it anew with updatecerts");
        Files.delete(data.resolve("corosync.conf"));
        Files.writeString(data.resolve("create.pending"), "orchard\n");
        assertThat(run("agent", "--data-dir", data.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("half-written", "create it again");
        assertThat(create("orchard")).isZero();
    }

    @Test
    void aTextThatIsNoJoinInformationIsRefusedInOneSentence() {
        assertThat(run("join-info", "inspect", "hello!")).isEqualTo(1);
        assertThat(err.toString()).startsWith("quorate: \"hello!\" is not Base64");
        assertThat(err.toString().lines()).hasSize(1);
    }

    private int create(String name) {
        return run("create", name, "--data-dir", data.toString(), "--link0", ADDRESS, "--node-name", "apple");
    }

    private String printed(String... args) {
        out.getBuffer().setLength(0);
        assertThat(run(args)).as("%s %s", List.of(args), err).isZero();
        return out.toString();
    }

    private int run(String... args) {
        return Main.commandLine(args, new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(args);
    }
}
