package org.quorate.core.shell;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.quorate.spi.StateStore;

/** A store whose writes the test completes, one by one. */
final class ManualStore implements StateStore {
    final Map<String, byte[]> values = new TreeMap<>();
    final ArrayDeque<CompletableFuture<Void>> writes = new ArrayDeque<>();
    private final List<String> log;
    boolean closed;

    ManualStore(List<String> log) {
        this.log = log;
    }

    void succeed() {
        writes.remove().complete(null);
    }

    void fail() {
        writes.remove().completeExceptionally(new IOException("disk full"));
    }

    @Override
    public Optional<byte[]> read(String name) {
        return Optional.ofNullable(values.get(name));
    }

    @Override
    public SortedSet<String> names(String folder) {
        TreeSet<String> names = new TreeSet<>();
        for (String name : values.keySet())
            if (name.startsWith(folder + "/")) names.add(name.substring(folder.length() + 1));
        return names;
    }

    @Override
    public CompletionStage<Void> write(String name, byte[] value) {
        log.add("write " + name + " " + Arrays.toString(value));
        CompletableFuture<Void> done = new CompletableFuture<>();
        writes.add(done);
        return done;
    }

    @Override
    public void close() {
        closed = true;
    }
}
