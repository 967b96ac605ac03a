package org.quorate.examples.agent;

import java.nio.file.Path;
import java.util.List;
import org.quorate.ClusterConfig;
import org.quorate.examples.json.JsonObject;

/** What the agent's events say of the cluster that the node was started with. */
final class ClusterFields {
    private ClusterFields() {}

    static JsonObject of(ClusterConfig config, Path conf, Path dataDir, List<String> warnings) {
        return new JsonObject()
                .put("cluster", config.clusterName())
                .put("configVersion", config.configVersion())
                .put("transport", config.transport())
                .put("secure", config.crypto().isOn())
                .put("nodes", config.nodes().size())
                .put("conf", conf.toString())
                .put("dataDir", dataDir.toString())
                .put("warnings", warnings);
    }

    /** There is none yet. */
    static JsonObject none(Path conf, Path dataDir) {
        return new JsonObject()
                .putNull("cluster")
                .putNull("configVersion")
                .putNull("transport")
                .putNull("secure")
                .put("nodes", 0)
                .put("conf", conf.toString())
                .put("dataDir", dataDir.toString())
                .put("warnings", List.of());
    }
}
