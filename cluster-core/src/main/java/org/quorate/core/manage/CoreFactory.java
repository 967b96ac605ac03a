package org.quorate.core.manage;

import java.time.Clock;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.ClusterManager;
import org.quorate.FolderBuilder;
import org.quorate.NodeBuilder;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.conf.RingTimers;
import org.quorate.core.json.JoinInfoText;
import org.quorate.core.shell.EmbeddedClusterManager;
import org.quorate.spi.ClusterManagerFactory;
import org.quorate.spi.JoinInfoCodec;

/** The {@link ClusterManagerFactory} of this module; found by {@link java.util.ServiceLoader}. */
public final class CoreFactory implements ClusterManagerFactory {
    /** For {@link java.util.ServiceLoader}. */
    public CoreFactory() {}

    /**
     * A node, not started.
     *
     * @throws ClusterException if the configuration does not list the node, or its timers are too short
     */
    @Override
    public ClusterManager create(NodeBuilder settings) {
        ClusterConfig config = settings.config();
        if (config.node(settings.self()).isEmpty())
            throw new ClusterException(
                    Reason.NODE_NOT_LISTED,
                    "node " + settings.self() + " is not in the node list, which has "
                            + String.join(
                                    ", ",
                                    config.nodes().stream()
                                            .map(n -> n.id().toString())
                                            .toList())
                            + "; list it, or choose one of these");
        RingTimers.of(config);
        return EmbeddedClusterManager.of(settings, Clock.systemUTC());
    }

    @Override
    public ClusterManager open(FolderBuilder settings) {
        return ManagedClusterManager.open(settings, LocalAddresses.ofThisHost(), Clock.systemUTC());
    }

    @Override
    public JoinInfoCodec joinInfoCodec() {
        return new JoinInfoText();
    }
}
