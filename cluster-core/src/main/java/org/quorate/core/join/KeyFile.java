package org.quorate.core.join;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.disk.DurableFiles;
import org.quorate.core.disk.HostDisk;

/** Makes key files for clusters that are set up by hand. Source: corosync-keygen(8), pvecm.md 2 keygen. */
public final class KeyFile {
    private KeyFile() {}

    /**
     * Makes {@code file} with {@link ClusterCreation#KEY_BYTES} random bytes, readable for its owner only, and the folders above it.
     *
     * @throws ClusterException with {@link Reason#KEY_UNUSABLE} if the file is there, or cannot be written
     */
    public static void create(Path file) {
        byte[] secret = new byte[ClusterCreation.KEY_BYTES];
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS))
                throw new ClusterException(
                        Reason.KEY_UNUSABLE,
                        file + " is there already; nodes that use it would be cut off, so name another file");
            new SecureRandom().nextBytes(secret);
            new DurableFiles(HostDisk.of(file)).replace(file, secret, FolderFiles.SECRET);
        } catch (IOException refused) {
            throw new ClusterException(
                    Reason.KEY_UNUSABLE, file + " cannot be written (" + refused + "); check its folder", refused);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }
}
