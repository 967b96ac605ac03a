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

/** {@code quorate --data-dir D leave}. */
@Command(
        name = "leave",
        description = {
            "Takes this node out of its cluster: the others remove it, and its files are set aside in a backup.",
            "Forced, it goes even if the others do not answer; they have to remove it then."
        },
        mixinStandardHelpOptions = true)
final class LeaveCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ChangeRequest change = new ChangeRequest();

    @Override
    public Integer call() {
        return change.send(
                Objects.requireNonNull(main), Objects.requireNonNull(spec), new JsonObject().put("command", "leave"));
    }
}
