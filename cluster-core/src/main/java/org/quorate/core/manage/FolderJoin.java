package org.quorate.core.manage;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.ServiceLoader;
import org.quorate.ClusterConfig;
import org.quorate.core.join.JoinClient;
import org.quorate.core.join.JoinListener;
import org.quorate.core.join.LinkProbe;
import org.quorate.core.probe.JoinerProbe;
import org.quorate.spi.LinkTransport;

/** The node of a folder joins a cluster, with everything that this host has for it. */
public final class FolderJoin {
    private static final String TRANSPORT = "knet";

    private FolderJoin() {}

    /** A client for {@code folder} that tries the links with the transport. */
    public static JoinClient client(Path folder, Clock clock, JoinListener listener) {
        return JoinClient.of(folder, clock, probe(), listener);
    }

    /** Tries links with the transport that clusters have unless somebody has set another one. */
    private static Optional<LinkProbe> probe() {
        return ServiceLoader.load(LinkTransport.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(transport -> transport.name().equals(TRANSPORT))
                .findFirst()
                .map(JoinerProbe::new);
    }

    /** What to tell somebody whose cluster has two nodes and nothing that breaks a tie; empty if it is not like that. */
    public static Optional<String> offerForTwo(ClusterConfig config) {
        boolean two = config.nodes().size() == 2;
        boolean arranged = "1".equals(config.quorumOptions().get("two_node"))
                || config.quorumOptions().keySet().stream().anyMatch(key -> key.startsWith("device."));
        if (!two || arranged) return Optional.empty();
        return Optional.of(
                "this cluster has two nodes, and each lacks quorum without the other: as long as this one is not"
                        + " started the first one lacks it, too; two-node mode (quorate set two-node on) or a quorum device"
                        + " lets one go on alone");
    }
}
