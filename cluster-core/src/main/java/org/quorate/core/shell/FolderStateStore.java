package org.quorate.core.shell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
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
    private static final Set<PosixFilePermission> FOLDER_MODE = PosixFilePermissions.fromString("rwx------");

    private final Path folder;
    private final boolean posix;
    private final FolderLock lock;
    private final ThreadPoolExecutor writer;
    private @Nullable Exception broken; // confined to the writer

    private FolderStateStore(Path folder, boolean posix, FolderLock lock, NodeId node) {
        this.folder = folder;
        this.posix = posix;
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
            boolean posix = Files.getFileStore(existing(folder)).supportsFileAttributeView("posix");
            makeFolders(folder, posix);
            Path real = folder.toRealPath();
            checkMode(real, posix);
            FolderLock lock = FolderLock.take(real);
            FolderStateStore store = new FolderStateStore(real, posix, lock, node);
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
        Path place = place(name);
        Path parent = makeFolders(parentOf(place), posix);
        Path temporary = parent.resolve("." + place.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        try (FileChannel channel = FileChannel.open(
                temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode(FILE_MODE, posix))) {
            ByteBuffer bytes = ByteBuffer.wrap(value);
            while (bytes.hasRemaining()) channel.write(bytes);
            channel.force(true);
        }
        try {
            Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException notHere) {
            throw new IOException("the file system of " + folder + " cannot replace a file in one step", notHere);
        }
        force(parent, posix);
    }

    private Path place(String name) {
        return folder.resolve(StoreNames.checked(name));
    }

    /** Makes {@code wanted} and what is missing above it; each new entry is forced to disk in the folder that holds it. */
    private static Path makeFolders(Path wanted, boolean posix) throws IOException {
        if (Files.isDirectory(wanted)) return wanted;
        if (Files.exists(wanted)) throw new FileAlreadyExistsException(wanted.toString());
        Path parent = parentOf(wanted);
        makeFolders(parent, posix);
        Files.createDirectory(wanted, mode(FOLDER_MODE, posix));
        force(parent, posix);
        return wanted;
    }

    /** A folder can be forced where it can be opened as a file; elsewhere the file system keeps its own order. */
    private static void force(Path folder, boolean posix) throws IOException {
        if (!posix) return;
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static FileAttribute<?>[] mode(Set<PosixFilePermission> permissions, boolean posix) {
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }

    private static void checkMode(Path folder, boolean posix) throws IOException {
        if (posix && Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_WRITE))
            throw unusable(folder, "can be written by everybody", "do: chmod 700 " + folder, null);
    }

    private static Path existing(Path wanted) {
        Path path = wanted.toAbsolutePath();
        while (!Files.exists(path)) path = parentOf(path);
        return path;
    }

    private static Path parentOf(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? path.toAbsolutePath() : parent;
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
