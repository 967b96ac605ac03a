package org.quorate.sim;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.quorate.spi.StateStore;

/**
 * One node's durable values in a {@link Simulation}. A write is durable some time after it was made. A crash loses what was not:
 * of the writes under way the first few, drawn from the seed, may have reached the disk. The store outlives its node.
 */
public final class SimStore implements StateStore {
    private record Write(String name, byte[] value, CompletableFuture<Void> done) {}

    private final Simulation simulation;
    private final RandomGenerator random;
    private final Map<String, byte[]> durable = new TreeMap<>();
    private final ArrayDeque<Write> pending = new ArrayDeque<>();
    private long writeNanos = 500_000;
    private long lastDoneAtNanos;
    private int life;
    private int writesUntilFailure = Integer.MAX_VALUE;
    private long lostWrites;
    private @Nullable Map<String, byte[]> reallyDurable;

    /** An empty disk; {@code purpose} names its random stream. */
    public SimStore(Simulation simulation, String purpose) {
        this.simulation = simulation;
        this.random = simulation.random(purpose);
    }

    /** How long a write takes from now on; 500 microseconds at first. */
    public void writeNanos(long nanos) {
        writeNanos = nanos;
    }

    /** Lets the write after {@code writes} more, and all later ones, fail with an {@link IOException}, until {@link #crash}. */
    public void failAfter(int writes) {
        writesUntilFailure = writes;
    }

    /** From now on the disk lies: it acknowledges writes, and shows them, but a crash loses all of them. */
    public void lie() {
        reallyDurable = readAll();
    }

    /** The node's process is gone: writes under way are lost, or not, and are never answered. */
    public void crash() {
        int reached = pending.isEmpty() ? 0 : random.nextInt(pending.size() + 1);
        for (int i = 0; i < reached; i++) {
            Write write = pending.remove();
            durable.put(write.name, write.value);
        }
        lostWrites += pending.size();
        forgetPending();
        if (reallyDurable != null) {
            durable.clear();
            durable.putAll(reallyDurable);
        }
    }

    /** As {@link #crash}, with a disk that had kept every write to itself: none under way survives. */
    public void crashLosingAll() {
        lostWrites += pending.size();
        forgetPending();
    }

    /** Writes that a crash lost. */
    public long lostWrites() {
        return lostWrites;
    }

    @Override
    public Optional<byte[]> read(String name) {
        return Optional.ofNullable(durable.get(name)).map(byte[]::clone);
    }

    @Override
    public SortedSet<String> names(String folder) {
        TreeSet<String> names = new TreeSet<>();
        String prefix = folder + "/";
        for (String name : durable.keySet())
            if (name.startsWith(prefix) && name.indexOf('/', prefix.length()) < 0)
                names.add(name.substring(prefix.length()));
        return names;
    }

    /** Everything durable, by name. */
    public Map<String, byte[]> readAll() {
        Map<String, byte[]> all = new TreeMap<>();
        durable.forEach((name, value) -> all.put(name, value.clone()));
        return all;
    }

    @Override
    public CompletionStage<Void> write(String name, byte[] value) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        boolean fails = writesUntilFailure <= 0;
        if (writesUntilFailure != Integer.MAX_VALUE) writesUntilFailure = Math.max(0, writesUntilFailure - 1);
        long atNanos = Math.max(simulation.nowNanos() + writeNanos, lastDoneAtNanos);
        lastDoneAtNanos = atNanos;
        int writtenIn = life;
        if (!fails) pending.add(new Write(name, value.clone(), done));
        simulation.at(atNanos, () -> {
            if (life != writtenIn) return;
            if (fails) done.completeExceptionally(new IOException("the disk is full, says the simulation"));
            else finishOldest();
        });
        return done;
    }

    /** Makes everything durable at once and answers the writers. */
    @Override
    public void close() {
        while (!pending.isEmpty()) finishOldest();
        forgetPending();
    }

    private void finishOldest() {
        Write write = pending.remove();
        durable.put(write.name, write.value);
        write.done.complete(null);
    }

    private void forgetPending() {
        pending.clear();
        life++;
        lastDoneAtNanos = 0;
        writesUntilFailure = Integer.MAX_VALUE;
    }
}
