package org.quorate.core.shell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeId;
import org.quorate.core.disk.DurableFiles;
import org.quorate.core.disk.FolderLock;
import org.quorate.core.disk.HostDisk;
import org.quorate.spi.StateStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Values as files of one folder, which belongs to this node alone while the store is open. Thread-safe.
 *
 * <p>A value is written to a temporary file beside its place, forced to disk, moved over the old one, and the folder is forced to disk;
 * then the write is complete. A crash at any point leaves the old or the new value. One thread {@code cluster-<node>-store} writes, in
 * order. After a write has failed all later ones fail: what a disk did with data that it refused to force is not known.
 *
 * <p>Files are 0600, folders that are made here 0700. A folder that everybody may write to is refused.
 */
public final class FolderStateStore implements StateStore {
    /** Writes that may wait; the next one fails. A node waits for each of its writes, so a few are usual. */
    public static final int MAX_WAITING_WRITES = 1024;

    /** Largest value in bytes. */
    public static final int MAX_VALUE_BYTES = 1 << 20;

    private static final long CLOSE_SECONDS = 3;
    private static final Logger LOG = LoggerFactory.getLogger(FolderStateStore.class);
    private static final Set<PosixFilePermission> FILE_MODE = PosixFilePermissions.fromString("rw-------");

    private final Path folder;
    private final DurableFiles files;
    private final FolderLock lock;
    private final ThreadPoolExecutor writer;
    private @Nullable Exception broken; // confined to the writer

    private FolderStateStore(Path folder, DurableFiles files, FolderLock lock, NodeId node) {
        this.folder = folder;
        this.files = files;
        this.lock = lock;
        this.writer = new Writer(node);
    }

    /**
     * Takes {@code folder} for {@code node}; makes it if it is missing. Blocks.
     *
     * @throws ClusterException with {@link Reason#DATA_FOLDER_UNUSABLE} if it is in use, is no folder, or cannot be written
     */
    public static FolderStateStore open(Path folder, NodeId node) {
        try {
            HostDisk disk = HostDisk.of(folder);
            DurableFiles files = new DurableFiles(disk);
            files.makeFolders(folder);
            Path real = folder.toRealPath();
            checkMode(real, disk.isPosix());
            FolderLock lock = FolderLock.take(real);
            FolderStateStore store = new FolderStateStore(real, files, lock, node);
            boolean usable = false;
            try {
                store.replace("node.probe", new byte[0]);
                Files.delete(real.resolve("node.probe"));
                usable = true;
                return store;
            } finally {
                if (!usable) store.close();
            }
        } catch (FileAlreadyExistsException noFolder) {
            throw unusable(folder, "is no folder", "name another path", noFolder);
        } catch (IOException refused) {
            throw unusable(folder, "cannot be used (" + refused + ")", "check its permissions and the disk", refused);
        }
    }

    @Override
    public Optional<byte[]> read(String name) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(place(name)));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    @Override
    public SortedSet<String> names(String inner) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(place(inner))) {
            files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .forEach(names::add);
        } catch (NoSuchFileException none) {
            return names;
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
        return names;
    }

    @Override
    public CompletionStage<Void> write(String name, byte[] value) {
        StoreNames.checked(name);
        if (value.length > MAX_VALUE_BYTES)
            throw new IllegalArgumentException(
                    name + " has " + value.length + " bytes; at most " + MAX_VALUE_BYTES + " can be kept");
        byte[] copy = value.clone();
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            writer.execute(() -> writeNow(name, copy, done));
        } catch (RejectedExecutionException refused) {
            done.completeExceptionally(new IOException(
                    writer.isShutdown()
                            ? "the store in " + folder + " is closed"
                            : MAX_WAITING_WRITES + " writes to " + folder + " are waiting already",
                    refused));
        }
        return done;
    }

    /** Waits for pending writes, at most three seconds, and releases the folder once they are done. Idempotent. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS))
                LOG.warn(
                        "writing to {} takes longer than {} s; the folder is released when it is done",
                        folder,
                        CLOSE_SECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void release() {
        try {
            lock.close();
        } catch (IOException harmless) {
            LOG.warn("the lock of {} could not be released: {}", folder, harmless.toString());
        }
    }

    private void writeNow(String name, byte[] value, CompletableFuture<Void> done) {
        if (broken != null) {
            done.completeExceptionally(new IOException("an earlier write to " + folder + " failed", broken));
            return;
        }
        try {
            replace(name, value);
        } catch (IOException | RuntimeException failed) {
            broken = failed;
            done.completeExceptionally(failed);
            return;
        }
        done.complete(null);
    }

    private void replace(String name, byte[] value) throws IOException {
        files.replace(place(name), value, FILE_MODE);
    }

    private Path place(String name) {
        return folder.resolve(StoreNames.checked(name));
    }

    private static void checkMode(Path folder, boolean posix) throws IOException {
        if (posix && Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_WRITE))
            throw unusable(folder, "can be written by everybody", "do: chmod 700 " + folder, null);
    }

    /** One thread; releases the folder when the last write is done. */
    private final class Writer extends ThreadPoolExecutor {
        Writer(NodeId node) {
            super(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING_WRITES), task -> {
                Thread thread = new Thread(task, "cluster-" + node + "-store");
                thread.setDaemon(true);
                return thread;
            });
        }

        @Override
        protected void terminated() {
            super.terminated();
            release();
        }
    }

    private static ClusterException unusable(Path folder, String what, String next, @Nullable IOException cause) {
        String sentence = "the data folder " + folder + " " + what + "; " + next;
        return cause == null
                ? new ClusterException(Reason.DATA_FOLDER_UNUSABLE, sentence)
                : new ClusterException(Reason.DATA_FOLDER_UNUSABLE, sentence, cause);
    }
}
