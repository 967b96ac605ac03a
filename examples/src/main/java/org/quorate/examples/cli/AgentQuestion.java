package org.quorate.examples.cli;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A command that a running agent answers in its time, called as the agent calls it. */
abstract class AgentQuestion implements Callable<Integer> {
    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "print a JSON object instead of text")
    private boolean json;

    /** Adds what the question is about. */
    abstract void describe(JsonObject request);

    /** How long the agent may take to answer. */
    abstract Duration limit();

    @Override
    public Integer call() {
        CommandSpec self = Objects.requireNonNull(spec);
        JsonObject request = new JsonObject().put("command", self.name());
        describe(request);
        return ChangeRequest.ask(Objects.requireNonNull(main), self, request, limit(), json);
    }
}
