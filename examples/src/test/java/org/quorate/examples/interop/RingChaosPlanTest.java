package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quorate.examples.interop.RingChaosPlan.Kind;
import org.quorate.examples.interop.RingChaosPlan.Step;

/** The plans of the ring chaos keep to what they promise, whatever the seed. */
class RingChaosPlanTest {
    private static final int SEEDS = 200;
    private static final List<Integer> AGENTS = List.of(3, 4);

    @Test
    void eachAgentHasOneFaultAtATimeAndEveryFaultEnds() {
        Map<Kind, Kind> ends =
                Map.of(Kind.KILL, Kind.START, Kind.LEAVE, Kind.START, Kind.PAUSE, Kind.GO_ON, Kind.SPLIT, Kind.MEND);
        for (long seed = 0; seed < SEEDS; seed++) {
            Map<List<Integer>, Kind> awaited = new HashMap<>();
            for (Step step : RingChaosPlan.of(seed, 4, AGENTS, 300_000)) {
                List<Integer> key = step.kind() == Kind.SPLIT || step.kind() == Kind.MEND ? List.of() : step.hosts();
                Kind end = ends.get(step.kind());
                if (end == null)
                    assertThat(awaited.remove(key))
                            .as("seed %d, %s", seed, step)
                            .isEqualTo(step.kind());
                else
                    assertThat(awaited.put(key, end))
                            .as("seed %d, %s", seed, step)
                            .isNull();
                if (step.kind() == Kind.SPLIT)
                    assertThat(step.hosts()).as("seed %d, %s", seed, step).hasSizeBetween(1, 3);
                else if (!key.isEmpty()) assertThat(AGENTS).containsAll(key);
            }
            assertThat(awaited).as("seed %d", seed).isEmpty();
        }
    }

    @Test
    void evenAShortPlanHasEveryKindOfFault() {
        for (long seed = 0; seed < SEEDS; seed++)
            assertThat(RingChaosPlan.of(seed, 4, AGENTS, 30_000).stream().map(Step::kind))
                    .as("seed %d", seed)
                    .contains(Kind.START, Kind.PAUSE, Kind.SPLIT);
        assertThat(RingChaosPlan.of(7, 4, AGENTS, 300_000)).isEqualTo(RingChaosPlan.of(7, 4, AGENTS, 300_000));
    }
}
