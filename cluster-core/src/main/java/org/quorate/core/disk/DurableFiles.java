package org.quorate.core.disk;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Changes files so that a crash at any point leaves the old or the new one: write to a temporary file beside the place, force it, rename it
 * over the old one, force the folder. When a method returns, its change is on disk.
 */
public final class DurableFiles {
    private final Disk disk;

    /** Changes of files on {@code disk}. */
    public DurableFiles(Disk disk) {
        this.disk = disk;
    }

    /** Makes {@code place} have {@code content}; makes the folders above it, too. */
    public void replace(Path place, byte[] content, Set<PosixFilePermission> mode) throws IOException {
        Path parent = parentOf(place);
        makeFolders(parent);
        Path temporary = temporaryOf(place);
        disk.delete(temporary);
        disk.write(temporary, content, mode);
        disk.rename(temporary, place);
        disk.force(parent);
    }

    /** Makes {@code wanted} and what is missing above it; each new entry is forced to disk in the folder that holds it. */
    public void makeFolders(Path wanted) throws IOException {
        if (Files.isDirectory(wanted)) return;
        if (Files.exists(wanted)) throw new FileAlreadyExistsException(wanted.toString());
        Path parent = parentOf(wanted);
        makeFolders(parent);
        disk.makeFolder(wanted);
        disk.force(parent);
    }

    /** Gives a file another name in its folder; what had that name is gone. */
    public void rename(Path place, String name) throws IOException {
        Path parent = parentOf(place);
        disk.rename(place, parent.resolve(name));
        disk.force(parent);
    }

    /** Takes a file, or an empty folder, and what a crash left of its last change, away. */
    public void delete(Path place) throws IOException {
        Path parent = parentOf(place);
        if (!Files.isDirectory(parent)) return;
        disk.delete(temporaryOf(place));
        disk.delete(place);
        disk.force(parent);
    }

    private static Path temporaryOf(Path place) {
        return parentOf(place).resolve("." + place.getFileName() + ".new");
    }

    /** The folder that {@code path} is in. */
    static Path parentOf(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? path.toAbsolutePath() : parent;
    }
}
