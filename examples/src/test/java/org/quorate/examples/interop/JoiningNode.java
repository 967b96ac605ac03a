package org.quorate.examples.interop;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.quorate.ClusterManager;
import org.quorate.JoinInfo;
import org.quorate.JoinOptions;
import org.quorate.JoinReport;
import org.quorate.Link;

/** A program that joins a cluster by the API and stays. Arguments: data folder, name, join information, token, its addresses by link. */
public final class JoiningNode {
    private JoiningNode() {}

    /** Prints {@code joined}, the node and whether it is quorate. */
    public static void main(String[] args) throws Exception {
        var builder = ClusterManager.builder().dataDir(Path.of(args[0])).nodeName(args[1]);
        for (int i = 4; i < args.length; i++) builder.link(Link.udp(i - 4, args[i]));
        try (ClusterManager node = builder.start()) {
            JoinReport report =
                    node.join(JoinOptions.by(JoinInfo.parse(args[2])).token(args[3]));
            System.out.println("joined " + report.self() + " " + report.quorum().quorate());
            new CountDownLatch(1).await();
        }
    }
}
