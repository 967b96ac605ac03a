package org.quorate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.quorate.spi.StateStore;
import org.quorate.spi.contract.StateStoreContract;

/** The simulated store does what every store does; and it can be slow, fail, and lose what was not durable. */
class SimStoreTest extends StateStoreContract {
    private final Simulation simulation = new Simulation(1);
    private final SimStore store = new SimStore(simulation, "store");

    @Override
    protected StateStore open() {
        return store;
    }

    @Override
    protected boolean isExclusive() {
        return false;
    }

    @Override
    protected void await(CompletionStage<Void> write) {
        simulation.runUntil("written", () -> write.toCompletableFuture().isDone(), 1_000_000_000L, 100);
    }

    @Test
    void aWriteIsNotDurableBeforeItsTime() {
        store.writeNanos(5_000_000);
        CompletionStage<Void> write = store.write("a", new byte[] {1});
        simulation.runTo(4_999_999);
        assertThat(write.toCompletableFuture()).isNotDone();
        assertThat(store.read("a")).isEmpty();
        simulation.runTo(5_000_000);
        assertThat(write.toCompletableFuture()).isCompleted();
    }

    @Test
    void aQuickWriteDoesNotOvertakeASlowOne() {
        store.writeNanos(5_000_000);
        CompletionStage<Void> slow = store.write("a", new byte[] {1});
        store.writeNanos(1);
        CompletionStage<Void> quick = store.write("a", new byte[] {2});
        simulation.runTo(1_000_000);
        assertThat(quick.toCompletableFuture()).isNotDone();
        simulation.runTo(5_000_000);
        assertThat(slow.toCompletableFuture()).isCompleted();
        assertThat(store.read("a")).contains(new byte[] {2});
    }

    @Test
    void aCrashLeavesTheOldValueOrANewOneAndNeverAnswers() {
        Set<Integer> left = new HashSet<>();
        for (int seed = 0; seed < 50; seed++) {
            Simulation own = new Simulation(seed);
            SimStore disk = new SimStore(own, "disk");
            disk.write("a", new byte[] {1});
            own.runFor(1_000_000);
            CompletionStage<Void> lost = disk.write("a", new byte[] {2});
            disk.crash();
            own.runFor(10_000_000);
            assertThat(lost.toCompletableFuture()).isNotDone();
            left.add((int) disk.read("a").orElseThrow()[0]);
        }
        assertThat(left).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void afterACrashTheStoreIsUsableAndOldWritesDoNotComeBack() {
        store.writeNanos(5_000_000);
        store.write("a", new byte[] {1});
        store.crashLosingAll();
        assertThat(store.lostWrites()).isEqualTo(1);
        store.writeNanos(1_000);
        await(store.write("b", new byte[] {2}));
        simulation.runFor(50_000_000);
        assertThat(store.read("a")).isEmpty();
        assertThat(store.read("b")).contains(new byte[] {2});
        assertThat(store.readAll()).containsOnlyKeys("b");
    }

    @Test
    void aDiskThatLiesShowsItsWritesUntilACrash() {
        await(store.write("a", new byte[] {1}));
        store.lie();
        await(store.write("a", new byte[] {2}));
        assertThat(store.read("a")).contains(new byte[] {2});
        store.crash();
        assertThat(store.read("a")).contains(new byte[] {1});
    }

    @Test
    void aFailingDiskFailsTheStageAndKeepsTheOldValue() {
        await(store.write("a", new byte[] {1}));
        store.failAfter(1);
        await(store.write("a", new byte[] {2}));
        CompletionStage<Void> failed = store.write("a", new byte[] {3});
        simulation.runFor(10_000_000);
        assertThat(failed.toCompletableFuture()).isCompletedExceptionally();
        assertThat(store.read("a")).contains(new byte[] {2});
    }
}
