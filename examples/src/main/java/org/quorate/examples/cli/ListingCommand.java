package org.quorate.examples.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.agent.AdminClient;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A command that asks a running agent for a report: as text, or as a JSON object with {@code --json}. */
abstract class ListingCommand implements Callable<Integer> {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "print a JSON object instead of text")
    private boolean json;

    @Override
    public Integer call() {
        CommandSpec self = Objects.requireNonNull(spec);
        return ask(Objects.requireNonNull(main), self, new JsonObject().put("command", self.name()), json);
    }

    /** Asks the agent and prints its answer, as text or as a JSON object. */
    static int ask(Main main, CommandSpec spec, JsonObject request, boolean json) {
        JsonObject answer = AdminClient.ask(
                main.requiredDataDir(spec.commandLine()), request.put("format", json ? "json" : "text"), ANSWER_LIMIT);
        PrintWriter out = spec.commandLine().getOut();
        if (json) out.println(answer.without("ok"));
        else out.print(answer.text("text").orElse(""));
        out.flush();
        return answer.text("state").filter("STANDALONE"::equals).isPresent() ? Main.NO_CLUSTER : 0;
    }
}
