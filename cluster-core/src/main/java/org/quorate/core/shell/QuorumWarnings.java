package org.quorate.core.shell;

import java.util.List;
import java.util.Map;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.NodeId;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a quorum provider finds dangerous in the configuration in force; said in the log when it is new. Confined to the loop once the node runs. */
final class QuorumWarnings {
    private static final Logger LOG = LoggerFactory.getLogger(QuorumWarnings.class);

    private final QuorumProvider provider;
    private final NodeId self;
    private final Map<String, byte[]> memory;
    private List<String> said = List.of();

    QuorumWarnings(QuorumProvider provider, NodeId self, Map<String, byte[]> memory) {
        this.provider = provider;
        this.self = self;
        this.memory = memory;
    }

    /** One sentence each. */
    List<String> of(ClusterConfig config) {
        List<String> warnings;
        try {
            warnings = provider.warnings(
                    new QuorumSettings(self, config.nodes(), config.quorumOptions(), Map.copyOf(memory)));
        } catch (ClusterException contradiction) { // the provider goes on with the settings that it has
            warnings = List.of("the quorum settings that were read are not used: " + contradiction.getMessage());
        }
        for (String warning : warnings) if (!said.contains(warning)) LOG.warn("node {}: {}", self, warning);
        said = List.copyOf(warnings);
        return said;
    }
}
