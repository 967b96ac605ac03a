package org.quorate.spi;

import java.io.IOException;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletionStage;

/**
 * A node's few durable values, each replaced as a whole. Names are relative paths of letters, digits, {@code _ - . /}.
 */
public interface StateStore extends AutoCloseable {
    /** The value last written under {@code name}, empty if there is none. Blocks; called before the node starts. */
    Optional<byte[]> read(String name) throws IOException;

    /**
     * The names that have a value and begin with {@code folder} and a slash, without these two, ascending; those in folders further down
     * are not among them. Blocks; called before the node starts.
     */
    SortedSet<String> names(String folder) throws IOException;

    /**
     * Replaces the value of {@code name}. The stage completes when the value will survive a crash, and not before; it fails with the
     * {@link IOException}. Writes complete in the order in which they were made. After a crash either the old or the new value is there.
     */
    CompletionStage<Void> write(String name, byte[] value);

    /** Waits for pending writes and releases the folder. */
    @Override
    void close();
}
