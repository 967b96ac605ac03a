package org.quorate.core.shell;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import org.quorate.spi.StateStore;

/**
 * Values in the heap, for a node without a folder. <b>Nothing survives the process</b>: a node that comes back in a new process begins
 * with ring sequence 0 and learns the real one from its peers; if all nodes of a cluster do so at once, ring ids may repeat, and what
 * the quorum provider remembers (wait-for-all, expected votes) is forgotten. Thread-safe.
 */
public final class HeapStateStore implements StateStore {
    private final Map<String, byte[]> values = new ConcurrentSkipListMap<>();

    @Override
    public Optional<byte[]> read(String name) {
        return Optional.ofNullable(values.get(StoreNames.checked(name))).map(byte[]::clone);
    }

    @Override
    public SortedSet<String> names(String folder) {
        String prefix = StoreNames.checked(folder) + "/";
        TreeSet<String> names = new TreeSet<>();
        for (String name : values.keySet())
            if (name.startsWith(prefix) && name.indexOf('/', prefix.length()) < 0)
                names.add(name.substring(prefix.length()));
        return names;
    }

    @Override
    public CompletionStage<Void> write(String name, byte[] value) {
        values.put(StoreNames.checked(name), value.clone());
        return CompletableFuture.completedFuture(null);
    }

    /** Does nothing: there is nothing to release. */
    @Override
    public void close() {}
}
