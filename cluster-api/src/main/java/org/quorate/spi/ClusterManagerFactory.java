package org.quorate.spi;

import java.util.ServiceLoader;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterManager;
import org.quorate.FolderBuilder;
import org.quorate.NodeBuilder;

/** Makes nodes. Found by {@link java.util.ServiceLoader}; cluster-core has the one implementation. */
public interface ClusterManagerFactory {
    /** The implementation on the class path or module path; throws a {@link ClusterException} if there is none. */
    static ClusterManagerFactory find() {
        return ServiceLoader.load(ClusterManagerFactory.class)
                .findFirst()
                .orElseThrow(() -> new ClusterException(
                        Reason.PROVIDER_MISSING,
                        "no ClusterManager implementation is on the class path or module path; add cluster-core"));
    }

    /** A node, not started; touches nothing outside the heap. */
    ClusterManager create(NodeBuilder settings);

    /** A node in a folder, not started. */
    ClusterManager open(FolderBuilder settings);

    /** Writes and reads join information. */
    JoinInfoCodec joinInfoCodec();
}
