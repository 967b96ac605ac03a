package org.quorate.core.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.quorum.VoteQuorum;
import org.quorate.spi.QuorumSettings;

/**
 * Configurations with which running Corosync 3.1.7 daemons were started, and what those said: what stopped a daemon stops this node, in one
 * sentence that names the same options; what a daemon started with, complaining or not, starts here and is warned of.
 */
class ConfigErrorsTest {
    private static final Pattern CASE =
            Pattern.compile("nodes=(\\d+) quorum=\\{ (.*) } node=\\{ (.*) }\nexit (\\d+)\n(.*)", Pattern.DOTALL);
    private static final String STOPPED = "20";
    private static final List<String> OPTIONS = List.of(
            "two_node",
            "auto_tie_breaker",
            "last_man_standing",
            "allow_downscale",
            "expected_votes",
            "device.votes",
            "device");

    /** One start of a daemon. */
    private record Start(int nodes, String quorum, String node, boolean stopped, String log) {
        String configuration() {
            StringBuilder list = new StringBuilder();
            for (int id = 1; id <= nodes; id++)
                list.append("  node {\n    nodeid: " + id + "\n    ring0_addr: 127.0.0." + id + "\n    " + node
                        + "\n  }\n");
            return "totem {\n  version: 2\n  cluster_name: errors\n}\nnodelist {\n" + list
                    + "}\nquorum {\n  provider: corosync_votequorum\n" + quorum + "\n}\n";
        }

        QuorumSettings settings() {
            ClusterConfig config =
                    CorosyncConf.parse(configuration(), "corosync.conf").toClusterConfig();
            return new QuorumSettings(config.nodes().get(0).id(), config.nodes(), config.quorumOptions(), Map.of());
        }

        /** The options that the daemon named when it stopped. */
        List<String> named() {
            Matcher reason = Pattern.compile("configuration error: (.*)'").matcher(log);
            assertThat(reason.find()).isTrue();
            return OPTIONS.stream().filter(reason.group(1)::contains).toList();
        }

        boolean complained() {
            return log.lines().anyMatch(line -> line.matches("(crit|warning) +\\[VOTEQ \\] .*"));
        }
    }

    @TestFactory
    Stream<DynamicTest> whatADaemonRefusesIsRefusedAndWhatItAcceptsIsAccepted() throws IOException {
        return starts().stream()
                .map(start -> DynamicTest.dynamicTest(
                        start.nodes() + " nodes, " + start.quorum().replaceAll("\\s+", " "), () -> check(start)));
    }

    @Test
    void bothKindsAreInTheRecording() throws IOException {
        assertThat(starts().stream().filter(Start::stopped)).hasSize(8);
        assertThat(starts().stream().filter(start -> !start.stopped())).hasSize(5);
    }

    private static void check(Start start) {
        VoteQuorum provider = new VoteQuorum();
        if (!start.stopped()) {
            provider.open(start.settings());
            List<String> warnings = provider.warnings(start.settings());
            if (start.complained()) assertThat(warnings).anyMatch(w -> w.contains("auto_tie_breaker"));
            assertThat(warnings).isNotEmpty();
            return;
        }
        assertThat(start.named()).isNotEmpty();
        assertThatThrownBy(() -> provider.open(start.settings()))
                .isInstanceOfSatisfying(
                        ClusterException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.CONFIGURATION_INVALID))
                .message()
                .contains(start.named())
                .doesNotContain("\n")
                .hasSizeGreaterThan(40);
    }

    private static List<Start> starts() throws IOException {
        String text;
        try (InputStream in = ConfigErrorsTest.class.getResourceAsStream("/votequorum/config-errors.txt")) {
            text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
        List<Start> starts = new ArrayList<>();
        for (String block : text.split("##### ")) {
            if (block.isEmpty()) continue;
            Matcher found = CASE.matcher(block);
            assertThat(found.find()).as(block).isTrue();
            starts.add(new Start(
                    Integer.parseInt(found.group(1)),
                    found.group(2),
                    found.group(3).strip(),
                    found.group(4).equals(STOPPED),
                    found.group(5)));
        }
        return starts;
    }
}
