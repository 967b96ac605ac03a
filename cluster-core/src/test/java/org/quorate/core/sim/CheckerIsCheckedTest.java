package org.quorate.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quorate.core.sim.ClusterSimulation.Options;
import org.quorate.sim.FaultPlan;
import org.quorate.sim.SimulationFailure;

/** A promise broken on purpose turns a run red, and for the right reason; otherwise green would mean nothing. */
class CheckerIsCheckedTest {
    private static final int TRIES = 20;
    private static final Set<FaultPlan.Kind> FAULTS =
            EnumSet.of(FaultPlan.Kind.LOSS, FaultPlan.Kind.PARTITION, FaultPlan.Kind.CRASH);

    @ParameterizedTest
    @CsvSource({
        "LYING_DISK, after a ring with sequence",
        "DELIVER_TWICE, twice",
        "DROP_DELIVERY, together",
        "SWAP_DELIVERIES, heard",
        "COUNT_A_VOTE_TWICE, no member knows of both"
    })
    void aBrokenPromiseIsNoticed(Sabotage sabotage, String complaint) {
        Options broken = new Options(0, FAULTS, sabotage, false, 8_000_000_000L);
        int noticed = 0;
        for (long seed = 1; seed <= TRIES; seed++) {
            try {
                ClusterSimulation.run(seed, broken);
            } catch (SimulationFailure e) {
                assertThat(e.why()).as("seed %d", seed).contains(complaint);
                noticed++;
            }
        }
        assertThat(noticed).as("of %d seeds", TRIES).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "5"})
    void withoutSabotageTheSameRunsAreGreen(long seed) {
        ClusterSimulation.run(seed, new Options(0, FAULTS, Sabotage.NONE, false, 8_000_000_000L));
    }
}
