package org.quorate.examples.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterManager;
import org.quorate.NodeId;
import org.quorate.core.manage.ManagedClusterManager;
import org.quorate.examples.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an agent is to run.
 *
 * @param node not started
 * @param folder the same, if it lives in its folder, where there may be no cluster yet
 * @param dataDir the folder
 * @param self its id; empty as long as it is in no cluster
 * @param fields of the first event
 */
public record AgentNode(
        ClusterManager node,
        Optional<ManagedClusterManager> folder,
        Path dataDir,
        Supplier<Optional<NodeId>> self,
        JsonObject fields) {
    private static final Logger LOG = LoggerFactory.getLogger(AgentNode.class);

    /** The node of a configuration. */
    public static AgentNode of(AgentConfiguration configuration) {
        Optional<NodeId> id = Optional.of(configuration.self());
        return new AgentNode(
                configuration.buildNode(), Optional.empty(), configuration.dataDir(), () -> id, configuration.fields());
    }

    /**
     * The node of a folder, which is made if it is missing. Blocks.
     *
     * @throws ClusterException with a sentence that says what to do
     */
    public static AgentNode ofFolder(Path dataDir) {
        DataFolder.prepare(dataDir);
        ManagedClusterManager node = AgentConfiguration.nodeOf(dataDir);
        JsonObject none = ClusterFields.none(dataDir.resolve(AgentConfiguration.CONF_NAME), dataDir);
        if (node.reserve()) return ofFolder(node, dataDir, none);
        try {
            return ofFolder(node, dataDir, AgentConfiguration.of(node, dataDir).fields());
        } catch (ClusterException over) {
            if (over.reason() != Reason.NOT_IN_CLUSTER || !node.reserve()) throw over;
            LOG.warn("{}", over.getMessage());
            return ofFolder(node, dataDir, none.put("warnings", List.of(String.valueOf(over.getMessage()))));
        }
    }

    private static AgentNode ofFolder(ManagedClusterManager node, Path dataDir, JsonObject fields) {
        return new AgentNode(node, Optional.of(node), dataDir, () -> node.self().listed(), fields);
    }

    /** The agent that runs it. */
    public Agent agent(List<String> groupNames, EventLog events) {
        return folder.map(own -> Agent.ofFolder(own, dataDir, groupNames, events))
                .orElseGet(() -> new Agent(node, dataDir, groupNames, events));
    }
}
