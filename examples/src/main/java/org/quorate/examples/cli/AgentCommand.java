package org.quorate.examples.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.agent.Agent;
import org.quorate.examples.agent.AgentConfiguration;
import org.quorate.examples.agent.AgentNode;
import org.quorate.examples.agent.EventLog;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quorate agent}: the one place that installs a shutdown hook. */
@Command(
        name = "agent",
        description = {
            "Runs one node until SIGTERM, then leaves in order. Where no cluster is in the folder it waits for create or add.",
            "Prints one JSON object a line for everything that happens: start, cluster, state, view, quorum, link, link-diagnosis, pause, group, message, stop."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class AgentCommand implements Callable<Integer> {
    /** Leaving takes five seconds at most, closing another five. */
    private static final long STOP_LIMIT_SECONDS = 12;

    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--conf",
            paramLabel = "FILE",
            description = "the corosync.conf; the one in the data folder unless given")
    private @Nullable Path conf;

    @Option(
            names = "--node-id",
            paramLabel = "N",
            description = "which node of the node list this is; found by the addresses of this host unless given")
    private @Nullable Integer nodeId;

    @Option(names = "--group", paramLabel = "NAME", description = "join this group and print its messages; repeatable")
    private List<String> groups = new ArrayList<>();

    @Override
    public Integer call() {
        CommandSpec self = Objects.requireNonNull(spec);
        Optional<Path> dataDir = Objects.requireNonNull(main).dataDir();
        if (conf == null && dataDir.isEmpty())
            throw new ParameterException(self.commandLine(), "Missing --conf FILE or --data-dir D: what to run");
        AgentNode node = conf == null && nodeId == null
                ? AgentNode.ofFolder(dataDir.orElseThrow())
                : AgentNode.of(AgentConfiguration.load(
                        Optional.ofNullable(conf),
                        dataDir,
                        nodeId == null ? OptionalInt.empty() : OptionalInt.of(nodeId)));
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 14),
                false,
                StandardCharsets.UTF_8);
        Agent.Outcome outcome = run(node, out);
        if (outcome.exitCode() != 0) {
            self.commandLine().getErr().println("quorate: " + outcome.why());
            self.commandLine().getErr().flush();
        }
        return outcome.exitCode();
    }

    private Agent.Outcome run(AgentNode node, PrintStream out) {
        CompletableFuture<Agent.Outcome> ended = new CompletableFuture<>();
        Agent.Outcome outcome = new Agent.Outcome(1, "the agent failed");
        try {
            try (EventLog events = new EventLog(out, node.self(), Clock.systemUTC())) {
                Agent agent = node.agent(groups, events);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndHalt(agent, ended), "agent-stop"));
                outcome = agent.run(new JsonObject()
                        .put("version", Version.text())
                        .put("pid", ProcessHandle.current().pid())
                        .putAll(node.fields()));
            }
        } finally {
            ended.complete(outcome);
        }
        return outcome;
    }

    /** After a signal the JVM would end with 128 plus its number; an orderly end is 0. */
    private static void stopAndHalt(Agent agent, CompletableFuture<Agent.Outcome> ended) {
        agent.stop("the process was told to end");
        int exitCode = 1;
        try {
            exitCode = ended.get(STOP_LIMIT_SECONDS, TimeUnit.SECONDS).exitCode();
        } catch (ExecutionException | TimeoutException e) {
            System.err.println("quorate: the node did not stop within " + STOP_LIMIT_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(exitCode);
    }
}
