package org.quorate.examples.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quorate --data-dir D rotate-key}. */
@Command(
        name = "rotate-key",
        description = {
            "Replaces the cluster's key by a new one while everything runs.",
            "A node that is absent gets it when it comes back, by its certificate."
        },
        mixinStandardHelpOptions = true)
final class RotateKeyCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ChangeRequest change = new ChangeRequest();

    @Override
    public Integer call() {
        return change.send(
                Objects.requireNonNull(main),
                Objects.requireNonNull(spec),
                new JsonObject().put("command", "rotate-key"));
    }
}
