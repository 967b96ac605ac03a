package org.quorate.examples.agent;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterManager;
import org.quorate.NodeId;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.manage.ConfFileSource;
import org.quorate.core.manage.FolderNode;
import org.quorate.core.manage.ManagedClusterManager;
import org.quorate.examples.json.JsonObject;

/**
 * What an agent runs.
 *
 * @param confFile where the configuration came from
 * @param config the cluster
 * @param self this node
 * @param key the cluster's secret; empty if packets are not authenticated, and if the node lives in the folder and reads it there itself
 * @param dataDir folder of the node, which exists
 * @param folderNode the node, if it lives in the folder with everything it consists of, and the configuration is not somebody else's
 * @param warnings what is odd in the configuration, one sentence each
 */
public record AgentConfiguration(
        Path confFile,
        ClusterConfig config,
        NodeId self,
        byte[] key,
        Path dataDir,
        Optional<ClusterManager> folderNode,
        List<String> warnings) {
    /** Name of the configuration in a data folder. */
    public static final String CONF_NAME = "corosync.conf";

    /** Takes a copy of the warnings; the key is not copied. */
    public AgentConfiguration {
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads the configuration and the key, finds the own node and makes the data folder. Blocks.
     *
     * @param conf the corosync.conf; empty for the one in the data folder, where the whole folder is checked then
     * @param dataDir the data folder; empty for the configuration's {@code system.state_dir}
     * @param nodeId the own node; empty to find it by the certificate in the folder, else by the addresses of this host
     * @throws ClusterException with a sentence that says what to do
     */
    public static AgentConfiguration load(Optional<Path> conf, Optional<Path> dataDir, OptionalInt nodeId) {
        if (conf.isEmpty() && nodeId.isEmpty() && dataDir.isPresent()) return of(nodeOf(dataDir.get()), dataDir.get());
        Path confFile = conf.or(() -> dataDir.map(dir -> dir.resolve(CONF_NAME)))
                .orElseThrow(() -> new ClusterException(
                        Reason.CONFIGURATION_INVALID, "neither a corosync.conf nor a data folder is given; give one"));
        CorosyncConf read = CorosyncConf.read(confFile);
        NodeId self =
                nodeId.isPresent() ? read.localNode(nodeId.getAsInt()) : read.localNode(LocalAddresses.ofThisHost());
        Path folder = dataDir.or(read::stateDir)
                .orElseThrow(() -> new ClusterException(
                        Reason.CONFIGURATION_INVALID,
                        confFile + " names no system.state_dir; say with --data-dir where this node keeps its state"));
        ClusterConfig config = read.toClusterConfig();
        byte[] key = read.readKey();
        DataFolder.prepare(folder);
        return new AgentConfiguration(confFile, config, self, key, folder, Optional.empty(), read.warnings());
    }

    /** The node that lives in {@code dataDir}, not started. Reads no file. */
    static ManagedClusterManager nodeOf(Path dataDir) {
        return ManagedClusterManager.open(
                ClusterManager.builder().dataDir(dataDir), LocalAddresses.ofThisHost(), Clock.systemUTC());
    }

    /** What {@code node} finds in its folder. Blocks. */
    static AgentConfiguration of(ManagedClusterManager node, Path dataDir) {
        FolderNode read = node.load();
        DataFolder.prepare(dataDir);
        return new AgentConfiguration(
                dataDir.resolve(CONF_NAME),
                read.config(),
                read.self(),
                new byte[0],
                dataDir,
                Optional.of(node),
                read.warnings(Clock.systemUTC()));
    }

    /** What is said of it in events. */
    JsonObject fields() {
        return ClusterFields.of(config, confFile, dataDir, warnings);
    }

    /** The node, not started. Wipes the key here; the node has its own copy. */
    public ClusterManager buildNode() {
        try {
            return folderNode.orElseGet(() -> ClusterManager.builder(config, self)
                    .key(key)
                    .dataDir(dataDir)
                    .source(ConfFileSource.of(confFile))
                    .build());
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }
}
