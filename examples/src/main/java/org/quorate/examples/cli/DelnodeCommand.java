package org.quorate.examples.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quorate --data-dir D delnode NODE}. */
@Command(
        name = "delnode",
        description = {
            "Removes another node from the cluster: takes it off the list, revokes its certificate, retires its id, replaces the key.",
            "One that is online is refused unless forced; it is told to stop then."
        },
        mixinStandardHelpOptions = true)
final class DelnodeCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ChangeRequest change = new ChangeRequest();

    @Parameters(paramLabel = "NODE", description = "name of the node")
    private String node = "";

    @Override
    public Integer call() {
        return change.send(
                Objects.requireNonNull(main),
                Objects.requireNonNull(spec),
                new JsonObject().put("command", "delnode").put("node", node));
    }
}
