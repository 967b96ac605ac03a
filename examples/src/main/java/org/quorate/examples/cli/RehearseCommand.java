package org.quorate.examples.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.View;
import org.quorate.examples.agent.Agent;
import org.quorate.examples.agent.AgentConfiguration;
import org.quorate.examples.agent.EventLog;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;

/**
 * One agent from its start to its first view, alone on the loopback. The launcher lets the JVM write down the classes that this loads, after a
 * build, so that later starts find them parsed and verified.
 */
@Command(
        name = "rehearse",
        hidden = true,
        description = "Starts one node on the loopback and ends it at its first view.")
final class RehearseCommand implements Callable<Integer> {
    private static final int KEY_BYTES = 256;

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("quorate-rehearsal");
        try {
            return run(folder).exitCode();
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
            }
        }
    }

    private static Agent.Outcome run(Path folder) throws IOException {
        AgentConfiguration configuration = AgentConfiguration.load(
                Optional.of(configurationIn(folder)), Optional.of(folder.resolve("data")), OptionalInt.of(1));
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, US_ASCII);
        try (EventLog events = new EventLog(nowhere, configuration.self(), Clock.systemUTC())) {
            ClusterManager node = configuration.buildNode();
            Agent agent = new Agent(node, configuration.dataDir(), List.of(), events);
            node.addListener(new ClusterListener() {
                @Override
                public void onView(View view) {
                    agent.stop("this was a rehearsal");
                }
            });
            return agent.run(new JsonObject());
        }
    }

    private static Path configurationIn(Path folder) throws IOException {
        Path key = folder.resolve("authkey");
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        byte[] secret = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(secret);
        Files.write(key, secret);
        int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        return Files.writeString(folder.resolve("corosync.conf"), """
                totem {
                  version: 2
                  cluster_name: rehearsal
                  secauth: on
                  keyfile: %s
                  interface {
                    linknumber: 0
                    mcastport: %d
                  }
                }
                nodelist {
                  node {
                    nodeid: 1
                    name: alone
                    ring0_addr: 127.0.0.1
                  }
                }
                quorum {
                  provider: corosync_votequorum
                }
                """.formatted(key, port));
    }
}
