package org.quorate.core.manage;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.LocalNode;
import org.quorate.NodeBuilder;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.NodeFolder;
import org.quorate.core.shell.EmbeddedClusterManager;

/**
 * The node that the files of a folder describe, as they were read.
 *
 * @param folder of the node
 * @param conf its configuration
 * @param config the same
 * @param self which node of the list it is
 */
public record FolderNode(NodeFolder folder, CorosyncConf conf, ClusterConfig config, NodeId self) {
    /** Reads a whole folder; throws a {@link org.quorate.ClusterException} that says what to do if it is not. Blocks. */
    static FolderNode read(NodeFolder folder, LocalAddresses host) {
        CorosyncConf conf = folder.readWhole();
        return new FolderNode(folder, conf, conf.toClusterConfig(), folder.self(conf, host));
    }

    /** What is odd but does not keep the node from running, one sentence each. Blocks. */
    public List<String> warnings(Clock clock) {
        List<String> all = new ArrayList<>(conf.warnings());
        all.addAll(folder.warnings(clock));
        return all;
    }

    LocalNode localNode() {
        return LocalNode.of(self, config.node(self).map(NodeConfig::name).orElse(""));
    }

    /** The node, not started. */
    EmbeddedClusterManager build(
            Path dataDir, List<ClusterListener> listeners, @Nullable Executor callbacks, Clock clock) {
        byte[] key = conf.readKey();
        try {
            NodeBuilder builder = ClusterManager.builder(config, self)
                    .key(key)
                    .dataDir(dataDir)
                    .source(ConfFileSource.of(folder.confFile()));
            if (callbacks != null) builder.callbackExecutor(callbacks);
            listeners.forEach(builder::listener);
            return EmbeddedClusterManager.of(builder, clock);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }
}
