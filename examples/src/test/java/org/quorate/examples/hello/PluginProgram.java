package org.quorate.examples.hello;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import org.quorate.ClusterConfig;
import org.quorate.ClusterManager;
import org.quorate.LinkConfig;
import org.quorate.NodeConfig;
import org.quorate.NodeId;

/** An application that knows of the plug-in by its name only: one node, which prints what was decided. */
final class PluginProgram {
    private PluginProgram() {}

    /** Takes no arguments. */
    public static void main(String[] args) throws SocketException {
        int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        ClusterConfig config = ClusterConfig.builder("plugin")
                .link(LinkConfig.of(0).withPort(port))
                .node(NodeConfig.of(1, "n1", "127.0.0.1"))
                .quorumProvider("two_of_three_sites")
                .quorumOption("site_only", "1")
                .build();
        try (ClusterManager node =
                ClusterManager.builder(config, NodeId.of(1)).key(new byte[256]).build()) {
            node.start();
            System.out.println(node.awaitQuorum().toCompletableFuture().join().reason());
        }
    }
}
