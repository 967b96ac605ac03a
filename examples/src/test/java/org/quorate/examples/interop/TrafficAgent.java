package org.quorate.examples.interop;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.quorate.ClusterManager;
import org.quorate.examples.agent.Agent;
import org.quorate.examples.agent.AgentConfiguration;
import org.quorate.examples.agent.EventLog;
import org.quorate.examples.json.JsonObject;

/**
 * An agent whose node also sends and checks group messages as {@link GroupTraffic} does, with the same arguments. When that is over it
 * stays, so that its status can be asked.
 */
public final class TrafficAgent {
    private TrafficAgent() {}

    /** Runs until somebody ends the process; at once to exit code 1 if the traffic is not as it should be. */
    public static void main(String[] args) throws Exception {
        AgentConfiguration configuration = AgentConfiguration.load(
                Optional.of(Path.of(args[0])), Optional.of(Path.of(args[1])), OptionalInt.empty());
        ClusterManager node = configuration.buildNode();
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
                false,
                StandardCharsets.UTF_8);
        EventLog events = new EventLog(out, configuration.self(), Clock.systemUTC());
        Agent agent = new Agent(node, configuration.dataDir(), List.of(), events);
        Thread serving = new Thread(
                () -> System.exit(
                        agent.run(new JsonObject().put("dataDir", args[1])).exitCode()),
                "agent");
        serving.start();
        if (!new GroupTraffic(args).run(node)) System.exit(1);
        serving.join();
    }
}
