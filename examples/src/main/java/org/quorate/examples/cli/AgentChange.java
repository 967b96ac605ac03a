package org.quorate.examples.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A command that lets a running agent change the cluster, called as the agent calls it. */
abstract class AgentChange implements Callable<Integer> {
    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ChangeRequest change = new ChangeRequest();

    /** Adds what the change is about. */
    void describe(JsonObject request) {}

    @Override
    public Integer call() {
        CommandSpec self = Objects.requireNonNull(spec);
        JsonObject request = new JsonObject().put("command", self.name());
        describe(request);
        return change.send(Objects.requireNonNull(main), self, request);
    }
}
