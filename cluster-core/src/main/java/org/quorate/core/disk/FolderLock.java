package org.quorate.core.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/**
 * Stops two nodes from using one folder: other processes by a lock on the file {@code node.lock}, other nodes of this process by a
 * table. The file stays; the lock goes with the process, however it ends.
 *
 * <p>The table is needed beside the lock, and asked first: to close any second descriptor of a locked file would release the lock of
 * the whole process.
 */
public final class FolderLock implements AutoCloseable {
    private static final String FILE = "node.lock";
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** Takes {@code folder}, a real path. Throws a {@link ClusterException} if a node has it. */
    public static FolderLock take(Path folder) throws IOException {
        if (!HELD.add(folder)) throw inUse(folder, "another node of this process");
        boolean taken = false;
        try {
            FolderLock lock = lock(folder);
            taken = true;
            return lock;
        } finally {
            if (!taken) HELD.remove(folder);
        }
    }

    private static FolderLock lock(Path folder) throws IOException {
        FileChannel channel = FileChannel.open(
                folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            @Nullable FileLock lock = channel.tryLock();
            if (lock == null) throw inUse(folder, "process " + owner(channel));
            byte[] me = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(me), 0);
            taken = true;
            return new FolderLock(folder, channel);
        } finally {
            if (!taken) channel.close();
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(20);
        channel.read(bytes, 0);
        String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
        return text.matches("[0-9]+") ? text : "unknown";
    }

    private static ClusterException inUse(Path folder, String by) {
        return new ClusterException(
                Reason.DATA_FOLDER_UNUSABLE,
                "the data folder " + folder + " is in use by " + by
                        + "; end that node, or give this one a folder of its own");
    }

    /** Gives the folder back. Idempotent. */
    @Override
    public void close() throws IOException {
        if (!channel.isOpen()) return;
        try {
            channel.close();
        } finally {
            HELD.remove(folder);
        }
    }
}
