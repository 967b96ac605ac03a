package org.quorate.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit codes and sentences of the command line, without an agent. */
class MainTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "dance",
                "--dance",
                "status",
                "nodes",
                "links --json",
                "members",
                "vqsim --conf",
                "create",
                "create name",
                "--data-dir D create",
                "--data-dir D create name --link8 127.0.0.1",
                "--data-dir D create name --link0 a,b",
                "--data-dir D create name --nodeid 0",
                "--data-dir D create name --votes many",
                "join-info",
                "join-info inspect",
                "updatecerts",
                "keygen",
                "apiver extra",
                "agent",
                "agent --conf",
                "agent --conf x --node-id seven",
                "group",
                "group send",
                "group send name",
                "--data-dir D group listen name --count -1",
                "--data-dir D status extra"
            })
    void wrongUsageIsTwoWithASentenceAndAHint(String line) {
        assertThat(run(line)).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines().toList()).hasSize(2);
        assertThat(err.toString()).startsWith("quorate: ").contains("--help");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "status --help",
                "agent --help",
                "create --help",
                "join-info --help",
                "quickstart --help",
                "group send --help",
                "sim --help"
            })
    void helpGoesToStandardOutput(String line) {
        assertThat(run(line)).isZero();
        assertThat(out.toString()).contains("Usage: quorate");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void helpWithoutACommandListsAll() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("quickstart", "agent", "status", "group", "quorum", "vqsim", "bench", "sim");
    }

    @Test
    void aRehearsalStartsANodeAndEndsItByItself() {
        assertThat(run("rehearse")).isZero();
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aSimulatedSeedTellsItsStory() {
        assertThat(run("sim --seed 3")).isZero();
        assertThat(out.toString()).contains("seed 3: ", "all is mended", "all promises kept");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aSimulationThatBreaksAPromiseIsAFailureWithTheCommandThatRepeatsIt() {
        assertThat(run("sim --wire path --sabotage skip-persist")).isEqualTo(1);
        assertThat(out.toString()).contains("VIOLATION", "again with: examples/quorate sim --seed 1 --wire path");
    }

    @Test
    void aSimulationOfWhatThereIsNotIsWrongUsage() {
        assertThat(run("sim --faults rain")).isEqualTo(2);
        assertThat(err.toString()).startsWith("quorate: --faults rain is none of");
    }

    @Test
    void aFolderWithoutAnAgentIsARefusal() {
        assertThat(run("--data-dir " + folder + " status")).isEqualTo(1);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).startsWith("quorate: no agent runs on the data folder " + folder);
        assertThat(err.toString().lines().toList()).hasSize(1);
    }

    @Test
    void theDataFolderMayBeNamedAfterTheCommandToo() {
        assertThat(run("status --json --data-dir " + folder)).isEqualTo(1);
        assertThat(err.toString()).contains(folder.toString());
    }

    @Test
    void aWrongConfigurationIsARefusalInOneSentence() throws IOException {
        Path conf = Files.writeString(folder.resolve("corosync.conf"), "totem {\n version: 2\n");
        assertThat(run("agent --conf " + conf + " --data-dir " + folder)).isEqualTo(1);
        assertThat(err.toString()).startsWith("quorate: ").contains("corosync.conf");
        assertThat(err.toString().lines().toList()).hasSize(1);
    }

    @Test
    void theSimulatorRefusesSettingsThatContradictEachOtherInOneSentence() throws IOException {
        Path conf = Files.writeString(folder.resolve("corosync.conf"), """
                totem {
                  version: 2
                  cluster_name: vq
                }
                nodelist {
                  node {
                    nodeid: 1
                    ring0_addr: 127.0.0.1
                  }
                  node {
                    nodeid: 2
                    ring0_addr: 127.0.0.2
                  }
                }
                quorum {
                  provider: corosync_votequorum
                  two_node: 1
                  device {
                    model: net
                  }
                }
                """);
        assertThat(run("vqsim --conf " + conf)).isEqualTo(1);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).startsWith("quorate: a quorum device and two_node cannot be configured");
        assertThat(err.toString().lines().toList()).hasSize(1);
    }

    private int run(String line) {
        String[] args = line.isEmpty() ? new String[0] : line.split(" ");
        return Main.commandLine(args, new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(args);
    }
}
