package org.quorate.examples.hello;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.security.SecureRandom;
import org.quorate.ClusterConfig;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.Group;
import org.quorate.LinkConfig;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.View;

/** A cluster of one node on loopback that sends itself a message: every step of embedding, and nothing else. */
public final class HelloCluster {
    private HelloCluster() {}

    /** Runs it; takes no arguments. */
    public static void main(String[] args) throws SocketException {
        run(System.out);
    }

    static void run(PrintStream out) throws SocketException {
        int port;
        try (DatagramSocket free = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            port = free.getLocalPort();
        }
        byte[] key = new byte[256];
        new SecureRandom().nextBytes(key);
        Group.Listener printer =
                (sender, payload) -> out.println("node " + sender.node() + " says " + new String(payload, UTF_8));

        // README begins
        ClusterConfig config = ClusterConfig.builder("hello")
                .link(LinkConfig.of(0).withPort(port))
                .node(NodeConfig.of(1, "app-1", "127.0.0.1"))
                .build();
        try (ClusterManager node =
                ClusterManager.builder(config, NodeId.of(1)).key(key).build()) {
            node.addListener(new ClusterListener() {
                @Override
                public void onView(View view) {
                    out.println(
                            "members " + view.members() + ", " + view.quorum().reason());
                }
            });
            node.start().toCompletableFuture().join();
            node.awaitQuorum().toCompletableFuture().join();

            Group chat = node.group("chat", printer);
            chat.send("hello".getBytes(UTF_8)).toCompletableFuture().join(); // delivered here, in the agreed order
        }
        // README ends
    }
}
