package org.quorate.examples.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/** The folder of an agent. */
final class DataFolder {
    private DataFolder() {}

    /** Makes it for the owner only if it is missing; throws a {@link ClusterException} if it cannot be used. Blocks. */
    static void prepare(Path folder) {
        try {
            if (Files.notExists(folder))
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
            if (!Files.isDirectory(folder)) throw unusable(folder, "is not a folder; choose another one", null);
            if (permissions.contains(PosixFilePermission.OTHERS_WRITE))
                throw unusable(
                        folder,
                        "can be written by everybody (" + PosixFilePermissions.toString(permissions)
                                + "); make it the owner's with chmod 700",
                        null);
            if (!Files.isWritable(folder)) throw unusable(folder, "cannot be written; check its permissions", null);
        } catch (NoSuchFileException e) {
            throw unusable(folder, "cannot be made, since a folder above it is missing", e);
        } catch (IOException e) {
            throw unusable(folder, "cannot be used (" + e + ")", e);
        }
    }

    private static ClusterException unusable(Path folder, String what, @Nullable Exception cause) {
        String message = "the data folder " + folder + " " + what;
        return cause == null
                ? new ClusterException(Reason.DATA_FOLDER_UNUSABLE, message)
                : new ClusterException(Reason.DATA_FOLDER_UNUSABLE, message, cause);
    }
}
