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
        JsonObject request = new JsonObject().put("command", self.name()).put("format", json ? "json" : "text");
        JsonObject answer = AdminClient.ask(
                Objects.requireNonNull(main).requiredDataDir(self.commandLine()), request, ANSWER_LIMIT);
        PrintWriter out = self.commandLine().getOut();
        if (json) out.println(answer.without("ok"));
        else out.print(answer.text("text").orElse(""));
        out.flush();
        return 0;
    }
}
