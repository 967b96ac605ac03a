package org.quorate.core.join;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/** Names and permissions of what is in a node's folder. */
final class FolderFiles {
    static final String CONF = "corosync.conf";
    static final String KEY = "authkey";
    static final String CA_CERTIFICATE = "ca/ca.pem";
    static final String CA_KEY = "ca/ca.key";
    static final String NODE_CERTIFICATE = "node.pem";
    static final String NODE_KEY = "node.key";
    /** There from the first to the last step of a creation. */
    static final String PENDING = "create.pending";

    /** There from the first to the last step of a join. */
    static final String JOIN_PENDING = "join.pending";
    /** What {@link #JOIN_PENDING} becomes in the last step: the members of the time, for a node that has met none yet. */
    static final String JOIN_MEMBERS = "join.members";
    /** The key of a joiner, kept over failed tries. */
    static final String JOIN_KEY = "join.key";
    /** Has what a former cluster left. */
    static final String BACKUP = "backup";

    /** What a creation makes, in this order; the last one makes it a cluster. */
    static final List<String> CREATED = List.of(KEY, CA_KEY, CA_CERTIFICATE, NODE_KEY, NODE_CERTIFICATE, CONF);

    static final Set<PosixFilePermission> SECRET = PosixFilePermissions.fromString("r--------");
    static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");

    private static final int MAX_FILE_BYTES = 1 << 20;

    private FolderFiles() {}

    static boolean isThere(Path folder, String name) {
        return Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    /** The content of a small file. */
    static byte[] read(Path folder, String name) throws IOException {
        Path file = folder.resolve(name);
        if (Files.size(file) > MAX_FILE_BYTES) throw new IOException("it has " + Files.size(file) + " bytes");
        return Files.readAllBytes(file);
    }
}
