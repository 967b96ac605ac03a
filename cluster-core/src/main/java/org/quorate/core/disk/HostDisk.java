package org.quorate.core.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The disk of this host. Thread-safe. */
public final class HostDisk implements Disk {
    private static final Set<PosixFilePermission> FOLDER_MODE = PosixFilePermissions.fromString("rwx------");

    private final boolean posix;

    private HostDisk(boolean posix) {
        this.posix = posix;
    }

    /** The disk that {@code wanted}, which need not be there yet, is on. */
    public static HostDisk of(Path wanted) throws IOException {
        Path path = wanted.toAbsolutePath();
        while (!Files.exists(path)) path = DurableFiles.parentOf(path);
        return new HostDisk(Files.getFileStore(path).supportsFileAttributeView("posix"));
    }

    /** Whether files have an owner's, a group's and others' permissions here. */
    public boolean isPosix() {
        return posix;
    }

    @Override
    public void makeFolder(Path folder) throws IOException {
        Files.createDirectory(folder, mode(FOLDER_MODE));
    }

    @Override
    public void write(Path file, byte[] content, Set<PosixFilePermission> mode) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode(mode))) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) channel.write(bytes);
            channel.force(true);
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException notHere) {
            throw new IOException(
                    "the file system of " + to.getParent() + " cannot replace a file in one step", notHere);
        }
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    /** A folder can be forced where it can be opened as a file; elsewhere the file system keeps its own order. */
    @Override
    public void force(Path folder) throws IOException {
        if (!posix) return;
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private FileAttribute<?>[] mode(Set<PosixFilePermission> permissions) {
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }
}
