package org.quorate.core.manage;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.quorate.FolderBuilder;
import org.quorate.Link;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.CreateOptions;

/**
 * Where a node lives, and what it was told.
 *
 * @param settings of the application
 * @param dataDir the folder
 * @param host this host
 * @param clock of this host
 */
record NodeHome(FolderBuilder settings, Path dataDir, LocalAddresses host, Clock clock) {
    /** The name that the node is to have; that of the host without its domain unless one was given. */
    String nodeName() {
        if (!settings.nodeName().isEmpty()) return settings.nodeName();
        String name = host.hostName();
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** A cluster of this node alone, as the application has said. */
    CreateOptions newCluster(String clusterName, String name) {
        CreateOptions options = CreateOptions.of(clusterName).withNodeName(name);
        for (Link link : settings.links())
            options = options.withLink(link.number(), new LinkParameter(link.address(), link.priority(), link.port()));
        return options;
    }

    /** Where joiners are answered; empty if nowhere. */
    Optional<InetSocketAddress> joinAddress(FolderNode node) {
        if (settings.joinPort() < 0) return Optional.empty();
        String address = settings.joinAddress();
        if (address.isEmpty())
            address = node.config()
                    .node(node.self())
                    .orElseThrow()
                    .addresses()
                    .values()
                    .iterator()
                    .next();
        return host.resolve(address).stream()
                .findFirst()
                .map(found -> new InetSocketAddress(found, settings.joinPort()));
    }

    /** Whether the others can be asked what is new. */
    boolean canRenew() {
        return settings.joinPort() > 0;
    }

    /** Asks the others what is new. */
    Renewal renewal() {
        return new Renewal(dataDir, host, clock, settings.joinPort());
    }
}
