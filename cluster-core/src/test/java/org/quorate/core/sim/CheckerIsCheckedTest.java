package org.quorate.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quorate.core.sim.ClusterSimulation.Options;
import org.quorate.sim.FaultPlan;
import org.quorate.sim.SimulationFailure;

/** A promise broken on purpose turns a run red, and for the right reason; otherwise green would mean nothing. */
class CheckerIsCheckedTest {
    private static final int TRIES = 200;
    private static final Set<FaultPlan.Kind> FAULTS =
            EnumSet.of(FaultPlan.Kind.LOSS, FaultPlan.Kind.REORDERING, FaultPlan.Kind.PARTITION, FaultPlan.Kind.CRASH);
    private static final Options RUN = Options.ALL.withFaults(FAULTS).over(Scenario.Wire.PATH);
    private static final Options OLD = RUN.withLongLivedRings();

    @ParameterizedTest
    @CsvSource({
        "LYING_DISK, after a ring with sequence",
        "SKIP_PERSIST, while its disk says",
        "FORGET_RING_ID, after a ring with sequence",
        "DELIVER_TWICE, twice",
        "DROP_DELIVERY, together",
        "DROP_OWN_DELIVERY, all messages heard",
        "SWAP_DELIVERIES, heard",
        "DELIVER_BEFORE_ORDER, heard",
        "DELIVER_IN_NEXT_VIEW, but another node did in",
        "STAY_IN_GROUP, which does not follow from",
        "SKIP_RECOVERY, together",
        "FREE_BEFORE_ARU, together",
        "NO_WRAP_OF_MESSAGES, not within",
        "NO_WRAP_OF_ARU, not within",
        "COUNT_A_VOTE_TWICE, no member knows of both"
    })
    void aBrokenPromiseIsNoticed(Sabotage sabotage, String complaint) {
        Set<String> others = new TreeSet<>();
        for (long seed = 1; seed <= TRIES; seed++) {
            try {
                ClusterSimulation.run(seed, sabotage.concernsNumbers() ? OLD.with(sabotage) : RUN.with(sabotage));
            } catch (SimulationFailure e) {
                if (e.why().contains(complaint)) {
                    System.out.println(sabotage + " is found by seed " + seed + ": " + e.why());
                    return;
                }
                others.add(e.why());
            }
        }
        assertThat(others).as("found for another reason in %d seeds", TRIES).isEmpty();
        throw new AssertionError(sabotage + " was not found in " + TRIES + " seeds");
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "5"})
    void withoutSabotageTheSameRunsAreGreen(long seed) {
        ClusterSimulation.run(seed, RUN);
    }
}
