package org.quorate.examples.vqsim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quorate.ClusterConfig;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.quorum.VoteQuorum;
import org.quorate.quorum.sim.SimulatedCluster;
import org.quorate.quorum.sim.SimulatedCluster.Order;

/**
 * The simulator prints what corosync-vqsim 3.1.7 printed: for each recorded run the status after each command, word by word, ring ids and
 * the order of nodes included. Recorded was the status that {@code show} gave a while after the command.
 */
class VqsimRecordingsTest {
    private static final int SETTLE_MILLIS = 850;
    /** What a recording waited beside what its script says. */
    private static final int SLACK_MILLIS = 300;

    private record Step(String command, List<String> status) {}

    private static final Set<String> OF_THEIR_OWN = Set.of("18-ev-tracking", "23-quorum-wrap");

    static List<String> recordings() throws IOException, URISyntaxException {
        URI folder = Objects.requireNonNull(VqsimRecordingsTest.class.getResource("/vqsim"))
                .toURI();
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            return files.map(file -> file.getFileName().toString().replace(".txt", ""))
                    .filter(name -> !OF_THEIR_OWN.contains(name))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void allRecordingsAreThere() throws IOException, URISyntaxException {
        assertThat(recordings()).hasSize(21).contains("01-majority3", "22-autofence");
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void everyStatusIsTheRecordedOne(String name) throws IOException {
        assertThat(replay(name, true)).isEmpty();
    }

    /** Corosync's nodes cannot write down the votes that they track. */
    @Test
    void trackedVotesAreTheRecordedOnesIfTheyAreForgotten() throws IOException {
        assertThat(replay("18-ev-tracking", false)).isEmpty();
    }

    /** With 510 expected votes the original needs 256 cut to 8 bits, which is none. */
    @Test
    void aQuorumAbove255IsTheOnlyDifferenceToTheRecordings() throws IOException {
        assertThat(replay("23-quorum-wrap", true))
                .isNotEmpty()
                .allMatch(line -> line.matches("(.*: 0:\\d: q=)0( ring=.*), recorded 0:\\d: q=1 ring=.*"));
    }

    private static List<String> replay(String name, boolean durable) throws IOException {
        String[] parts = resource(name).split("# commands.*\n");
        ClusterConfig config = CorosyncConf.parse(parts[0], name).toClusterConfig();
        StringWriter text = new StringWriter();
        VqsimSession session = new VqsimSession(
                new SimulatedCluster(new VoteQuorum(), config.nodes(), config.quorumOptions(), Order.VQSIM, durable),
                new PrintWriter(text));
        session.start(config.nodes());
        List<String> differences = new ArrayList<>();
        for (Step step : steps(parts[1])) {
            if (step.command().startsWith("!sleep "))
                session.command("wait "
                        + (long) (1000 * Double.parseDouble(step.command().split(" ")[1]) + SLACK_MILLIS));
            else {
                session.command(step.command());
                session.command("wait " + SETTLE_MILLIS);
            }
            text.getBuffer().setLength(0);
            session.command("show");
            compare(step, text.toString().lines().toList(), differences);
        }
        return differences;
    }

    private static void compare(Step step, List<String> ours, List<String> differences) {
        for (int i = 0; i < Math.max(ours.size(), step.status().size()); i++) {
            String our = i < ours.size() ? ours.get(i) : "nothing";
            String recorded = i < step.status().size() ? step.status().get(i) : "nothing";
            if (!our.equals(recorded)) differences.add(step.command() + ": " + our + ", recorded " + recorded);
        }
    }

    /** Each command with the status that the {@code show} after it gave. */
    private static List<Step> steps(String recording) {
        List<Step> steps = new ArrayList<>();
        Iterator<String> lines = recording.lines().iterator();
        String command = "show";
        while (lines.hasNext()) {
            String line = lines.next();
            if (!line.startsWith("> ")) continue;
            if (!line.equals("> show")) {
                command = line.substring(2);
                continue;
            }
            List<String> status = new ArrayList<>();
            while (lines.hasNext()) {
                String shown = lines.next();
                if (shown.startsWith("#vqsim>")) break;
                if (shown.matches("\\d+:\\d+: q=.*|#autofence.*")) status.add(shown);
            }
            steps.add(new Step(command, status));
            command = "show";
        }
        assertThat(steps).as("steps of the recording").hasSizeGreaterThan(3);
        return steps;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = VqsimRecordingsTest.class.getResourceAsStream("/vqsim/" + name + ".txt")) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
