package org.quorate.core.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** The steps of which durable changes to files are made, each on its own: a crash can come between any two of them. */
public interface Disk {
    /** Makes a folder that only its owner may enter. */
    void makeFolder(Path folder) throws IOException;

    /** Makes a file that is not there, with its content forced to disk; its entry in the folder is not. */
    void write(Path file, byte[] content, Set<PosixFilePermission> mode) throws IOException;

    /** Puts a file in the place of another one, or of none, in one step. */
    void rename(Path from, Path to) throws IOException;

    /** Takes a file or an empty folder away, if it is there. */
    void delete(Path file) throws IOException;

    /** Forces the entries of a folder to disk: what was made, renamed or deleted in it. */
    void force(Path folder) throws IOException;
}
