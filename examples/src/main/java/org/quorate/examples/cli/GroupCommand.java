package org.quorate.examples.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.agent.AdminClient;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quorate --data-dir D group ...}. */
@Command(
        name = "group",
        description = "Sends to a group, listens to one, or asks its members, through a running agent.",
        subcommands = GroupBenchCommand.class,
        mixinStandardHelpOptions = true)
final class GroupCommand implements Runnable {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec().commandLine(), "Missing command of group: send, listen, members, request, answer or bench");
    }

    @Command(
            name = "send",
            description = "Sends a text to all members of a group; returns when it was delivered on this node.",
            mixinStandardHelpOptions = true)
    int send(
            @Parameters(paramLabel = "NAME", description = "the group") String name,
            @Parameters(paramLabel = "TEXT", description = "the message") String text) {
        AdminClient.ask(
                dataDir(),
                new JsonObject().put("command", "group send").put("group", name).put("text", text),
                ANSWER_LIMIT);
        return 0;
    }

    @Command(
            name = "listen",
            description = "Prints a group's messages and changes, one JSON object a line, until interrupted.",
            mixinStandardHelpOptions = true)
    int listen(
            @Parameters(paramLabel = "NAME", description = "the group") String name,
            @Option(
                            names = "--count",
                            paramLabel = "N",
                            defaultValue = "0",
                            description = "end after this many messages")
                    long count) {
        if (count < 0) throw new ParameterException(spec().commandLine(), "--count " + count + " is negative");
        PrintWriter out = spec().commandLine().getOut();
        long messages = 0;
        try (AdminClient client = AdminClient.connect(dataDir())) {
            client.send(new JsonObject().put("command", "group listen").put("group", name), ANSWER_LIMIT);
            for (Optional<JsonObject> line = client.next(ANSWER_LIMIT);
                    line.isPresent();
                    line = client.next(Duration.ZERO)) {
                out.println(line.get());
                if (line.get().text("kind").orElse("").equals("message")) messages++;
                if (count > 0 && messages == count) return 0;
            }
        }
        spec().commandLine().getErr().println("quorate: the agent has ended");
        return 1;
    }

    @Command(
            name = "members",
            description = "Prints who is in a group, as JSON: node id and id of each member.",
            mixinStandardHelpOptions = true)
    int members(@Parameters(paramLabel = "NAME", description = "the group") String name) {
        JsonObject answer = AdminClient.ask(
                dataDir(), new JsonObject().put("command", "group members").put("group", name), ANSWER_LIMIT);
        spec().commandLine().getOut().println(answer);
        return 0;
    }

    @Command(
            name = "request",
            description = "Asks those who answer under a name, and prints who answered, left or was silent, as JSON."
                    + " Exit code 1 if nobody answered, or not all did.",
            mixinStandardHelpOptions = true)
    int request(
            @Parameters(paramLabel = "NAME", description = "the name") String name,
            @Parameters(paramLabel = "TEXT", description = "the request") String text,
            @Option(
                            names = "--node",
                            paramLabel = "N",
                            defaultValue = "0",
                            description = "ask the members of this node only")
                    int node,
            @Option(
                            names = "--limit",
                            paramLabel = "MS",
                            defaultValue = "2000",
                            description = "how long to wait for answers, in milliseconds (default: ${DEFAULT-VALUE})")
                    long limitMillis) {
        JsonObject answer = AdminClient.ask(
                dataDir(),
                new JsonObject()
                        .put("command", "group request")
                        .put("group", name)
                        .put("text", text)
                        .put("nodeId", node)
                        .put("limitMillis", limitMillis),
                ANSWER_LIMIT);
        spec().commandLine().getOut().println(answer);
        boolean all =
                answer.objects("left").isEmpty() && answer.objects("silent").isEmpty();
        return all && !answer.objects("answered").isEmpty() ? 0 : 1;
    }

    @Command(
            name = "answer",
            description =
                    "Answers each request under a name with a text, and prints the requests, one JSON object a line,"
                            + " until interrupted.",
            mixinStandardHelpOptions = true)
    int answer(
            @Parameters(paramLabel = "NAME", description = "the name") String name,
            @Parameters(paramLabel = "TEXT", description = "the answer") String text) {
        PrintWriter out = spec().commandLine().getOut();
        try (AdminClient client = AdminClient.connect(dataDir())) {
            client.send(
                    new JsonObject()
                            .put("command", "group answer")
                            .put("group", name)
                            .put("text", text),
                    ANSWER_LIMIT);
            for (Optional<JsonObject> line = client.next(ANSWER_LIMIT);
                    line.isPresent();
                    line = client.next(Duration.ZERO)) out.println(line.get());
        }
        spec().commandLine().getErr().println("quorate: the agent has ended");
        return 1;
    }

    private Path dataDir() {
        return Objects.requireNonNull(main).requiredDataDir(spec().commandLine());
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec);
    }
}
