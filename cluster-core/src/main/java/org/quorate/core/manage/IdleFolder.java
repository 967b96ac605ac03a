package org.quorate.core.manage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.change.shell.ChangeFiles;
import org.quorate.core.disk.FolderLock;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.ClusterCreation;
import org.quorate.core.join.ClusterCreation.Created;
import org.quorate.core.join.CreateOptions;
import org.quorate.core.join.JoinListener;
import org.quorate.core.join.JoinOptions;
import org.quorate.core.join.JoinResult;
import org.quorate.core.join.NodeFolder;
import org.quorate.core.join.auth.Credential;

/**
 * The folder of a node as long as that does not run: kept from others, made that of a node, read, emptied. Every method blocks. Not thread-safe.
 */
final class IdleFolder {
    private final NodeHome home;
    private @Nullable FolderNode loaded;
    private @Nullable FolderLock reserved;

    IdleFolder(NodeHome home) {
        this.home = home;
    }

    /**
     * Keeps other processes from making the folder, which exists, that of a node, until it is used here or given back.
     *
     * @return false if there is a cluster in it, or something of one that was interrupted
     * @throws ClusterException if another process has the folder
     */
    boolean reserve() {
        if (reserved != null) return true;
        try {
            FolderLock lock = FolderLock.take(home.dataDir().toRealPath());
            if (isOfNobody()) {
                reserved = lock;
                return true;
            }
            lock.close();
            return false;
        } catch (IOException unusable) {
            throw unusable("reserved", unusable);
        }
    }

    private boolean isOfNobody() {
        NodeFolder folder = NodeFolder.at(home.dataDir());
        return !folder.isInCluster() && !folder.isHalfWritten() && !folder.isJoinPending();
    }

    /** Gives a reservation back, for the work that takes the lock itself. Idempotent. */
    void release() {
        FolderLock lock = reserved;
        reserved = null;
        try {
            if (lock != null) lock.close();
        } catch (IOException unusable) {
            throw unusable("given back", unusable);
        }
    }

    /** Brings what was interrupted to its end, asks the others what is new, and reads the folder. */
    FolderNode load() {
        release();
        NodeFolder folder = NodeFolder.at(home.dataDir());
        UnfinishedWork.settle(home.dataDir(), home.clock());
        if (folder.isInCluster() && home.canRenew()) home.renewal().renew();
        FolderNode node = FolderNode.read(folder, home.host());
        checkName(node);
        loaded = node;
        return node;
    }

    private void checkName(FolderNode node) {
        String wanted = home.settings().nodeName();
        if (!wanted.isEmpty() && !wanted.equals(node.localNode().name()))
            throw new ClusterException(
                    Reason.CONFIGURATION_INVALID,
                    "the folder " + home.dataDir() + " is that of node " + node.localNode() + ", and " + wanted
                            + " was to be started; choose another folder, or that name");
    }

    /** What was read last and not taken yet, else what is there now. */
    FolderNode take() {
        release();
        FolderNode node = loaded == null ? load() : loaded;
        loaded = null;
        return node;
    }

    Created create(CreateOptions options, Consumer<String> progress) {
        forget();
        return ClusterCreation.create(home.dataDir(), options, home.host(), home.clock(), progress);
    }

    JoinResult join(JoinOptions options, Credential credential, JoinListener listener) {
        forget();
        return FolderJoin.client(home.dataDir(), home.clock(), listener).join(options, credential);
    }

    private void forget() {
        loaded = null;
        release();
    }

    /** Moves everything of the cluster to a backup, whose place is returned. */
    Path setAside() throws IOException {
        return new ChangeFiles(home.dataDir(), HostDisk.of(home.dataDir()), home.clock()).setAside();
    }

    private ClusterException unusable(String what, IOException cause) {
        String not = Files.exists(home.dataDir()) ? "cannot be " + what : "is not there";
        return new ClusterException(
                Reason.DATA_FOLDER_UNUSABLE,
                "the data folder " + home.dataDir() + " " + not + " (" + cause + "); check its permissions",
                cause);
    }
}
