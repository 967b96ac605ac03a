package org.quorate.core.manage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.change.shell.ChangeFiles;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.JoinClient;
import org.quorate.core.join.NodeFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a crash has interrupted in the folder of a node is brought to its end before the node is started. */
final class UnfinishedWork {
    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedWork.class);

    private UnfinishedWork() {}

    /**
     * Asks how an interrupted join ended, and puts an interrupted change in place. Blocks; does nothing in a folder in which nothing was
     * interrupted.
     *
     * @throws ClusterException if the cluster has withdrawn the join, nobody knows how it ended, or the disk fails
     */
    static void settle(Path dataDir, Clock clock) {
        NodeFolder folder = NodeFolder.at(dataDir);
        if (folder.isJoinPending()) resumeJoin(dataDir, clock);
        if (folder.isInCluster()) finishChange(dataDir, clock);
    }

    private static void resumeJoin(Path dataDir, Clock clock) {
        JoinClient client =
                FolderJoin.client(dataDir, clock, (step, sentence) -> LOG.info("{}: {}", dataDir, sentence));
        if (client.resume().isEmpty())
            throw new ClusterException(
                    Reason.NOT_IN_CLUSTER,
                    "the join of the node in " + dataDir
                            + " was interrupted, and the cluster has withdrawn it; join again");
    }

    private static void finishChange(Path dataDir, Clock clock) {
        try {
            if (new ChangeFiles(dataDir, HostDisk.of(dataDir), clock).finish())
                LOG.info("{}: a change of the configuration that was interrupted is in place now", dataDir);
        } catch (IOException failed) {
            throw new ClusterException(
                    Reason.DATA_FOLDER_UNUSABLE,
                    "a change of the configuration in " + dataDir + " was interrupted and cannot be finished (" + failed
                            + "); check the disk",
                    failed);
        }
    }
}
