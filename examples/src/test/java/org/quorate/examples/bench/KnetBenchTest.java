package org.quorate.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.CryptoConfig;
import org.quorate.examples.bench.Load.Mode;
import org.quorate.examples.json.JsonObject;

/** The benchmark measures; what it measures in so short a time says nothing. */
class KnetBenchTest {
    @Test
    void aLoadSurvivesTheCommandLine() {
        Load load = Load.of(Mode.ONEWAY, 8192, Duration.ofMillis(1500), Duration.ofMillis(20), CryptoConfig.DEFAULT);
        assertThat(Load.parse(load.arguments())).isEqualTo(load);
        assertThat(load.window()).isEqualTo(128);
        assertThat(load.arguments()).endsWith("aes256", "sha256");
    }

    @Test
    void everyCellHasMessagesTimesAndProcessorTime() {
        KnetBench.Plan plan = new KnetBench.Plan(1, Duration.ofMillis(100), Duration.ofMillis(200), List.of(64));
        JsonObject result = KnetBench.run(plan, new PrintWriter(new StringWriter()));
        List<JsonObject> cells = result.objects("cells");
        assertThat(cells).hasSize(4);
        for (JsonObject cell : cells) {
            String text = cell.toString();
            assertThat(text).contains("\"quorate\":{\"messagesPerSecond\":").doesNotContain("PerSecond\":0.0");
            assertThat(text).doesNotContain("cpuMicrosPerMessage\":0.0");
            assertThat(cell.object("libknet").isPresent()).isEqualTo(result.isTrue("libknet"));
        }
    }
}
