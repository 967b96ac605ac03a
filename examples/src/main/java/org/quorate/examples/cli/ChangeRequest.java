package org.quorate.examples.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.quorate.examples.agent.AdminClient;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of all commands that change the cluster, and how they ask the agent. */
final class ChangeRequest {
    /** How much longer than the change itself the agent may take to answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Option(
            names = "--force",
            description = "do what would be refused otherwise, such as removing a node that is online")
    private boolean force;

    @Option(
            names = "--prepared",
            paramLabel = "ID",
            split = ",",
            description =
                    "nodes that run Corosync, whose corosync.conf was replaced by hand before by the one that the refusal printed")
    private List<Integer> prepared = new ArrayList<>();

    @Option(
            names = "--limit",
            paramLabel = "S",
            defaultValue = "30",
            description = "seconds within which the members have to agree; 30 unless given")
    private int limitSeconds;

    @Option(names = "--json", description = "print a JSON object instead of text")
    private boolean json;

    /** Asks the agent for {@code change}; progress goes to standard error. */
    int send(Main main, CommandSpec spec, JsonObject change) {
        List<JsonObject> nodes = new ArrayList<>();
        for (int id : prepared) nodes.add(new JsonObject().put("node", id));
        change.put("force", force).put("prepared", nodes).put("limitMillis", limitSeconds * 1000L);
        return ask(main, spec, change, Duration.ofSeconds(limitSeconds).plus(PATIENCE), json);
    }

    /** Asks the agent, prints what it is doing to standard error and its answer to standard output. */
    static int ask(Main main, CommandSpec spec, JsonObject request, Duration limit, boolean json) {
        return ask(main, spec, request, limit, json, line -> {});
    }

    /** The same, with somebody who hears each line before the answer. */
    static int ask(
            Main main, CommandSpec spec, JsonObject request, Duration limit, boolean json, Consumer<JsonObject> hear) {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (AdminClient client = AdminClient.connect(main.requiredDataDir(spec.commandLine()))) {
            client.send(request, limit);
            while (true) {
                Optional<JsonObject> line = client.next(limit);
                if (line.isEmpty()) throw new CliFailure("the agent has ended before the change was done");
                JsonObject answer = line.get();
                if (answer.has("ok")) {
                    if (json) out.println(answer.without("ok", "text"));
                    else out.print(answer.text("text").orElse(""));
                    out.flush();
                    return 0;
                }
                hear.accept(answer);
                answer.text("sentence").ifPresent(sentence -> err.println("quorate: " + sentence));
                err.flush();
            }
        }
    }
}
