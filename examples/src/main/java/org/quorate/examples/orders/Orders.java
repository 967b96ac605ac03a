package org.quorate.examples.orders;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.quorate.ClusterManager;
import org.quorate.FolderBuilder;
import org.quorate.Group;
import org.quorate.JoinInfo;
import org.quorate.JoinOptions;
import org.quorate.Link;

/**
 * Two shells, two instances: the first makes a cluster and prints the line that the second one is started with. Everything that a node keeps is in its
 * folder; started again with the same folder it is the same node.
 *
 * <pre>
 * Orders app-1 10.0.0.11 SECRET
 * Orders app-2 10.0.0.12 SECRET LINE
 * </pre>
 */
public final class Orders {
    private Orders() {}

    /** Name of the node, its address, the password for joiners, and for all but the first instance the line that the first one has printed. */
    public static void main(String[] args) throws InterruptedException {
        if (args.length < 3 || args.length > 4) {
            System.err.println("usage: Orders NAME ADDRESS PASSWORD [LINE]");
            System.exit(2);
        }
        List<String> line = Arrays.asList(args).subList(3, args.length);
        FolderBuilder settings = ClusterManager.builder()
                .nodeName(args[0])
                .dataDir(Path.of("data", args[0]))
                .link(Link.udp(0, args[1]));
        try (ClusterManager node = settings.start()) {
            run(node, line, args[2].toCharArray(), JoinOptions.DEFAULT_PORT, System.out);
            Thread.currentThread().join();
        }
    }

    static Group run(ClusterManager node, List<String> line, char[] password, int port, PrintStream out) {
        node.onMembership(view -> out.println("view " + view.ringId() + " +" + view.joined() + " -" + view.left()));
        node.onQuorum(quorum -> out.println(quorum.summary()));
        if (!node.isInCluster()) {
            if (line.isEmpty()) {
                node.create("orders");
                node.setJoinPassword(password);
                out.println(node.joinInfo().encode()); // paste this where the next node is started
            } else {
                node.join(JoinOptions.by(JoinInfo.parse(line.get(0))).port(port).password(password));
            }
        }
        node.awaitQuorum().toCompletableFuture().join();

        Group chat = node.group("chat", message -> out.println(message.sender() + ": " + message.text()));
        chat.send("hello from " + node.self().name()).join(); // done when delivered here, in the agreed order
        return chat;
    }
}
