package org.quorate.core.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a pause of a process does to it and to others. Token timeout 3650 ms, half of it 1825 ms. */
class PausesTest {
    private final Script script = new Script();

    private List<String> run(String... commands) {
        return script.run(List.of(commands));
    }

    private long counter(int node, String name) {
        return script.cluster().node(node).counters().getOrDefault(name, 0L);
    }

    private void together() {
        run("> connect 1 2 3", "> start 1 2 3", "> until 1 2 3 in 10000", "> quiet 2000");
    }

    @Test
    void aHostThatStandsStillForTwoTokenTimeoutsLosesNoToken() {
        together();
        run("> send 2 1 before", "> stand 1 2 3", "> run 7300");
        List<String> after = run("> go 1 2 3", "> send 3 1 after", "> run 10000");
        for (int node = 1; node <= 3; node++) {
            assertThat(counter(node, "ring.tokens-lost")).isZero();
            assertThat(counter(node, "ring.pauses")).isEqualTo(1);
            assertThat(counter(node, "ring.rings")).isEqualTo(2); // the first is its own
            String heard = node + "  == hears \"";
            assertThat(after).anyMatch(line -> line.contains(heard + "before 1"));
            assertThat(after).anyMatch(line -> line.contains(heard + "after 1"));
        }
        assertThat(after).anyMatch(line -> line.matches(".*2  == this process did not run for [5-7]\\d\\d\\d ms.*"));
    }

    @Test
    void aPauseShorterThanTheTokenTimeoutIsSaidAndChangesNothing() {
        together();
        run("> stand 2", "> run 3000");
        List<String> after = run("> go 2", "> run 10000");
        assertThat(after).anyMatch(line -> line.contains("2  == this process did not run for"));
        for (int node = 1; node <= 3; node++)
            assertThat(counter(node, "ring.rings")).isEqualTo(2);
        assertThat(counter(1, "ring.pauses")).isZero();
    }

    @Test
    void aShortPauseIsNotWorthAWord() {
        together();
        run("> stand 2", "> run 1000");
        assertThat(run("> go 2", "> run 3000")).noneMatch(line -> line.contains("did not run"));
        assertThat(counter(2, "ring.pauses")).isZero();
    }

    @Test
    void afterTenSecondsTheOthersHaveGoneOnAndStaleJoinsAreThrownAway() {
        together();
        run("> stand 2", "> until 1 3 in 10000", "> run 1500");
        List<String> after = run("> go 2", "> until 1 2 3 in 3000");
        assertThat(after).anyMatch(line -> line.contains("2  == this process did not run for"));
        assertThat(after).anyMatch(line -> line.matches(".*2  == \\d+ messages that came .* were thrown away"));
        assertThat(counter(2, "ring.pauses")).isEqualTo(1);
        // neither of the two that went on was accused of anything by the one that slept
        assertThat(after).noneMatch(line -> line.contains("no answer from"));
    }
}
